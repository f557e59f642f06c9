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

ANY_TEMPO = "exchanged_any_tempo"
#: The error of an output that says nothing; of larger ones a mean over seeds would say little else.
_NOTHING = 1.0


@dataclass(frozen=True)
class Pair:
    """Records of both kinds of network."""

    place: Place
    records: Mapping[str, Mapping[str, Any]]

    @property
    def point(self) -> tuple[float, float]:
        return self.place.gain, self.place.feedback

    def error(self, kind: str, test: str = "own") -> float:
        """In a test; at most 1, as for an output that stays at the mean, and what has diverged."""
        return min(error(self.records[kind][test]), _NOTHING)

    def exchanged(self, kind: str, name: str) -> float | None:
        """A number of the test with the other's decoder; None where the target has no tempo."""
        value: float | None = self.records[kind]["exchanged"][name]
        return value


@dataclass(frozen=True)
class Grid:
    """Numbers (seeds, points) of one speed; NaN where there is no pair.

    Attributes
    ----------
    errors : mapping of str to mapping
        By test, of :data:`TESTS`, and by kind of network; those with the other's decoder also as
        they are where another tempo is forgiven (:data:`ANY_TEMPO`).
    tempo, rate_Hz : mapping
        That tempo, and the mean firing rate, by kind of network.
    correlation : array
        Of the decoders.
    """

    errors: Mapping[str, Mapping[str, Floats]]
    tempo: Mapping[str, Floats]
    correlation: Floats
    rate_Hz: Mapping[str, Floats]

    @property
    def learned(self) -> NDArray[np.bool_]:
        """Where both networks do their task."""
        return np.all([self.errors["own"][kind] < LEARNED for kind in KINDS], axis=0)


def points_of(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """G and Q of each point that there is."""
    return sorted({pair.point for pair in pairs})


def grid_of(pairs: Sequence[Pair], speed: str) -> Grid:
    """What a speed gave at all points, in the order of `points_of`, for all seeds."""
    seeds, points = sorted({pair.place.seed for pair in pairs}), points_of(pairs)

    def table(number: Any) -> Floats:
        values = np.full((len(seeds), len(points)), np.nan)
        for pair in pairs:
            if pair.place.speed == speed:
                value = number(pair)
                place = seeds.index(pair.place.seed), points.index(pair.point)
                values[place] = np.nan if value is None else value
        return values

    def errors(test: str) -> dict[str, Floats]:
        return {kind: table(lambda pair, k=kind: pair.error(k, test)) for kind in KINDS}

    forgiven = {
        k: np.minimum(table(lambda pair, k=k: pair.exchanged(k, "nrmse_any_tempo")), _NOTHING)
        for k in KINDS
    }
    return Grid(
        errors={test: errors(test) for test in TESTS} | {ANY_TEMPO: forgiven},
        tempo={k: table(lambda pair, k=k: pair.exchanged(k, "tempo")) for k in KINDS},
        correlation=table(lambda pair: pair.records["lif"]["correlation"]),
        rate_Hz={k: table(lambda pair, k=k: pair.records[k]["rate_Hz"]) for k in KINDS},
    )


def means(grid: Grid, column: int) -> dict[str, Any]:
    """Means over seeds at a point; of errors, as logarithms."""

    def mean(values: Floats, *, log: bool = False) -> float | None:
        some = values[np.isfinite(values[:, column]), column]
        if not len(some):
            return None
        return float(np.exp(np.log(some).mean()) if log else some.mean())

    return {
        **{
            f"{kind}_{test}": mean(grid.errors[test][kind], log=True)
            for test in grid.errors
            for kind in KINDS
        },
        **{f"{kind}_tempo": mean(grid.tempo[kind]) for kind in KINDS},
        "correlation": mean(grid.correlation),
        **{f"{kind}_rate_Hz": mean(grid.rate_Hz[kind]) for kind in KINDS},
        "both_learned": int(grid.learned[:, column].sum()),
    }


def share(errors: Floats) -> float | None:
    """Of the networks of a grid, the part that has learned."""
    some = errors[np.isfinite(errors)]
    return float((some < LEARNED).mean()) if len(some) else None
