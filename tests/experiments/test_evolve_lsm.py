"""evolve_lsm.py from its command line: what it writes, and what stands beside it."""

import csv
import json
import random
import sys
from itertools import count
from subprocess import CompletedProcess

import numpy as np
import pytest
from scipy import stats

from evolution.ablations import ABLATIONS
from evolution.judge import Judge
from experiments.evolve_lsm import main
from experiments.lab.page import read_run
from experiments.studies.evolve.page import page
from lsm import LSMClassifier, Reservoir, compilations
from lsm.simulation import cache as compilation
from tasks import make_task
from tests.evolution.judges import judge_of
from tests.experiments.dask_cluster import cluster
from tests.experiments.runs import arguments, outcome, read_summary, run

WITHOUT_LIQUID = {
    "chance",
    "raw_counts",
    "first_spikes",
    "mean_spikes",
    "time_bins_2",
    "time_bins_3",
    "time_bins_10",
    "trace_30ms",
    "traces_10_30_100ms",
    "random_projections",
}
BASELINES = WITHOUT_LIQUID | {"best_without_liquid", "random_mean", "random_best", "no_recurrence"}


def is_accuracy(value):
    return isinstance(value, float) and 0 <= value <= 1


@pytest.fixture(scope="module")
def plain(cache, tmp_path_factory):
    """A run with the default controls."""
    folder = tmp_path_factory.mktemp("plain")
    return folder, run(folder, task="FR5")


