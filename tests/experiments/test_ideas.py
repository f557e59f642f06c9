"""ideas.py: Legendre memories in spikes, complexity, inhibition that predicts; each is measured."""

import json

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from experiments.ideas import main
from experiments.studies.ideas.complexity import complexities, lempel_ziv
from experiments.studies.ideas.inhibition import TOTAL_PA, inhibited, predictions
from experiments.studies.ideas.legendre import exact_memory, legendre_liquid, matrices
from lsm import SpikeTrains, simulate
from tasks import make_task
from tests.lsm.liquids import liquid


def run(tmp_path, *arguments):
    assert main(["--quick", *arguments, "--out", str(tmp_path)]) == 0
    assert "An idea" in (tmp_path / "report.html").read_text()
    return json.loads((tmp_path / "summary.json").read_text())["tasks"]


def test_the_matrices_are_those_of_the_paper():
    a, b = matrices(3)
    assert a.tolist() == [[-1, -1, -1], [3, -3, -3], [-5, 5, -5]]
    assert b.tolist() == [1, -3, 5]


def test_the_exact_memory_solves_its_equation_and_holds_the_past():
    u = np.sin(np.arange(60) / 8)
    a, b = matrices(6)
    memory = exact_memory(u, 6, 30.0)
    solved = solve_ivp(
        lambda t, m: (a @ m + b * u[min(int(t), 59)]) / 30, (0, 60), np.zeros(6), max_step=0.05
    )
    np.testing.assert_allclose(memory[-1], solved.y[:, -1], atol=2e-3)
    # The first coefficient is the mean of the last 30 values.
    assert memory[-1, 0] == pytest.approx(u[-30:].mean(), abs=0.02)


def test_neurons_wired_so_decode_to_what_the_memory_holds():
    rng = np.random.default_rng(0)
    u = np.repeat(rng.uniform(0, 0.2, (6, 1, 8)), 50, axis=2)
    memory = exact_memory(u[:, 0], 2, 300.0)
    spikes = SpikeTrains.from_dense((rng.random(u.shape) < u).astype(int), dt_ms=1.0)
    errors = {}
    for recurrent in (True, False):
        wired = legendre_liquid(
            u,
            2,
            100,
            theta_ms=300.0,
            step_ms=1.0,
            weights=np.eye(1),
            mixed=False,
            rng=np.random.default_rng(1),
            recurrent=recurrent,
        )
        decoded = simulate(wired.reservoir, spikes, state=wired.state)[0] @ wired.decoders
        errors[recurrent] = np.abs(decoded[:, 0] - memory[:, -1, 0]).mean()
    assert errors[True] < 0.03
    assert errors[False] > 0.06


def test_phrases_are_those_of_lempel_and_ziv():
    # 0 . 001 . 10 . 100 . 1000 . 101, the example of their paper.
    assert lempel_ziv(b"0001101001000101") == 6
    assert lempel_ziv(b"\0" * 50) == 2
    rasters = np.zeros((1, 16, 2), dtype=bool)
    rasters[0, :, 1] = [c == "1" for c in "0001101001000101"]
    assert complexities(rasters).tolist() == [[2.0, 6.0]]


def test_inhibition_goes_to_what_it_predicts_and_keeps_its_sum():
    rng = np.random.default_rng(0)
    rasters = (rng.random((20, 40, 4)) < 0.2).astype(float)
    rasters[:, 1:, 2] = rasters[:, :-1, 0]  # the first inhibitory neuron comes just before
    found = predictions(rasters, np.array([True, True, False, False]))
    assert found.shape == (2, 2)
    assert found[0, 0] > 0.5
    assert np.abs(found[[0, 1, 1], [1, 0, 1]]).max() < 0.15

    reservoir = liquid(0)
    inhibitory = ~reservoir.excitatory
    shares = rng.random((inhibitory.sum(), (~inhibitory).sum()))
    before, after = (
        each.wiring.connect(each) for each in (reservoir, inhibited(reservoir, shares))
    )
    added = after.weight_pA.sum() - before.weight_pA.sum()
    assert added == pytest.approx(-TOTAL_PA * (~inhibitory).sum())


def test_counts_so_far_know_a_path_and_liquids_are_beside_them(tmp_path):
    path = run(tmp_path, "--idea", "path")["Path"]
    assert path["no liquid, counts"]["mean"] < path["drawn liquid"]["mean"]
    assert path["drawn liquid"]["mean"] < path["no liquid, clock"]["mean"]


def test_series_are_forecast_by_memories(tmp_path):
    tasks = run(tmp_path, "--idea", "forecast")
    assert list(tasks) == ["NARMA10", "MackeyGlass"]
    narma = tasks["NARMA10"]
    assert narma["Legendre, exact, and products"]["mean"] < narma["Legendre, exact"]["mean"] < 0.6
    spikes, exact = narma["Legendre in spikes"], narma["Legendre, exact"]
    assert exact["idea_less_it"]["mean"] == pytest.approx(spikes["mean"] - exact["mean"])


@pytest.mark.parametrize("idea", ["legendre", "complexity", "inhibition"])
def test_liquids_of_braille_are_measured(idea, tmp_path):
    try:
        make_task("Braille", random_state=0)
    except ValueError as error:
        pytest.skip(f"no Braille letters: {error}")
    results = run(tmp_path, "--idea", idea)["Braille"]
    means = [each["mean"] for name, each in results.items() if not name.startswith("spikes")]
    assert all(0 <= mean <= 1 for mean in means)
