"""A trial is a method on a fold of a task with a seed; its record holds the accuracy there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial
from experiments.lab.outside import divided, known_task, made_task, refuse_one_class
from experiments.lab.records import Key, Record
from experiments.lab.study import Summary
from experiments.studies.compare.methods import method_of
from experiments.studies.compare.settings import CompareSettings
from tasks import Scores, Task


@dataclass(frozen=True)
class _Fold:
    task: Task
    train: NDArray[np.int64]
    test: NDArray[np.int64]
    random_state: int


class Compare(Experiment[CompareSettings]):
    """All methods on all folds of all tasks with all seeds."""

    def __init__(self, settings: CompareSettings) -> None:
        super().__init__(settings)
        self.methods = {name: method_of(name) for name in settings.methods}
        self._trials: dict[Key, Trial] = {}
        #: Keys of the records of each task and method, in the order of seeds and folds.
        self._keys: dict[str, dict[str, list[Key]]] = {}
        for name in settings.tasks:
            self._divide(name)

    def trials(self) -> list[Trial]:
        """A trial for each method and fold; one for all seeds where nothing depends on them."""
        return list(self._trials.values())

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train a method on a fold, and test it."""
        name, fold = trial.content
        predicted = self.methods[name].predict(
            fold.task,
            fold.train,
            fold.test,
            random_state=fold.random_state,
            n_jobs=self.settings.n_jobs,
        )
        return {"accuracy": float(np.mean(predicted == fold.task.labels[fold.test]))}

    def measured(self, trial: Trial, record: Record) -> str:
        """Nothing: there are many, and the bar says where it is."""
        return ""

    def summarise(self, records: Done) -> Summary:
        """Accuracies of each task and method, and what they say together."""
        settings = self.settings
        accuracies = {
            task: {name: [records[key]["accuracy"] for key in keys] for name, keys in each.items()}
            for task, each in self._keys.items()
        }
        scores = Scores(accuracies, settings.reference)
        return {
            "tasks": list(settings.tasks),
            "methods": list(settings.methods),
            "reference": settings.reference,
            "seeds": list(settings.all_seeds),
            "accuracies": accuracies,
            "mean": dict(zip(scores.methods, scores.means.mean(axis=0).tolist(), strict=True)),
            "ranks": dict(zip(scores.methods, scores.ranks.mean(axis=0).tolist(), strict=True)),
            "differences": {name: scores.difference(name) for name in scores.others},
            "wilcoxon": scores.wilcoxon(),
            "friedman": scores.friedman(),
            "no_critical_difference": scores.no_critical_difference,
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """The critical difference, where there is one."""
        if summary["no_critical_difference"]:
            return {}
        scores = Scores(summary["accuracies"], summary["reference"])
        return {"critical_difference": scores.plot_critical_difference}

    def _divide(self, name: str) -> None:
        """Lay down the trials of a task."""
        settings = self.settings
        recorded = known_task(name).recorded
        keys: dict[str, list[Key]] = {method: [] for method in self.methods}
        task = None
        for seed in settings.all_seeds:
            if task is None or not recorded:
                task = made_task(name, quick=settings.quick, random_state=0 if recorded else seed)
                self._check(task, name)
            pairs = divided(task, settings, seed).values()
            for number, pair in enumerate(pairs):
                fold = _Fold(task, *pair, random_state=seed * len(pairs) + number)
                for method in self.methods:
                    once = recorded and self._fixed and not self.methods[method].drawn
                    key = (settings.seed if once else seed, number, f"{name}: {method}")
                    self._trials.setdefault(
                        key, Trial(key[0], key[2], number, content=(method, fold))
                    )
                    keys[method].append(key)
        self._keys[name] = keys

    @property
    def _fixed(self) -> bool:
        """Whether seeds have no part in how recordings are divided."""
        return self.settings.official or self.settings.by is not None

    def _check(self, task: Task, name: str) -> None:
        refuse_one_class(task, f"--tasks {name}")
        for method, each in self.methods.items():
            if each.needs_signals and task.signals is None:
                raise InputError(f"--methods {method} needs tasks with signals, got {name}")
            if each.needs_sensor and task.sensor_size is None:
                raise InputError(f"--methods {method} needs tasks with a sensor, got {name}")
