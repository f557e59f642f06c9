"""The folds of a task, with every seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from evolution.seeds import stream
from experiments.lab.errors import InputError
from experiments.lab.outside import divided, known_task, task_to_classify
from experiments.studies.classify.settings import FIELDS, ClassifySettings
from tasks import Task
from tasks.rivals import RIVALS

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """A part of a task's samples that tests, and the others, with one seed.

    `name` is what is held out; `train` and `test` are indices of the task's samples.
    """

    settings: ClassifySettings
    task: Task
    seed: int
    number: int
    name: str
    train: Indices
    test: Indices

    def random_state(self, *key: int) -> int:
        """A seed for something random in this fold."""
        return int(stream(SeedSequence(self.seed), self.number, *key).generate_state(1)[0] >> 1)

    @property
    def inputs(self) -> Any:
        """What the liquid gets, by samples."""
        return self.task.spikes if self.settings.hear == "spikes" else self.task.signals


def make_folds(settings: ClassifySettings) -> list[Fold]:
    """All folds of all seeds.

    Another seed is other templates and samples of a generated task, and other folds where they are
    random; recordings and groups stay what they are.

    Raises
    ------
    InputError
        The task can't be made, or hasn't what is asked for.
    """
    recorded = known_task(settings.task).recorded
    folds: list[Fold] = []
    for seed in settings.all_seeds:
        if not (recorded and folds):
            task = task_to_classify(settings, random_state=0 if recorded else seed)
            _check(settings, task)
        for number, (name, pair) in enumerate(divided(task, settings, seed).items()):
            folds.append(Fold(settings, task, seed, number, name, *pair))
    return folds


def _check(settings: ClassifySettings, task: Task) -> None:
    known = task.columns
    if settings.paired_by is not None and settings.paired_by not in known:
        raise InputError(
            f"--paired-by must be one of what task {task.name} has, {', '.join(known) or 'none'}; "
            f"got {settings.paired_by!r}"
        )
    if settings.reservoir == FIELDS and task.sensor_size is None:
        raise InputError(
            f"--reservoir {FIELDS} needs a task that knows its sensor's size, got --task "
            f"{task.name}"
        )
    if task.signals is None:
        rivals = [name for name in settings.rivals if name in RIVALS and RIVALS[name].signals]
        needing = [f"--rivals {name}" for name in rivals]
        needing += ["--hear signals"] if settings.hear == "signals" else []
        if needing:
            raise InputError(f"{needing[0]} needs a task with signals, got --task {task.name}")
