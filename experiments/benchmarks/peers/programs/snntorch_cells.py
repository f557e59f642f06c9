"""snnTorch: its neuron with a synaptic current, reset to zero at once.

Its ``RSynaptic`` has recurrent weights of its own, but for one liquid only; ``Synaptic`` with the
product outside does the same for any number of liquids at the same cost.
"""

from __future__ import annotations

from functools import partial

import snntorch
import torch

from experiments.benchmarks.peers.programs import batched


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


#: Takes the work; a function that runs snnTorch's cells on batches of samples.
prepare = partial(batched.prepare, make_step=_step)
