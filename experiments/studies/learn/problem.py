"""A task as something to learn: its targets, where they count, and who tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from experiments.lab.outside import known_task, task_of
from experiments.studies.learn.settings import LearnSettings
from lsm.learning import Network, Targets
from lsm.learning.activity import run_batch
from lsm.learning.readout import Loss
from tasks import Task

DT_MS = 1.0
#: The last part of a sample of a task whose label is known at its end alone, in which the loss
#: counts.
WINDOWS_MS = {"TXOR": 50.0}


@dataclass(frozen=True)
class Problem:
    """What is to be learned from a task.

    Attributes
    ----------
    task : Task
    values : array (samples,) or (samples, steps, outputs)
        Classes, or what outputs should be at each step.
    window_ms : float or None
        The last part of each sample, in which the loss counts; None: all of it.
    """

    task: Task
    values: NDArray[Any]
    window_ms: float | None

    @property
    def classes(self) -> bool:
        """Whether classes are to be told apart, rather than values to be followed."""
        return self.values.ndim == 1

    @property
    def loss(self) -> Loss:
        """The loss of either."""
        return "cross_entropy" if self.classes else "squared_error"

    @property
    def n_outputs(self) -> int:
        """Of the readout."""
        return int(self.values.max()) + 1 if self.classes else self.values.shape[2]

    def targets(self, samples: NDArray[np.int64]) -> Targets:
        """Targets of some samples."""
        return Targets(self.values[samples], self.loss, self.window_ms)


def make_problem(settings: LearnSettings, seed: int) -> Problem:
    """The task of a seed as something to learn.

    Raises
    ------
    InputError
        The task can't be made, or asks for another class at other times of a sample.
    """
    recorded = known_task(settings.task).recorded
    given = {"samples_per_class": settings.samples, "gap_ms": settings.gap_ms}
    options = {name: value for name, value in given.items() if value is not None}
    task = task_of(settings, random_state=0 if recorded else seed, **options)
    targets = task.targets
    if targets is None:
        return Problem(task, task.labels, WINDOWS_MS.get(task.name))
    steps = len(targets.counted)
    first = int(np.argmax(targets.counted))
    window_ms = (steps - first) * targets.step_ms
    if not targets.counted[first:].all():
        raise InputError(f"--task {task.name} asks for something several times: not supported yet")
    if not targets.are_classes:
        return Problem(task, targets.values, window_ms)
    if np.any(targets.values[:, first:] != task.labels[:, np.newaxis]):
        raise InputError(f"--task {task.name} asks for several classes of a sample, not for one")
    return Problem(task, task.labels, window_ms)


def predict(network: Network, problem: Problem, samples: NDArray[np.int64]) -> NDArray[np.int64]:
    """The class (samples,) whose output is largest in the window."""
    predicted = []
    for first in range(0, len(samples), 64):
        some = samples[first : first + 64]
        activity = run_batch(network.reservoir, problem.task.spikes[some], dt_ms=DT_MS)
        outputs = network.readout.outputs(activity.neurons, DT_MS)
        compared = problem.targets(some).compare(outputs, activity.n_steps, DT_MS)
        predicted.append(compared.scores.argmax(axis=1))
    return np.concatenate(predicted)
