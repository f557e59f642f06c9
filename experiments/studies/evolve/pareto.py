"""Several aims of an evolution: what they are, and the front that comes out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evolution import ParetoResult, Recipe
from experiments.lab.results import Results

_LABELS = {
    "accuracy": "fitness (accuracy, %)",
    "spikes": "spikes of the liquid in a sample",
    "neurons": "neurons",
}


def write_front(
    results: Results, recipe: Recipe, found: ParetoResult, aims: Sequence[str]
) -> list[dict[str, Any]]:
    """Write ``pareto.csv`` and every reservoir of the front as ``pareto/NN.npz``.

    Returns
    -------
    list of dict
        The file of each member and its values of the aims, the most accurate first.
    """
    members = results.path("pareto")
    shutil.rmtree(members, ignore_errors=True)  # of a run that was broken off
    members.mkdir()
    rows = []
    for number, i in enumerate(found.front):
        file = members / f"{number:02d}.npz"
        recipe.reservoir(found.population[i]).save(file)
        values = dict(zip(aims, found.fitnesses[i].tolist(), strict=True))
        rows.append({"file": f"{members.name}/{file.name}", **values})
    results.csv("pareto.csv", rows)
    return rows


def plot_front(task: str, found: ParetoResult, aims: Sequence[str]) -> Figure:
    """The front, and the rest of the last population."""
    values = dict(zip(aims, found.fitnesses.T, strict=True))
    x, *colour = aims[1:]
    y = 100 * values["accuracy"]
    front = found.front
    figure = Figure(figsize=(7, 4.5))
    axes = figure.subplots()
    others = np.setdiff1d(np.arange(len(y)), front)
    if len(others):
        axes.plot(values[x][others], y[others], "o", color="0.8", markersize=4, label="others")
    look: dict[str, Any] = {"zorder": 3, "edgecolors": "black", "linewidths": 0.5}
    if colour:
        look |= {"c": values[colour[0]][front], "cmap": "viridis"}
    points = axes.scatter(values[x][front], y[front], label="Pareto front", **look)
    if colour:
        figure.colorbar(points, ax=axes, label=_LABELS[colour[0]])
    else:
        order = front[np.argsort(values[x][front])]
        axes.step(values[x][order], y[order], where="post", color="0.5", linewidth=1, zorder=2)
    chosen = front[0]
    axes.plot(
        values[x][chosen],
        y[chosen],
        "o",
        markersize=13,
        fillstyle="none",
        color="C3",
        label="the most accurate, which is tested",
    )
    axes.set_xlabel(_LABELS[x])
    axes.set_ylabel(_LABELS["accuracy"])
    axes.set_title(f"{task}: Pareto front of {len(front)} liquids")
    axes.legend(frameon=False, fontsize="small")
    axes.grid(alpha=0.3)
    return figure
