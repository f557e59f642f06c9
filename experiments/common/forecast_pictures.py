"""Pictures of forecasts: predictions beside what came, errors by step, memory by delay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common.forecast_tasks import FORECAST_TASKS, Result
from experiments.common.results import write_figure

#: Results (seeds) by method.
Results = Mapping[str, Sequence[Result]]


def draw(path: Path, task: str, results: Results) -> None:
    """Write the picture of a task; what is drawn over time is of the first seed."""
    curve = {"memory": _by_delay, "mackey-glass": _errors}.get(task)
    over_time = task != "memory"
    rows = over_time + (curve is not None)
    figure = Figure(figsize=(9, 3.8 * rows))
    axes = np.atleast_1d(figure.subplots(rows)).tolist()
    if over_time:
        _over_time(axes[0], results)
    if curve is not None:
        curve(axes[-1], results)
    axes[0].set_title(FORECAST_TASKS[task].title)
    axes[-1].legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    write_figure(path, figure)


def _over_time(axes: Axes, results: Results) -> None:
    (first, *_), *_ = results.values()
    axes.plot(first["true"], color="black", linewidth=2, label="target")
    for colour, (method, (result, *_)) in enumerate(results.items()):
        axes.plot(result["said"], color=f"C{colour}", linewidth=1, label=method)
    low, high = min(first["true"]), max(first["true"])
    margin = 0.3 * (high - low)
    axes.set_ylim(low - margin, high + margin)  # A forecast may run away.
    axes.set_xlabel("step of the test part")
    axes.legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))


def _errors(axes: Axes, results: Results) -> None:
    axes.set_yscale("log")
    _curves(axes, results, "errors")
    axes.set_xlabel("steps since the series was heard")
    axes.set_ylabel("NRMSE, free-running")


def _by_delay(axes: Axes, results: Results) -> None:
    _curves(axes, results, "by_delay")
    axes.set_xlabel("delay (steps)")
    axes.set_ylabel("squared correlation")


def _curves(axes: Axes, results: Results, name: str) -> None:
    """Means over seeds by step, from 1 on."""
    for colour, (method, found) in enumerate(results.items()):
        mean = np.mean([result[name] for result in found], axis=0)
        axes.plot(np.arange(1, len(mean) + 1), mean, color=f"C{colour}", label=method)
