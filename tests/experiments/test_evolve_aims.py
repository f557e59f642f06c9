"""evolve_lsm.py with several aims, with gains, in space; and what its judge makes of them."""

import csv
import shutil

import numpy as np
import pytest

from evolution import GAINS, RECIPES, GenomeSpace
from evolution import judge as judging
from evolution.aims import AIMS
from experiments.evolve_lsm import main
from experiments.lab.page import read_run
from experiments.studies.evolve.page import page
from lsm import Reservoir, SpikeCounts, simulate
from tasks import make_task
from tests.evolution.judges import judge_of
from tests.experiments.runs import arguments, break_off, outcome, read_summary, run

TASK = make_task("PR4", random_state=0, samples_per_class=40)
RECIPE = RECIPES["driven"]
SPACE = GenomeSpace(12, RECIPE.ranges, box=(4.0, 4.0), presence=True)
GENOMES = [SPACE.random(np.random.default_rng(seed)) for seed in range(4)]
RESERVOIRS = [RECIPE.reservoir(genome) for genome in GENOMES]


def judge(state, task=TASK):
    return judge_of(task, state=state)


@pytest.mark.parametrize(
    "state", ["counts", "counts@0.5,1", "bins", "traces", "excitatory", "potentials"]
)
def test_liquids_of_many_sizes_are_judged_together_as_each_by_itself(state):
    assert len({reservoir.n_neurons for reservoir in RESERVOIRS}) > 2
    found = judge(state).aims(RESERVOIRS, tuple(AIMS), places=12)
    assert found.shape == (4, 3)
    heard = TASK.spikes[judge(state).training]
    for values, reservoir in zip(found, RESERVOIRS, strict=True):
        accuracy, spikes, neurons = values
        assert accuracy == judge(state).fitness([reservoir])[0]
        assert spikes == pytest.approx(simulate(reservoir, heard).sum() / len(heard), rel=1e-6)
        assert neurons == reservoir.n_neurons
    assert found[:, 1].max() > 5


def test_aims_come_in_the_order_that_is_asked_for():
    every = judge("counts").aims(RESERVOIRS, ("accuracy", "spikes", "neurons"), places=12)
    some = judge("counts").aims(RESERVOIRS, ("neurons", "accuracy"), places=20)
    np.testing.assert_array_equal(some, every[:, [2, 0]])


@pytest.mark.parametrize(("state", "times"), [("counts", 1), ("bins", 1), ("traces", 2)])
def test_spikes_are_counted_in_another_simulation_only_if_states_do_not_tell(
    monkeypatch, state, times
):
    seen = []

    def spy(*args, **options):
        seen.append(options["state"])
        return simulate(*args, **options)

    monkeypatch.setattr(judging, "simulate", spy)
    judge(state).aims(RESERVOIRS, ("accuracy", "spikes"), places=12)
    assert len(seen) == times
    assert seen[1:] == [SpikeCounts()] * (times - 1)


@pytest.fixture(scope="module")
def aims(cache, tmp_path_factory):
    """A run with all three aims and pictures."""
    folder = tmp_path_factory.mktemp("aims")
    options = {"aims": "neurons,accuracy,spikes", "population": 6, "controls": "default"}
    return folder, run(folder, **options), options


