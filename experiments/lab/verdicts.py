"""Verdicts on claims: of a number of each seed, and its sign.

A claim is supported where the 95 % interval of the mean over seeds (Student's t) lies above 0,
contradicted where it lies below, and else undecided.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.lab.summaries import MIN_RUNS, interval

Floats = NDArray[np.float64]

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"


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
    some = np.isfinite(values)
    n = some.sum(axis=0)
    total = np.where(some, values, 0.0).sum(axis=0)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)
