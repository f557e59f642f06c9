"""Pictures of forecasts: predictions beside what came, errors by step, memory by delay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.lab.figures import COLOURS, plot_rows
from experiments.studies.forecast.methods import ECHO_STATE_NETWORK, LIQUID
from experiments.studies.forecast.tasks import FORECAST_TASKS, Result

#: Results (seeds) by method.
Results = Mapping[str, Sequence[Result]]
#: Methods that are shown over time beside the target; more can't be told apart.
OVER_TIME = ("linear, 20 lags and 55 products", ECHO_STATE_NETWORK, LIQUID)


def plot_task(task: str, results: Results) -> Figure:
    """The picture of a task; what it shows over time is of the first seed."""
    figure = Figure(figsize=(9, 4 if task == "memory" else 7.5))
    if task == "memory":
        axes = [figure.subplots()]
        _plot_curves(axes[0], results, "by_delay")
        axes[0].set(xlabel="delay (steps)", ylabel="squared correlation")
    else:
        axes = list(figure.subplots(2))
        _plot_over_time(axes[0], results)
    if task == "mackey-glass":
        _plot_curves(axes[1], results, "errors")
        axes[1].set(xlabel="steps since the series was heard", ylabel="NRMSE, free-running")
        axes[1].set_yscale("log")
    if task == "narma10":
        values = {
            method: [record["measures"]["nrmse"] for record in records]
            for method, records in results.items()
        }
        plot_rows(axes[1], values, colours=COLOURS, minimise=True)
        axes[1].set_xlabel("NRMSE of each seed; bar: mean")
    axes[0].set_title(FORECAST_TASKS[task].title)
    for each in axes:
        if each.get_legend_handles_labels()[0]:
            each.legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _plot_over_time(axes: Axes, results: Results) -> None:
    (first, *_), *_ = results.values()
    true = first["true"]
    axes.plot(true, color="black", linewidth=4, alpha=0.25, label="target")
    for method in OVER_TIME:
        if method in results:
            predicted = results[method][0]["said"]
            axes.plot(predicted, color=_colour(results, method), linewidth=1.2, label=method)
    margin = 0.3 * (max(true) - min(true))
    axes.set_ylim(min(true) - margin, max(true) + margin)  # A forecast may run away.
    axes.set(xlabel="step", ylabel="value")


def _plot_curves(axes: Axes, results: Results, name: str) -> None:
    """Means over seeds by step, from 1 on."""
    for method, records in results.items():
        mean = np.mean([record[name] for record in records], axis=0)
        steps = np.arange(1, len(mean) + 1)
        axes.plot(steps, mean, color=_colour(results, method), label=method)


def _colour(results: Results, method: str) -> str:
    return f"C{list(results).index(method)}"
