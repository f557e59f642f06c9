"""factorial.py: cells are alike but for their factors, and effects are contrasts."""

import json

import numpy as np
import pytest

from experiments.factorial import main
from experiments.lab.experiment import Trial
from experiments.studies.factorial import FactorialSettings
from experiments.studies.factorial import experiment as factorial
from experiments.studies.factorial.liquids import CELLS, DEGREES, FACTORS, sample_liquid
from tasks import make_task


@pytest.fixture(scope="module")
def spikes():
    task = make_task("TXOR", random_state=0, samples_per_class=10)
    return task.spikes[task.training]


def test_cells_differ_in_their_factors_alone(spikes):
    liquids = {cell: sample_liquid(cell, 40, spikes, seed=3) for cell in CELLS}
    none, every = liquids[CELLS[0]], liquids[CELLS[-1]]
    for name in ("tau_m_ms", "v_threshold_mV", "tau_w_ms"):
        assert np.ptp(none.parameters[name]) == 0
        assert np.ptp(every.parameters[name]) > 0
    for name in ("source", "target", "weight_pA"):
        wired = [getattr(liquid.synapses, name) for liquid in liquids.values()]
        assert all(np.array_equal(wired[0], each) for each in wired)
    assert set(none.synapses.delay_ms) == {1.0}
    assert every.synapses.delay_ms.max() > 300
    assert not none.parameters["w_jump_pA"].any()
    assert np.array_equal(every.parameters["w_jump_pA"] > 0, every.excitatory)


def test_a_run_is_resumed_with_more_seeds_and_has_a_page(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    done = []

    def measure(self, trial, tick):
        done.append((trial.seed, trial.name))
        points = [
            dict(zip(FACTORS, cell, strict=True))
            | {"score": 0.5 + 0.2 * cell[1] + 0.01 * rng.normal(), "rate_Hz": 40.0, "ratio": 0.9}
            for cell in CELLS
        ]
        return {"points": points, "controls": {"time_bins_10": 0.5}}

    monkeypatch.setattr(factorial.Factorial, "measure", measure)
    given = ["--tasks", "TXOR,NARMA10", "--out", str(tmp_path)]
    assert main([*given, "--seeds", "2"]) == 0
    assert main([*given, "--seeds", "3", "--resume"]) == 0
    assert done == [(seed, task) for seed in range(3) for task in ("TXOR", "NARMA10")]
    summary = json.loads((tmp_path / "summary.json").read_text())
    delays = summary["effects"]["mean"]["delays"]
    assert delays["mean"] == pytest.approx(0.2, abs=0.02)
    assert delays["verdict"] == "supported"
    assert summary["scores"]["TXOR"]["delays"]["n"] == 3
    assert [each["quantiles"] for each in summary["match"]] == [[40.0] * 3, [0.9] * 3, [0.9] * 3]
    page = (tmp_path / "report.html").read_text()
    assert "What pays in a liquid" in page
    assert page.count("data:image/png") == 1


def test_a_trial_measures_every_cell(monkeypatch):
    monkeypatch.setattr(factorial, "CELLS", [CELLS[0], CELLS[-1]])
    settings = FactorialSettings(neurons=50, quick=True)
    ticks = []
    measured = factorial.Factorial(settings).measure(Trial(0, "NARMA10"), lambda: ticks.append(1))
    none, every = measured["points"]
    assert [none[name] for name in FACTORS] == [False] * 4
    assert [every[name] for name in FACTORS] == [True] * 4
    assert len(ticks) == 2
    linear = measured["controls"]["linear, 20 lags"]
    assert 0.3 < linear < 0.7
    for point in (none, every):
        assert 0 < point["score"] < linear
        assert point["rate_Hz"] == pytest.approx(40, rel=0.2)
        assert point["ratio"] == pytest.approx(DEGREES[point["balance"]], abs=0.1)


def test_tasks_without_recordings_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LSM_DATA", str(tmp_path / "nowhere"))
    assert main(["--tasks", "EMG", "--quick", "--out", str(tmp_path / "out")]) == 2
    assert "--tasks TXOR,Evidence,NARMA10 need none" in capsys.readouterr().err
