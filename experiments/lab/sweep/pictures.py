"""Pictures of a sweep: a metric along each parameter, over pairs of them, and the best settings.

``lines.png`` has every run, and means along each parameter with 95 % intervals, apart by another
one with few values; ``heatmaps.png`` means over pairs of parameters; ``best.png`` the best settings
with every run.
Where a parameter has many values, as sampled ones do, they are put into bins of as many settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.lab.figures import COLOURS, style
from experiments.lab.page.contents import plain
from experiments.lab.results import Results
from experiments.lab.sweep.comparison import Comparison, Setting
from lsm.metrics.statistics import mean_and_interval
from lsm.plots import panels, plot_heat_map, plot_rows

#: A parameter with more values is put into bins; one with so many at most makes lines of its own.
_MOST_VALUES, _BINS, _MOST_LINES = 12, 8, 5
#: Panels of the heat maps, and numbers in one; settings among the best.
_MOST_MAPS, _MOST_TEXTS, _BEST = 6, 64, 12


def plot_comparison(results: Results, comparison: Comparison) -> None:
    """Write the pictures that the parameters allow."""
    settings = comparison.settings
    axes = [_axis(name, settings) for name in settings[0].parameters]
    with style():
        results.figure("best", _plot_best(comparison))
        if axes:
            results.figure("lines", _plot_lines(comparison, axes))
        if len(axes) > 1:
            results.figure("heatmaps", _plot_maps(comparison, axes))


@dataclass(frozen=True)
class Axis:
    """Levels of a parameter.

    Parameters
    ----------
    name : str
    place : int array (settings,)
        Which level each setting has.
    at : float array (levels,)
        Where levels stand: at their numbers, or one after the other.
    labels : list of str
    numeric, log : bool
        Whether they are numbers, and whether those are spread by factors.
    """

    name: str
    place: NDArray[np.int64]
    at: NDArray[np.float64]
    labels: list[str]
    numeric: bool
    log: bool = False


def _rank(value: Any) -> tuple[float, bool, str]:
    """Numbers by their size, then texts, then what was left to the study."""
    return value if isinstance(value, int | float) else np.inf, value is None, str(value)


def _axis(name: str, settings: Sequence[Setting]) -> Axis:
    values = [each.parameters[name] for each in settings]
    levels = sorted(dict.fromkeys(values), key=_rank)
    place = np.array([levels.index(value) for value in values])
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in levels):
        labels = ["default" if level is None else str(level) for level in levels]
        return Axis(name, place, np.arange(len(levels), dtype=float), labels, numeric=False)
    at, numbers = np.array(levels, dtype=np.float64), np.array(values, dtype=np.float64)
    log = bool(at[0] > 0 and len(at) > 2 and at[-1] / at[0] > 20)
    if len(at) > _MOST_VALUES:
        edges = np.quantile(numbers, np.linspace(0, 1, _BINS + 1)[1:-1])
        filled, place = np.unique(np.searchsorted(edges, numbers), return_inverse=True)
        at = np.array([numbers[place == k].mean() for k in range(len(filled))])
    return Axis(name, place, at, [f"{level:.3g}" for level in at], numeric=True, log=log)


def _values(settings: Sequence[Setting], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The metric of all runs of some settings."""
    return np.concatenate([np.empty(0), *(settings[k].values for k in np.flatnonzero(chosen))])


def _plot_lines(comparison: Comparison, axes: Sequence[Axis]) -> Figure:
    figure, places = panels(len(axes), width=4.6, height=3.6)
    for panel, axis in zip(places, axes, strict=True):
        others = [each for each in axes if each is not axis and len(each.at) <= _MOST_LINES]
        apart = min(others, key=lambda each: len(each.at)) if others else None
        _plot_along(panel, comparison, axis, apart)
    figure.suptitle(f"{comparison.metric}: means and 95 % intervals over runs")
    return figure


def _plot_along(panel: Axes, comparison: Comparison, axis: Axis, apart: Axis | None) -> None:
    for k, label in enumerate(apart.labels if apart else [""]):
        mine = apart.place == k if apart else np.ones(len(axis.place), dtype=bool)
        levels = {
            at: values
            for n, at in enumerate(axis.at)
            if len(values := _values(comparison.settings, mine & (axis.place == n)))
        }
        form, colour = "o-" if axis.numeric else "o", COLOURS[k]
        means = [values.mean() for values in levels.values()]
        errors = np.transpose([_errors(values) for values in levels.values()])
        panel.errorbar([*levels], means, errors, fmt=form, color=colour, label=label)
        for at, values in levels.items():  # each run
            panel.plot(np.full(len(values), at), values, ".", color=colour, alpha=0.3, markersize=4)
    if axis.log:
        panel.set_xscale("log")
    if axis.log or not axis.numeric:
        panel.set_xticks(axis.at, axis.labels, rotation=45 if axis.log else 0)
        panel.minorticks_off()
        panel.margins(x=0.1)
    panel.set(xlabel=plain(axis.name), ylabel=comparison.metric)
    if apart:
        panel.legend(title=plain(apart.name))


def _errors(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the 95 % interval reaches from the mean; of few values nowhere."""
    bounds = mean_and_interval(values)["interval"] or values.mean()
    return np.abs(np.broadcast_to(bounds, 2) - values.mean())


def _plot_maps(comparison: Comparison, axes: Sequence[Axis]) -> Figure:
    """Means over pairs of parameters, those over which they differ most."""
    maps = [(y, x, _means(comparison.settings, y, x)) for x, y in combinations(axes, 2)]
    maps.sort(key=lambda each: -float(np.nanstd(each[2])))
    maps = maps[:_MOST_MAPS]
    figure, places = panels(len(maps), width=5, height=4.2)
    every = np.concatenate([means.ravel() for _, _, means in maps])
    look: dict[str, Any] = {"vmin": np.nanmin(every), "vmax": np.nanmax(every)}
    look["cmap"] = "viridis_r" if comparison.minimise else "viridis"
    for panel, (y, x, means) in zip(places, maps, strict=True):
        readable = np.isfinite(means) & (means.size <= _MOST_TEXTS)
        texts = np.where(readable, np.char.mod("%.3g", means), "")
        image = plot_heat_map(panel, means, rows=y.labels, columns=x.labels, texts=texts, **look)
        panel.tick_params(axis="x", rotation=45 if len(x.at) > 5 else 0)
        panel.set(xlabel=plain(x.name), ylabel=plain(y.name))
    figure.colorbar(image, ax=places, label=f"mean {comparison.metric}")
    return figure


def _means(settings: Sequence[Setting], y: Axis, x: Axis) -> NDArray[np.float64]:
    """Mean over the runs of each pair of levels, (y, x); NaN where there are none."""
    means = np.full((len(y.at), len(x.at)), np.nan)
    for row, column in set(zip(y.place.tolist(), x.place.tolist(), strict=True)):
        means[row, column] = _values(settings, (y.place == row) & (x.place == column)).mean()
    return means


def _plot_best(comparison: Comparison) -> Figure:
    best = comparison.settings[:_BEST]
    figure, (axes,) = panels(1, width=8, height=0.42 * len(best) + 1.4)
    plot_rows(axes, {str(setting): setting.values for setting in best})
    for row, setting in enumerate(best):
        errors = _errors(setting.values)[:, None]
        axes.errorbar(setting.mean, row, xerr=errors, color="black")
    axes.set_xlabel(f"{comparison.metric} (bar: mean, line: its 95 % interval)")
    axes.set_title(f"the best {len(best)} of {len(comparison.settings)} settings")
    return figure
