"""Statistics of repeats, such as seeds: intervals, paired differences, and verdicts on claims.

A claim is a number of each seed and its sign, such as a difference of two methods on the same
samples: it is supported where the 95 % interval of the mean over seeds (Student's t) lies above 0,
contradicted where it lies below, and else undecided.

>>> from lsm.metrics.statistics import effect
>>> ours, theirs = [0.91, 0.93, 0.92], [0.88, 0.89, 0.90]
>>> effect([a - b for a, b in zip(ours, theirs)]).verdict
'supported'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]

#: Below so many repeats an interval says nothing, and nothing has any.
MIN_RUNS = 3
SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"


def interval(values: Floats) -> list[float]:
    """95 % interval of the mean by Student's t, of at least two values.

    Raises
    ------
    ValueError
        There are fewer.
    """
    if len(values) < 2:
        raise ValueError(f"values must be at least two, got {len(values)}")
    error = stats.sem(values)
    if error == 0:
        return [float(values.mean())] * 2
    low, high = stats.t.interval(0.95, len(values) - 1, loc=values.mean(), scale=error)
    return [float(low), float(high)]


def mean_and_interval(values: Floats) -> dict[str, Any]:
    """Mean over runs and its interval, None below three; ready for JSON."""
    bounds = interval(values) if len(values) >= MIN_RUNS else None
    return {"mean": float(values.mean()), "interval": bounds}


def spread(values: Floats) -> dict[str, Any]:
    """Number, mean, standard deviation and interval of repeats, ready for JSON.

    The deviation is None for a single one, the interval below three.
    """
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    return {"n": len(values), "sd": sd, **mean_and_interval(values)}


@dataclass(frozen=True)
class Effect:
    """A number of each seed, in short.

    Attributes
    ----------
    mean : float
    interval : [low, high] or None
        Of the mean, at 95 %; None below three seeds.
    d : float or None
        The mean in standard deviations of the seeds (Cohen's d of paired samples).
    n : int
        Seeds that have the number.
    verdict : str
    """

    mean: float | None
    interval: list[float] | None
    d: float | None
    n: int
    verdict: str

    def plain(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def effect(values: ArrayLike) -> Effect:
    """Mean, interval, effect size and verdict of a number of each seed, (seeds,)."""
    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x)]
    if not len(x):
        return Effect(None, None, None, 0, UNDECIDED)
    mean = float(x.mean())
    if len(x) < MIN_RUNS:
        return Effect(mean, None, None, len(x), UNDECIDED)
    low, high = interval(x)
    sd = float(x.std(ddof=1))
    verdict = SUPPORTED if low > 0 else CONTRADICTED if high < 0 else UNDECIDED
    return Effect(mean, [low, high], mean / sd if sd else None, len(x), verdict)


def column_means(values: Floats) -> Floats:
    """Mean over seeds of what is there, (points,); NaN where nothing is."""
    means: Floats = np.ma.masked_invalid(values).mean(axis=0).filled(np.nan)
    return means


def factorial_effects(
    scores: ArrayLike, cells: ArrayLike, *, names: Sequence[str]
) -> dict[str, Floats]:
    """What switching factors on adds to scores of a two-level design, alone and in pairs.

    Twice the coefficients of least squares with factors coded as -1 and +1, within each repeat. A
    factor's is what it adds, the mean over all settings of the others; a pair's, by how much more
    that is where the other one is on, and less where it is off.

    Parameters
    ----------
    scores : array (repeats, cells)
    cells : bool array (cells, factors)
        Which factors are on.
    names : sequence of str
        Of the factors.

    Returns
    -------
    dict of str to array (repeats,)
        By the name of a factor, then of a pair, ``"a x b"``.

    Raises
    ------
    ValueError
        Shapes that don't fit; cells that don't tell all factors and pairs apart.

    Examples
    --------
    >>> cells = [(False, False), (False, True), (True, False), (True, True)]
    >>> effects = factorial_effects([[0.5, 0.6, 0.8, 0.9]], cells, names=("delays", "balance"))
    >>> {name: round(float(values[0]), 3) for name, values in effects.items()}
    {'delays': 0.3, 'balance': 0.1, 'delays x balance': 0.0}
    """
    y, on = np.asarray(scores, dtype=np.float64), np.asarray(cells, dtype=bool)
    if y.ndim != 2 or on.shape != (y.shape[1], len(names)):
        raise ValueError(
            "scores and cells must have the shapes (repeats, cells) and (cells, factors), with "
            f"{len(names)} factors, got {y.shape} and {on.shape}"
        )
    codes = dict(zip(names, np.where(on, 1.0, -1.0).T, strict=True))
    codes |= {f"{a} x {b}": codes[a] * codes[b] for a, b in combinations(names, 2)}
    design = np.column_stack([np.ones(len(on)), *codes.values()])
    coefficients, _, rank, _ = np.linalg.lstsq(design, y.T, rcond=None)
    if rank < design.shape[1]:
        raise ValueError(
            f"cells must tell {', '.join(codes)} apart, got {len(on)} cells with {rank - 1} "
            "independent differences"
        )
    return dict(zip(codes, 2 * coefficients[1:], strict=True))


def within(values: ArrayLike, low: float, high: float) -> Effect:
    """The mean of a number of each seed; supported where its interval lies in [low, high].

    Contradicted where the interval lies outside, else undecided.
    """
    measured = effect(values)
    if measured.interval is None:
        return measured
    least, most = measured.interval
    inside, outside = low <= least and most <= high, most < low or high < least
    verdict = SUPPORTED if inside else CONTRADICTED if outside else UNDECIDED
    return replace(measured, verdict=verdict)


def in_brackets(bounds: Sequence[float] | None, form: str = ".3g") -> str:
    """An interval as text, " (low to high)"; nothing if there is none."""
    if bounds is None:
        return ""
    low, high = bounds
    return f" ({low:{form}} to {high:{form}})"


def percentage_points(difference: Mapping[str, Any]) -> str:
    """A difference of accuracies as text: its mean and its interval, in percentage points."""
    bounds = difference["interval"] and [100 * bound for bound in difference["interval"]]
    return f"{100 * difference['mean']:+.2f}{in_brackets(bounds, '+.2f')}"
