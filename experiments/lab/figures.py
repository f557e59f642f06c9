"""What pictures of several studies have: panels, heat maps, rows of dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike, NDArray

#: Of what stands side by side.
COLOURS = [f"C{k}" for k in range(10)]
#: How light red, green and blue look.
_LIGHT = (0.3, 0.6, 0.1)


def panels(
    n: int, *, width: float, height: float, columns: int = 3, **shared: Any
) -> tuple[Figure, list[Axes]]:
    """A figure of some panels in rows.

    Parameters
    ----------
    n : int
    width, height : float
        Of a panel, in inches.
    columns : int
        Panels of a row, at most.
    **shared
        Axes that panels share, as `Figure.subplots` has them.
    """
    across, down = min(n, columns), -(-n // columns)
    figure = Figure(figsize=(width * across, height * down), layout="constrained")
    axes = figure.subplots(down, across, squeeze=False, **shared).ravel()
    for unused in axes[n:]:
        unused.remove()
    return figure, list(axes[:n])


def plot_heat_map(
    axes: Axes,
    values: NDArray[np.float64],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    texts: NDArray[np.str_],
    bold: NDArray[np.bool_] | None = None,
    **look: Any,
) -> AxesImage:
    """Values (rows, columns) as colours with a text in each, the first row at the bottom.

    Parameters
    ----------
    axes : Axes
    values : array (rows, columns)
    rows, columns : sequence of str
        Labels.
    texts : array (rows, columns) of str
    bold : array (rows, columns) of bool, optional
        Which texts are in bold.
    **look
        As `Axes.imshow` has it.
    """
    image = axes.imshow(values, origin="lower", aspect="auto", **look)
    light = np.asarray(image.to_rgba(values))[..., :3] @ _LIGHT > 0.5
    for (row, column), text in np.ndenumerate(texts):
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            color="black" if light[row, column] else "white",
            fontsize="small",
            fontweight="bold" if bold is not None and bold[row, column] else "normal",
        )
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    return image


def plot_rows(
    axes: Axes,
    rows: Mapping[str, ArrayLike],
    *,
    colours: Sequence[str] = ("C0",),
    mean: bool = True,
    up: float = 0.0,
    label: str = "",
) -> None:
    """A row of dots for each name, the first at the top.

    Parameters
    ----------
    axes : Axes
    rows : mapping of str to array
        Values of runs.
    colours : sequence of str
        Of the rows, in turns.
    mean : bool
        Mark it with a bar.
    up : float
        Distance from the middle of a row, downwards.
    label : str
        Of all dots.
    """
    for row, values in enumerate(map(np.asarray, rows.values())):
        places = np.full(len(values), row + up)
        colour = colours[row % len(colours)]
        axes.plot(values, places, "o", color=colour, alpha=0.5, label="" if row else label)
        if mean:
            axes.plot(values.mean(), row + up, "|", color="black", markersize=14)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)
