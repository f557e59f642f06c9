"""Eligibility traces as they are published: a state for each synapse, forward in time.

For streams, where nothing later is known, and as what :mod:`lsm.learning.backward` is held against.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.neurons.linear import LinearStep


class EligibilityTraces:
    """The traces of some synapses in one sample.

    Bellec et al. 2020, Nature Communications 11:3625, equations 13 and 14, for any linear neuron.

    Parameters
    ----------
    step : LinearStep
        Of the neurons.
    targets : int array (synapses,)
        The neuron of each synapse.
    variables : int array (synapses,)
        The variable that its spikes are added to, by its place in the state.
    """

    def __init__(
        self, step: LinearStep, targets: NDArray[np.integer[Any]], variables: NDArray[Any]
    ) -> None:
        self._hard, self._targets, self._variables = step.hard, targets, variables
        self._matrix = step.matrix[:, :, targets]
        self._reading, self._jumps = step.reading[:, targets], step.jumps[:, targets]
        self._vectors = np.zeros((len(step.matrix), len(targets)))

    def advance(
        self,
        pseudo_derivative: NDArray[Any],
        fired: NDArray[np.bool_],
        held: NDArray[np.bool_],
        arrivals: NDArray[Any],
    ) -> NDArray[np.float64]:
        """Go on by a step.

        Parameters
        ----------
        pseudo_derivative : array (neurons,)
        fired, held : bool arrays (neurons,)
            Who fires in this step, and who is refractory.
        arrivals : array (synapses,)
            Spikes that arrive at the end of the step.

        Returns
        -------
        array (synapses,)
            Each trace in this step: what the spike of its neuron owes to one unit of its weight.
        """
        vectors = np.einsum("jks,ks->js", self._matrix, self._vectors)
        if self._hard:
            vectors[0, held[self._targets]] = 0
        traces = pseudo_derivative[self._targets] * np.sum(self._reading * vectors, axis=0)
        vectors += self._jumps * traces
        if self._hard:
            vectors[0, fired[self._targets]] = 0
        vectors[self._variables, np.arange(len(self._targets))] += arrivals
        self._vectors = vectors
        return traces
