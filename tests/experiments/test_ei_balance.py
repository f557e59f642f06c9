"""ei_balance.py: verdicts on planted points, and what a run leaves."""

import json
import re

import numpy as np
import pytest

from experiments.ei_balance import main
from experiments.studies.balance import experiment as balance_experiment
from experiments.studies.balance import settings as balance_settings
from experiments.studies.balance.claims import judge, sentence
from experiments.studies.balance.experiment import SPOILT
from experiments.studies.balance.figures import figures
from experiments.studies.balance.settings import Scale
from experiments.studies.balance.table import make_table
from lsm.metrics.statistics import SUPPORTED

TINY = Scale(
    octaves=(-0.5, -0.25, 0.0, 0.25, 0.5),
    neurons=40,
    rounds=4,
    tuned_on=8,
    train_takes=2,
    test_takes=1,
    takes_read=8,
    samples_per_class=10,
    signal_steps=300,
    ranked=20,
    run_ms=2000.0,
)


def planted(kind, seed, scale, *_):
    """Points of a task that is best in balance and falls faster towards excitation."""
    rng = np.random.default_rng((seed, len(kind)))
    points = []
    for octave in scale.octaves:
        y = 0.9 + 0.4 * min(octave, 0) - 0.2 * max(octave, 0) + 0.001 * rng.standard_normal()
        names = ("accuracy", "spoilt_accuracy", "retained", "tight", "tight_peak", "lag_ms")
        names += ("memory_capacity", "processing_capacity", "kernel_quality", "kernel_rank")
        names += ("generalisation_rank", "separation", "lyapunov_per_s", "cv", "fano")
        names += ("synchrony", "branching", "loose", "rate_sd_Hz")
        points.append(
            dict.fromkeys(names, y)
            | {"octave": octave, "log2_ratio": octave, "rate_Hz": 10.0}
            | {"example_pA": [[1.0, 2.0], [-1.0, -2.0]]}
            | ({} if kind == "signal" else {"spoilt": dict.fromkeys(SPOILT, y)})
        )
    return points


def test_points_at_other_rates_are_not_compared():
    points = [planted("TXOR", seed, TINY) for seed in range(3)]
    points[1][0]["rate_Hz"] = 11.2
    points[2][0]["retained"] = None
    table = make_table(points)
    assert np.argwhere(~table.matched).tolist() == [[1, 0]]
    assert np.isnan(table.compared("accuracy")[1, 0])
    assert np.isnan(table.values["retained"][2, 0])
    assert table.values["5 % spikes lost"].shape == (3, 5)


def test_pictures_have_no_axis_without_points():
    points = [planted("TXOR", seed, TINY) for seed in range(3)]
    assert sorted(figures({"TXOR": make_table(points)})) == ["accuracy", "balance", "currents"]
    for point in (point for seed in points for point in seed):
        point["rate_Hz"] *= 2
    assert list(figures({"TXOR": make_table(points)})) == ["currents"]


def test_verdicts_in_words():
    tables = {
        kind: make_table([planted(kind, seed, TINY) for seed in range(5)])
        for kind in ("FSDD", "signal")
    }
    judged = judge(tables)
    assert judged["answers"] == {q: {"FSDD": SUPPORTED} for q in ("best", "tight", "falls")}
    (falls,) = (sentence(c) for c in judged["claims"] if c["claim"] == "falls")
    assert falls.startswith("FSDD: accuracy lost an octave: towards excitation +0.4 (")


@pytest.fixture(scope="module")
def small(cache, tmp_path_factory):
    """Folder of a tiny run with a task and the signal; not to be written to."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balance_settings, "QUICK", TINY)
        line = ["--quick", "--n-jobs", "1", "--out", str(folder)]
        assert main([*line, "--seeds", "1", "--task", "TXOR"]) == 0
        assert main([*line, "--seeds", "1", "--task", "signal", "--resume"]) == 0
    return folder


def arguments(folder, *more):
    return ["--quick", "--n-jobs", "1", "--out", str(folder), *more]


def test_everything_is_measured(small):
    _, *records = map(json.loads, (small / "records.jsonl").read_text().splitlines())
    assert [record["method"] for record in records] == ["TXOR", "signal"]
    for record in records:
        octaves = [point["octave"] for point in record["points"]]
        assert octaves == list(TINY.octaves)
        first, *_, last = (point["log2_ratio"] for point in record["points"])
        assert first < last
        for point in record["points"]:
            numbers = [v for v in point.values() if isinstance(v, int | float)]
            assert len(numbers) >= 10
            assert np.isfinite(numbers).all()
    spoilt = records[0]["points"][0]["spoilt"]
    assert tuple(spoilt) == SPOILT
    assert all(0 <= value <= 1 for value in spoilt.values())


def test_a_run_leaves_tables_pictures_and_a_page(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(balance_settings, "QUICK", TINY)
    monkeypatch.setattr(balance_experiment, "measure", planted)
    monkeypatch.setattr(balance_experiment, "make_task", lambda *_, **__: None)
    assert main(arguments(tmp_path)) == 0
    for name in ("balance", "accuracy", "liquid", "currents"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
    rows = (tmp_path / "points.csv").read_text().splitlines()
    assert len(rows) == 1 + 3 * 3 * len(TINY.octaves)
    page = (tmp_path / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 4
    assert re.search(
        r"Does accuracy fall faster .*?supported</span> FSDD: accuracy lost", page, re.S
    )
    text = capsys.readouterr().out
    faster = text.partition("Does accuracy fall faster when excitation dominates?")[2]
    assert re.findall(r"supported +(FSDD|TXOR): accuracy lost", faster) == ["FSDD", "TXOR"]
    assert "log2 ratio" in text.partition("TXOR: means over seeds")[2]
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["points"]["TXOR"][2]["measures"]["accuracy"]["mean"] == pytest.approx(0.9, 0.01)


def test_resumed_after_an_interruption(small, tmp_path, monkeypatch):
    monkeypatch.setattr(balance_settings, "QUICK", TINY)
    text = (small / "records.jsonl").read_text()
    (tmp_path / "records.jsonl").write_text(text + '{"seed": 1, "fo')
    done = []

    def measure(kind, seed, *rest):
        done.append((seed, kind))
        return planted(kind, seed, *rest)

    monkeypatch.setattr(balance_experiment, "measure", measure)
    assert main(arguments(tmp_path, "--task", "TXOR", "--seeds", "3", "--resume")) == 0
    assert done == [(1, "TXOR"), (2, "TXOR")]
    first = (tmp_path / "records.jsonl").read_text()
    assert first.startswith(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seeds", "0"], "--seeds must be at least 1, got 0"),
        (["--n-jobs", "0"], "--n-jobs: must not be 0: a number of them, or -1"),
        (["--data", "{folder}"], "data must be a folder with recordings .*--task TXOR and --task"),
        (["--task", "TXOR", "--resume"], "--resume: .* of another run: octaves was"),
    ],
)
def test_bad_input_is_refused_in_one_line(small, tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.setattr(balance_experiment, "measure", lambda *_: pytest.fail("worked"))
    (tmp_path / "records.jsonl").write_text((small / "records.jsonl").read_text())
    (tmp_path / "empty").mkdir()
    options = [option.format(folder=tmp_path / "empty") for option in options]
    assert main(arguments(tmp_path, *options)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(f"ei_balance.py: error: {message}", line)
