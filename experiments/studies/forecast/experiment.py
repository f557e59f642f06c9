"""A trial is a method on a task with a seed; methods are compared on the same series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.random import SeedSequence

from experiments.lab.experiment import Experiment, Tick, Trial
from experiments.lab.progress import note
from experiments.lab.records import Key, Record
from experiments.lab.results import versions
from experiments.lab.statistics import mean_and_interval
from experiments.studies.forecast.figures import plot_task
from experiments.studies.forecast.methods import (
    ECHO_STATE_NETWORK,
    ECHO_STATES,
    LIQUID,
    LIQUIDS,
    forecasters,
)
from experiments.studies.forecast.settings import ForecastSettings
from experiments.studies.forecast.tasks import FORECAST_TASKS
from tasks.data import optional


class Forecast(Experiment[ForecastSettings]):
    """Every method on every task; without reservoirpy, echo state networks are left out."""

    def __init__(self, settings: ForecastSettings) -> None:
        super().__init__(settings)
        self._missing_package = _missing_reservoirpy()
        self._methods = {
            task: [
                method
                for method in forecasters(task, settings.neurons)
                if not (self._missing_package and method == ECHO_STATE_NETWORK)
            ]
            for task in settings.tasks
        }

    def identity(self) -> dict[str, Any]:
        return {
            "neurons": self.settings.neurons,
            "steps": list(self.settings.steps),
            "liquids": {name: repr(liquid) for name, liquid in LIQUIDS.items()},
            "echo_states": {name: dict(options) for name, options in ECHO_STATES.items()},
        }

    def trials(self) -> list[Trial]:
        if self._missing_package:
            note(f"the {ECHO_STATE_NETWORK} is left out: {self._missing_package}")
        return [
            Trial(seed, f"{task}: {method}", content=(task, method))
            for seed in range(self.settings.seeds)
            for task, methods in self._methods.items()
            for method in methods
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        task, method = trial.content
        series, reservoir = SeedSequence(trial.seed).spawn(2)
        state = int(reservoir.generate_state(1)[0])
        make = forecasters(task, self.settings.neurons)[method]
        return FORECAST_TASKS[task].run(lambda: make(state), *self.settings.steps, series)

    def measured(self, trial: Trial, record: Record) -> str:
        return ""  # there are many, and the bar says where it is

    def summarise(self, records: Mapping[Key, Record]) -> dict[str, Any]:
        rival = {} if self._missing_package else {"reservoirpy": version("reservoirpy")}
        return {
            "neurons": self.settings.neurons,
            "seeds": self.settings.seeds,
            "steps": dict(zip(("train", "test"), self.settings.steps, strict=True)),
            "tasks": {
                task: {
                    method: _summarised(results, by_method[LIQUID])
                    for method, results in by_method.items()
                }
                for task, by_method in self._results(records).items()
            },
            "versions": versions() | rival,
        }

    def figures(
        self, summary: Mapping[str, Any], records: Mapping[Key, Record]
    ) -> dict[str, Callable[[], Figure]]:
        results = self._results(records)
        return {task: partial(plot_task, task, by_method) for task, by_method in results.items()}

    def _results(self, records: Mapping[Key, Record]) -> dict[str, dict[str, list[Record]]]:
        """Records of all seeds by task and method."""
        seeds = range(self.settings.seeds)
        return {
            task: {
                method: [records[seed, 0, f"{task}: {method}"] for seed in seeds]
                for method in methods
            }
            for task, methods in self._methods.items()
        }


def _missing_reservoirpy() -> str | None:
    """How to install reservoirpy, where it isn't there."""
    try:
        optional("reservoirpy", "series")
    except ImportError as error:
        return str(error)
    return None


def _summarised(results: Sequence[Record], liquid: Sequence[Record]) -> dict[str, Any]:
    """Measures over seeds, and how much larger the liquid's are, paired by seed."""
    measures = {}
    for name in results[0]["measures"]:
        values, its = (
            np.array([record["measures"][name] for record in some]) for some in (results, liquid)
        )
        measures[name] = mean_and_interval(values) | {
            "values": values.tolist(),
            "liquid_less_it": mean_and_interval(its - values),
        }
    return {
        "measures": measures,
        "n_features": results[0]["n_features"],
        "seconds_a_seed": float(np.mean([record["seconds"] for record in results])),
    }
