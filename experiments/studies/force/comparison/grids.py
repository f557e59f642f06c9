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

    def numbers(self) -> dict[str, float | None]:
        """Errors by kind of network and test, tempo when exchanged, rates, and the correlation.

        Errors are at most 1, as for an output that stays at the mean, and what has diverged. With
        the other's decoder there is also the error where another tempo is forgiven. None is what
        isn't known, or what a target without a tempo has not.
        """
        of = [(kind, self.records[kind]) for kind in KINDS]
        errors = {f"{kind}_{test}": error(record[test]) for test in TESTS for kind, record in of}
        for kind, record in of:
            if record["exchanged"]["nrmse_any_tempo"] is not None:
                errors[f"{kind}_{ANY_TEMPO}"] = record["exchanged"]["nrmse_any_tempo"]
        return {
            **{name: min(errors[name], _NOTHING) if name in errors else None for name in ERRORS},
            **{f"{kind}_tempo": record["exchanged"]["tempo"] for kind, record in of},
            "correlation": self.records["lif"]["correlation"],
            **{f"{kind}_rate_Hz": record["rate_Hz"] for kind, record in of},
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
                grid[name][place] = value  # None becomes NaN
    return grid


def both_learned(grid: Grid) -> NDArray[np.bool_]:
    """Where both networks do their task."""
    return np.all([grid[f"{kind}_own"] < LEARNED for kind in KINDS], axis=0)


def means(grid: Grid, column: int) -> dict[str, Any]:
    """Means over seeds at a point, and how many seeds learned; None where there are no numbers."""

    def mean(name: str) -> float | None:
        values = grid[name][:, column]
        some = values[np.isfinite(values)]
        if not len(some):
            return None
        return float(np.exp(np.log(some).mean()) if name in ERRORS else some.mean())

    learned = int(both_learned(grid)[:, column].sum())
    return {name: mean(name) for name in grid} | {"both_learned": learned}


def share(errors: Floats) -> float | None:
    """Of the networks of a grid, the part that has learned."""
    some = errors[np.isfinite(errors)]
    return float((some < LEARNED).mean()) if len(some) else None
