"""What the searches of a run see: their own samples, templates and liquids, and never the test."""

import wave
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from evolution.judge import Judge
from experiments.lab import outside
from experiments.lab.page import read_run
from experiments.studies.evolve.page import page
from lsm import DistanceWiring, NoWiring, Reservoir
from tasks import make_task
from tests.experiments.runs import read_summary, run


def spy_on_fitness(monkeypatch):
    """Keep the judges of each generation's liquids."""
    seen = []
    judge_fitness = Judge.fitness

    def fitness(self, reservoirs):
        seen.append(self)
        return judge_fitness(self, reservoirs)

    monkeypatch.setattr(Judge, "fitness", fitness)
    return seen


def spy_on_tasks(monkeypatch):
    """Keep the tasks that are made."""
    tasks = []

    def make(*args, **options):
        tasks.append(make_task(*args, **options))
        return tasks[-1]

    monkeypatch.setattr(outside, "make_task", make)
    return tasks


def assert_other_templates(tasks):
    """The mean samples of a class are unlike each other."""
    means = [task.spikes.to_dense(10.0)[task.labels == 0].mean(axis=0) for task in tasks]
    for i, one in enumerate(means):
        assert all(np.abs(one - other).mean() > 0.2 for other in means[:i])


@pytest.mark.parametrize(
    ("encode", "frozen", "free"),
    [
        ("both", (), ("parameters", "positions")),
        ("configurations", ("positions",), ("parameters",)),
        ("positions", ("parameters", "excitatory"), ("positions",)),
    ],
)
def test_every_search_shares_what_does_not_evolve(tmp_path, encode, frozen, free):
    summary = run(tmp_path, controls="full", generations=1, encode=encode)
    assert summary["encode"] == encode
    best = Reservoir.load(tmp_path / "best.npz")
    of_best = {"positions": best.positions, "excitatory": best.excitatory}
    names = ("t_ref_ms", "tau_m_ms", "v_threshold_mV")
    of_best["parameters"] = np.stack([best.parameters[name] for name in names], axis=1)
    for search in ("evolution", "random_liquids", "random_search", "evolution_without_recurrence"):
        population = np.load(tmp_path / f"{search}.npz")
        for name in frozen:
            assert (population[name] == of_best[name]).all()
        for name in free:
            assert not (population[name] == population[name][0]).all()


def test_new_templates_are_new(tmp_path, monkeypatch):
    tasks = spy_on_tasks(monkeypatch)
    run(tmp_path, controls="full", population=1, generations=0)
    assert len(tasks) == 2
    assert_other_templates(tasks)


def test_evolution_without_recurrence_has_none(tmp_path, monkeypatch):
    wirings = []
    judge_fitness = Judge.fitness

    def fitness(self, reservoirs):
        wirings.append({type(reservoir.wiring) for reservoir in reservoirs})
        return judge_fitness(self, reservoirs)

    monkeypatch.setattr(Judge, "fitness", fitness)
    run(tmp_path, controls="full", generations=0)
    # Evolution, random liquids, both searches have; evolution without recurrence has not.
    assert wirings == [{DistanceWiring}] * 4 + [{NoWiring}]


def test_a_redrawn_fitness_split_is_another_one_of_the_same_samples(tmp_path, monkeypatch):
    seen, tasks = spy_on_fitness(monkeypatch), spy_on_tasks(monkeypatch)
    assert run(tmp_path, controls="none", redraw_fitness=True)["generations"] == 2
    (task,) = tasks
    used = np.sort(np.concatenate([task.train, task.fitness]))
    assert len(seen) == 3
    for judge in seen:
        assert judge.spikes is task.spikes
        assert len(judge.train_samples) == len(task.train)
        np.testing.assert_array_equal(np.sort(judge.training), used)
    assert len({tuple(sorted(judge.fitness_samples)) for judge in seen}) == 3


def test_fresh_templates_are_a_new_task_each_generation(tmp_path, monkeypatch):
    seen, tasks = spy_on_fitness(monkeypatch), spy_on_tasks(monkeypatch)
    assert run(tmp_path, controls="none", fresh_templates=True)["generations"] == 2
    # The first is the one that is tested.
    assert [judge.spikes for judge in seen] == [task.spikes for task in tasks[1:]]
    assert len(tasks) == 4
    for judge, task in zip(seen, tasks[1:], strict=True):
        assert (judge.train_samples is task.train) & (judge.fitness_samples is task.fitness)
    assert_other_templates(tasks)


