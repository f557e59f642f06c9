"""Panels side by side, heat maps with texts, and rows of dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike, NDArray

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

    Raises
    ------
    ValueError
        No panel, or no column.
    """
    if n < 1 or columns < 1:
        raise ValueError(f"n and columns must be at least 1, got {n} and {columns}")
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

    Raises
    ------
    ValueError
        Labels or texts that aren't one for each row, column or value.
    """
    if values.shape != (len(rows), len(columns)) or texts.shape != values.shape:
        raise ValueError(
            "values and texts must have the shape (rows, columns), "
            f"{(len(rows), len(columns))}, got {values.shape} and {texts.shape}"
        )
    image = axes.imshow(values, origin="lower", aspect="auto", **look)
    axes.grid(visible=False)
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
    minimise: bool | None = None,
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
    minimise : bool, optional
        Sort the rows by their means, the best first: the largest, or the least. They keep their
        colours.
    """
    drawn = [
        (name, np.asarray(values), colours[k % len(colours)])
        for k, (name, values) in enumerate(rows.items())
    ]
    if minimise is not None:
        drawn.sort(key=lambda row: row[1].mean(), reverse=not minimise)
    for place, (_, values, colour) in enumerate(drawn):
        places, text = np.full(len(values), place + up), "" if place else label
        axes.plot(values, places, "o", color=colour, alpha=0.5, label=text)
        if mean:
            axes.plot(values.mean(), place + up, "|", color="black", markersize=14)
    axes.set_yticks(range(len(drawn)), [name for name, *_ in drawn])
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
