"""Networks are trained, their factor is sought, and they are tested: each of it is a trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, named
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.conversion import figures
from experiments.studies.conversion.settings import ConversionSettings
from lsm.conversion import SigmoidNetwork, TrainingSettings
from lsm.metrics.statistics import mean_and_interval
from tasks.cognitive import COGNITIVE
from tasks.cognitive_networks import (
    ConversionTest,
    evaluate_conversion,
    search_factor,
    train_network,
)

#: In the order of their streams of random numbers.
STAGES = ("train", "search", "test")
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
        path = self.results.path(f"{task}-seed{trial.seed}.npz")
        place = list(COGNITIVE).index(task), STAGES.index(stage)
        stream = SeedSequence(trial.seed, spawn_key=place)
        if stage == "train":
            return self._train(task, stream, path, tick)
        network, settings = SigmoidNetwork.load(path), self.settings
        if stage == "search":
            n, factors = settings.search_trials, self._factors
            result = search_factor(task, network, n, scaling_factors=factors, random_state=stream)
            return {name: np.asarray(value).tolist() for name, value in asdict(result).items()}
        factor = self._records[trial.seed, 0, f"{task}: search"]["best"]
        noise = self._training.noise
        test = evaluate_conversion(
            task, network, factor, settings.trials, noise=noise, random_state=stream
        )
        return _tested(test, network)

    def _train(self, task: str, stream: SeedSequence, path: Path, tick: Tick) -> Record:
        """Leave a network in the folder, a trained one or that which was given."""
        if self.settings.network is not None:
            SigmoidNetwork.load(self.settings.network).save(path)
            return {"steps": 0, "accuracy": None, "error": None}

        def show(_: int, accuracy: float, error: float) -> None:
            tick(f"accuracy {100 * accuracy:.0f} %, error {error:.3f}")

        trained = train_network(task, self._training, random_state=stream, tick=show)
        trained.network.save(path)
        return {"steps": trained.steps, "accuracy": trained.accuracy, "error": trained.error}

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
        return {
            f"{task}-{name}": partial(plot, task, named(records, f"{task}: {stage}"))
            for task in self.settings.tasks
            for name, (stage, plot) in figures.PLOTS.items()
        }


def _tested(test: ConversionTest, network: SigmoidNetwork) -> Record:
    """Accuracies, and what pictures show of a test."""
    spiking = test.compared.spiking
    shown = spiking.spike_trials == 0
    return {
        **test.accuracies,
        "rate_Hz": float(spiking.rates_Hz.mean()),
        "correlation": test.compared.correlation,
        "curves": {
            condition: {name: line.round(4).tolist() for name, line in lines.items()}
            for condition, lines in test.curves.items()
        },
        "raster": {
            "condition": test.trials.conditions[0],
            "inhibitory": network.inhibitory.tolist(),
            "times_ms": spiking.spike_times_ms[shown].round(2).tolist(),
            "neurons": spiking.spike_neurons[shown].tolist(),
        },
    }


def _summarised(
    trained: Sequence[Record], searches: Sequence[Record], tests: Sequence[Record]
) -> dict[str, Any]:
    return {
        "accuracy": {name: _spread(tests, name) for name in MEASURES},
        "scaling_factors": [search["best"] for search in searches],
        "rate_Hz": _spread(tests, "rate_Hz"),
        "correlation": _spread(tests, "correlation"),
        "training_steps": [record["steps"] for record in trained],
    }


def _spread(tests: Sequence[Record], name: str) -> dict[str, Any]:
    values = np.array([test[name] for test in tests])
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    return mean_and_interval(values) | {"sd": sd, "values": values.tolist()}
