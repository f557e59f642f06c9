"""How errors fall with the number of neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from experiments.lab.figures import COLOURS
from lsm.plots import panels
from tasks.forecasters import Forecaster
from tasks.forecasts import ECHO_STATE_NETWORK, LIQUID, PROBLEMS, Result, forecasters

#: What is made in several sizes.
GROWING = (LIQUID, ECHO_STATE_NETWORK)


def sized(method: str, n: int) -> str:
    """The name of a method of a size."""
    return f"{method}, {n}"


def growing(task: str, sizes: Sequence[int]) -> dict[str, Callable[[int], Forecaster]]:
    """What makes liquids and echo state networks of each size, by their names."""
    return {sized(method, n): forecasters(task, n)[method] for method in GROWING for n in sizes}


def values(
    results: Mapping[str, Sequence[Result]], sizes: Sequence[int], measure: str
) -> dict[str, list[list[float]]]:
    """A measure of each method there is, by size and seed."""
    return {
        method: [[each["measures"][measure] for each in results[sized(method, n)]] for n in sizes]
        for method in GROWING
        if sized(method, sizes[0]) in results
    }


def slopes(
    task: str, results: Mapping[str, Sequence[Result]], sizes: Sequence[int]
) -> dict[str, dict[str, float]]:
    """Powers of the size that means over seeds go with, by measure and method.

    They are those of a least-squares line through logarithms.
    """
    return {
        measure: {
            method: float(np.polyfit(np.log(sizes), np.log(np.mean(by_size, axis=1)), 1)[0])
            for method, by_size in values(results, sizes, measure).items()
        }
        for measure in PROBLEMS[task].measures
    }


def plot_sizes(
    task: str,
    results: Mapping[str, Sequence[Result]],
    sizes: Sequence[int],
    powers: Mapping[str, Mapping[str, float]],
) -> Figure:
    """Measures of a task by size, a panel each: dots are seeds, lines are means."""
    measures = PROBLEMS[task].measures
    figure, axes = panels(len(measures), width=4.5, height=4)
    for axis, (measure, heading) in zip(axes, measures.items(), strict=False):
        for colour, (method, by_size) in zip(
            COLOURS, values(results, sizes, measure).items(), strict=False
        ):
            label = f"{method}, slope {powers[measure][method]:.2f}"
            axis.plot(sizes, np.mean(by_size, axis=1), color=colour, label=label)
            axis.plot(sizes, by_size, ".", color=colour)
        axis.set(xscale="log", yscale="log", xlabel="neurons or units", ylabel=heading)
        axis.legend()
    figure.suptitle(PROBLEMS[task].title)
    return figure
