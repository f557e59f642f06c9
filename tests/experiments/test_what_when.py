"""what_when.py: rules on plain states, planted outputs, verdicts, and what a run leaves."""

import json
import re

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from experiments.lab.statistics import CONTRADICTED, SUPPORTED, UNDECIDED
from experiments.studies.what_when import experiment as what_when_experiment
from experiments.studies.what_when import measures
from experiments.studies.what_when.claims import TITLES, judge
from experiments.studies.what_when.experiment import WhatWhen
from experiments.studies.what_when.rules import Learned, Stream, learn
from experiments.studies.what_when.seed import announced
from experiments.studies.what_when.settings import LEARNING
from experiments.studies.what_when.states import (
    T_MS,
    TRACES_MS,
    cue_traces,
    cued,
    draw,
    reservoir_states,
    scaled,
)
from experiments.what_when import main
from lsm import simulate
from tasks.what_when import CUE_MS, Schedule

SMALL = ["--neurons", "30", "--trials", "21", "--seeds", "1"]
BACK = Schedule((0.9, 0.1, 0.9), (300, 300, 300), 40)
LATER = Schedule((0.7, 0.7, 0.7), (300, 600, 300), 40)


@pytest.fixture(scope="module")
def states():
    """Of a clock: one smooth feature after another, with noise from trial to trial."""
    rng = np.random.default_rng(0)
    centres = np.linspace(0, 740, 38)
    tuned = np.exp(-(((T_MS[:, None] - centres) / 30) ** 2) / 2)
    return scaled(tuned + 0.03 * rng.standard_normal((120, len(T_MS), 38)))


def streams(*schedules):
    rng = np.random.default_rng(1)
    return [Stream.of(schedule, rng) for schedule in schedules]


# Rules


@pytest.mark.parametrize("rule", LEARNING)
def test_outputs_come_before_the_outcome(states, rule):
    (stream,) = streams(BACK)
    changed = stream.outcomes.copy()
    changed[60:] = changed[60:, ::-1]
    a = learn(rule, states, [stream], LEARNING[rule]).outputs
    other = Stream(changed, stream.latency_ms, stream.switches)
    b = learn(rule, states, [other], LEARNING[rule]).outputs
    np.testing.assert_array_equal(a[:, :61], b[:, :61])
    assert not np.allclose(a[:, 61], b[:, 61])
    assert not a[:, 0].any()


@pytest.mark.parametrize("rule", LEARNING)
def test_streams_do_not_touch_each_other(states, rule):
    both = streams(BACK, LATER)
    together = learn(rule, states, both, LEARNING[rule])
    for k, stream in enumerate(both):
        alone = learn(rule, states, [stream], LEARNING[rule])
        np.testing.assert_allclose(together.outputs[k], alone.outputs[0], atol=1e-8)
        np.testing.assert_allclose(together.weights[k], alone.weights[0], atol=1e-8)


def test_an_open_gate_is_plain_lms(states):
    some = streams(BACK)
    gated = learn("three_factor", states, some, {"learning_rate": 0.1, "floor": 1.0})
    plain = learn("lms", states, some, {"learning_rate": 0.1})
    np.testing.assert_allclose(gated.outputs, plain.outputs, atol=1e-12)


def test_force_is_ridge_regression_of_all_trials(states):
    (stream,) = streams(BACK)
    learned = learn("force", states, [stream], {"alpha": 2.0})
    ridge = Ridge(alpha=2.0, fit_intercept=False)
    ridge.fit(states.reshape(-1, states.shape[2]), stream.targets.reshape(-1, 2))
    np.testing.assert_allclose(learned.weights[0], ridge.coef_.T, atol=1e-8)


def test_a_reset_of_p_helps_after_a_switch_and_changes_nothing_before(states):
    (stream,) = streams(LATER)
    kept, reset = (
        learn(rule, states, [stream], {"alpha": 1.0}).outputs[0]
        for rule in ("force", "force_reset")
    )
    np.testing.assert_array_equal(kept[:41], reset[:41])
    a, b = (measures.errors(said, LATER)[50:80].mean() for said in (kept, reset))
    assert b < 0.6 * a


def test_when_and_what_are_learned_apart(states):
    plan = Schedule((0.7,), (600,), 120)
    (stream,) = streams(plan)
    learned = learn("factored", states, [stream], LEARNING["factored"])
    (block,) = measures.steady(learned.outputs[0], plan)
    assert abs(block["peak_ms"] - 600) <= 10
    often = stream.outcomes[40:].mean(axis=0)
    np.testing.assert_allclose(block["amplitudes"], often, atol=0.12)
    # What: as much at any time; when: of one time.
    when = np.abs(states[-1] @ learned.weights[0])[:, 0]
    assert when[np.abs(T_MS - 600) > 150].max() < 0.3 * when.max()


def test_a_rule_that_runs_away_says_when(states):
    options = {"learning_rate": 1e300}
    with np.errstate(all="ignore"):
        learned = learn("lms", states, streams(BACK), options)
    assert learned.diverged in (0, 1)