def test_summary_says_what_was_run_and_what_came_out(plain):
    folder, summary = plain
    expected = {"task": "FR5", "neurons": 8, "encode": "both", "seed": 3, "dt_ms": 1.0}
    expected |= {"state": "counts", "readout": "logistic", "recipe": "rates", "generations": 2}
    assert {name: summary[name] for name in expected} == expected
    assert is_accuracy(summary["fitness"])
    assert is_accuracy(summary["test_accuracy"])
    assert all(type(summary[name]) is int for name in ("evaluations", "compilations"))
    assert set(summary["seconds"]) == {"compile", "evolve", "total"}
    assert 0 < summary["seconds"]["evolve"] < summary["seconds"]["total"]
    assert {"python", "brian2", "numpy", "scikit-learn", "deap"} <= set(summary["versions"])
    assert set(summary["baselines"]) == BASELINES | {"ceiling"}
    assert all(map(is_accuracy, summary["baselines"].values()))
    assert summary["controls"] == {}
    assert {path.name for path in folder.glob("*.*")} >= {
        "best.npz",
        "fitness.png",
        "liquid.png",
        "logbook.csv",
        "raster.png",
        "summary.json",
    }
    for name in ("fitness", "liquid", "raster"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_best_without_liquid_is_the_best_of_what_needs_none(plain):
    baselines = plain[1]["baselines"]
    assert baselines["best_without_liquid"] == max(baselines[name] for name in WITHOUT_LIQUID)
    name, readout = plain[1]["best_without_liquid"].split(", ")
    assert plain[1]["baselines_by_readout"][name][readout] == baselines["best_without_liquid"]


def test_logbook_tells_the_evolution(plain):
    folder, summary = plain
    with open(folder / "logbook.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["generation"]) for row in rows] == [0, 1, 2]
    assert sum(int(row["evaluations"]) for row in rows) == summary["evaluations"]
    assert float(rows[-1]["best"]) == summary["fitness"]


def test_best_reservoir_has_the_accuracy_that_is_claimed(plain):
    folder, summary = plain
    seed = np.random.SeedSequence(3, spawn_key=(0, 0))
    task = make_task("FR5", random_state=seed, samples_per_class=60)
    training = np.concatenate([task.train, task.fitness])
    model = LSMClassifier(
        Reservoir.load(folder / "best.npz"), readout=summary["readout"], state="counts"
    )
    model.fit(task.spikes[training], task.labels[training])
    assert model.score(task.spikes[task.test], task.labels[task.test]) == summary["test_accuracy"]
    ceiling = np.mean(task.ceiling[task.test] == task.labels[task.test])
    assert summary["baselines"]["ceiling"] == ceiling


def test_what_is_printed_has_each_accuracy_with_what_stands_beside_it(full, capsys):
    main([*arguments(full[0], controls="full"), "--resume"])
    printed = capsys.readouterr().out
    assert f"Test accuracy: {100 * full[1]['test_accuracy']:.2f}" in printed
    for name in (*BASELINES, *ABLATIONS, "random search", "cma gains", "new_templates: evolved"):
        label = "best without a liquid" if name == "best_without_liquid" else name
        assert label.replace("_", " ") in printed
    assert full[1]["best_without_liquid"].replace("_", " ") in printed
    assert printed.splitlines()[-1] == f"results in {full[0]}"


def test_there_are_intervals_from_three_runs_on(tmp_path, capsys):
    options = {"population": 3, "generations": 0}
    for runs, more in ((2, {}), (3, {"resume": True})):
        summary = run(tmp_path, runs=runs, **more, **options)
        names = [read_summary(tmp_path / f"run-0{k}")["best_without_liquid"] for k in range(runs)]
        assert summary["best_without_liquid_names"] == names
        printed = capsys.readouterr().out
        assert ("95 % interval" in printed) == ("the evolved liquid less" in printed) == (runs == 3)
        assert ("an interval needs 3" in printed) == (runs == 2)
        assert "Nothing evolved" in printed


def test_the_most_frequent_best_without_a_liquid_is_named(tmp_path):
    options = {"population": 3, "generations": 0, "runs": 3}
    run(tmp_path, **options)
    for k, name in enumerate(("a, ridge", "b, ridge", "a, ridge")):
        at = tmp_path / f"run-0{k}" / "summary.json"
        at.write_text(json.dumps(json.loads(at.read_text()) | {"best_without_liquid": name}))
    assert "a, ridge in 2 of 3" in page(read_run(tmp_path)).text()


def test_what_goes_on_is_said(tmp_path, capsys):
    run(tmp_path, controls="full", population=3, generations=0)
    lines = capsys.readouterr().err.splitlines()
    for phase in ("testing", "baselines without a liquid", "ablations"):
        assert f"TPR4: {phase}" in lines


def test_the_first_compilation_is_told_once_on_a_terminal(tmp_path, monkeypatch, capsys):
    """It is stopped before it takes its time."""
    compilation._machine()
    failed = CompletedProcess([], 1, stdout="", stderr="no compiler today")
    monkeypatch.setattr(compilation.processes, "run", lambda *_, **__: failed)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("LSM_CACHE", str(tmp_path / "cache"))
    assert main(arguments(tmp_path / "out", controls="none")) == 2
    *lines, error = capsys.readouterr().err.splitlines()
    assert "no compiler today" in error
    assert len([line for line in lines if "compiling" in line]) == 1


def test_a_search_that_ends_early_says_why(tmp_path, monkeypatch, capsys):
    perfect_in(monkeypatch, {0})
    run(tmp_path, controls="none")
    assert "fitness 1.0 reached" in capsys.readouterr().err
    perfect_in(monkeypatch, {})
    run(tmp_path, controls="none")
    assert "reached" not in capsys.readouterr().err


def perfect_in(monkeypatch, calls):
    """Make the first liquid of these calls of fitness perfect, and no other."""
    judge_fitness, numbers = Judge.fitness, count()

    def fitness(self, reservoirs):
        scores = np.minimum(judge_fitness(self, reservoirs), 0.9)
        if next(numbers) in calls:
            scores[0] = 1.0
        return scores

    monkeypatch.setattr(Judge, "fitness", fitness)


def test_evolution_without_recurrence_has_the_budget_of_one_that_stopped_early(
    tmp_path, monkeypatch
):
    perfect_in(monkeypatch, {1})
    summary = run(tmp_path, controls="full", generations=6)
    alone = summary["controls"]["evolution_without_recurrence"]
    assert summary["generations"] == 1
    assert alone["fitness"] <= 0.9  # it didn't reach the target itself
    assert summary["evaluations"] <= alone["evaluations"] < summary["evaluations"] + 5


def test_counts_of_excitatory_neurons(tmp_path):
    summary = run(tmp_path, generations=1, state="excitatory")
    assert summary["state"] == summary["settings"]["state"] == "excitatory"
    best = Reservoir.load(tmp_path / "best.npz")
    assert 0 < best.excitatory.sum() < 8
    task = make_task(
        "TPR4", random_state=np.random.SeedSequence(3, spawn_key=(0, 0)), samples_per_class=60
    )
    judge = judge_of(task, state="excitatory")
    # As well alone as beside a liquid with more excitatory neurons, whose columns are more.
    more = best.replace(excitatory=np.ones(8, dtype=bool))
    assert judge.test([best, more])[0] == judge.test([best])[0] == summary["test_accuracy"]
    assert [judge.n_features(r) for r in (best, more)] == [best.excitatory.sum(), 8]


def test_full_controls(full):
    summary = full[1]
    controls = summary["controls"]
    assert set(controls) == {
        "random_search",
        "cma_gains",
        "evolution_without_recurrence",
        "ablations",
        "new_templates",
    }
    for name in ("random_search", "cma_gains"):
        assert controls[name]["evaluations"] == summary["evaluations"]
    for name in ("random_search", "cma_gains", "evolution_without_recurrence"):
        assert is_accuracy(controls[name]["fitness"])
        assert is_accuracy(controls[name]["test_accuracy"])
    assert set(controls["ablations"]) == set(ABLATIONS)
    assert all(is_accuracy(part["mean"]) for part in controls["ablations"].values())
    assert controls["ablations"]["recurrence_cut"]["mean"] == summary["baselines"]["no_recurrence"]
    assert set(controls["new_templates"]) == {"evolved", "random_search_best", "random_mean"}
    assert all(map(is_accuracy, controls["new_templates"].values()))


@pytest.mark.parametrize("controls", ["none", "default", "full"])
def test_one_random_liquid(tmp_path, controls):
    summary = run(tmp_path, population=1, generations=0, controls=controls)
    assert (summary["generations"], summary["evaluations"]) == (0, 1)
    assert ("baselines" in summary) == (controls != "none")
    assert bool(summary["controls"]) == (controls == "full")
    if controls != "none":
        assert summary["baselines"]["random_mean"] == summary["baselines"]["random_best"]


def test_same_seed_same_result_whatever_the_jobs_and_the_global_random_state(full, tmp_path):
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    before = np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002
    again = run(tmp_path, controls="full", n_jobs=2)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before  # noqa: NPY002
    assert outcome(again) == outcome(full[1])
    for name in ("best.npz", "evolution.npz"):
        mine, theirs = (dict(np.load(folder / name)) for folder in (tmp_path, full[0]))
        assert all(np.array_equal(mine[key], theirs[key]) for key in mine | theirs)


def test_another_seed_another_result(full, tmp_path):
    other = run(tmp_path, controls="none", seed=4)
    assert other["fitness"] != full[1]["fitness"]
    assert Reservoir.load(tmp_path / "best.npz") != Reservoir.load(full[0] / "best.npz")


def test_nothing_is_compiled_twice(full, tmp_path):
    built = compilations()
    changed = {"task": "PR4", "seed": 9, "encode": "positions", "neurons": 11, "dt": 0.5}
    summary = run(tmp_path, controls="none", state="traces", **changed)
    assert compilations() == built == summary["compilations"]


def test_runs_are_repetitions_with_their_mean_and_interval(tmp_path):
    summary = run(tmp_path, runs=2, controls="full", generations=1)
    each = [read_summary(tmp_path / f"run-0{k}") for k in (0, 1)]
    accuracies = [one["test_accuracy"] for one in each]
    assert summary["runs"] == 2
    assert summary["test_accuracies"] == accuracies
    assert accuracies[0] != accuracies[1]
    assert summary["test_accuracy_mean"] == summary["test_accuracy"] == np.mean(accuracies)
    assert summary["test_accuracy_std"] == pytest.approx(np.std(accuracies, ddof=1))
    width = stats.t.ppf(0.975, 1) * np.std(accuracies, ddof=1) / np.sqrt(2)
    low, high = np.mean(accuracies) - width, np.mean(accuracies) + width
    assert summary["test_accuracy_interval"] == pytest.approx([low, high])
    baselines = [one["baselines"]["raw_counts"] for one in each]
    assert summary["baselines"]["raw_counts"] == pytest.approx(np.mean(baselines))
    above = summary["above"]["raw_counts"]
    assert above["mean"] == pytest.approx(np.mean(accuracies) - np.mean(baselines))
    assert above["interval"][0] <= above["mean"] <= above["interval"][1]
    searched = [one["controls"]["random_search"]["test_accuracy"] for one in each]
    assert summary["controls"]["random_search"]["test_accuracy"] == np.mean(searched)
    assert {path.name for path in tmp_path.glob("*.*")} == {
        "best.npz",
        "config.yaml",
        "manifest.txt",
        "records.jsonl",
        "report.html",
        "summary.json",
    }
    fittest = int(np.argmax([one["fitness"] for one in each]))
    best = Reservoir.load(tmp_path / f"run-0{fittest}" / "best.npz")
    assert Reservoir.load(tmp_path / "best.npz") == best


def test_more_runs_go_on_from_those_that_are_done(tmp_path):
    options = {"controls": "none", "population": 3, "generations": 0}
    run(tmp_path, runs=2, **options)
    first = (tmp_path / "run-01" / "summary.json").read_text()
    summary = run(tmp_path, runs=3, resume=True, **options)
    assert (tmp_path / "run-01" / "summary.json").read_text() == first
    assert len(summary["test_accuracies"]) == summary["runs"] == 3
    single = run(tmp_path / "single", seed=3, **options)
    assert single["test_accuracy"] == summary["test_accuracies"][0]  # run 0 is the single run
    # The summary of three is not mistaken for that of one.
    assert main([*arguments(tmp_path, **options), "--resume"]) == 2


def test_readout_and_state_are_those_asked_for(tmp_path):
    summary = run(tmp_path, controls="none", generations=0, state="bins", readout="perceptron")
    assert (summary["state"], summary["readout"]) == ("bins", "perceptron")
    ridge = run(tmp_path / "ridge", controls="none", generations=0, state="bins")
    assert ridge["test_accuracy"] != summary["test_accuracy"]


def test_on_a_cluster_it_ends_as_here(tmp_path):
    """Its worker has no program yet, as on another machine, and builds its own."""
    pytest.importorskip("distributed")
    options = {"controls": "none", "generations": 1, "population": 3}
    here = run(tmp_path / "here", **options)
    with cluster(tmp_path) as dask:
        dask.worker(LSM_CACHE=str(tmp_path / "cache"))
        there = run(tmp_path / "there", **options, n_jobs=None, scheduler=dask.address)
    assert outcome(there) == outcome(here)
    assert list(tmp_path.glob("cache/programs/*/main"))


def test_a_scheduler_that_does_not_answer_is_named(tmp_path, capsys):
    pytest.importorskip("distributed")
    line = arguments(tmp_path, n_jobs=None, scheduler="tcp://127.0.0.1:9")
    assert main(line) == 2
    error = capsys.readouterr().err
    assert "a Dask scheduler, as tcp://host:8786, got 'tcp://127.0.0.1:9'" in error