def test_every_member_of_the_front_is_there_and_worth_what_is_claimed(aims):
    folder, summary, _ = aims
    with open(folder / "pareto.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["file", "accuracy", "spikes", "neurons"]
    claimed = np.array([[float(row[name]) for name in AIMS] for row in rows])
    assert [{**row, **{k: float(row[k]) for k in AIMS}} for row in rows] == summary["pareto"]
    task = make_task(
        "TPR4", random_state=np.random.SeedSequence(3, spawn_key=(0, 0)), samples_per_class=60
    )
    members = [Reservoir.load(folder / row["file"]) for row in rows]
    found = judge(summary["state"], task).aims(members, tuple(AIMS), places=8)
    np.testing.assert_allclose(found, claimed, rtol=1e-6)
    signed = claimed * list(AIMS.values())
    for one in signed:
        assert not any((other >= one).all() and (other > one).any() for other in signed)
    assert {path.name for path in (folder / "pareto").iterdir()} == {
        f"{k:02d}.npz" for k in range(len(rows))
    }
    assert (folder / "pareto.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_the_most_accurate_one_goes_on_to_the_test(aims):
    folder, summary, _ = aims
    assert summary["fitness"] == summary["pareto"][0]["accuracy"]
    best = Reservoir.load(folder / "best.npz")
    assert best == Reservoir.load(folder / summary["pareto"][0]["file"])
    task = make_task(
        "TPR4", random_state=np.random.SeedSequence(3, spawn_key=(0, 0)), samples_per_class=60
    )
    assert judge(summary["state"], task).test([best])[0] == summary["test_accuracy"]
    assert summary["settings"]["aims"] == ["accuracy", "spikes", "neurons"]
    with open(folder / "logbook.csv", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert int(last["front"]) == len(summary["pareto"])
    assert float(last["hypervolume"]) >= 0


def test_the_page_has_the_front(aims):
    text = page(read_run(aims[0])).text()
    assert f"The Pareto front: {len(aims[1]['pareto'])} liquids" in text
    for row in aims[1]["pareto"]:
        assert f"{row['file']}  " in text
        assert f"{row['accuracy']:.4g}" in text


def test_a_killed_run_with_several_aims_resumes_to_the_same(aims, tmp_path):
    folder, summary, options = aims
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    break_off(again)
    (again / "evolution.npz").unlink()  # one generation back
    shutil.rmtree(again / "pareto")
    assert outcome(run(again, resume=True, **options)) == outcome(summary)
    assert main([*arguments(again, **(options | {"aims": "accuracy,spikes"})), "--resume"]) == 2


def test_without_neurons_as_an_aim_all_are_present(tmp_path):
    summary = run(tmp_path, aims="accuracy,spikes", controls="none", generations=1)
    assert "present" not in np.load(tmp_path / "evolution.npz")
    for row in summary["pareto"]:
        assert Reservoir.load(tmp_path / row["file"]).n_neurons == 8


def test_what_several_aims_left_is_set_aside(tmp_path):
    options = {"controls": "none", "generations": 0, "population": 3}
    run(tmp_path, aims="accuracy,spikes", **options)
    run(tmp_path, **options)
    assert not (tmp_path / "pareto.csv").exists()
    assert not (tmp_path / "pareto").exists()
    assert (tmp_path / "pareto.old" / "00.npz").exists()


def test_gains_evolve_where_that_is_asked_for(tmp_path):
    run(tmp_path, gains=True, controls="none")
    gains = np.load(tmp_path / "evolution.npz")["gains"]
    assert gains.shape == (5, len(GAINS))
    low, high = np.array(list(GAINS.values())).T
    assert (gains >= low).all()
    assert (gains <= high).all()
    best = Reservoir.load(tmp_path / "best.npz")
    assert best.wiring.delay_ms[0] > RECIPES["driven"].wiring.delay_ms[0]


def test_the_rival_searches_gains_of_one_liquid_alone(full):
    folder, summary = full
    found = np.load(folder / "cma_gains.npz")
    for name in ("parameters", "excitatory", "positions", "keys"):
        assert (found[name] == found[name][0]).all()
    assert len(np.unique(found["gains"], axis=0)) == len(found["gains"])
    rival = summary["controls"]["cma_gains"]
    assert rival["fitness"] == found["fitnesses"].max()


def test_positions_in_three_dimensions(tmp_path):
    summary = run(tmp_path, dimensions=3, controls="none", generations=1)
    assert summary["settings"]["dimensions"] == 3
    best = Reservoir.load(tmp_path / "best.npz")
    assert best.positions.shape == (8, 3)
    assert np.ptp(best.positions, axis=0).min() > 0.5
    assert read_summary(tmp_path)["test_accuracy"] == summary["test_accuracy"]