def test_shuffled_labels_are_the_same_ones_in_another_order():
    which = np.arange(400) % 2
    true, later, *shuffled = announced(which, np.random.default_rng(0))
    assert true.outcomes[which == 0, 0].mean() == pytest.approx(0.9, abs=0.08)
    assert true.outcomes[which == 1, 0].mean() == pytest.approx(0.1, abs=0.08)
    assert set(later.latency_ms) == {600.0}
    a = np.concatenate([one.outcomes[:, 0] for one in shuffled])
    assert a.sum() == true.outcomes[:, 0].sum() + later.outcomes[:, 0].sum()
    for one in shuffled:
        assert one.outcomes[which == 0, 0].mean() == pytest.approx(0.5, abs=0.13)
        assert (one.latency_ms == 300).mean() == pytest.approx(0.5, abs=0.1)


# States


def test_states_are_centred_and_of_length_1():
    x = scaled(np.random.default_rng(0).normal(3, 5, (60, 40, 7)))
    np.testing.assert_allclose(x[:20].mean(axis=(0, 1)), 0, atol=1e-12)
    assert (x[:20] ** 2).sum(axis=2).mean() == pytest.approx(1)
    assert not scaled(np.ones((30, 4, 2))).any()


def test_traces_of_the_cue_decay_from_each_of_its_spikes():
    spikes = cued([0] * 30, *np.random.SeedSequence(0).spawn(2))
    found = cue_traces(spikes).reshape(30, len(T_MS), spikes.n_channels, len(TRACES_MS))
    mine = spikes[25].channels == 3
    since = CUE_MS + T_MS[:, None] - spikes[25].times_ms[mine]
    reference = np.exp(-since / TRACES_MS[1]).sum(axis=1)
    a = np.polyfit(reference, found[25, :, 3, 1], 1)
    np.testing.assert_allclose(np.polyval(a, reference), found[25, :, 3, 1], atol=1e-10)
    assert a[0] > 0


def test_recurrence_holds_what_the_neurons_alone_forget(cache):
    drawn, *heard = np.random.SeedSequence(0).spawn(3)
    spikes = cued([0] * 4, *heard)
    late = []
    for recurrent in (True, False):
        reservoir = draw(200, drawn, recurrent=recurrent)
        assert reservoir.excitatory.sum() == 160
        counts = simulate(reservoir, spikes, state="counts@0.5,1", n_jobs=1)[0].reshape(4, 2, 200)
        late.append(np.diff(counts, axis=1).mean() / 0.4)
    assert late[0] > 3 > 1 > late[1]


def test_states_are_read_from_the_end_of_the_cue(cache):
    drawn, *heard = np.random.SeedSequence(0).spawn(3)
    x = reservoir_states(draw(30, drawn), cued([0] * 21, *heard))
    assert x.shape == (21, len(T_MS), 30)
    assert (x[:20] ** 2).sum(axis=2).mean() == pytest.approx(1)


# Measures


@pytest.mark.parametrize("plan", [BACK, LATER])
def test_what_is_due_has_no_error(plan):
    due = measures.expected(plan)
    np.testing.assert_allclose(measures.errors(due, plan), 0)
    np.testing.assert_allclose(measures.errors(np.zeros_like(due), plan), 1)
    np.testing.assert_allclose(measures.errors(0.8 * due, plan), 0.2)
    np.testing.assert_allclose(measures.moved(due, plan), 1)
    stuck = np.repeat(due[:1], len(due), axis=0)
    np.testing.assert_allclose(measures.moved(stuck, plan)[0], 0, atol=1e-12)
    blocks = measures.steady(due, plan)
    assert [block["peak_ms"] for block in blocks] == [*plan.latencies_ms]
    assert measures.slope(blocks) == pytest.approx(1)
    assert measures.slope(measures.steady(0.5 * due, plan)) == pytest.approx(0.5)


def test_recovery_counts_trials_from_the_switch():
    curve = np.full(120, 0.5)
    curve[40:52] = 1.0  # the last five are near once the twelve have gone
    curve[80:] = 0.56
    assert measures.recovery(curve, 40) == (0.5, [17, 40])
    assert measures.recovery(np.full(90, 0.5), 30) == (0.5, [5, 5])


def test_angles_of_planted_weights():
    e = np.eye(6)
    what = [e[0], np.cos(0.5) * e[2] + np.sin(0.5) * e[1]]
    when = [e[2], e[3]]
    weights = np.array([[when[k] + what[k], when[k] - what[k]] for k in (0, 1)]).swapaxes(1, 2)
    learned = Learned(np.empty(0), np.concatenate([weights, weights[::-1]]))
    assert measures.angles(learned, slice(0, 2)) == pytest.approx([90, np.degrees(0.5)])
    own = Learned(
        np.empty(0),
        np.array([[w, w] for w in when]).swapaxes(1, 2),
        identity=np.array([what, what]).swapaxes(1, 2),
    )
    assert measures.angles(own, slice(0, 2)) == pytest.approx([90, np.degrees(0.5)])
    random = measures.random_angles(1000, np.random.default_rng(0))
    assert np.mean(random) == pytest.approx(87.5, abs=2)


