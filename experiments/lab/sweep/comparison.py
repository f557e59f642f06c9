"""Settings of a sweep by how good they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.page.contents import in_words
from lsm.metrics.statistics import spread


@dataclass(frozen=True)
class Setting:
    """The runs that differ in nothing but their seed.

    Parameters
    ----------
    parameters : dict
        Those in which settings of the folder differ.
    values : float array (runs,)
        The metric.
    """

    parameters: Mapping[str, Any]
    values: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Mean of the metric over the runs."""
        return float(self.values.mean())

    def row(self, metric: str) -> dict[str, Any]:
        """Its row in a table."""
        measured = spread(self.values)
        low, high = measured["interval"] or (None, None)
        return {
            **self.parameters,
            "number of trials": len(self.values),
            f"mean {metric}": self.mean,
            "sd": measured["sd"],
            "interval low": low,
            "interval high": high,
            "least": float(self.values.min()),
            "most": float(self.values.max()),
        }

    def __str__(self) -> str:
        values = [f"{name} {in_words(value)}" for name, value in self.parameters.items()]
        return ", ".join(values) or "all"


@dataclass(frozen=True)
class Comparison:
    """Settings by a metric, the best first."""

    metric: str
    minimise: bool
    settings: Sequence[Setting]
