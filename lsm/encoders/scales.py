"""Scales of channels, learned from training data: what counts as 0, and the distance of 1 from it.

Each function takes signals, list of arrays (channels, steps), and their weights (samples,) above 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lsm.signals import Signals
from readouts.scale import refuse_scale

Floats = NDArray[np.float64]


def standard(signals: Signals, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted mean and standard deviation of each channel; 1 where it is constant."""
    values = _of_a_scale(np.concatenate(signals, axis=1))
    weights = np.repeat(weight, [signal.shape[1] for signal in signals])
    mean = np.average(values, axis=1, weights=weights)
    variance = np.average((values - mean[:, np.newaxis]) ** 2, axis=1, weights=weights)
    # Not by the variance: rounding leaves some to a constant.
    varies = values.max(axis=1) > values.min(axis=1)
    return mean, np.where(varies, np.sqrt(variance), 1.0)


def unit_range(signals: Signals, weight: Floats) -> tuple[Floats, Floats]:
    """Smallest value of each channel, and the distance from it to the largest; 1 if constant."""
    values = _of_a_scale(np.concatenate(signals, axis=1))
    low, high = values.min(axis=1), values.max(axis=1)
    return low, np.where(high > low, high - low, 1.0)


def _of_a_scale(values: Floats) -> Floats:
    """The values (channels, steps), or ValueError: their variance must be a number."""
    sizes = np.maximum(values.max(axis=1), -values.min(axis=1))
    refuse_scale(sizes, "X, the signals,", "channel")
    return values
