"""Pictures of many trainings: the plane of G and Q, and errors of tasks and models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from experiments.studies.force.measures import LEARNED
from lsm.plots import panels, plot_heat_map, plot_rows

#: Of two kinds of dots in a row; the largest error that is shown.
_COLOURS, _SHIFTS, _MOST = ("#D55E00", "#0072B2"), (-0.12, 0.12), 3


def plot_plane(
    axes: Axes, values: ArrayLike, G: Sequence[float], Q: Sequence[float], **look: Any
) -> AxesImage:
    """A heat map over G and Q, by default of errors, with a number where there is one."""
    usual: dict[str, Any] = {"cmap": "viridis_r", "norm": LogNorm(0.001, 2)}
    values = np.asarray(values, dtype=np.float64).reshape(len(G), len(Q))
    rows, columns = ([f"{value:.3g}" for value in some] for some in (G, Q))
    texts = np.where(np.isnan(values), "", np.char.mod("%.2g", values))
    axes.set(xlabel="Q", ylabel="G")
    return plot_heat_map(axes, values, rows=rows, columns=columns, texts=texts, **usual | look)


def plot_grid(summary: Mapping[str, Any]) -> Figure:
    """The plane of a grid, coloured by error; those that learn are in bold, divergence is empty."""
    errors = np.array(summary["nrmse_drift_tolerant"], dtype=np.float64)
    figure, (axes,) = panels(1, width=7, height=5)
    image = plot_plane(axes, errors, summary["G"], summary["Q"], bold=errors < LEARNED)
    figure.colorbar(image, label="drift-tolerant NRMSE; bold: learned; empty: diverged")
    return figure


def plot_errors(places: Mapping[str, Mapping[str, Mapping[str, ArrayLike]]]) -> Figure:
    """A panel of rows for each place, with a dot for the error of each network.

    Parameters
    ----------
    places : mapping of str to mapping of str to mapping of str to array
        Errors by the panel's title, the label of the dots, and the row. The row whose median is
        least stands at the top.
    """
    first = next(iter(next(iter(places.values())).values()))
    rows = sorted(first, key=lambda row: float(np.median(np.asarray(first[row]))))
    figure, panes = panels(len(places), width=8, height=0.35 * len(rows) + 1.3)
    for axes, (title, by_label) in zip(panes, places.items(), strict=True):
        for (label, errors), colour, up in zip(by_label.items(), _COLOURS, _SHIFTS, strict=False):
            shown = {name: np.minimum(errors[name], _MOST) for name in rows}
            plot_rows(axes, shown, colours=[colour], mean=False, up=up, label=label)
        axes.axvline(LEARNED, color="black", linewidth=0.8, linestyle="--")
        axes.set_xscale("log")
        axes.set(title=title, xlabel=f"the error that counts (NRMSE; {_MOST}: or above)")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1))
    return figure
