"""Settings of a sweep by how good they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.lab.statistics import MIN_RUNS, interval


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

    @property
    def interval(self) -> list[float] | None:
        """Of the mean, 95 %."""
        return interval(self.values) if len(self.values) >= MIN_RUNS else None

    def __str__(self) -> str:
        return ", ".join(f"{k} {_short(v)}" for k, v in self.parameters.items()) or "all"


@dataclass(frozen=True)
class Comparison:
    """Settings by a metric, the best first."""

    metric: str
    minimise: bool
    settings: Sequence[Setting]


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
