"""Settings of a sweep by how good they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.metrics.statistics import mean_and_interval


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
        low, high = mean_and_interval(self.values)["interval"] or (None, None)
        return {
            **self.parameters,
            "number of trials": len(self.values),
            f"mean {metric}": self.mean,
            "sd": float(self.values.std(ddof=1)) if len(self.values) > 1 else None,
            "interval low": low,
            "interval high": high,
            "least": float(self.values.min()),
            "most": float(self.values.max()),
        }

    def __str__(self) -> str:
        values = {
            name: f"{value:.4g}" if isinstance(value, float) else value
            for name, value in self.parameters.items()
        }
        return ", ".join(f"{name} {value}" for name, value in values.items()) or "all"


@dataclass(frozen=True)
class Comparison:
    """Settings by a metric, the best first."""

    metric: str
    minimise: bool
    settings: Sequence[Setting]
