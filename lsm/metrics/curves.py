"""A measure against a parameter, over repeats: where it is best, how it falls, what it goes with.

Everything is of arrays (repeats, points) in which NaN is missing, such as a metric of each seed at
each value of a parameter; :func:`lsm.plots.plot_metric` draws them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import spearmanr

from lsm.base.checks import not_negative, positive, positive_int, probability
from lsm.base.reprs import short_repr
from lsm.metrics.inputs import RandomState

Floats = NDArray[np.float64]

#: Below so many repeats an interval says nothing.
_LEAST_REPEATS = 3


@short_repr
class Peak(NamedTuple):
    """Where a measure is largest.

    Attributes
    ----------
    place : float or None
        None where there is no point at all.
    interval : (float, float) or None
        95 % of the places of redrawn repeats; None below three repeats.
    """

    place: float | None
    interval: tuple[float, float] | None


def advantage_at_zero(x: ArrayLike, y: ArrayLike, *, off: float, enough: float = 0.5) -> Floats:
    """How much more there is nearest to x = 0 than at the best point off it, (repeats,).

    The best point is chosen on the other half of the repeats, even or odd: one chosen on repeats
    that are judged would be favoured by chance (the winner's curse). Halves, since choices
    by all other repeats depend on one another: of 20 repeats where nothing differs, 18 % of the
    verdicts at 95 % are wrong, 6 % with halves. The choice is by paired differences, too: repeats
    that lack a point would favour or harm it. NaN where no point is near 0, or a repeat lacks one.

    Parameters
    ----------
    x, y : array (repeats, points)
    off : float
        Points further from 0 than this, by the mean of x, are off it.
    enough : float
        Points that a smaller part of the repeats has are left out: of few, a lucky one would win.

    Raises
    ------
    ValueError
        Arrays of different shapes, or of other than two dimensions.
    """
    values, measure = _of_enough(x, y, enough)
    off = positive(off, "off")
    place = np.abs(_means(values))
    differences = np.full(len(measure), np.nan)
    if not (place <= off).any():
        return differences
    above = measure[:, [int(np.nanargmin(place))]] - measure[:, place > off]
    half = np.arange(len(measure)) % 2 == 0
    for judged in (half, ~half):
        mean = _means(above[~judged])
        if np.isfinite(mean).any():
            differences[judged] = above[judged, int(np.nanargmin(mean))]
    return differences


def peak_place(
    x: ArrayLike,
    y: ArrayLike,
    *,
    enough: float = 0.5,
    n_redrawn: int = 500,
    random_state: RandomState = 0,
) -> Peak:
    """Where the mean over repeats is largest, with a bootstrap interval over repeats.

    The vertex of the parabola through the best point and its two neighbours; an end of the range
    where that is best.

    Parameters
    ----------
    x, y : array (repeats, points)
        The parameter as it came out in each repeat, and the measure.
    enough : float
        As in :func:`advantage_at_zero`.
    n_redrawn : int
        How often repeats are redrawn.
    random_state : int, Generator or None
        Of the redraws.

    Raises
    ------
    ValueError
        Arrays of different shapes, or of other than two dimensions.
    """
    values, measure = _of_enough(x, y, enough)
    rng, n = np.random.default_rng(random_state), len(measure)
    samples = [rng.integers(n, size=n) for _ in range(positive_int(n_redrawn, "n_redrawn"))]
    places = [_vertex(_means(values[some]), _means(measure[some])) for some in samples]
    finite = [place for place in places if np.isfinite(place)]
    interval = None
    if n >= _LEAST_REPEATS and finite:
        low, high = np.quantile(finite, [0.025, 0.975])
        interval = float(low), float(high)
    place = _vertex(_means(values), _means(measure))
    return Peak(place if np.isfinite(place) else None, interval)


def hinge_slopes(x: ArrayLike, y: ArrayLike, *, beyond: float = 0.1) -> Floats:
    """Losses of a measure per unit of its parameter below 0 and above it, (repeats, 2).

    Least squares of each repeat with y = a + b min(x, 0) - c max(x, 0), which has its bend at 0: b
    and c are the losses. Both sides are taken equally far, or the one seen further would be judged
    by another part of its curve. NaN without points on both sides.

    Parameters
    ----------
    x, y : array (repeats, points)
    beyond : float
        Sides are taken as far as the nearer of both ends, and so much (a part of it) beyond.

    Raises
    ------
    ValueError
        Arrays of different shapes, or of other than two dimensions.
    """
    beyond = not_negative(beyond, "beyond")
    pairs = zip(*_checked(x, y), strict=True)
    return np.array([_hinge(*pair, beyond) for pair in pairs]).reshape(-1, 2)


def rank_correlations(x: ArrayLike, y: ArrayLike) -> Floats:
    """Spearman's correlation of two measures over the points of each repeat, (repeats,).

    NaN with fewer than three points, or where one of both is constant.

    Parameters
    ----------
    x, y : array (repeats, points)

    Raises
    ------
    ValueError
        Arrays of different shapes, or of other than two dimensions.
    """
    correlations = []
    for first, second in zip(*_checked(x, y), strict=True):
        some = np.isfinite(first) & np.isfinite(second)
        a, b = first[some], second[some]
        varied = len(a) > 2 and np.ptp(a) > 0 and np.ptp(b) > 0
        correlations.append(spearmanr(a, b).statistic if varied else np.nan)
    return np.array(correlations)


def _checked(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if a.ndim != 2 or a.shape != b.shape:
        raise ValueError(
            f"x and y must have one shape, (repeats, points), got {a.shape} and {b.shape}"
        )
    return a, b


def _of_enough(x: ArrayLike, y: ArrayLike, enough: float) -> tuple[Floats, Floats]:
    """Both, NaN at points that too few repeats have."""
    a, b = _checked(x, y)
    few = (np.isfinite(a) & np.isfinite(b)).mean(axis=0) < probability(enough, "enough")
    return np.where(few, np.nan, a), np.where(few, np.nan, b)


def _means(values: Floats) -> Floats:
    """Mean over repeats of what is there, (points,); NaN where nothing is."""
    means: Floats = np.ma.masked_invalid(values).mean(axis=0).filled(np.nan)
    return means


def _hinge(x: Floats, y: Floats, beyond: float) -> tuple[float, float]:
    some = np.isfinite(x) & np.isfinite(y)
    x, y = x[some], y[some]
    if not (len(x) and x.min() < 0 < x.max()):
        return np.nan, np.nan
    near = np.abs(x) <= (1 + beyond) * min(-x.min(), x.max())
    terms = np.stack([np.ones(len(x)), np.minimum(x, 0), -np.maximum(x, 0)], axis=1)[near]
    if np.linalg.matrix_rank(terms) < 3:
        return np.nan, np.nan
    _, below, above = np.linalg.lstsq(terms, y[near])[0]
    return float(below), float(above)


def _vertex(x: Floats, y: Floats) -> float:
    some = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(some):
        return np.nan
    x, y = x[some], y[some]
    order = np.argsort(x)
    x, y = x[order], y[order]
    k = int(np.argmax(y))
    if k in (0, len(y) - 1):
        return float(x[k])
    a, b, _ = np.polyfit(x[k - 1 : k + 2], y[k - 1 : k + 2], 2)
    return float(-b / (2 * a)) if a < 0 else float(x[k])
