"""Plain NumPy, the same gradients by a sweep back in time, without a trace for any synapse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import lfilter

from experiments.benchmarks.learners import accumulation as task
from experiments.benchmarks.learners.plain import ADAPTATION_DECAY, DECAY, forward, update


def prepare(work: task.Iteration) -> Callable[[], task.Result]:
    """A function that makes gradients of all samples, and an update."""
    dense, labels = work.dense, work.labels
    feedback, beta = work.weights["feedback"].astype(np.float32), work.beta.astype(np.float32)

    def run() -> task.Result:
        ran = forward(work, dense, labels)
        later = lfilter([1 - DECAY], [1, -DECAY], ran.errors[::-1], axis=0)[::-1]
        later = later.astype(np.float32)
        potential, adaptation = np.zeros((2, work.samples, task.NEURONS), np.float32)
        of_sources = np.zeros((task.CHANNELS + task.NEURONS, task.NEURONS), np.float32)
        for t in reversed(range(work.steps)):
            signal = later[t] @ feedback + ran.rate_errors + adaptation
            signal *= ran.psi[t]
            potential = DECAY * potential + signal
            adaptation = ADAPTATION_DECAY * adaptation - beta * signal
            of_sources += ran.sources[t].T @ potential
        of_readout = np.einsum("tbo,tbn->on", later, ran.fired, optimize=True)
        return float(ran.losses.mean()), update(work, of_sources, of_readout)

    return run
