"""A trial is a method on a task with a seed; methods are compared on the same series.

With several numbers of neurons the methods are liquids and echo state networks of each size.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, named
from experiments.lab.progress import note
from experiments.lab.records import Record
from experiments.lab.results import versions
from experiments.lab.study import Summary
from experiments.studies.forecast.figures import plot_task
from experiments.studies.forecast.settings import ForecastSettings
from experiments.studies.forecast.sizes import growing, plot_sizes, slopes
from lsm.metrics.statistics import mean_and_interval
from tasks import forecasts
from tasks.rivals import RIVALS


class Forecast(Experiment[ForecastSettings]):
    """Every method on every task; without reservoirpy, echo state networks are left out."""

    def __init__(self, settings: ForecastSettings) -> None:
        super().__init__(settings)
        self._missing = RIVALS["esn"].missing
        sizes = self._sizes = settings.neurons
        self._methods = {
            task: growing(task, sizes) if len(sizes) > 1 else forecasts.forecasters(task, *sizes)
            for task in settings.tasks
        }
        if self._missing:
            for methods in self._methods.values():
                for name in [n for n in methods if n.startswith(forecasts.ECHO_STATE_NETWORK)]:
                    del methods[name]

    def identity(self) -> dict[str, Any]:
        """Sizes that trials don't name, and how liquids and echo state networks are made."""
        return {
            "neurons": "several" if len(self._sizes) > 1 else self._sizes[0],
            "steps": list(self.settings.steps),
            "liquids": {name: repr(liquid) for name, liquid in forecasts.LIQUIDS.items()},
            "echo_states": forecasts.ECHO_STATES,
        }

    def trials(self) -> list[Trial]:
        """A trial for each seed, task and method."""
        if self._missing:
            note(f"the {forecasts.ECHO_STATE_NETWORK} is left out: {self._missing}")
        return [
            Trial(seed, f"{task}: {method}", content=(task, make))
            for seed in range(self.settings.seeds)
            for task, methods in self._methods.items()
            for method, make in methods.items()
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Fit a method to a series of the seed, and measure its forecasts."""
        task, make = trial.content
        series, reservoir = SeedSequence(trial.seed).spawn(2)
        state = int(reservoir.generate_state(1)[0])
        return forecasts.PROBLEMS[task].run(lambda: make(state), *self.settings.steps, series)

    def measured(self, trial: Trial, record: Record) -> str:
        """Nothing: there are many, and the bar says where it is."""
        return ""

    def summarise(self, records: Done) -> Summary:
        """Measures of each method over seeds, and the liquid's difference from it or the slopes."""
        rival = {} if self._missing else {"reservoirpy": version("reservoirpy")}
        every = self._results(records)
        summary = {
            "neurons": list(self._sizes),
            "seeds": self.settings.seeds,
            "steps": dict(zip(("train", "test"), self.settings.steps, strict=True)),
            "tasks": {
                task: {
                    name: _spread(some, results.get(forecasts.LIQUID))
                    for name, some in results.items()
                }
                for task, results in every.items()
            },
            "versions": versions() | rival,
        }
        if len(self._sizes) > 1:
            summary["slopes"] = {
                task: slopes(task, results, self._sizes) for task, results in every.items()
            }
        return summary

    def figures(self, summary: Summary, records: Done) -> Figures:
        """A picture of each task."""
        results = self._results(records)
        if "slopes" in summary:
            return {
                task: partial(plot_sizes, task, results[task], self._sizes, powers)
                for task, powers in summary["slopes"].items()
            }
        return {task: partial(plot_task, task, results[task]) for task in results}

    def _results(self, records: Done) -> dict[str, dict[str, list[Record]]]:
        """Records of all seeds by task and method."""
        return {
            task: {method: named(records, f"{task}: {method}") for method in methods}
            for task, methods in self._methods.items()
        }


def _spread(results: Sequence[Record], liquid: Sequence[Record] | None) -> dict[str, Any]:
    """Measures over seeds, and how much larger those of a liquid are, paired by seed."""
    measures = {}
    for name in results[0]["measures"]:
        values = np.array([record["measures"][name] for record in results])
        measures[name] = mean_and_interval(values) | {"values": values.tolist()}
        if liquid is not None:
            its = np.array([record["measures"][name] for record in liquid])
            measures[name]["liquid_less_it"] = mean_and_interval(its - values)
    return {
        "measures": measures,
        "n_features": results[0]["n_features"],
        "seconds_a_seed": float(np.mean([record["seconds"] for record in results])),
    }
