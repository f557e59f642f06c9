"""PyTorch without a library of neurons, the operations of a step compiled into one loop.

``torch.compile``, for the shapes of the work; the product of the synapses is PyTorch's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from experiments.benchmarks.peers.cases import Work
from experiments.benchmarks.peers.programs import batched


def _advance(
    arrived: torch.Tensor, neurons: batched.Neurons, u: torch.Tensor, x: torch.Tensor
) -> torch.Tensor:
    x.copy_(neurons.s * x + arrived)
    u.copy_(neurons.a * u + x)
    fired = u > neurons.theta
    u.masked_fill_(fired, 0.0)
    return fired.float()


def prepare(work: Work) -> Callable[[], Any]:
    """Compile a step for the work; a function that runs it on batches of samples."""
    torch.compiler.reset()  # or else it gives up compiling after some shapes
    advance = torch.compile(_advance, dynamic=False)

    def make_step(neurons: batched.Neurons) -> batched.Step:
        u, x = torch.zeros(neurons.shape), torch.zeros(neurons.shape)
        return partial(advance, neurons=neurons, u=u, x=x)

    run = batched.prepare(work, make_step)
    run()  # compiles
    return run
