"""snnTorch: its neuron with a synaptic current, reset to zero at once.

Its ``RSynaptic`` has recurrent weights of its own, but for one liquid only; ``Synaptic`` with the
product outside does the same for any number of liquids at the same cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import snntorch
import torch

from experiments.benchmarks.peers.cases import Work
from experiments.benchmarks.peers.programs import batched


def prepare(work: Work) -> Callable[[], Any]:
    """snnTorch's cells on batches of samples; a function that runs them."""
    return batched.prepare(work, _step)


def _step(neurons: batched.Neurons) -> batched.Step:
    cell = snntorch.Synaptic(
        alpha=neurons.s,
        beta=neurons.a,
        threshold=neurons.theta,
        reset_mechanism="zero",
        reset_delay=False,
    )
    syn, mem = torch.zeros(neurons.shape), torch.zeros(neurons.shape)

    def step(arrived: torch.Tensor) -> torch.Tensor:
        nonlocal syn, mem
        spikes, syn, mem = cell(arrived, syn, mem)
        return spikes

    return step
