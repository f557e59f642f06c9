"""Pictures of slow against fast learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from experiments.lab.page.contents import plain
from experiments.studies.force.comparison.grids import ERRORS, Pair, grid_of, points_of
from experiments.studies.force.comparison.settings import KINDS
from experiments.studies.force.figures import plot_errors, plot_plane
from lsm.plots import panels

#: Numbers that are drawn over the grid, with another look than errors have.
_LOOKS: dict[str, dict[str, Any]] = {
    **{f"{kind}_{test}": {} for test in ("own", "exchanged") for kind in KINDS},
    "correlation": {"cmap": "RdBu_r", "norm": Normalize(-1, 1)},
}


def plot_comparison(
    pairs: Sequence[Pair], summary: Mapping[str, Any]
) -> dict[str, Callable[[], Figure]]:
    """What plots each picture, by its name."""
    speeds = list(dict.fromkeys(pair.place.speed for pair in pairs))
    judged = dict.fromkeys((c["G"], c["Q"]) for c in summary["claims"] if "G" in c)
    places = list(judged or points_of(pairs)[:1])
    grids = {speed: grid_of(pairs, speed) for speed in speeds}
    errors = {
        f"G {place[0]:g}, Q {place[1]:g}": {
            speed: {plain(name): grid[name][:, points_of(pairs).index(place)] for name in ERRORS}
            for speed, grid in grids.items()
        }
        for place in places
    }
    return {
        "grid": partial(_plot_grid, summary["points"], speeds),
        "decoders": partial(_plot_decoders, pairs, places[0]),
        "exchange": partial(plot_errors, errors),
    }


def _plot_grid(points: Sequence[Mapping[str, Any]], speeds: Sequence[str]) -> Figure:
    """Heat maps, a row for each speed: errors with either decoder, and the correlation."""
    G, Q = (sorted({point[name] for point in points}) for name in "GQ")
    figure, panes = panels(
        len(speeds) * len(_LOOKS), width=3, height=0.6 + 0.5 * len(G), columns=len(_LOOKS)
    )
    shown = [(speed, name) for speed in speeds for name in _LOOKS]
    for axes, (speed, name) in zip(panes, shown, strict=True):
        means = [point[speed][name] for point in points]
        image = plot_plane(axes, means, G, Q, **_LOOKS[name])
        axes.set_title(f"{speed}: {plain(name)}")
        figure.colorbar(image, ax=axes)
    return figure


def _plot_decoders(pairs: Sequence[Pair], point: tuple[float, float]) -> Figure:
    """A panel for each speed: a dot is a neuron, its weights onto the first output."""
    shown = [
        pair for pair in pairs if pair.point == point and pair.place.seed == pairs[0].place.seed
    ]
    figure, panes = panels(len(shown), width=4.2, height=4)
    for axes, pair in zip(panes, shown, strict=True):
        axes.plot(*(pair.records[kind]["decoder"] for kind in KINDS), ".")
        correlation = pair.records["lif"]["correlation"]
        known = "unknown" if correlation is None else f"{correlation:.2f}"
        axes.set(title=f"{pair.place.speed}, correlation of all neurons: {known}")
        axes.set(xlabel="weight, LIF network", ylabel="weight, rate network")
        axes.ticklabel_format(style="sci", scilimits=(-2, 2))
    return figure
