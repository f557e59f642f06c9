"""Norse: its leaky integrate-and-fire cell, with the product of the synapses outside.

It takes Euler's steps. With time constants by which these do what exact integration does
(as in :mod:`lsm.nir.readers`) its spikes are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from norse.torch import LIFCell, LIFParameters
from norse.torch.functional.lif import LIFFeedForwardState

from experiments.benchmarks.peers.cases import Work
from experiments.benchmarks.peers.programs import batched


def prepare(work: Work) -> Callable[[], Any]:
    """Norse's cells on batches of samples; a function that runs them."""
    return batched.prepare(work, _step, gain=lambda constants: 1 / (1 - constants["a"]))


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
