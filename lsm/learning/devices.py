"""Weights as devices hold them: at few levels, and never quite where they were written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lsm.base.checks import not_negative, number_of_bits
from lsm.learning.optimizers import Arrays


@dataclass(frozen=True)
class Devices:
    """Analog memory of weights, between an optimizer and the network.

    The optimizer's sums stay exact, and a device is written when its weight's level changes
    (Nandakumar et al. 2020, Frontiers in Neuroscience 14:406); what it then holds is off by noise.
    All weights of a part share their range: that of the initial ones.

    Parameters
    ----------
    bits : int, optional
        ``2**bits`` levels over the range, 32 bits at most; by default any value in it, and a write
        in every update.
    noise : float
        Deviation of what is written, as a share of the range.
    """

    bits: int | None = None
    noise: float = 0.0

    def __post_init__(self) -> None:
        if self.bits is not None:
            number_of_bits(self.bits, "bits")
        not_negative(self.noise, "noise")

    def start(self, weights: Arrays) -> Arrays:
        """What is kept: ranges, and the levels of what was written; none at first."""
        kept: Arrays = {}
        for name, values in weights.items():
            kept[f"range.{name}"] = np.array([values.min(initial=0), values.max(initial=0)])
            kept[f"level.{name}"] = np.full(values.shape, np.nan)
        return kept

    def write(self, exact: Arrays, held: Arrays, kept: Arrays, rng: np.random.Generator) -> None:
        """Bring what devices hold, in place, to exact weights of the same names."""
        for name, weights in exact.items():
            low, high = kept[f"range.{name}"]
            levels = np.clip(weights, low, high)
            if self.bits is not None and high > low:
                step = (high - low) / (2**self.bits - 1)
                levels = low + step * np.rint((levels - low) / step)
            noise = self.noise * (high - low) * rng.standard_normal(weights.shape)
            written = levels != kept[f"level.{name}"]
            held[name][written] = (levels + noise)[written]
            kept[f"level.{name}"] = levels
