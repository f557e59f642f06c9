"""Synapses from input channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from lsm.checks import positive_int
from lsm.topology.hashing import INPUT, INPUT_WEIGHT, blocks, uniform
from lsm.topology.synapses import Synapses

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir


@dataclass(frozen=True)
class InputWiring:
    """Synapses from input channels to excitatory neurons.

    A channel drives each excitatory neuron with probability ``fraction``; weights are normal, with
    mean and deviation given in pA. The defaults drive a default LIF neuron well (one spike lifts it
    by about 2 mV) and differ enough for neurons to specialise. Any number of channels.
    """

    fraction: float = 0.3
    weight_pA: float = 200.0
    weight_sd_pA: float = 100.0

    def __post_init__(self) -> None:
        if not 0 <= self.fraction <= 1:
            raise ValueError(f"fraction must lie in [0, 1], got {self.fraction}")
        if not (np.isfinite(self.weight_pA) and np.isfinite(self.weight_sd_pA)):
            raise ValueError(
                f"weight_pA and weight_sd_pA must be finite, got {self.weight_pA} and "
                f"{self.weight_sd_pA}"
            )
        if self.weight_sd_pA < 0:
            raise ValueError(f"weight_sd_pA must not be negative, got {self.weight_sd_pA}")

    def connect(self, reservoir: Reservoir, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels (their delay is zero)."""
        positive_int(n_channels, "n_channels")
        keys = reservoir.keys
        found = []
        for channels in blocks(n_channels, len(keys)):
            hit = (uniform(INPUT, channels[:, None], keys) < self.fraction) & reservoir.excitatory
            k, neuron = np.nonzero(hit)
            found.append((channels[k], neuron))
        channel, neuron = (np.concatenate(parts) for parts in zip(*found, strict=True))
        z = ndtri(uniform(INPUT_WEIGHT, channel, keys[neuron]))
        return Synapses(
            channel.astype(np.int32),
            neuron.astype(np.int32),
            self.weight_pA + self.weight_sd_pA * z,
            np.zeros(len(channel)),
        )
