"""What the PyTorch peers share: spikes and synapses as tensors, and the loop over time steps.

As a careful user has it: everything is batched, with neurons of all liquids along one axis and
samples along the other; ``torch.inference_mode``; one thread; recurrent and input synapses in one
product a step, dense (a batch of matrices) or sparse (one CSR matrix for all liquids), whichever is
faster here; parameters folded into the weights.

The libraries' neurons let a step's input act within the step, where ours lets it act in the next.
So the loop hands them what arrived in the step before, and the spikes are the same.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from experiments.benchmarks.peers.cases import Work

Step = Callable[[torch.Tensor], torch.Tensor]
_AT_ONCE = 50  # steps whose inputs are made dense together


@dataclass(frozen=True)
class Neurons:
    """Constants of a step, tensors (neurons of all liquids, 1), and the shape of a state.

    With u measured from rest and x the current times b: ``x = s*x + input; u = a*u + x``; above
    ``theta`` a spike, and u is 0.
    """

    a: torch.Tensor
    s: torch.Tensor
    theta: torch.Tensor
    shape: tuple[int, int]


def prepare(work: Work, make_step: Callable[[Neurons], Step], gain: Any = None) -> Any:
    """A function that runs the work and returns counts.

    Parameters
    ----------
    work : Work
    make_step : callable
        Makes from the neurons' constants what happens in a step: it takes the input (neurons,
        samples), in mV times ``gain``, keeps its state, and returns the spikes as zeros and ones.
    gain : callable, optional
        Of the constant a, what the input is multiplied by (neurons, 1).
    """
    torch.set_num_threads(1)
    liquids, samples, n = work.shape
    a, s, theta, b = torch.tensor(work.constants("a", "s", "theta", "b")).view(4, -1, 1)
    neurons = Neurons(a.float(), s.float(), theta.float(), (liquids * n, samples))
    spread = _fastest(work, b if gain is None else b * gain(a))
    step = work.spikes.steps(work.dt_ms)
    order = np.argsort(step, kind="stable")
    events = np.stack([step, work.spikes.channels, work.spikes.sample_indices()])[:, order]
    starts = np.searchsorted(events[0], np.arange(0, work.steps + _AT_ONCE, _AT_ONCE))

    @torch.inference_mode()
    def run() -> NDArray[np.int32]:
        one_step = make_step(neurons)
        sources = torch.zeros(liquids, n + work.spikes.n_channels, samples)
        spikes = torch.zeros(neurons.shape)
        counts = torch.zeros(neurons.shape)
        for k in range(len(starts) - 1):
            at, channel, sample = torch.from_numpy(events[:, starts[k] : starts[k + 1]])
            dense = torch.zeros(_AT_ONCE, work.spikes.n_channels, samples)
            dense[at - k * _AT_ONCE, channel, sample] = 1.0
            for now in dense[: work.steps - k * _AT_ONCE]:
                arrived = spread(sources)
                sources[:, :n] = spikes.view(liquids, n, samples)
                sources[:, n:] = now
                spikes = one_step(arrived)
                counts += spikes
        return counts.view(liquids, n, samples).transpose(1, 2).int().numpy()

    return run


def _fastest(work: Work, scale: torch.Tensor) -> Step:
    """The product of synapses with sources (liquids, neurons and channels, samples)."""
    liquids, samples, n = work.shape
    sources = n + work.spikes.n_channels
    rows, columns, weights = [], [], []
    for wiring, first in ((work.recurrent, 0), (work.inputs, n)):
        for k, synapses in enumerate(wiring):
            rows.append(k * n + synapses.target.astype(np.int64))
            columns.append(k * sources + first + synapses.source.astype(np.int64))
            weights.append(synapses.weight_pA)
    row, column = (torch.from_numpy(np.concatenate(x)) for x in (rows, columns))
    weight = (torch.from_numpy(np.concatenate(weights)) * scale[row, 0]).float()
    size = (liquids * n, liquids * sources)
    sparse = torch.sparse_coo_tensor(torch.stack([row, column]), weight, size).to_sparse_csr()
    ways: list[Step] = [lambda z: sparse @ z.view(-1, samples)]
    if liquids * n * sources <= 50_000_000:
        dense = torch.zeros(liquids, n, sources)
        dense[row // n, row % n, column % sources] = weight
        ways.append(lambda z: torch.bmm(dense, z).view(-1, samples))
    trial = torch.zeros(liquids, sources, samples)
    with torch.inference_mode():
        return min(ways, key=lambda way: min(timeit.repeat(lambda: way(trial), number=1, repeat=6)))
