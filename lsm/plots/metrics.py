"""What liquids are worth: a metric against a parameter."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from scipy.stats import t


def plot_metric(
    axes: Axes,
    values: ArrayLike,
    scores: ArrayLike,
    *,
    confidence: float = 0.95,
    label: str | None = None,
    color: str | None = None,
) -> Axes:
    """Plot the mean of a metric against a parameter, with its confidence interval as a band.

    Parameters
    ----------
    axes : matplotlib Axes
        Labels and scales are the caller's.
    values : array (points,)
        The parameter.
    scores : array (points, repeats)
        The metric of each repeat, such as a seed. NaN: missing. The interval is Student's; a point
        with fewer than two repeats has none.
    confidence : float
        Between 0 and 1.
    label, color : str, optional
        As matplotlib has them.

    Raises
    ------
    ValueError
        Shapes that don't fit, a confidence outside (0, 1).
    """
    x, y = np.asarray(values, dtype=float), np.asarray(scores, dtype=float)
    if x.ndim != 1 or y.ndim != 2 or len(y) != len(x):
        raise ValueError(
            "values and scores must have the shapes (points,) and (points, repeats), got "
            f"{x.shape} and {y.shape}"
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    n = np.count_nonzero(~np.isnan(y), axis=1)
    present, several = n > 0, n > 1
    mean, half = np.full(len(x), np.nan), np.full(len(x), np.nan)
    mean[present] = np.nanmean(y[present], axis=1)
    error = np.nanstd(y[several], axis=1, ddof=1) / np.sqrt(n[several])
    half[several] = t.ppf((1 + confidence) / 2, n[several] - 1) * error
    (line,) = axes.plot(x, mean, marker=".", label=label, color=color)
    axes.fill_between(x, mean - half, mean + half, color=line.get_color(), alpha=0.2, linewidth=0)
    return axes
