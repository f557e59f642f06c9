"""Norse: its leaky integrate-and-fire cell, with the product of the synapses outside.

It takes Euler's steps. With time constants by which these do what exact integration does
(as in :mod:`lsm.nir.readers`) its spikes are ours.
"""

from __future__ import annotations

from functools import partial

import torch
from norse.torch import LIFCell, LIFParameters
from norse.torch.functional.lif import LIFFeedForwardState

from experiments.benchmarks.peers.programs import batched


def _step(neurons: batched.Neurons) -> batched.Step:
    zero = torch.tensor(0.0)
    parameters = LIFParameters(
        tau_syn_inv=1 - neurons.s,
        tau_mem_inv=1 - neurons.a,
        v_leak=zero,
        v_th=neurons.theta,
        v_reset=zero,
    )
    cell = LIFCell(parameters, dt=1.0)
    state = LIFFeedForwardState(v=torch.zeros(neurons.shape), i=torch.zeros(neurons.shape))

    def step(arrived: torch.Tensor) -> torch.Tensor:
        nonlocal state
        spikes, state = cell(arrived, state)
        return spikes

    return step


#: Takes the work; a function that runs Norse's cells on batches of samples.
prepare = partial(batched.prepare, make_step=_step, gain=lambda a: 1 / (1 - a))
