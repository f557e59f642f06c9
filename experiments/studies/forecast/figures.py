"""Pictures of forecasts: predictions beside what came, errors by step, memory by delay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.lab.figures import COLOURS
from lsm.plots import panels, plot_rows
from tasks.forecasts import ECHO_STATE_NETWORK, LIQUID, PROBLEMS, Result

#: Results (seeds) by method.
Results = Mapping[str, Sequence[Result]]
#: Methods that are shown over time beside the target; more can't be told apart.
OVER_TIME = ("linear, 20 lags and 55 products", ECHO_STATE_NETWORK, LIQUID)


#: What is shown by steps, its mean over seeds, and how.
CURVES = {
    "mackey-glass": (
        "errors",
        {
            "xlabel": "steps since the series was heard",
            "ylabel": "NRMSE, free-running",
            "yscale": "log",
        },
    ),
    "memory": ("by_delay", {"xlabel": "delay (steps)", "ylabel": "squared correlation"}),
}


def plot_task(task: str, results: Results) -> Figure:
    """The picture of a task; what it shows over time is of the first seed."""
    colours = dict(zip(results, COLOURS, strict=False))
    rows = 1 if task == "memory" else 2
    figure, axes = panels(rows, width=9, height=4, columns=1)
    if rows == 2:
        _plot_over_time(axes[0], results, colours)
    if task in CURVES:
        name, look = CURVES[task]
        for method, records in results.items():
            mean = np.mean([record[name] for record in records], axis=0)
            steps = np.arange(1, len(mean) + 1)
            axes[-1].plot(steps, mean, color=colours[method], label=method)
        axes[-1].set(**look)
    else:
        values = {
            method: [record["measures"]["nrmse"] for record in records]
            for method, records in results.items()
        }
        plot_rows(axes[-1], values, colours=COLOURS, minimise=True)
        axes[-1].set_xlabel("NRMSE of each seed; bar: mean")
    axes[0].set_title(PROBLEMS[task].title)
    for each in axes:
        if each.get_legend_handles_labels()[0]:
            each.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _plot_over_time(axes: Axes, results: Results, colours: Mapping[str, str]) -> None:
    (first, *_), *_ = results.values()
    true = first["true"]
    axes.plot(true, color="black", linewidth=4, alpha=0.25, label="target")
    for method in OVER_TIME:
        if method in results:
            predicted = results[method][0]["said"]
            axes.plot(predicted, color=colours[method], linewidth=1.2, label=method)
    margin = 0.3 * (max(true) - min(true))
    axes.set_ylim(min(true) - margin, max(true) + margin)  # A forecast may run away.
    axes.set(xlabel="step", ylabel="value")