# Verdicts and the command


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    """Folder of a tiny run; not to be written to."""
    folder = tmp_path_factory.mktemp("what_when")
    assert main([*SMALL, "--seed", "3", "--out", str(folder)]) == 0
    return folder


def test_a_run_leaves_records_pictures_and_a_page(small):
    _, record = map(json.loads, (small / "records.jsonl").read_text().splitlines())
    assert record["seed"] == 3
    assert set(record["rules"]) == set(TITLES)
    for found in record["rules"].values():
        assert np.isfinite([found["slope"], found["peak_off_ms"]]).all()
        assert len(found["blocks"]) == 3 * 14
        assert np.shape(found["means"]) == (10, len(T_MS), 2)
    outputs = ("outputs_three_factor", "outputs_factored")
    for name in (*outputs, "amplitudes", "switches", "tension", "angles"):
        assert (small / f"{name}.png").stat().st_size > 10_000
    page = (small / "report.html").read_text()
    assert page.count("data:image/png") == len(list(small.glob("*.png"))) == 6
    summary = json.loads((small / "summary.json").read_text())
    assert page.count('<span class="verdict undecided">') == len(summary["claims"])
    assert summary["settings"]["trials"] == 21
    assert {claim["verdict"] for claim in summary["claims"]} == {UNDECIDED}  # of one seed


def test_verdicts_of_planted_records(small):
    _, record = map(json.loads, (small / "records.jsonl").read_text().splitlines())
    records = []
    for seed in range(4):
        rules = json.loads(json.dumps(record["rules"]))
        for k, (rule, found) in enumerate(rules.items()):
            found["slope"] = 1.0 - 0.1 * (rule == "lms") + 0.001 * seed
            for kind in ("probability", "latency"):
                found[kind]["steady"] = 0.5 + 0.1 * k + 0.001 * seed
                found[kind]["recovery"] = [100, 100] if rule == "force" else [12 + seed % 2, 15]
        shuffled = {rule: [80.0 + seed, 60.0] for rule in LEARNING}
        angles = {rule: [85.0, 59.0 + 0.1 * seed] for rule in LEARNING}
        records.append(record | {"rules": rules, "angles": angles, "shuffled": shuffled})
    verdicts = {(claim["group"], claim["claim"]): claim["verdict"] for claim in judge(records)}
    back = "within 10 % of the steady error in at most 20 trials"
    assert verdicts[back, "three-factor: latency, switch back"] == SUPPORTED
    assert verdicts[back, "FORCE, no reset: latency, switch back"] == CONTRADICTED
    assert verdicts["FORCE without a reset fails to adapt", "trials it needs, less 20"] == SUPPORTED
    better = "three-factor is better than plain LMS"
    assert verdicts[better, "steady error, less"] == SUPPORTED
    assert verdicts[better, "slope, nearer to 1"] == SUPPORTED
    better = "when online x what consolidated is better than three-factor"
    assert verdicts[better, "steady error, less"] == CONTRADICTED
    angle = "what and when are nearer to orthogonal than with shuffled labels"
    assert verdicts[angle, "plain LMS, smaller angle"] == CONTRADICTED


def test_resumed_after_an_interruption(small, tmp_path, monkeypatch):
    text = (small / "records.jsonl").read_text()
    (tmp_path / "records.jsonl").write_text(text + '{"seed": 4, "fo')
    record = json.loads(text.splitlines()[1])
    done = []

    def measure(settings, seed, tick):
        done.append(seed)
        tick("planted")
        return {k: v for k, v in record.items() if k not in ("seed", "fold", "method", "seconds")}

    monkeypatch.setattr(what_when_experiment, "measure", measure)
    monkeypatch.setattr(WhatWhen, "figures", lambda *_: {})
    line = ["--neurons", "30", "--trials", "21", "--seeds", "2", "--out", str(tmp_path)]
    assert main([*line, "--seed", "3", "--resume"]) == 0
    assert done == [4]
    assert (tmp_path / "records.jsonl").read_text().startswith(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "-1"], "--seed must be at least 0, got -1"),
        (["--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["--neurons", "19"], "--neurons must be at least 20, got 19"),
        (["--trials", "20"], "--trials must be at least 21, got 20"),
        (["--trials", "22", "--resume"], "--resume: .* of another run: trials was 21, now 22"),
    ],
)
def test_bad_input_is_refused_in_one_line(small, tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.setattr(what_when_experiment, "measure", lambda *_: pytest.fail("worked"))
    (tmp_path / "records.jsonl").write_text((small / "records.jsonl").read_text())
    assert main([*SMALL, "--out", str(tmp_path), *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(f"what_when.py: error: {message}", line)
