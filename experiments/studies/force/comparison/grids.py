"""What pairs of networks gave, as numbers of seeds and points of the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.force.comparison.pairs import Place
from experiments.studies.force.comparison.settings import KINDS, TESTS
from experiments.studies.force.measures import LEARNED, error

Floats = NDArray[np.float64]
#: Numbers (seeds, points) of one speed, by name; NaN where there are none.
Grid = Mapping[str, Floats]

ANY_TEMPO = "exchanged_any_tempo"
#: Errors, which are averaged as logarithms.
ERRORS = tuple(f"{kind}_{test}" for test in (*TESTS, ANY_TEMPO) for kind in KINDS)
#: The error of an output that stays at the mean; of larger ones a mean over seeds would show little
#: else.
_NOTHING = 1.0


@dataclass(frozen=True)
class Pair:
    """Records of both kinds of network."""

    place: Place
    records: Mapping[str, Mapping[str, Any]]

    @property
    def point(self) -> tuple[float, float]:
        """G and Q."""
        return self.place.gain, self.place.feedback

    def error(self, kind: str, test: str = "own") -> float:
        """In a test; at most 1, as for an output that stays at the mean, and what has diverged."""
        return min(error(self.records[kind][test]), _NOTHING)

    def numbers(self) -> dict[str, float | None]:
        """Errors by kind of network and test, tempo when exchanged, rates, and the correlation.

        With the other's decoder there is also the error where another tempo is forgiven. None is
        what isn't known, or what a target without a tempo has not.
        """
        exchanged = {kind: self.records[kind]["exchanged"] for kind in KINDS}
        least = {kind: exchanged[kind]["nrmse_any_tempo"] for kind in KINDS}
        return {
            **{f"{kind}_{test}": self.error(kind, test) for test in TESTS for kind in KINDS},
            **{
                f"{kind}_{ANY_TEMPO}": None if value is None else min(value, _NOTHING)
                for kind, value in least.items()
            },
            **{f"{kind}_tempo": exchanged[kind]["tempo"] for kind in KINDS},
            "correlation": self.records["lif"]["correlation"],
            **{f"{kind}_rate_Hz": self.records[kind]["rate_Hz"] for kind in KINDS},
        }


def points_of(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """G and Q of each point that there is."""
    return sorted({pair.point for pair in pairs})


def grid_of(pairs: Sequence[Pair], speed: str) -> Grid:
    """What a speed gave at all points, in the order of `points_of`, for all seeds."""
    seeds, points = sorted({pair.place.seed for pair in pairs}), points_of(pairs)
    grid = {name: np.full((len(seeds), len(points)), np.nan) for name in pairs[0].numbers()}
    for pair in pairs:
        if pair.place.speed == speed:
            place = seeds.index(pair.place.seed), points.index(pair.point)
            for name, value in pair.numbers().items():
                grid[name][place] = np.nan if value is None else value
    return grid


def both_learned(grid: Grid) -> NDArray[np.bool_]:
    """Where both networks do their task."""
    return np.all([grid[f"{kind}_own"] < LEARNED for kind in KINDS], axis=0)


def worse(grid: Grid, test: str) -> Floats:
    """The larger error of both networks in a test."""
    return np.maximum(*(grid[f"{kind}_{test}"] for kind in KINDS))


def mean(values: Floats, *, log: bool) -> float:
    """Mean over the seeds that have a value, of logarithms or of itself; NaN where none has."""
    some = values[np.isfinite(values)]
    if not len(some):
        return np.nan
    return float(np.exp(np.log(some).mean()) if log else some.mean())


def means(grid: Grid, column: int) -> dict[str, Any]:
    """Means over seeds at a point, and how many seeds learned; None where there are no numbers."""
    values = {name: mean(each[:, column], log=name in ERRORS) for name, each in grid.items()}
    return {
        **{name: None if np.isnan(value) else value for name, value in values.items()},
        "both_learned": int(both_learned(grid)[:, column].sum()),
    }


def share(errors: Floats) -> float | None:
    """Of the networks of a grid, the part that has learned."""
    some = errors[np.isfinite(errors)]
    return float((some < LEARNED).mean()) if len(some) else None
