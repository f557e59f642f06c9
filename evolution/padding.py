"""Reservoirs of different sizes, brought to one so that they can be simulated together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.reservoir import Reservoir
from lsm.topology import Inputs, MatrixInputs, Population, Synapses, Wiring


@dataclass(frozen=True)
class _GivenWiring(Wiring):
    synapses: Synapses

    def connect(self, reservoir: Population) -> Synapses:
        return self.synapses


def padded(reservoir: Reservoir, places: int) -> Reservoir:
    """The reservoir, followed by neurons that nothing reaches and that reach nothing.

    Reservoirs of different sizes can be simulated together like this; the states of their own
    neurons stay what they are.
    """
    missing = places - reservoir.n_neurons
    if not missing:
        return reservoir

    def repeated(values: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([values, np.repeat(values[-1:], missing, axis=0)])

    return reservoir.replace(
        parameters={name: repeated(value) for name, value in reservoir.parameters.items()},
        excitatory=np.append(reservoir.excitatory, np.zeros(missing, dtype=bool)),
        positions=repeated(reservoir.positions),
        keys=repeated(reservoir.keys),
        wiring=_GivenWiring(reservoir.synapses),
        inputs=_widened(reservoir.inputs, places),
    )


def _widened(inputs: Inputs, places: int) -> Inputs:
    """The same input synapses, where they are matrices for so many neurons."""
    if not isinstance(inputs, MatrixInputs):
        return inputs
    weights, delays = (
        scipy.sparse.csr_array(
            (values.data, values.indices, values.indptr), shape=(values.shape[0], places)
        )
        if scipy.sparse.issparse(values)
        else values
        for values in (inputs.weight_pA, inputs.delay_ms)
    )
    return MatrixInputs(weights, delays)
