"""The style of all pictures, and its colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context, rc_params_from_file
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from lsm.plots import plot_heat_map

_STYLE: Any = rc_params_from_file(
    Path(__file__).with_name("pictures.mplstyle"), use_default_template=False
)
#: Of what stands side by side, in pictures and in the charts of pages.
COLOURS: list[str] = _STYLE["axes.prop_cycle"].by_key()["color"]


def style() -> AbstractContextManager[None]:
    """Have all pictures that the block makes and saves in one style."""
    return rc_context(_STYLE)


def plot_signs(
    axes: Axes,
    rows: Mapping[str, Mapping[str, tuple[float | None, Sequence[float] | None]]],
    form: str,
) -> AxesImage:
    """A heat map of numbers with their intervals, by row and column: red below 0, blue above.

    The first row is at the top; bold where the interval leaves out 0.
    """
    names = list(rows)[::-1]
    cells = [list(rows[name].values()) for name in names]
    values = np.array(
        [[np.nan if number is None else number for number, _ in row] for row in cells]
    )
    bold = [[ends is not None and ends[0] * ends[1] > 0 for _, ends in row] for row in cells]
    most = max(float(np.nanmax(np.abs(values), initial=0)), 1.0)
    return plot_heat_map(
        axes,
        values,
        rows=names,
        columns=list(rows[names[0]]),
        texts=np.where(np.isfinite(values), np.char.mod(f"%{form}", values), ""),
        bold=np.array(bold),
        cmap="RdBu",
        vmin=-most,
        vmax=most,
    )
