"""PyTorch without a library of neurons: six operations on tensors a step, in place."""

from __future__ import annotations

from functools import partial

import torch

from experiments.benchmarks.peers.programs import batched


def _step(neurons: batched.Neurons) -> batched.Step:
    u, x, spikes = (torch.zeros(neurons.shape) for _ in range(3))
    fired = torch.zeros(neurons.shape, dtype=torch.bool)

    def step(arrived: torch.Tensor) -> torch.Tensor:
        torch.addcmul(arrived, neurons.s, x, out=x)
        torch.addcmul(x, neurons.a, u, out=u)
        torch.gt(u, neurons.theta, out=fired)
        u.masked_fill_(fired, 0.0)
        return spikes.copy_(fired)

    return step


#: Takes the work; a function that runs plain operations on batches of samples.
prepare = partial(batched.prepare, make_step=_step)
