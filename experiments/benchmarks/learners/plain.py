"""What the NumPy programs share: the network forward in time, many samples at once, and Adam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from experiments.benchmarks.learners import accumulation as task

Floats = NDArray[np.float32]
DECAY, ADAPTATION_DECAY = (np.float32(np.exp(-1 / tau)) for tau in (task.TAU_MS, task.TAU_A_MS))


@dataclass(frozen=True)
class Forward:
    """What samples leave.

    Attributes
    ----------
    sources : array (steps, samples, channels and neurons)
        Spikes that count in a step: of channels, and of neurons in the step before.
    fired, psi : array (steps, samples, neurons)
        Spikes, and pseudo-derivatives.
    errors : array (steps, samples, outputs)
        Of the softmax of the readouts, in the recall.
    rate_errors : array (samples, neurons)
        Learning signals of the rate regularisation, the same in all steps.
    losses : array (samples,)
    """

    sources: Floats
    fired: Floats
    psi: Floats
    errors: Floats
    rate_errors: Floats
    losses: Floats


def forward(work: task.Iteration, dense: Floats, labels: NDArray[np.int64]) -> Forward:
    """Drive samples (steps, samples, channels), and compare them with their labels."""
    steps, samples, channels = dense.shape
    shape = samples, task.NEURONS
    weights = np.concatenate([work.weights["inputs"], work.weights["recurrent"]])
    weights, readout = weights.astype(np.float32), work.weights["readout"].astype(np.float32)
    beta, theta = work.beta.astype(np.float32), np.float32(task.THRESHOLD)
    sources = np.zeros((steps, samples, channels + task.NEURONS), np.float32)
    sources[..., :channels] = dense
    fired, psi = np.zeros((2, steps, *shape), np.float32)
    v, b, spikes = np.zeros((3, *shape), np.float32)
    free_from = np.zeros(shape, np.int64)
    for t in range(steps):
        sources[t, :, channels:] = spikes
        v = DECAY * v + sources[t] @ weights - theta * spikes
        b = ADAPTATION_DECAY * b + spikes
        distance = (v - theta - beta * b) / theta
        free = t >= free_from
        spikes = fired[t]
        spikes[:] = (distance >= 0) & free
        free_from[spikes > 0] = t + task.REFRACTORY_STEPS
        triangle = np.maximum(0, 1 - np.abs(distance))
        psi[t] = np.float32(task.DAMPENING / task.THRESHOLD) * triangle * free
    outputs = lfilter([1 - DECAY], [1, -DECAY], fired @ readout.T, axis=0)
    share = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    errors = share - np.eye(task.OUTPUTS)[labels]
    errors[: -task.RECALL_STEPS] = 0
    scale = task.RECALL_STEPS * work.samples
    excess = fired.mean(axis=0) - task.RATE_TARGET_HZ / 1000
    right = share[-task.RECALL_STEPS :, np.arange(samples), labels]
    return Forward(
        sources,
        fired,
        psi,
        (errors / scale).astype(np.float32),
        task.RATE_STRENGTH / steps / scale * excess,
        -np.log(right).mean(axis=0),
    )


def update(work: task.Iteration, of_sources: Floats, of_readout: Floats) -> task.Arrays:
    """Weights after Adam's first step; of gradients (sources, neurons) and (outputs, neurons)."""
    gradients = {
        "inputs": of_sources[: task.CHANNELS],
        "recurrent": of_sources[task.CHANNELS :],
        "readout": of_readout,
    }
    np.fill_diagonal(gradients["recurrent"], 0)
    learned = {}
    for name, gradient in gradients.items():
        mean, square = 0.1 * gradient, 0.001 * gradient**2
        step = mean / 0.1 * np.sqrt(0.001) / (np.sqrt(square) + 1e-8)
        learned[name] = work.weights[name] - task.LEARNING_RATE * step
    return learned