def test_a_family_is_met_by_new_members_and_tested_on_ten_others(tmp_path, monkeypatch):
    seen, tasks = spy_on_fitness(monkeypatch), spy_on_tasks(monkeypatch)
    options = {"family": 2, "controls": "full", "population": 4, "generations": 1}
    summary = run(tmp_path, recipe="delays", **options)
    assert (summary["generations"], summary["evaluations"]) == (1, 8)
    assert "new_templates" not in summary["controls"]  # all are
    met = {judge.spikes.times_ms.tobytes() for judge in seen}
    # Two generations of two members, and eight that choose: the same ones in every search.
    assert len(met) == 2 * 2 + 8
    of_one = [task for task in tasks if task.spikes.times_ms.tobytes() not in met]
    tested = {task.spikes.times_ms.tobytes(): task for task in of_one[1:]}  # the first is shown
    assert len(tested) == 10
    best = Reservoir.load(tmp_path / "best.npz")
    scores = [Judge.of_task(task).test([best])[0] for task in tested.values()]
    assert summary["test_accuracy"] == pytest.approx(np.mean(scores))
    assert_other_templates([*tested.values()][:3])
    assert "the best of it 2 of them" in page(read_run(tmp_path)).asked[-1]


@pytest.mark.parametrize("option", ["", "redraw_fitness", "fresh_templates"])
def test_the_test_samples_choose_nothing(tmp_path, monkeypatch, option):
    """What evolves is the same, and what is claimed isn't, where the test samples are others."""
    options = {"controls": "none", "generations": 1} | ({option: True} if option else {})
    honest = run(tmp_path / "honest", **options)

    def spoilt(*args, **options):
        task = make_task(*args, **options)
        labels = task.labels.copy()
        labels[task.test] = (labels[task.test] + 1) % task.n_classes
        return replace(task, labels=labels)

    monkeypatch.setattr(outside, "make_task", spoilt)
    other = run(tmp_path / "spoilt", **options)
    assert other["test_accuracy"] < honest["test_accuracy"]
    assert other["fitness"] == honest["fitness"]
    best = [Reservoir.load(tmp_path / name / "best.npz") for name in ("honest", "spoilt")]
    assert best[0] == best[1]


def test_gap_is_the_tasks(tmp_path, monkeypatch):
    seen = spy_on_fitness(monkeypatch)
    run(tmp_path, controls="none", generations=0, task="TXOR", gap_ms=7.5)
    assert set(seen[0].spikes.durations_ms) == {50 + 7.5 + 50 + 20}


def speech(folder):
    """Recordings of 0.15 s: a digit is a tone, a speaker its loudness; seven takes of each."""
    rng = np.random.default_rng(0)
    t = np.arange(1200) / 8000
    for digit, speaker, take in product(range(3), ("ann", "bob", "eve"), range(7)):
        tone = np.sin(2 * np.pi * 400 * (digit + 1) * t) * (9000 if speaker == "eve" else 6000)
        with wave.open(f"{folder}/{digit}_{speaker}_{take}.wav", "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes((tone + rng.normal(0, 300, len(t))).astype("<i2").tobytes())
    return folder


def test_a_family_of_speakers_is_left_out_one_by_one(tmp_path, monkeypatch):
    seen, tasks = spy_on_fitness(monkeypatch), spy_on_tasks(monkeypatch)
    options = {"task": "FSDD", "data": speech(tmp_path), "population": 3, "generations": 1}
    summary = run(tmp_path / "speakers", controls="none", split="group", family=1, **options)
    assert len(summary["test_accuracies"]) == 3
    assert seen
    for judge in seen:
        (task,) = (task for task in tasks if task.spikes is judge.spikes)
        (tested,) = {*task.groups[task.test]}
        left_out = [{*task.groups[score]} for _, score in judge.folds]
        assert left_out == [{name} for name in ("ann", "bob", "eve") if name != tested]
        for train, score in judge.folds:
            assert not {tested, *task.groups[score]} & {*task.groups[train]}


def test_recordings_are_a_task_like_any_other(tmp_path, monkeypatch):
    seen = spy_on_fitness(monkeypatch)
    options = {"task": "FSDD", "data": speech(tmp_path), "population": 3, "generations": 1}
    summary = run(tmp_path / "takes", controls="full", **options)
    assert summary["recipe"] == "speech"
    assert summary["test_accuracy"] > 0.5
    assert "new_templates" not in summary["controls"]  # there are none to draw
    seen.clear()
    tasks = spy_on_tasks(monkeypatch)
    summary = run(tmp_path / "speakers", controls="none", split="group", **options)
    assert len(summary["test_accuracies"]) == 3
    each = [read_summary(tmp_path / "speakers" / f"run-0{k}") for k in range(3)]
    assert [one["group"] for one in each] == ["ann", "bob", "eve"]
    for judge in seen:
        (task,) = (task for task in tasks if task.spikes is judge.spikes)
        used, tested = ({*task.groups[chosen]} for chosen in (judge.training, task.test))
        assert (len(used), len(tested)) == (2, 1)
        assert not used & tested
