"""The picture: metrics by tasks, coloured by rank correlation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lsm.plots import panels, plot_heat_map


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
    # A heat map begins at the bottom.
    names = [*summary["drawn"], *by_strength(summary["metrics"], every)[::-1]]
    figure, places = panels(len(groups), width=6, height=0.28 * len(names) + 1, sharey=True)
    for axes, (title, group) in zip(places, groups.items(), strict=True):
        rows = [list(group["correlations"][name].values()) for name in names]
        r = np.array([[np.nan if each["r"] is None else each["r"] for each in row] for row in rows])
        sure = [[_one_sign(each["interval"]) for each in row] for row in rows]
        image = plot_heat_map(
            axes,
            r,
            rows=names,
            columns=list(group["correlations"][names[0]]),
            texts=np.where(np.isfinite(r), np.char.mod("%.2f", r), ""),
            bold=np.array(sure),
            cmap="RdBu",
            vmin=-1,
            vmax=1,
        )
        axes.axhline(len(summary["drawn"]) - 0.5, color="black")
        axes.set_title(f"{title} ({group['liquids']})")
    figure.colorbar(image, ax=places, label="rank correlation with accuracy")
    return figure


def _one_sign(interval: Sequence[float] | None) -> bool:
    return interval is not None and (interval[0] > 0 or interval[1] < 0)
