"""The picture: metrics by tasks, coloured by rank correlation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.lab.figures import plot_signs
from lsm.plots import panels


def by_strength(names: Sequence[str], correlations: Mapping[str, Any]) -> list[str]:
    """Metrics, the strongest mean over tasks first, of either sign."""
    return sorted(names, key=lambda name: -abs(mean_correlation(correlations[name])))


def mean_correlation(by_task: Mapping[str, Any]) -> float:
    """Mean over tasks; one that can't be told counts as 0."""
    return float(np.mean([each["r"] or 0.0 for each in by_task.values()]))


def plot_correlations(summary: Mapping[str, Any]) -> Figure:
    """A panel for each group of liquids; bold where the interval is without 0."""
    groups = summary["groups"]
    every = next(iter(groups.values()))["correlations"]
    names = [*by_strength(summary["metrics"], every), *reversed(summary["drawn"])]
    figure, places = panels(len(groups), width=6, height=0.28 * len(names) + 1, sharey=True)
    for axes, (title, group) in zip(places, groups.items(), strict=True):
        correlations = group["correlations"]
        rows = {
            name: {task: (each["r"], each["interval"]) for task, each in correlations[name].items()}
            for name in names
        }
        image = plot_signs(axes, rows, ".2f")
        axes.axhline(len(summary["drawn"]) - 0.5, color="black")
        axes.set_title(f"{title} ({group['liquids']})")
    figure.colorbar(image, ax=places, label="rank correlation with accuracy")
    return figure
