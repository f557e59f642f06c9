"""What gradients do to the weights of a network."""

from __future__ import annotations

import numpy as np

from lsm.learning.checkpoint import Progress
from lsm.learning.devices import Devices
from lsm.learning.network import DELAYS, SYNAPSES, Network, Weights
from lsm.learning.optimizers import Arrays, Optimizer

#: In pA: so that sums of weights, and what neurons make of them, stay within single precision.
LARGEST = 1e30


class Updates:
    """Moves of weights by an optimizer, which counts them in units, as devices can hold them.

    Parameters
    ----------
    network : Network
        As it is at the start.
    optimizer : Optimizer
    devices : Devices or None
        What holds the weights that are trained.
    unit_pA : float or None
        Of weights of synapses; by default the root of the mean square of those of a part.
    unit_ms, longest_ms : float
        Of delays, and the longest that there may be.
    """

    def __init__(
        self,
        network: Network,
        optimizer: Optimizer,
        devices: Devices | None,
        *,
        unit_pA: float | None,
        unit_ms: float,
        longest_ms: float,
    ) -> None:
        self.network, self.optimizer, self.devices = network, optimizer, devices
        self.longest_ms = longest_ms
        self.units = {name: 1.0 for name in network.weights()}
        for name, synapses in network.synapses.items():
            size = float(np.sqrt(np.mean(synapses.weight_pA**2))) if len(synapses) else 0.0
            self.units[name] = unit_pA or size or 1.0
        self.units[DELAYS] = unit_ms

    def begin(self) -> Progress:
        """The state before the first update."""
        weights = self.network.weights()
        state = Progress(exact=weights, held=dict(weights), kept=self.optimizer.start(weights))
        if self.devices is not None:
            state.devices = self.devices.start(weights)
        return state

    def apply(self, state: Progress, gradients: Weights, rng: np.random.Generator) -> None:
        """Move the weights of a state along gradients."""
        scaled = {name: gradient * self.units[name] for name, gradient in gradients.items()}
        exact = {name: state.exact[name] / self.units[name] for name in scaled}
        self.optimizer.move(exact, scaled, state.kept)
        state.exact |= {name: values * self.units[name] for name, values in exact.items()}
        state.exact = self._allowed(state.exact)
        if self.devices is None:
            state.held = dict(state.exact)
            return
        written = {name: state.exact[name] for name in gradients if name != DELAYS}
        held = {name: values.copy() for name, values in state.held.items()}
        held[DELAYS] = state.exact[DELAYS]
        self.devices.write(written, held, state.devices, rng)
        state.held = self._allowed(held)

    def _allowed(self, weights: Arrays) -> Arrays:
        later_ms = np.minimum(weights[DELAYS], self.longest_ms)
        return self.network.allowed(weights | {DELAYS: later_ms})


def are_numbers(weights: Arrays) -> bool:
    """Whether weights are finite, those of synapses in the single precision of the program too."""
    return all(
        bool(np.all(np.abs(values) < (LARGEST if name in SYNAPSES else np.inf)))
        for name, values in weights.items()
    )
