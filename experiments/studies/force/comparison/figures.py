"""Pictures of slow against fast learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from experiments.studies.force.comparison.grids import ANY_TEMPO, Grid, Pair, grid_of, points_of
from experiments.studies.force.comparison.settings import KINDS
from experiments.studies.force.figures import plot_heat_map
from experiments.studies.force.measures import LEARNED

_NAMES = {"lif": "LIF", "rate": "rate"}
_DECODERS = {"lif": ("LIF", "rate's"), "rate": ("rate", "LIF's")}
_LABELS = {
    "own": "{}:\nits own",
    "exchanged": "{}:\nthe {}",
    ANY_TEMPO: "{}:\nthe {},\nany tempo",
    "exchanged_taught": "{}:\nthe {},\ntaught",
}
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

    return {
        "errors": partial(titled, "errors", _plot_errors, grids, columns, titles),
        "grid": partial(titled, "grid", _plot_grid, grids, points),
        "decoders": partial(titled, "decoders", _plot_decoders, pairs, points[columns[0]]),
        "exchange": partial(titled, "exchange", _plot_exchange, grids, columns, titles),
    }


def _plot_errors(
    grids: Mapping[str, Grid], columns: Sequence[int], titles: Sequence[str]
) -> Figure:
    """A panel for each place, in it both networks, slow and fast."""
    figure, panels = _panels(len(columns))
    for axes, column, title in zip(panels, columns, titles, strict=True):
        for k, kind in enumerate(KINDS):
            values = np.stack(
                [grid.errors["own"][kind][:, column] for grid in grids.values()], axis=1
            )
            places = k * (len(grids) + 1) + np.arange(len(grids))
            axes.plot(places, values.T, color="#999999", linewidth=0.8)
            for place, speed, column_values in zip(places, grids, values.T, strict=True):
                label = speed if k == 0 else None
                axes.plot(
                    [place] * len(values),
                    column_values,
                    "o",
                    ms=5,
                    label=label,
                    color=_COLOURS[speed],
                )
        _error_axis(axes, title)
        width = len(grids) + 1
        axes.set_xticks(
            [k * width + (len(grids) - 1) / 2 for k in range(len(KINDS))],
            [f"{_NAMES[kind]} network" for kind in KINDS],
        )
    panels[0].legend(frameon=False)
    return figure


def _plot_exchange(
    grids: Mapping[str, Grid], columns: Sequence[int], titles: Sequence[str]
) -> Figure:
    """A panel for each place: each network in each test."""
    figure, panels = _panels(len(columns), width=6.5)
    tests = [(kind, test) for kind in KINDS for test in _LABELS]
    for axes, column, title in zip(panels, columns, titles, strict=True):
        for j, (speed, grid) in enumerate(grids.items()):
            look: dict[str, Any] = {"color": _COLOURS[speed]}
            shift = 0.3 * (j - (len(grids) - 1) / 2)
            for place, (kind, test) in enumerate(tests):
                values = grid.errors[test][kind][:, column]
                values = values[np.isfinite(values)]
                axes.plot([place + shift] * len(values), values, "o", ms=4, alpha=0.5, **look)
                if len(values):
                    ends = place + shift + np.array([-0.12, 0.12])
                    axes.plot(ends, [np.exp(np.log(values).mean())] * 2, lw=3, **look)
            axes.plot([], [], "o", label=speed, **look)
        _error_axis(axes, title)
        axes.set_xticks(
            range(len(tests)), [_LABELS[test].format(*_DECODERS[k]) for k, test in tests]
        )
        axes.tick_params("x", labelsize="small")
    panels[0].legend(frameon=False)
    return figure


def _error_axis(axes: Axes, title: str) -> None:
    axes.axhline(LEARNED, color="black", linewidth=0.8, linestyle=":")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("error (NRMSE; at most 1)")
    axes.set_title(title, fontsize="medium")


def _plot_grid(grids: Mapping[str, Grid], points: Sequence[tuple[float, float]]) -> Figure:
    """Heat maps, a row for each speed: errors, correlation and the worse exchanged error."""
    gains = sorted({gain for gain, _ in points})
    feedbacks = sorted({feedback for _, feedback in points})
    figure = Figure(figsize=(12, 0.8 + len(grids) * (1.4 + 0.5 * len(gains))), layout="constrained")
    rows = figure.subplots(len(grids), 4, squeeze=False)
    for row, (speed, grid) in zip(rows, grids.items(), strict=True):
        maps = {
            "LIF error": np.log10(grid.errors["own"]["lif"]),
            "rate error": np.log10(grid.errors["own"]["rate"]),
            "worse exchanged error": np.log10(np.maximum(*grid.errors["exchanged"].values())),
            "correlation": grid.correlation,
        }
        for axes, (title, values) in zip(row, maps.items(), strict=True):
            image = np.full((len(gains), len(feedbacks)), np.nan)
            for column, (gain, feedback) in enumerate(points):
                some = values[np.isfinite(values[:, column]), column]
                if len(some):
                    image[gains.index(gain), feedbacks.index(feedback)] = some.mean()
            error = title != "correlation"
            shown = plot_heat_map(
                axes,
                image,
                gains,
                feedbacks,
                texts=[
                    "" if np.isnan(v) else f"{10**v:.2g}" if error else f"{v:.2f}"
                    for v in image.flat
                ],
                dark=image > -1 if error else np.abs(image) > 0.6,
                vmin=-3 if error else -1,
                vmax=0 if error else 1,
                cmap="viridis_r" if error else "RdBu_r",
            )
            axes.set_title(f"{speed}: {title}", fontsize="medium")
            bar = figure.colorbar(shown, ax=axes)
            if error:
                bar.set_ticks([-3, -2, -1, 0], labels=["0.001", "0.01", "0.1", "1"])
    return figure


def _plot_decoders(pairs: Sequence[Pair], point: tuple[float, float]) -> Figure:
    """A panel for each speed: a dot is a neuron, its weights onto the first output."""
    first = min(pair.place.seed for pair in pairs)
    shown = [pair for pair in pairs if pair.point == point and pair.place.seed == first]
    figure, panels = _panels(len(shown), width=4.2, sharey=False)
    for axes, pair in zip(panels, shown, strict=True):
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


def _panels(n: int, width: float = 4.5, *, sharey: bool = True) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=(width * n, 4), layout="constrained")
    return figure, list(figure.subplots(1, n, squeeze=False, sharey=sharey)[0])
