"""Plain NumPy, e-prop as it is published: a trace for each synapse, forward in time.

Samples at once are few, as their traces should fit into a cache.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.benchmarks.learners import accumulation as task
from experiments.benchmarks.learners.plain import ADAPTATION_DECAY, DECAY, forward, update

_AT_ONCE = 4


def prepare(work: task.Iteration) -> Callable[[], task.Result]:
    """A function that makes gradients of all samples, and an update."""
    dense, labels = work.dense, work.labels
    feedback = work.weights["feedback"].astype(np.float32)
    beta = work.beta.astype(np.float32)[:, None]
    sources = task.CHANNELS + task.NEURONS

    def run() -> task.Result:
        of_sources = np.zeros((task.NEURONS, sources), np.float32)
        of_readout = np.zeros((task.OUTPUTS, task.NEURONS), np.float32)
        losses = []
        for first in range(0, work.samples, _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            ran = forward(work, dense[:, some], labels[some])
            losses.append(ran.losses)
            shape = len(ran.losses), task.NEURONS, sources
            arriving = np.zeros((shape[0], sources), np.float32)
            leaky = np.zeros(shape[:2], np.float32)
            trace, adaptation, filtered, total, scratch = np.zeros((5, *shape), np.float32)
            signals = ran.errors @ feedback
            for t in range(work.steps):
                arriving *= DECAY
                arriving += ran.sources[t]
                np.multiply(adaptation, beta, out=scratch)
                np.subtract(arriving[:, None], scratch, out=trace)
                trace *= ran.psi[t][..., None]
                adaptation *= ADAPTATION_DECAY
                adaptation += trace
                total += trace
                filtered *= DECAY
                np.multiply(trace, 1 - DECAY, out=scratch)
                filtered += scratch
                leaky = DECAY * leaky + (1 - DECAY) * ran.fired[t]
                if t >= work.steps - task.RECALL_STEPS:
                    of_sources += np.einsum("bn,bns->ns", signals[t], filtered)
                    of_readout += ran.errors[t].T @ leaky
            of_sources += np.einsum("bn,bns->ns", ran.rate_errors, total)
        return float(np.concatenate(losses).mean()), update(work, of_sources.T.copy(), of_readout)

    return run
