"""PyTorch: backpropagation through time of the whole batch, with the same pseudo-derivative.

As a careful user has it: all inputs in one product before the loop, readouts in one after it, few
operations on tensors a step, one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from experiments.benchmarks.learners import accumulation as task

_DECAY, _ADAPTATION_DECAY = (float(np.exp(-1 / tau)) for tau in (task.TAU_MS, task.TAU_A_MS))
_HEIGHT = task.DAMPENING / task.THRESHOLD


class _Spike(torch.autograd.Function):
    """1 where a neuron is above its threshold and not refractory; back through a triangle."""

    @staticmethod
    def forward(context: Any, distance: torch.Tensor, free: torch.Tensor) -> torch.Tensor:
        context.save_for_backward(distance, free)
        return ((distance >= 0) & free).float()

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        distance, free = context.saved_tensors
        triangle = torch.clamp(1 - distance.abs() / task.THRESHOLD, min=0)
        return gradient * triangle * free * _HEIGHT, None


def prepare(work: task.Iteration) -> Callable[[], task.Result]:
    """A function that makes gradients of all samples, and an update."""
    torch.set_num_threads(1)
    dense, labels = torch.from_numpy(work.dense), torch.from_numpy(work.labels)
    beta = torch.from_numpy(work.beta).float()
    shape = work.samples, task.NEURONS
    # The last steps' outputs are these times the spikes of all.
    age = torch.arange(work.steps - task.RECALL_STEPS, work.steps)[:, None]
    age = age - torch.arange(work.steps)
    leak = torch.where(age >= 0, (1 - _DECAY) * _DECAY ** age.clamp(min=0).float(), 0.0)
    others = 1 - torch.eye(task.NEURONS)

    def run() -> task.Result:
        weights = {
            name: torch.nn.Parameter(torch.from_numpy(work.weights[name]).float())
            for name in ("inputs", "recurrent", "readout")
        }
        optimizer = torch.optim.Adam(weights.values(), lr=task.LEARNING_RATE)
        currents = (dense @ weights["inputs"]).unbind()
        recurrent = weights["recurrent"] * others
        v, b, spikes = (torch.zeros(shape) for _ in range(3))
        busy = torch.zeros(shape)
        fired = []
        for current in currents:
            current = torch.addmm(current, spikes, recurrent)
            current = torch.add(current, spikes.detach(), alpha=-task.THRESHOLD)
            v = torch.add(current, v, alpha=_DECAY)
            b = torch.add(spikes, b, alpha=_ADAPTATION_DECAY)
            distance = torch.addcmul(v - task.THRESHOLD, b, beta, value=-1)
            busy = torch.clamp(busy - 1, min=0)
            spikes = _Spike.apply(distance, busy == 0)
            busy = torch.add(busy, spikes.detach(), alpha=task.REFRACTORY_STEPS)
            fired.append(spikes)
        every = torch.stack(fired)
        sums = (every @ weights["readout"].T).view(work.steps, -1)
        outputs = (leak @ sums).view(-1, work.samples, task.OUTPUTS)
        loss = torch.nn.functional.cross_entropy(
            outputs.flatten(0, 1), labels.repeat(task.RECALL_STEPS)
        )
        excess = every.mean(dim=0) - task.RATE_TARGET_HZ / 1000
        rates = task.RATE_STRENGTH / 2 / task.RECALL_STEPS * (excess**2).sum(dim=1).mean()
        (loss + rates).backward()
        optimizer.step()
        return loss.item(), {name: each.detach().numpy() for name, each in weights.items()}

    return run
