"""Networks are trained, their factor is sought, and they are tested: each of it is a trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, named
from experiments.lab.records import Record
from experiments.lab.statistics import mean_and_interval
from experiments.lab.study import Summary
from experiments.studies.conversion import figures, stages
from experiments.studies.conversion.settings import ConversionSettings
from experiments.studies.conversion.stages import STAGES
from lsm.conversion import SigmoidNetwork
from lsm.conversion.training import TrainingSettings

#: The published range in half its steps: what works is often narrower than one of those.
FACTORS = tuple(20.0 + 2.5 * k for k in range(23))
QUICK_FACTORS = (20.0, 35.0, 50.0)
QUICK_TRAINING: dict[str, Any] = {"more": 50, "most": 400, "learning_rate": 0.02, "noise": 0.1}
MEASURES = ("rate", "spiking", "without_recurrence")


class Conversion(Experiment[ConversionSettings]):
    """The three stages of each network, which lies in the folder between them."""

    def __init__(self, settings: ConversionSettings) -> None:
        super().__init__(settings)
        self._factors = QUICK_FACTORS if settings.quick else FACTORS
        quick = QUICK_TRAINING if settings.quick else {}
        self._training = TrainingSettings(units=settings.units, **quick)

    def identity(self) -> dict[str, Any]:
        """The network or how it is trained, the factors, and the numbers of trials."""
        given = self.settings.network
        training = asdict(self._training) | {"tau_ms": list(self._training.tau_ms)}
        return {
            "network": None if given is None else str(given),
            "training": training if given is None else None,
            "search_trials": self.settings.search_trials,
            "trials": self.settings.trials,
            "scaling_factors": list(self._factors),
        }

    def open_records(self) -> Any:
        """The records, which later stages of a network look into as well."""
        self._records = super().open_records()
        return self._records

    def trials(self) -> list[Trial]:
        """A trial for each task, seed and stage: training, search and test."""
        checks = 1 + self._training.most // self._training.every
        return [
            Trial(seed, f"{task}: {stage}", steps=steps, content=(task, stage))
            for task in self.settings.tasks
            for seed in self.settings.all_seeds
            for stage, steps in zip(STAGES, (checks, 1, 1), strict=True)
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train a network, search its scaling factor, or test it."""
        task, stage = trial.content
        settings = self.settings
        path = self.results.path(f"{task}-seed{trial.seed}.npz")
        if stage == "train" and settings.network is not None:
            stages.given_network(settings.network, task).save(path)
            return {"steps": 0, "accuracy": None, "error": None}
        if stage == "train":
            return stages.train(path, task, trial.seed, self._training, tick)
        network = SigmoidNetwork.load(path)
        if stage == "search":
            return stages.search(network, task, trial.seed, settings.search_trials, self._factors)
        factor = self._records[trial.seed, 0, f"{task}: search"]["best"]
        noise = self._training.noise
        return stages.evaluate(network, factor, task, trial.seed, settings.trials, noise)

    def measured(self, trial: Trial, record: Record) -> str:
        """What training or the search came to; nothing of the test."""
        if "best" in record:
            best = max(record["accuracies"])
            return f"{trial.title}: accuracy {best:.0%} with 1/lambda {record['best']:g}"
        if record.get("steps"):
            return f"{trial.title}: accuracy {record['accuracy']:.0%} in {record['steps']} steps"
        return ""

    def summarise(self, records: Done) -> Summary:
        """Accuracies, factors, rates and correlations of each task."""
        return {
            "seeds": list(self.settings.all_seeds),
            "tasks": {
                task: _summarised(*(named(records, f"{task}: {stage}") for stage in STAGES))
                for task in self.settings.tasks
            },
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Outputs, searches and rasters of each task."""
        makers: dict[str, Callable[[], Figure]] = {}
        for task in self.settings.tasks:
            searches, tests = (named(records, f"{task}: {stage}") for stage in STAGES[1:])
            makers[f"{task}-outputs"] = partial(figures.plot_outputs, task, tests[0])
            makers[f"{task}-factors"] = partial(figures.plot_factors, task, searches)
            makers[f"{task}-raster"] = partial(figures.plot_raster, task, tests[0])
        return makers


def _summarised(
    trained: Sequence[Record], searches: Sequence[Record], tests: Sequence[Record]
) -> dict[str, Any]:
    return {
        "accuracy": {name: _spread([test[name] for test in tests]) for name in MEASURES},
        "scaling_factors": [search["best"] for search in searches],
        "rate_Hz": _spread([test["rate_Hz"] for test in tests]),
        "correlation": _spread([test["correlation"] for test in tests]),
        "training_steps": [record["steps"] for record in trained],
    }


def _spread(values: list[float]) -> dict[str, Any]:
    array = np.array(values)
    sd = float(array.std(ddof=1)) if len(array) > 1 else None
    return mean_and_interval(array) | {"sd": sd, "values": values}
