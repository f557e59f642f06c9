"""Targets of series, one for every step, and forecasts that leave them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import assert_all_finite

from lsm.base.checks import axes_hint
from lsm.signals import Signals, cells


def rows_of(series: Any) -> Any:
    """What a list, an array or a data frame holds for each sample."""
    nested = cells(series) if hasattr(series, "iloc") else None
    if nested is not None:
        return nested
    return series if isinstance(series, list | tuple) else np.asarray(series)


def checked_targets(y: Any, steps: list[int]) -> Signals:
    """Targets (outputs, steps), one a sample, refused where they aren't as long as their sample."""
    targets = [np.atleast_2d(np.asarray(row, dtype=np.float64)) for row in rows_of(y)]
    shapes = [target.shape for target in targets]
    expected = [(*shapes[0][:1], n) for n in steps] if shapes else None
    if shapes != expected:
        raise ValueError(
            "y must hold targets (outputs, steps) for every sample of X, as long as it is; got "
            f"shapes {shapes[:5]} for samples of {steps[:5]} steps"
            + axes_hint(shapes[0] if shapes else ())
        )
    for target in targets:
        assert_all_finite(target, input_name="y")
    return targets


def warn_of_runaways(forecasts: Signals, target_range: NDArray[np.float64]) -> None:
    """Say so where forecasts (outputs, steps) are far outside the least and greatest targets.

    `target_range` is of shape (2, outputs); far is a range of them beyond.
    """
    low, high = target_range[..., np.newaxis]
    away = [((f < 2 * low - high) | (f > 2 * high - low)).any(axis=0) for f in forecasts]
    if samples := [k for k, steps in enumerate(away) if steps.any()]:
        first = samples[0]
        warnings.warn(
            f"forecasts of {len(samples)} of {len(forecasts)} samples run away: from its step "
            f"{int(away[first].argmax())} on, that of sample {first} is further from the training "
            "targets than these are wide",
            stacklevel=3,
        )
