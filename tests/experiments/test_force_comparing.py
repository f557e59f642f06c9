"""force_training.py --compare: verdicts on planted numbers, small pairs, and what a run leaves."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from experiments.force_training import main
from experiments.lab.page import RunFiles
from experiments.studies.force.comparison import experiment as comparing
from experiments.studies.force.comparison.claims import (
    GIVEN,
    MOST_CORRELATED,
    QUESTIONS,
    judge,
)
from experiments.studies.force.comparison.grids import Pair
from experiments.studies.force.comparison.page import page_of_comparison
from experiments.studies.force.comparison.pairs import Place, errors_of, measure, train
from experiments.studies.force.comparison.settings import COMPARISONS, KINDS, TESTS, Scale
from lsm.metrics.statistics import CONTRADICTED, SUPPORTED, UNDECIDED
from tasks.closed_loop import training

POINT = (0.125, 20.0)
TINY = Scale(neurons=100, learning=0.06)
#: As the paper has it: numbers of the slow and of the fast pair.
AS_CLAIMED = {
    "slow": {"lif": 0.05, "rate": 0.02, "exchanged": 0.1, "taught": 0.05, "correlation": 0.7},
    "fast": {"lif": 0.05, "rate": 0.002, "exchanged": 0.5, "taught": 0.1, "correlation": 0.2},
}
#: The opposite in everything.
OTHERWISE = {
    "slow": {"lif": 0.1, "rate": 0.02, "exchanged": 0.9, "taught": 0.5, "correlation": 0.2},
    "fast": {"lif": 0.02, "rate": 0.04, "exchanged": 0.9, "taught": 0.5, "correlation": 0.7},
}


def errors(value):
    return {
        "nrmse": 2 * value,
        "nrmse_drift_tolerant": value,
        "nrmse_any_tempo": value / 2,
        "tempo": 1.1,
    }


def pair(speed, seed, numbers, point=POINT):
    records = {}
    for kind in KINDS:
        records[kind] = {
            "own": errors(numbers[kind]),
            "exchanged": errors(numbers["exchanged"]),
            "exchanged_taught": errors(numbers["taught"]),
            "correlation": numbers["correlation"],
            "rate_Hz": 30.0,
            "diverged": "",
            "seconds": 1.0,
            "decoder": [0.1, -0.2, 0.3],
        }
    return Pair(Place(speed, *point, seed), records)


def planted(numbers, *, seeds=5, sd=0.05, point=POINT, seed=0):
    """Pairs of some seeds whose numbers vary by a factor, correlations by a summand."""
    rng = np.random.default_rng(seed)
    pairs = []
    for one in range(seeds):
        for speed, means in numbers.items():
            varied = {name: mean * np.exp(sd * rng.normal()) for name, mean in means.items()}
            varied["correlation"] = means["correlation"] + sd * rng.normal()
            pairs.append(pair(speed, one, varied, point))
    return pairs


def of(judged, name, place=GIVEN):
    (claim,) = (c for c in judged["claims"] if c["claim"] == name and c["place"] == place)
    return claim


# Verdicts


@pytest.mark.parametrize(
    ("numbers", "verdict"), [(AS_CLAIMED, SUPPORTED), (OTHERWISE, CONTRADICTED)]
)
def test_planted_claims_are_found(numbers, verdict):
    answers = judge(planted(numbers), POINT)["answers"]
    # Half of .9 is an error that other tempos leave, which is still too much.
    assert answers == dict.fromkeys(QUESTIONS, verdict)


def test_a_claim_that_ends_on_its_bound_is_undecided():
    numbers = {speed: dict(values) for speed, values in AS_CLAIMED.items()}
    numbers["fast"] |= {"rate": 0.02 / 5, "lif": 0.05 / 1.5}
    answers = judge(planted(numbers, sd=0.2), POINT)["answers"]
    assert answers["helps rate"] == SUPPORTED
    assert (answers["helps rate fivefold"], answers["not lif"]) == (UNDECIDED, UNDECIDED)


def test_ratios_have_the_t_interval_of_their_logarithms():
    ratios = np.array([4.0, 8.0, 16.0])
    pairs = []
    for seed, ratio in enumerate(ratios):
        pairs.append(pair("slow", seed, AS_CLAIMED["slow"] | {"rate": 0.1}))
        pairs.append(pair("fast", seed, AS_CLAIMED["fast"] | {"rate": 0.1 / ratio}))
    claim = of(judge(pairs, POINT), "helps rate fivefold")
    half = 4.302652729749464 * np.log(2) / np.sqrt(3)
    assert claim["value"] == pytest.approx(8)
    assert claim["interval"] == pytest.approx([8 * np.exp(-half), 8 * np.exp(half)])
    assert (claim["n"], claim["verdict"]) == (3, UNDECIDED)


def test_two_seeds_decide_nothing():
    judged = judge(planted(AS_CLAIMED, seeds=2), POINT)
    assert set(judged["answers"].values()) == {UNDECIDED}
    assert of(judged, "correlated")["interval"] is None


def test_seeds_that_have_not_learned_do_not_count():
    pairs = planted(AS_CLAIMED)
    slow = next(one for one in pairs if one.place.speed == "slow" and one.place.seed == 3)
    slow.records["lif"]["own"] |= errors(0.25)
    judged = judge(pairs, POINT)
    assert {claim["n"] for claim in judged["claims"]} == {4}
    assert judged["learned"]["slow"] == {"lif": 0.8, "rate": 1.0}


def test_what_has_diverged_counts_as_saying_nothing():
    pairs = planted(AS_CLAIMED, sd=0)
    for one in pairs:
        if one.place.speed == "fast":
            one.records["rate"]["own"] = dict.fromkeys(errors(1.0))
            one.records["lif"]["own"] = errors(37.0)
    judged = judge(pairs, POINT)
    assert of(judged, "helps rate")["value"] == pytest.approx(0.02)
    assert of(judged, "not lif")["value"] == pytest.approx(0.05)
    assert judged["answers"]["helps rate"] == CONTRADICTED


def test_with_one_speed_the_other_claims_are_undecided():
    pairs = [one for one in planted(AS_CLAIMED) if one.place.speed == "slow"]
    judged = judge(pairs, POINT)
    assert judged["answers"]["exchangeable"] == SUPPORTED
    assert judged["answers"]["helps rate"] == UNDECIDED
    assert of(judged, "decorrelates")["n"] == 0
    assert judged["learned"]["fast"] == {"lif": None, "rate": None}


def test_a_target_without_tempo_has_no_claim_on_it():
    pairs = planted(AS_CLAIMED)
    for one in pairs:
        for kind in KINDS:
            for test in TESTS:
                found = one.records[kind][test]
                found |= dict.fromkeys(("nrmse_drift_tolerant", "nrmse_any_tempo", "tempo"))
    judged = judge(pairs, POINT)
    assert of(judged, "exchangeable, any tempo")["value"] is None
    # Plain errors count instead, twice as large here.
    assert of(judged, "exchangeable, lif")["value"] == pytest.approx(0.2, rel=0.1)


def test_the_place_is_where_slow_decoders_are_most_correlated():
    better = {
        speed: values | {"correlation": values["correlation"] + 0.2, "exchanged": 0.05}
        for speed, values in AS_CLAIMED.items()
    }
    pairs = planted(AS_CLAIMED) + planted(better, point=(0.2, 30.0))
    # What hasn't learned is no place, however correlated.
    failed = {speed: values | {"correlation": 0.99, "lif": 0.9} for speed, values in better.items()}
    pairs += planted(failed, sd=0, point=(0.2, 10.0))
    judged = judge(pairs, POINT)
    best = of(judged, "exchangeable", MOST_CORRELATED)
    assert (best["G"], best["Q"], best["n"]) == (0.2, 30.0, 5)
    assert best["value"] == pytest.approx(0.05, rel=0.1)
    assert of(judged, "exchangeable")["value"] == pytest.approx(0.1, rel=0.1)


def test_the_most_correlated_of_noise_is_not_favoured():
    """Of ten points with a deviation of .1 the best mean of three seeds is above by .09."""
    values = []
    for trial in range(40):
        pairs = []
        for k in range(10):
            point = (0.01 * k, 10.0)
            pairs += planted(AS_CLAIMED, seeds=6, sd=0.1, point=point, seed=100 * trial + k)
        values.append(of(judge(pairs, POINT), "correlated", MOST_CORRELATED)["value"])
    assert np.mean(values) == pytest.approx(0.7, abs=0.02)


def test_verdicts_in_words(tmp_path):
    summary = {"task": "sine", "quick": False, "seeds": 5, "alphas": {"slow": 5e-6, "fast": 5e-4}}
    scale = {
        "neurons": 2000,
        "learning": 1,
        "learn_ms": [5000, 10_000],
        "learn_every_ms": 5,
        "seed": 0,
    }
    settings = scale | {"test_ms": 1000, "settle_ms": 500}
    summary |= judge(planted(AS_CLAIMED, sd=0), POINT) | {"settings": settings}
    page = page_of_comparison(RunFiles(tmp_path, summary))
    text = page.text()
    claim = "rate network's error, slow / fast, given point (G 0.125, Q 20): 10 (10 to 10)"
    assert f"supported    {claim}, claimed above 5, n = 5" in text
    assert "supported    does fast learning decorrelate the decoders?\n" in text
    assert "verdicts say little" not in text
    assert "every claim is undecided" not in text
    value = page.measures["given point: LIF network's error, slow / fast"]
    assert (value.mean, value.note) == (pytest.approx(1), SUPPORTED)
    few = page_of_comparison(RunFiles(tmp_path, summary | {"quick": True, "seeds": 2})).text()
    assert "verdicts say little" in few
    assert "Below 3 seeds there is no interval, and every claim is undecided" in few


# Pairs


@pytest.fixture(scope="module")
def trained(cache):
    """Both networks of a seed, trained a little, and their targets."""
    short = replace(COMPARISONS["sine"], learn_ms=(100.0, 600.0), test_ms=800.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(COMPARISONS, "sine", short)
        place, scale = Place("fast", *POINT, 3), Scale(neurons=100)
        return {kind: train(kind, "sine", place, scale) for kind in KINDS}


def test_both_networks_have_the_same_weights_and_encoder(trained):
    spiking, rates = (trained[kind][0] for kind in KINDS)
    np.testing.assert_array_equal(spiking.feedback, rates.feedback)
    assert spiking.reservoir == rates.reservoir.reservoir
    assert np.abs(spiking.feedback).max() == pytest.approx(20, rel=0.05)
    # Decoders of one task in networks that are alike.
    assert np.corrcoef(spiking.decoder[:, 0], rates.decoder[:, 0])[0, 1] > 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_with_its_own_decoder_is_itself(trained, kind):
    network, target = trained[kind]
    own, rate = errors_of(network, target)
    assert errors_of(network, target, decoder=network.decoder) == (own, rate)
    assert 5 < rate < 100
    # A decoder of nothing has the error of nothing: that of a mean of 0.
    nothing, _ = errors_of(network, target, decoder=np.zeros_like(network.decoder))
    assert nothing["nrmse"] == pytest.approx(1, abs=0.01)
    # As good as any sine of 5 Hz when it is only decoded.
    taught, _ = errors_of(network, target, decoder=network.decoder, taught=True)
    assert taught["nrmse"] < 0.3
    assert taught["nrmse_drift_tolerant"] is None


def test_draws_are_those_of_the_seed_at_every_point(monkeypatch):
    """Only their strength changes, so that points and speeds are paired."""
    seen = []

    def train_force(network, target, **options):
        reservoir = getattr(network, "reservoir", network)
        seen.append((reservoir.synapses, options))
        raise StopIteration

    monkeypatch.setattr(training, "train_force", train_force)
    for place in (Place("slow", 0.1, 10.0, 4), Place("slow", 0.2, 30.0, 4)):
        with pytest.raises(StopIteration):
            measure("pitchfork", place, replace(TINY, learning=0.01), lambda: None)
    (weak, first), (strong, second) = seen
    np.testing.assert_allclose(strong.weight_pA, 2 * weak.weight_pA, rtol=1e-5)
    np.testing.assert_allclose(second["feedback"], 3 * first["feedback"])
    np.testing.assert_array_equal(first["input_weights"], second["input_weights"])
    assert np.abs(first["input_weights"]).max() == pytest.approx(28, rel=0.05)
    assert first["readout"].alpha == pytest.approx(1 / 5e-6)
    assert first["every"] * first["dt_ms"] == pytest.approx(5)


def test_a_target_with_inputs_is_measured(cache, monkeypatch):
    short = replace(COMPARISONS["pitchfork"], learn_ms=(100.0, 600.0), test_ms=1000.0)
    monkeypatch.setitem(COMPARISONS, "pitchfork", short)
    ticks = []
    place = Place("slow", 0.16, 28.0, 0)
    scale = replace(TINY, learning=1.0)
    found = measure("pitchfork", place, scale, lambda: ticks.append(1))
    assert len(ticks) == 4
    for kind in KINDS:
        assert found[kind]["own"]["nrmse"] > 0
        assert found[kind]["own"]["nrmse_drift_tolerant"] is None
        assert -1 < found[kind]["correlation"] < 1
        assert len(found[kind]["decoder"]) == 100
    assert found["lif"]["exchanged"] != found["lif"]["own"]


def test_a_network_that_diverges_leaves_a_record(cache, monkeypatch):
    wild = replace(COMPARISONS["sine"], alphas={"fast": 1e306})
    monkeypatch.setitem(COMPARISONS, "sine", wild)
    found = measure("sine", Place("fast", *POINT, 0), TINY, lambda: None)
    for kind in KINDS:
        assert "P has diverged" in found[kind]["diverged"]
        assert found[kind]["own"]["nrmse"] is found[kind]["exchanged"]["nrmse"] is None
        assert found[kind]["correlation"] is found[kind]["rate_Hz"] is None
    json.dumps(found, allow_nan=False)
    assert Pair(Place("fast", *POINT, 0), found).numbers()["rate_own"] == 1


# The command


def arguments(folder, *more):
    return ["--compare", "slow", "fast", "--quick", "--out", str(folder), *more]


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    """Folder of a tiny run of one seed at one point; not to be written to."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "QUICK", TINY)
        assert main(arguments(folder, "--seeds", "1")) == 0
    return folder


