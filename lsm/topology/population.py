"""What a wiring rule is given."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Population(Protocol):
    """Neurons to wire, of which a rule sees this much; :class:`lsm.Reservoir` is such.

    Attributes
    ----------
    n_neurons : int
    excitatory : bool array (n_neurons,)
    positions : float array (n_neurons, dimensions)
    side : float or tuple of float
        Lengths of the space of the positions along its dimensions, one where they are the same.
    keys : uint64 array (n_neurons,)
        Each neuron's identity, which decides its synapses.
    """

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""

    @property
    def excitatory(self) -> NDArray[np.bool_]:
        """Whether each neuron is excitatory, (n_neurons,)."""

    @property
    def positions(self) -> NDArray[np.float64]:
        """Position of each neuron, (n_neurons, dimensions)."""

    @property
    def side(self) -> Any:
        """Length of the space of the positions along each dimension, or along all of them."""

    @property
    def keys(self) -> NDArray[np.uint64]:
        """Each neuron's identity, which decides its synapses, (n_neurons,)."""
