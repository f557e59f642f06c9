"""A task as something to learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.lab.outside import known_task, task_of
from experiments.studies.learn.settings import LearnSettings
from lsm.learning import Network, Targets
from lsm.learning.activity import run_batch
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
    targets : Targets
        Of all of its samples.
    """

    task: Task
    targets: Targets

    @property
    def classes(self) -> bool:
        """Whether classes are to be told apart, rather than values to be followed."""
        return self.targets.are_classes


def make_problem(settings: LearnSettings, seed: int) -> Problem:
    """The task of a seed as something to learn; InputError where it can't be made."""
    recorded = known_task(settings.task).recorded
    gap = "delay_ms" if settings.task == "Evidence" else "gap_ms"
    given = {"samples_per_class": settings.samples, gap: settings.gap_ms}
    options = {name: value for name, value in given.items() if value is not None}
    task = task_of(settings, random_state=0 if recorded else seed, **options)
    return Problem(task, task.targets or Targets(task.labels, window_ms=WINDOWS_MS.get(task.name)))


def predict(network: Network, problem: Problem, samples: NDArray[np.int64]) -> NDArray[np.int64]:
    """The classes of samples (samples,), or at their steps (samples, steps)."""
    predicted = []
    for first in range(0, len(samples), 64):
        some = samples[first : first + 64]
        activity = run_batch(network.reservoir, problem.task.spikes[some], dt_ms=DT_MS)
        outputs = network.readout.outputs(activity.neurons, DT_MS)
        compared = problem.targets[some].compare(outputs, activity.n_steps, DT_MS)
        predicted.append(compared.predicted)
    return np.concatenate(predicted)
