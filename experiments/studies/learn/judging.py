"""What all ways to make a liquid have in common: samples, recipe, and the judge at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from evolution import RECIPES, GenomeSpace, Judge, Recipe
from evolution.seeds import generator
from experiments.studies.learn.problem import Problem
from experiments.studies.learn.settings import LearnSettings
from lsm import FilteredTraces, Reservoir, TimeBins
from tasks.baselines import time_bins
from tasks.rivals import support_vector_machine

#: Of the readout, and of the traces that are read in its place.
TAU_MS = 20.0
#: Decimals of traces: of spikes before the recall nothing is left, not in the last digits either.
_DECIMALS = 3
#: Streams of a seed, each for what is random in it.
REFERENCE, CALIBRATION, START, SEARCH, TRAINING, DIVISION = range(6)


@dataclass(frozen=True)
class RecallJudge(Judge):
    """A judge whose states have no more than `_DECIMALS` decimals."""

    def _simulate(self, *arguments: Any) -> NDArray[np.float32]:
        return np.round(super()._simulate(*arguments), _DECIMALS)


@dataclass(frozen=True)
class Setting:
    """What all ways have in common in a fold of a seed."""

    problem: Problem
    judge: Judge
    recipe: Recipe
    space: GenomeSpace
    test: NDArray[np.int64]
    seed: SeedSequence

    @property
    def start(self) -> Reservoir:
        """The liquid that is drawn first."""
        return self.recipe.reservoir(self.space.random(generator(self.seed, START)))

    @property
    def runs_of_a_liquid(self) -> int:
        """Network runs that its fitness takes."""
        return len(self.judge.training)


def make_setting(
    settings: LearnSettings,
    problem: Problem,
    training: NDArray[np.int64],
    test: NDArray[np.int64],
    seed: SeedSequence,
) -> Setting:
    """The setting of a fold.

    Parameters
    ----------
    settings : LearnSettings
    problem : Problem
    training, test : int array
        Samples. Of the first, three in ten choose among liquids: the task's own fitness samples
        where it is divided as it divides itself.
    seed : SeedSequence
    """
    task = problem.task
    train, fitness = task.train, task.fitness
    if settings.split != "own":
        order = generator(seed, DIVISION).permutation(training)
        train, fitness = np.split(order, [len(order) * 7 // 10])
    samples: dict[str, Any] = {
        "train_samples": train,
        "fitness_samples": fitness,
        "test_samples": test,
    }
    judge: Judge
    if task.targets is None:
        judge = Judge(task.spikes, task.labels, state=TimeBins(), n_jobs=1, **samples)
    else:
        state = recall_state(problem)
        judge = RecallJudge(task.spikes, task.labels, state=state, n_jobs=1, **samples)
    recipe = RECIPES[settings.recipe or ""]
    space = recipe.space(settings.neurons).with_reference(generator(seed, REFERENCE))
    typical = space.random(generator(seed, CALIBRATION))
    recipe = recipe.calibrated(task.spikes[train], genome=typical)
    return Setting(problem, judge, recipe, space, test, seed)


def recall_state(problem: Problem) -> FilteredTraces:
    """Traces in the middle of the recall and at its end."""
    assert problem.targets.window_ms is not None
    share = problem.targets.window_ms / problem.task.spikes.durations_ms[0]
    return FilteredTraces((TAU_MS,), at=(1 - share / 2, 1.0))


def svm_accuracy(setting: Setting) -> float:
    """Accuracy of a support vector machine on time bins of the input: it needs no memory."""
    task, training = setting.problem.task, setting.judge.training
    X = time_bins(task.spikes, 8)
    machine = support_vector_machine(X.shape[1], n_jobs=1)
    machine.fit(X[training], task.labels[training])
    return float(machine.score(X[setting.test], task.labels[setting.test]))
