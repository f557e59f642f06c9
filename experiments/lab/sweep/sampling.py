"""Points sampled from ranges, at random (scikit-learn) or evenly (scipy.stats.qmc)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from numpy.random import RandomState
from scipy.stats import qmc
from sklearn.model_selection import ParameterSampler

Point = dict[str, float]

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
    """

    low: float
    high: float
    log: bool = False

    @property
    def size(self) -> float:
        """How many numbers it has, where they are whole."""
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        return self.high - self.low + 1 if whole else math.inf

    def ppf(self, q: float) -> float:
        """The number below which a share `q` of them lies."""
        whole = self.size < math.inf
        high = self.high + 1 if whole else self.high
        value = self.low * (high / self.low) ** q if self.log else self.low + q * (high - self.low)
        return min(int(value), self.high) if whole else float(value)

    def rvs(self, *, random_state: RandomState) -> float:
        """Sample one, as scikit-learn asks for it."""
        return self.ppf(random_state.uniform())


def sample_points(
    ranges: Mapping[str, Range], number: int, *, method: str, seed: int
) -> list[Point]:
    """Distinct points; fewer than `number` where there aren't so many.

    The first points don't depend on `number`: a larger sample goes on with a smaller one.
    """
    points: list[Point] = []
    for factor in _PATIENCE:
        sample = _random if method == "random" else _even
        sampled = sample(ranges, number * factor, method, seed)
        points = list({tuple(point.items()): point for point in sampled}.values())
        if len(points) >= number:
            break
    return points[:number]


def _random(ranges: Mapping[str, Range], number: int, _: str, seed: int) -> list[Point]:
    points = ParameterSampler(dict(ranges), number, random_state=seed)
    return [{name: point[name] for name in ranges} for point in points]


def _even(ranges: Mapping[str, Range], number: int, method: str, seed: int) -> list[Point]:
    engine = (qmc.Sobol if method == "sobol" else qmc.Halton)(len(ranges), rng=seed)
    # Sobol' points are even in powers of two.
    unit = engine.random(1 << (number - 1).bit_length() if method == "sobol" else number)
    return [
        {name: each.ppf(q) for (name, each), q in zip(ranges.items(), row, strict=True)}
        for row in unit[:number].tolist()
    ]