def test_everything_is_measured(small):
    identity, *records = map(json.loads, (small / "records.jsonl").read_text().splitlines())
    assert identity["alphas"] == {"slow": 5e-6, "fast": 5e-4}
    assert [record["method"] for record in records] == [
        f"{speed}, G 0.125, Q 20.0, {kind}" for speed in ("slow", "fast") for kind in KINDS
    ]
    for record in records:
        for test in TESTS:
            assert record[test]["nrmse"] > 0
        assert record["exchanged"]["nrmse_any_tempo"] <= record["exchanged"]["nrmse"]
    assert records[0]["correlation"] == records[1]["correlation"]


def fake(task, place, scale, tick):
    found = pair(place.speed, place.seed, AS_CLAIMED[place.speed]).records
    for _ in range(4):
        tick()
    return found


def test_a_run_leaves_pictures_and_a_page(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(comparing, "measure", fake)
    line = arguments(tmp_path, "--gains", "0.125", "0.2", "--feedbacks", "20", "30")
    assert main(line) == 0
    for name in ("grid", "decoders", "exchange"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
    page = (tmp_path / "report.html").read_text()
    assert page.count("data:image/png") == 3
    row = '<th scope="row">0.2</th><td>30</td><td>fast</td><td>0.05</td><td>0.002</td><td>0.5</td>'
    assert row in page
    assert "come to the same decoder" in page
    assert "0 is perfect; 1, the most that is counted" in page
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["answers"] == dict.fromkeys(QUESTIONS, SUPPORTED)
    assert len(summary["points"]) == 4
    answer = "supported    does fast learning lower the rate network's error?"
    assert answer in capsys.readouterr().out


def test_resumed_after_an_interruption_on_a_larger_grid(small, tmp_path, monkeypatch):
    monkeypatch.setattr(comparing, "QUICK", TINY)
    text = (small / "records.jsonl").read_text()
    (tmp_path / "records.jsonl").write_text(text + '{"seed": 1, "fo')
    done = []

    def measure_one(task, place, *rest):
        done.append(place)
        return fake(task, place, *rest)

    monkeypatch.setattr(comparing, "measure", measure_one)
    line = arguments(tmp_path, "--resume", "--seeds", "1", "--gains", "0.1", "0.125")
    assert main(line) == 0
    assert done == [Place("slow", 0.1, 20.0, 0), Place("fast", 0.1, 20.0, 0)]
    assert (tmp_path / "records.jsonl").read_text().startswith(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["--seed", "-1"], "--seed must be at least 0, got -1"),
        (["--n-jobs", "0"], "--n-jobs: must not be 0"),
        (["--gains", "-0.1"], "--gains must be at least 0 and finite, got -0.1"),
        (["--feedbacks", "nan"], "--feedbacks must be at least 0 and finite, got nan"),
        (
            ["--task", "lorenz"],
            "--task must be one of sine, ode-to-joy-timed, pitchfork with --com",
        ),
        (["--resume", "--task", "pitchfork"], "--resume: .* of another run: task was 'sine', now"),
    ],
)
def test_bad_input_is_refused_in_one_line(small, tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.setattr(comparing, "QUICK", TINY)
    monkeypatch.setattr(comparing, "measure", lambda *_: pytest.fail("worked"))
    (tmp_path / "records.jsonl").write_text((small / "records.jsonl").read_text())
    assert main(arguments(tmp_path, *options)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(f"force_training.py: error: {message}", line)
