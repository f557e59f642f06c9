"""A reservoir and its readout as the weights that are trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from lsm.learning.readout import LeakyReadout
from lsm.reservoir import Reservoir
from lsm.topology import MatrixInputs, Synapses

Weights = dict[str, NDArray[np.float64]]

#: Synapses from inputs, and recurrent ones.
SYNAPSES = ("inputs", "recurrent")
#: Weights that are trained.
PARTS = (*SYNAPSES, "readout")
#: Of axons: one for each channel, then one for each neuron.
DELAYS = "delays"


def checked_parts(trains: Iterable[str]) -> tuple[str, ...]:
    """What is trained; ValueError for something else, or nothing."""
    parts, known = tuple(trains), (*PARTS, DELAYS)
    if not parts or not set(parts) <= set(known):
        raise ValueError(f"trains must be some of {', '.join(known)}, got {trains!r}")
    return parts


@short_repr
@dataclass(frozen=True)
class Network:
    """A reservoir with a leaky readout.

    Its synapses are those that it begins with: training changes their weights and delays, not which
    there are.

    Parameters
    ----------
    reservoir : Reservoir
    readout : LeakyReadout
    n_channels : int
    dt_ms : float or quantity
        Steps, to which delays that are trained are rounded.
    """

    reservoir: Reservoir
    readout: LeakyReadout
    n_channels: int
    dt_ms: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "dt_ms", positive(self.dt_ms, "dt_ms"))

    @cached_property
    def synapses(self) -> dict[str, Synapses]:
        """The synapses from inputs, and the recurrent ones."""
        reservoir = self.reservoir
        every = reservoir.input_synapses(self.n_channels), reservoir.synapses
        return dict(zip(SYNAPSES, every, strict=True))

    @property
    def dale(self) -> bool:
        """Whether a neuron's synapses are all of its own sign."""
        return bool(getattr(self.reservoir.wiring, "dale", True))

    def weights(self) -> Weights:
        """What can be trained, by part.

        Weights (synapses,) in pA, those of the readout (outputs, neurons), and delays (channels +
        neurons,) in ms, by which an axon's spikes come later than its synapses say: all 0.
        """
        drawn = {name: synapses.weight_pA.copy() for name, synapses in self.synapses.items()}
        later = np.zeros(self.n_channels + self.reservoir.n_neurons)
        return drawn | {"readout": np.array(self.readout.weights), DELAYS: later}

    def allowed(self, weights: Weights) -> Weights:
        """The same, with 0 for a weight that is against Dale's law, and for delays below it."""
        weights = weights | {DELAYS: np.maximum(weights[DELAYS], -self._shortest)}
        if not self.dale:
            return weights
        excitatory = self.reservoir.excitatory[self.synapses["recurrent"].source]
        recurrent = weights["recurrent"]
        low, high = np.where(excitatory, 0.0, -np.inf), np.where(excitatory, np.inf, 0.0)
        return weights | {"recurrent": np.clip(recurrent, low, high)}

    @cached_property
    def _shortest(self) -> NDArray[np.float64]:
        """Of each axon, the shortest delay of its synapses."""
        shortest = []
        for synapses, n in zip(self.synapses.values(), self._sources, strict=True):
            delays = np.full(n, np.inf)
            np.minimum.at(delays, synapses.source, synapses.delay_ms)
            shortest.append(np.where(np.isfinite(delays), delays, 0.0))
        return np.concatenate(shortest)

    @property
    def _sources(self) -> tuple[int, int]:
        return self.n_channels, self.reservoir.n_neurons

    def _delayed(
        self, delay_ms: NDArray[np.float64], later_ms: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        steps = np.rint(np.maximum(delay_ms + later_ms, 0) / self.dt_ms)
        return np.where(later_ms == 0, delay_ms, steps * self.dt_ms)

    def with_weights(self, weights: Weights) -> Network:
        """The network with these weights, in the order of its synapses, and delays in steps."""
        axons = np.split(weights[DELAYS], [self.n_channels])
        synapses = {
            name: replace(
                known,
                weight_pA=weights[name].copy(),
                delay_ms=self._delayed(known.delay_ms, axon[known.source]),
            )
            for (name, known), axon in zip(self.synapses.items(), axons, strict=True)
        }
        matrices = synapses["inputs"].matrices(*self._sources)
        reservoir = self.reservoir.rewired(synapses["recurrent"], inputs=MatrixInputs(*matrices))
        readout = self.readout.with_weights(weights["readout"])
        network = Network(reservoir, readout, self.n_channels, self.dt_ms)
        # A weight of 0 has no place in a matrix, and stays a synapse that is trained.
        network.__dict__["synapses"] = synapses
        return network
