"""Metrics beside accuracies on the command line: correlations, resuming, and bad input."""

import json
import re

import numpy as np
import pytest

from experiments.studies.which_metric.experiment import WhichMetric, correlation
from experiments.studies.which_metric.liquids import FRACTION, RANGES, draw, hearing
from experiments.which_metric import main
from lsm.metrics import poisson_spikes

SMALL = ["--quick", "--tasks", "TXOR", "--liquids", "8", "--neurons", "20", "--n-jobs", "1"]


def outcome(folder):
    summary = json.loads((folder / "summary.json").read_text())
    return {name: summary[name] for name in ("metrics", "drawn", "groups", "settings")}


@pytest.fixture(scope="module")
def whole(cache, tmp_path_factory):
    """A folder of a whole run, which isn't to be written to."""
    folder = tmp_path_factory.mktemp("which_metric")
    assert main([*SMALL, "--out", str(folder)]) == 0
    return folder


def test_a_run_correlates_every_metric_with_every_task(whole):
    found = outcome(whole)
    assert set(found["drawn"]) == set(RANGES)
    assert len(found["metrics"]) == 21
    for group in found["groups"].values():
        assert set(group["correlations"]) == {*found["metrics"], *RANGES}
    metrics, task = map(json.loads, (whole / "records.jsonl").read_text().splitlines()[1:])
    rate = np.array(metrics["metrics"]["rate"])
    assert len(rate) == len(task["accuracy"]) == 8
    assert found["groups"]["All liquids"]["correlations"]["rate"]["TXOR"] == correlation(
        rate, np.array(task["accuracy"])
    )
    assert found["groups"]["5 to 100 Hz"]["liquids"] == np.sum((rate >= 5) & (rate <= 100))
    assert (whole / "correlations.png").read_bytes().startswith(b"\x89PNG")
    assert "metric" in (whole / "report.html").read_text()


def test_an_interrupted_run_ends_like_a_whole_one(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(WhichMetric, "figures", lambda *_: {})
    for path in whole.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (whole / "records.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "records.jsonl").write_text("".join(lines[:-1]) + lines[-1][:50])
    assert main([*SMALL, "--resume", "--out", str(tmp_path)]) == 0
    assert outcome(tmp_path) == outcome(whole)


def test_input_currents_deviate_as_drawn_whatever_is_heard():
    drawn = [draw(seed, 20) for seed in range(3)]
    for channels in (8, 80):
        spikes = poisson_spikes(5, channels, rate_Hz=40, duration_ms=500, random_state=0)
        heard_per_ms = FRACTION * len(spikes.times_ms) / spikes.durations_ms.sum()
        found = hearing([liquid for liquid, _ in drawn], spikes)
        np.testing.assert_allclose(
            [each.inputs.weight_sd_pA * heard_per_ms**0.5 for each in found],
            [own["input_pA"] for _, own in drawn],
        )
        assert [each.wiring for each in found] == [liquid.wiring for liquid, _ in drawn]


def test_the_interval_is_that_of_published_formulas():
    x, y = np.arange(30.0), np.arange(30.0)
    y[:20] = y[:20][::-1]
    y[3] = np.nan
    found = correlation(x, y)
    assert found["n"] == 29
    z, half = np.arctanh(found["r"]), 1.96 * np.sqrt((1 + found["r"] ** 2 / 2) / 26)
    assert found["interval"] == pytest.approx([np.tanh(z - half), np.tanh(z + half)])
    assert correlation(x, np.zeros(30)) == {"r": None, "interval": None, "n": 30}
    assert correlation(x, x) == {"r": pytest.approx(1), "interval": None, "n": 30}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--tasks", "TXOT"], "--tasks must be one of .*did you mean 'TXOR'"),
        (["--liquids", "4"], "--liquids must be at least 5, got 4"),
        (["--neurons", "9"], "--neurons must be at least 10"),
    ],
)
def test_bad_options_are_refused_before_anything_runs(given, message, tmp_path, capsys):
    out = tmp_path / "out"
    assert main([*given, "--quick", "--out", str(out)]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not out.exists()
