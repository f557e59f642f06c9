"""The networks of the reference as reservoirs, and a small task."""

import numpy as np

from lsm.learning import LeakyReadout, Network
from lsm.neurons import ALIF
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import MatrixInputs, MatrixWiring


def as_reservoir(network):
    """A network of the reference.

    What arrives in a step counts in the next one here, so that recurrent delays are 0.
    """
    n = len(network.recurrent)
    gain = 1 / (1 - np.exp(-1 / network.tau_m_ms)) if network.whole_arrival else 1.0
    reservoir = Reservoir(
        model=ALIF,
        parameters={
            "tau_m_ms": network.tau_m_ms,
            "tau_a_ms": network.tau_a_ms,
            "beta_mV": np.broadcast_to(network.beta, n),
            "r_Gohm": gain,
            "t_ref_ms": max(0, network.refractory - 1),  # beside the step of the spike
            "v_rest_mV": 0.0,
            "v_threshold_mV": network.v_threshold,
        },
        excitatory=np.ones(n, dtype=bool),
        positions=np.zeros((n, 2)),
        keys=np.arange(n),
        wiring=MatrixWiring(network.recurrent.T, delay_ms=0.0, dale=False),
        inputs=MatrixInputs(network.inputs.T),
    )
    readout = LeakyReadout(network.readout, network.tau_out_ms)
    return Network(reservoir, readout, network.inputs.shape[1])


def as_spikes(inputs):
    """Inputs (samples, steps, channels) of the reference, none of which has any in step 0."""
    return SpikeTrains.from_dense(
        np.roll(inputs, -1, axis=1).transpose(0, 2, 1).astype(int), dt_ms=1.0
    )


def as_matrix(synapses, values, n_sources, n=100):
    """Values of synapses as a matrix whose rows are their targets."""
    matrix = np.zeros((n, n_sources))
    matrix[synapses.target, synapses.source] = values
    return matrix
