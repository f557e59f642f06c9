"""Synapses from input channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from lsm.checks import not_negative, positive_int, probability
from lsm.quantities import in_unit
from lsm.topology.hashing import INPUT, INPUT_WEIGHT, blocks, uniform
from lsm.topology.synapses import Synapses, refuse_too_many

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir


@dataclass(frozen=True)
class InputWiring:
    """Synapses from input channels to excitatory neurons, or to all.

    A channel drives each of these neurons with probability ``fraction``; weights are normal, with
    mean and deviation given in pA. The defaults drive a default LIF neuron well (one spike lifts it
    by about 2 mV) and differ enough for neurons to specialise. Any number of channels. Channels
    aren't neurons: Dale's law doesn't hold for them, and with the defaults one weight in 44 is
    negative.

    Parameters
    ----------
    fraction : float in [0, 1]
    weight_pA, weight_sd_pA : float or Brian2 quantity
    neurons : {"excitatory", "all"}
        Whom channels reach. Inhibition that hears the input by itself comes as early as excitation,
        and can learn to follow it (:func:`lsm.plasticity.inhibitory`).

    Raises
    ------
    TypeError, ValueError
        Something else than numbers, values out of their ranges.
    """

    fraction: float = 0.3
    weight_pA: float = 200.0
    weight_sd_pA: float = 100.0
    neurons: str = "excitatory"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fraction", probability(self.fraction, "fraction"))
        for name in ("weight_pA", "weight_sd_pA"):
            value = in_unit(getattr(self, name), name)
            if value.shape != () or not np.isfinite(value):
                raise ValueError(f"{name} must be a finite number, got {getattr(self, name)!r}")
            object.__setattr__(self, name, float(value))
        not_negative(self.weight_sd_pA, "weight_sd_pA")
        if self.neurons not in ("excitatory", "all"):
            raise ValueError(f"neurons must be 'excitatory' or 'all', got {self.neurons!r}")

    def connect(self, reservoir: Reservoir, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels (their delay is zero)."""
        positive_int(n_channels, "n_channels")
        keys = reservoir.keys
        reached = reservoir.excitatory | (self.neurons == "all")
        found, made = [], 0
        for channels in blocks(n_channels, len(keys)):
            hit = (uniform(INPUT, channels[:, None], keys) < self.fraction) & reached
            k, neuron = np.nonzero(hit)
            found.append((channels[k], neuron))
            made += len(k)
            refuse_too_many(made)
        channel, neuron = (np.concatenate(parts) for parts in zip(*found, strict=True))
        z = ndtri(uniform(INPUT_WEIGHT, channel, keys[neuron]))
        return Synapses(
            channel.astype(np.int32),
            neuron.astype(np.int32),
            self.weight_pA + self.weight_sd_pA * z,
            np.zeros(len(channel)),
        )
