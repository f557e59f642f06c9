"""Points of all seeds as arrays, and which of them may be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.metrics.statistics import effect
from lsm.plasticity.ratios import RATE_HZ

Floats = NDArray[np.float64]

#: A point whose mean rate is further off, as a part of the wanted one, isn't compared.
RATE_TOLERANCE = 0.1


@dataclass(frozen=True, eq=False)
class Table:
    """What all seeds measured with one kind of input.

    Attributes
    ----------
    octaves : array (points,)
        Ratios asked for.
    values : dict of str to array (seeds, points)
        Each measure; NaN where it has no value.
    spoilt : tuple of str
        Names of those that are accuracies when spoilt.
    matched : bool array (seeds, points)
        Where the rate is near enough to the wanted one.
    examples : list of [excitatory, inhibitory]
        Currents of a neuron at each point, of the first seed.
    """

    octaves: Floats
    values: Mapping[str, Floats]
    spoilt: tuple[str, ...]
    matched: NDArray[np.bool_]
    examples: list[Any]

    def compared(self, name: str) -> Floats:
        """A measure, NaN where rates differ too much, (seeds, points)."""
        return np.where(self.matched, self.values[name], np.nan)

    def means(self) -> list[dict[str, Any]]:
        """Mean and 95 % interval over seeds of each measure at each ratio, ready for JSON."""
        return [
            {
                "octave": float(octave),
                "matched": int(self.matched[:, k].sum()),
                "measures": {name: _mean(values[:, k]) for name, values in self.values.items()},
            }
            for k, octave in enumerate(self.octaves)
        ]


def make_table(seeds: Sequence[Sequence[Mapping[str, Any]]]) -> Table:
    """Points of all seeds as arrays."""
    points = [[{**point, **point.get("spoilt", {})} for point in seed] for seed in seeds]
    first = points[0][0]
    names = [name for name, value in first.items() if isinstance(value, int | float | None)]
    values = {
        name: np.array([[point[name] for point in seed] for seed in points], dtype=np.float64)
        for name in names
    }
    matched = np.abs(values["rate_Hz"] / RATE_HZ - 1) <= RATE_TOLERANCE
    octaves, examples = values.pop("octave")[0], [point["example_pA"] for point in points[0]]
    return Table(octaves, values, tuple(first.get("spoilt", {})), matched, examples)


def rows(tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """A row for each input, seed and ratio; empty where a measure belongs to another input."""
    names = dict.fromkeys(name for table in tables.values() for name in table.values)
    return [
        {"input": kind, "seed": seed, "octave": float(octave), "matched": table.matched[seed, k]}
        | {name: table.values[name][seed, k] if name in table.values else "" for name in names}
        for kind, table in tables.items()
        for seed in range(len(table.matched))
        for k, octave in enumerate(table.octaves)
    ]


def _mean(values: Floats) -> dict[str, Any]:
    measured = effect(values)
    return {"mean": measured.mean, "interval": measured.interval}
