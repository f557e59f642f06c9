"""Pictures of an evolution. Each function draws into given axes and returns them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

_LABELS = {
    "accuracy": "fitness (accuracy, %)",
    "spikes": "spikes of the liquid in a sample",
    "neurons": "neurons",
}


def plot_logbook(axes: Axes, logbook: Sequence[Mapping[str, Any]]) -> Axes:
    """Best and mean fitness of each generation, by the logbook of a search."""
    generation = [row["generation"] for row in logbook]
    for name in ("best", "mean"):
        axes.plot(generation, [row[name] for row in logbook], marker=".", label=name)
    axes.set(xlabel="generation", ylabel="fitness (accuracy)")
    axes.legend(frameon=False)
    return axes


def plot_front(axes: Axes, fitnesses: ArrayLike, aims: Sequence[str], front: ArrayLike) -> Axes:
    """A Pareto front: accuracy against the second aim, a third one as colour.

    Parameters
    ----------
    axes : Axes
    fitnesses : array (population, aims)
        As a :class:`evolution.ParetoResult` has them.
    aims : sequence of str
        Names of the columns, of :data:`evolution.aims.AIMS`; accuracy first.
    front : array of int
        The members of the front, the most accurate first.
    """
    values = dict(zip(aims, np.asarray(fitnesses, dtype=np.float64).T, strict=True))
    x, *colour = aims[1:]
    places, accuracy, front = values[x], 100 * values["accuracy"], np.asarray(front)
    others = np.setdiff1d(np.arange(len(places)), front)
    axes.plot(places[others], accuracy[others], "o", color="0.8", markersize=4, label="others")
    look: dict[str, Any] = {"zorder": 3, "edgecolors": "black", "linewidths": 0.5}
    if colour:
        look |= {"c": values[colour[0]][front], "cmap": "viridis"}
    points = axes.scatter(places[front], accuracy[front], label="Pareto front", **look)
    if colour:
        axes.figure.colorbar(points, ax=axes, label=_LABELS[colour[0]])
    else:
        order = front[np.argsort(places[front])]
        axes.step(places[order], accuracy[order], where="post", color="0.5", linewidth=1, zorder=2)
    axes.plot(
        places[front[0]],
        accuracy[front[0]],
        "o",
        markersize=13,
        fillstyle="none",
        color="C3",
        label="the most accurate",
    )
    axes.set(xlabel=_LABELS[x], ylabel=_LABELS["accuracy"])
    axes.legend(frameon=False, fontsize="small")
    axes.grid(alpha=0.3)
    return axes
