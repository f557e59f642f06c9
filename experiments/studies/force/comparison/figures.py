"""Pictures of slow against fast learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from experiments.lab.figures import panels, plot_heat_map
from experiments.studies.force.comparison.grids import (
    ANY_TEMPO,
    Grid,
    Pair,
    grid_of,
    mean,
    points_of,
    worse,
)
from experiments.studies.force.comparison.settings import KINDS
from experiments.studies.force.figures import labels
from experiments.studies.force.measures import LEARNED

#: Tests, as they are called under a network, whose own and other decoder these are.
_OWN = {"own": "{}:\nits own"}
_EXCHANGED = {
    "exchanged": "{}:\nthe {}",
    ANY_TEMPO: "{}:\nthe {},\nany tempo",
    "exchanged_taught": "{}:\nthe {},\ntaught",
}
_DECODERS = {"lif": ("LIF", "rate's"), "rate": ("rate", "LIF's")}
_ERROR_LOOK: dict[str, Any] = {"cmap": "viridis_r", "norm": LogNorm(0.001, 1)}
_CORRELATION_LOOK: dict[str, Any] = {"cmap": "RdBu_r", "norm": Normalize(-1, 1)}
_COLOURS = {"slow": "#0072B2", "fast": "#D55E00"}
_TITLES = {
    "errors": "errors by speed of learning",
    "grid": "the grid of G and Q",
    "decoders": "decoders",
    "exchange": "exchanged decoders",
}


def plot_comparison(
    pairs: Sequence[Pair], summary: Mapping[str, Any]
) -> dict[str, Callable[[], Figure]]:
    """What plots each picture, by its name."""
    speeds = dict.fromkeys(pair.place.speed for pair in pairs)
    grids = {speed: grid_of(pairs, speed) for speed in speeds}
    points = points_of(pairs)
    places: dict[tuple[float, float], dict[str, None]] = {}  # what each is, in order, once
    for claim in summary["claims"]:
        if "G" in claim:
            places.setdefault((claim["G"], claim["Q"]), {})[claim["place"]] = None
    columns = [points.index(point) for point in places] or [0]
    titles = [f"G {points[k][0]:g}, Q {points[k][1]:g}" for k in columns]
    for k, names in enumerate(places.values()):
        titles[k] += f" ({', '.join(names)})"

    def titled(name: str, plot: Callable[..., Figure], *content: Any) -> Figure:
        figure = plot(*content)
        figure.suptitle(f"{summary['task']}: {_TITLES[name]}")
        return figure

    at = grids, columns, titles
    return {
        "errors": partial(titled, "errors", _plot_tests, *at, _OWN),
        "grid": partial(titled, "grid", _plot_grid, grids, points),
        "decoders": partial(titled, "decoders", _plot_decoders, pairs, points[columns[0]]),
        "exchange": partial(titled, "exchange", _plot_tests, *at, _OWN | _EXCHANGED),
    }


def _plot_tests(
    grids: Mapping[str, Grid],
    columns: Sequence[int],
    titles: Sequence[str],
    tests: Mapping[str, str],
) -> Figure:
    """A panel for each place: each network in each test, a dot a seed, a bar their mean."""
    figure, places = panels(len(columns), width=3 + len(tests), height=4, sharey=True)
    shown = [(kind, test) for kind in KINDS for test in tests]
    shifts = 0.3 * (np.arange(len(grids)) - (len(grids) - 1) / 2)
    for axes, column, title in zip(places, columns, titles, strict=True):
        for place, (kind, test) in enumerate(shown):
            by_speed = [grid[f"{kind}_{test}"][:, column] for grid in grids.values()]
            axes.plot(place + shifts, by_speed, color="#999999", linewidth=0.5)
            for shift, speed, values in zip(shifts, grids, by_speed, strict=True):
                look: dict[str, Any] = {"color": _COLOURS[speed]}
                label = "" if place else speed
                axes.plot(
                    [place + shift] * len(values), values, "o", alpha=0.5, label=label, **look
                )
                ends = place + shift + np.array([-0.12, 0.12])
                axes.plot(ends, [mean(values, log=True)] * 2, lw=3, **look)
        axes.axhline(LEARNED, color="black", linewidth=0.8, linestyle=":")
        axes.set(yscale="log", ylabel="error (NRMSE; at most 1)", title=title)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        labels = [tests[test].format(*_DECODERS[kind]) for kind, test in shown]
        axes.set_xticks(range(len(shown)), labels, fontsize="small")
    places[0].legend(frameon=False)
    return figure


def _plot_grid(grids: Mapping[str, Grid], points: Sequence[tuple[float, float]]) -> Figure:
    """Heat maps, a row for each speed: errors, correlation and the worse exchanged error."""
    gains = sorted({gain for gain, _ in points})
    feedbacks = sorted({feedback for _, feedback in points})
    figure = Figure(figsize=(12, 0.8 + len(grids) * (1.4 + 0.5 * len(gains))), layout="constrained")
    rows = figure.subplots(len(grids), 4, squeeze=False)
    for row, (speed, grid) in zip(rows, grids.items(), strict=True):
        maps = {
            "LIF error": grid["lif_own"],
            "rate error": grid["rate_own"],
            "worse exchanged error": worse(grid, "exchanged"),
            "correlation": grid["correlation"],
        }
        for axes, (title, values) in zip(row, maps.items(), strict=True):
            error = title != "correlation"
            means = np.full((len(gains), len(feedbacks)), np.nan)
            for column, (gain, feedback) in enumerate(points):
                place = gains.index(gain), feedbacks.index(feedback)
                means[place] = mean(values[:, column], log=error)
            texts = np.char.mod("%.2g" if error else "%.2f", means)
            shown = plot_heat_map(
                axes,
                means,
                rows=labels(gains),
                columns=labels(feedbacks),
                texts=np.where(np.isnan(means), "", texts),
                **(_ERROR_LOOK if error else _CORRELATION_LOOK),
            )
            axes.set(xlabel="Q", ylabel="G")
            axes.set_title(f"{speed}: {title}", fontsize="medium")
            figure.colorbar(shown, ax=axes)
    return figure


def _plot_decoders(pairs: Sequence[Pair], point: tuple[float, float]) -> Figure:
    """A panel for each speed: a dot is a neuron, its weights onto the first output."""
    first = min(pair.place.seed for pair in pairs)
    shown = [pair for pair in pairs if pair.point == point and pair.place.seed == first]
    figure, places = panels(len(shown), width=4.2, height=4)
    for axes, pair in zip(places, shown, strict=True):
        axes.plot(
            pair.records["lif"]["decoder"],
            pair.records["rate"]["decoder"],
            ".",
            color=_COLOURS[pair.place.speed],
        )
        r = pair.records["lif"]["correlation"]
        correlation = "" if r is None else f", r = {r:.2f} (all neurons)"
        axes.set_title(
            f"{pair.place.speed}, G {point[0]:g}, Q {point[1]:g}{correlation}", fontsize="medium"
        )
        axes.set(xlabel="weight, LIF network", ylabel="weight, rate network")
        axes.axhline(0, color="black", linewidth=0.5)
        axes.axvline(0, color="black", linewidth=0.5)
        axes.ticklabel_format(style="sci", scilimits=(-2, 2))
    return figure
