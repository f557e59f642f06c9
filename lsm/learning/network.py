"""A reservoir and its readout as the weights that are trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.learning.readout import LeakyReadout
from lsm.reservoir import Reservoir
from lsm.topology import MatrixInputs, MatrixWiring, Synapses

Weights = dict[str, NDArray[np.float64]]

#: What can be trained.
PARTS = ("inputs", "recurrent", "readout")


@short_repr
@dataclass(frozen=True)
class Network:
    """A reservoir with a leaky readout.

    Its synapses are those that it begins with: training changes their weights, not which there are,
    nor their delays.

    Parameters
    ----------
    reservoir : Reservoir
    readout : LeakyReadout
    n_channels : int
    """

    reservoir: Reservoir
    readout: LeakyReadout
    n_channels: int

    @cached_property
    def synapses(self) -> dict[str, Synapses]:
        """The synapses from inputs, and the recurrent ones."""
        reservoir = self.reservoir
        return {
            "inputs": reservoir.input_synapses(self.n_channels),
            "recurrent": reservoir.synapses,
        }

    @property
    def dale(self) -> bool:
        """Whether a neuron's synapses are all of its own sign."""
        return bool(getattr(self.reservoir.wiring, "dale", True))

    def weights(self) -> Weights:
        """The weights by part: (synapses,) in pA, and the readout's (outputs, neurons)."""
        drawn = {name: synapses.weight_pA.copy() for name, synapses in self.synapses.items()}
        return drawn | {"readout": np.array(self.readout.weights)}

    def allowed(self, weights: Weights) -> Weights:
        """The same weights, with 0 where one has crossed it against Dale's law."""
        if not self.dale:
            return weights
        excitatory = self.reservoir.excitatory[self.synapses["recurrent"].source]
        recurrent = weights["recurrent"]
        low, high = np.where(excitatory, 0.0, -np.inf), np.where(excitatory, np.inf, 0.0)
        return weights | {"recurrent": np.clip(recurrent, low, high)}

    def with_weights(self, weights: Weights) -> Network:
        """The network with these weights, in the order of its synapses."""
        synapses = {
            name: replace(known, weight_pA=weights[name].copy())
            for name, known in self.synapses.items()
        }
        n = self.reservoir.n_neurons
        from_inputs, recurrent = synapses["inputs"], synapses["recurrent"]
        reservoir = self.reservoir.replace(
            wiring=MatrixWiring(
                _matrix(recurrent, recurrent.weight_pA, (n, n)),
                _matrix(recurrent, recurrent.delay_ms, (n, n)),
                dale=self.dale,
            ),
            inputs=MatrixInputs(
                _matrix(from_inputs, from_inputs.weight_pA, (self.n_channels, n)),
                _matrix(from_inputs, from_inputs.delay_ms, (self.n_channels, n)),
            ),
        )
        network = Network(reservoir, self.readout.with_weights(weights["readout"]), self.n_channels)
        # A weight of 0 has no place in a matrix, and stays a synapse that is trained.
        network.__dict__["synapses"] = synapses
        return network


def _matrix(
    synapses: Synapses, values: NDArray[np.float64], shape: tuple[int, int]
) -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array((values, (synapses.source, synapses.target)), shape=shape)
