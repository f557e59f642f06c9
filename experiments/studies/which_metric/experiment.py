"""A trial is some liquids on a task, or their metrics; together they are correlated by rank."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, cross_val_score

from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial
from experiments.lab.outside import made_task, refuse_one_class
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.which_metric.figures import plot_correlations
from experiments.studies.which_metric.liquids import RANGES, draw, hearing, measured
from experiments.studies.which_metric.settings import WhichMetricSettings
from lsm import simulate
from lsm.metrics import rank_correlations
from readouts import RidgeReadout
from tasks.splits import thin

Floats = NDArray[np.float64]

METRICS = "metrics"
#: Liquids that are simulated together.
BLOCK = 20
FOLDS = 5
#: Among which liquids: all, and those that fire neither hardly nor all the time.
GROUPS = {"All liquids": (-np.inf, np.inf), "5 to 100 Hz": (5.0, 100.0)}


class WhichMetric(Experiment[WhichMetricSettings]):
    """Metrics of many liquids, and their accuracies on each task."""

    def __init__(self, settings: WhichMetricSettings) -> None:
        super().__init__(settings)
        self._tasks = {}
        for name in settings.tasks:
            task = made_task(name, quick=settings.quick, random_state=0)
            refuse_one_class(task, f"--tasks {name}")
            some = thin(task.labels, np.zeros(len(task.labels)), settings.samples // task.n_classes)
            self._tasks[name] = task.spikes[some], task.labels[some]

    def identity(self) -> dict[str, Any]:
        """The ranges of liquids as well."""
        return super().identity() | {"ranges": {name: list(ends) for name, ends in RANGES.items()}}

    def trials(self) -> list[Trial]:
        """A trial for each block of liquids, its metrics or a task."""
        first, stop = self.settings.seed, self.settings.seed + self.settings.liquids
        return [
            Trial(start, f"{name}, {len(seeds)} liquids", content=(name, seeds))
            for start in range(first, stop, BLOCK)
            for seeds in [range(start, min(start + BLOCK, stop))]
            for name in (METRICS, *self._tasks)
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """What the liquids of a block have drawn and their metrics, or their accuracies."""
        name, seeds = trial.content
        drawn = [draw(seed, self.settings.neurons) for seed in seeds]
        liquids, n_jobs = [liquid for liquid, _ in drawn], self.settings.n_jobs
        if name == METRICS:
            own = {key: [each[key] for _, each in drawn] for key in RANGES}
            return {"metrics": measured(liquids, n_jobs), "drawn": own}
        spikes, labels = self._tasks[name]
        states = simulate(hearing(liquids, spikes), spikes, state="bins:3", n_jobs=n_jobs)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        accuracies = [
            float(cross_val_score(RidgeReadout(), each, labels, cv=folds).mean()) for each in states
        ]
        return {"accuracy": accuracies}

    def summarise(self, records: Done) -> Summary:
        """Each metric's rank correlation with the accuracy on each task, and its interval."""
        blocks = [(trial.content[0], records[trial.key]) for trial in self.trials()]
        metrics = _joined([record["metrics"] for name, record in blocks if name == METRICS])
        drawn = _joined([record["drawn"] for name, record in blocks if name == METRICS])
        accuracies = {
            task: np.concatenate([each["accuracy"] for name, each in blocks if name == task])
            for task in self._tasks
        }
        groups = {}
        for group, (low, high) in GROUPS.items():
            some = (low <= metrics["rate"]) & (metrics["rate"] <= high)
            groups[group] = {
                "liquids": int(some.sum()),
                "accuracy": {
                    task: {"mean": float(a[some].mean()), "sd": float(a[some].std())}
                    for task, a in accuracies.items()
                    if some.any()
                },
                "correlations": {
                    name: {task: correlation(x[some], a[some]) for task, a in accuracies.items()}
                    for name, x in (metrics | drawn).items()
                },
            }
        return {"metrics": list(metrics), "drawn": list(drawn), "groups": groups}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """All correlations as colours."""
        return {"correlations": partial(plot_correlations, summary)}


def correlation(x: Floats, y: Floats) -> dict[str, Any]:
    """Spearman's correlation of what is there of both, None where there is none, and its interval.

    At 95 %, by Fisher's transformation with the variance (1 + r^2 / 2) / (n - 3) of Bonett & Wright
    (2000, Psychometrika 65:23).
    """
    n = int((np.isfinite(x) & np.isfinite(y)).sum())
    r = float(rank_correlations([x], [y])[0])
    if not np.isfinite(r):
        return {"r": None, "interval": None, "n": n}
    if n < 4 or abs(r) == 1:
        return {"r": r, "interval": None, "n": n}
    half = 1.96 * np.sqrt((1 + r**2 / 2) / (n - 3))
    return {"r": r, "interval": np.tanh(np.arctanh(r) + np.array([-half, half])).tolist(), "n": n}


def _joined(parts: list[dict[str, Any]]) -> dict[str, Floats]:
    return {
        name: np.concatenate([np.array(part[name], dtype=np.float64) for part in parts])
        for name in parts[0]
    }
