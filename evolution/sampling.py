"""Points of a search sampled from ranges, at random or evenly (scipy.stats.qmc).

>>> from evolution.sampling import Range, sample_points
>>> ranges = {"neurons": Range(10, 100), "gain": Range(0.1, 10.0, log=True)}
>>> points = sample_points(ranges, 8, method="sobol", seed=0)
>>> len(points), sorted(points[0])
(8, ['gain', 'neurons'])
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.stats import qmc

Point = dict[str, float]

#: How points are sampled.
METHODS = ("random", "sobol", "halton")
#: So many times more points are sampled to find distinct ones, before there seem to be no more.
_PATIENCE = (1, 4, 16, 64)


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`: whole ones, both ends with them, if both ends are.

    Parameters
    ----------
    low, high : int or float
    log : bool
        Their logarithm is uniform.

    Raises
    ------
    ValueError
        A range that doesn't go up, or that isn't above 0 where `log` needs it.
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"high must not be below low, got {self.low} and {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be above 0 where log holds, got {self.low}")

    @property
    def size(self) -> float:
        """How many numbers it has, where they are whole."""
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        return self.high - self.low + 1 if whole else math.inf

    def at(self, share: float) -> float:
        """The number below which a share of them lies."""
        whole = self.size < math.inf
        high = self.high + 1 if whole else self.high
        if self.log:
            value = self.low * (high / self.low) ** share
        else:
            value = self.low + share * (high - self.low)
        return min(int(value), self.high) if whole else float(value)


def sample_points(
    ranges: Mapping[str, Range], number: int, *, method: str, seed: int
) -> list[Point]:
    """Distinct points; fewer than `number` where there aren't so many.

    The first points don't depend on `number`: a larger sample goes on with a smaller one.

    Parameters
    ----------
    ranges : mapping of str to Range
    number : int
    method : {"random", "sobol", "halton"}
        Sobol' points are even in powers of two, Halton's in any number.
    seed : int

    Raises
    ------
    ValueError
        A method that there isn't.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    number = int(min(number, math.prod(each.size for each in ranges.values())))
    # Random points are those of scikit-learn's ParameterSampler, which goes by the alphabet.
    names = sorted(ranges) if method == "random" else list(ranges)
    points: list[Point] = []
    for factor in _PATIENCE:
        shares = _shares(len(names), number * factor, method, seed)
        rows = [[ranges[name].at(q) for name, q in zip(names, row, strict=True)] for row in shares]
        points = [dict(zip(names, row, strict=True)) for row in dict.fromkeys(map(tuple, rows))]
        if len(points) >= number:
            break
    return points[:number]


def _shares(n: int, number: int, method: str, seed: int) -> list[list[float]]:
    """Points of the unit cube of `n` dimensions."""
    points: NDArray[np.float64]
    if method == "random":
        points = RandomState(seed).random_sample((number, n))
    elif method == "sobol":  # even in powers of two
        points = qmc.Sobol(n, rng=seed).random(1 << (number - 1).bit_length())[:number]
    else:
        points = qmc.Halton(n, rng=seed).random(number)
    return points.tolist()
