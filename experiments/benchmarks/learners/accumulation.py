"""The work: an iteration of evidence accumulation, with the settings that are published for it.

Bellec et al. 2020, Nature Communications 11:3625, as NEST's example has them: 50 leaky neurons and
50 with adaptive thresholds, random feedback, rate regularisation, cross entropy over the recall,
Adam.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lsm import SpikeTrains
from tasks import make_task

Arrays = dict[str, NDArray[np.float64]]
#: Mean loss before the update, and the weights after it.
Result = tuple[float, Arrays]

CHANNELS, NEURONS, OUTPUTS = 40, 100, 2
#: Time constants of neurons and readout, and of adaptation.
TAU_MS, TAU_A_MS = 20.0, 2000.0
THRESHOLD, REFRACTORY_STEPS = 0.6, 5
#: By which a spike raises the threshold of half of the neurons.
BETA = 1.7 * (1 - np.exp(-1 / TAU_A_MS)) / (1 - np.exp(-1 / TAU_MS))
DAMPENING, RATE_STRENGTH, RATE_TARGET_HZ = 0.3, 300.0, 10.0
LEARNING_RATE = 5e-3
CUE_STEPS, RECALL_STEPS = 150, 150


@dataclass(frozen=True)
class Iteration:
    """Forward passes of a batch, gradients of all weights, and an update of them.

    Attributes
    ----------
    samples : int
        An even number, at least 6.
    steps : int
        Of 1 ms. Half of them, about, are cues; the recall is the last 150.
    seed : int
    """

    samples: int = 64
    steps: int = 2250
    seed: int = 0

    @cached_property
    def _drawn(self) -> tuple[SpikeTrains, NDArray[np.int64]]:
        n_cues = self.steps // (2 * CUE_STEPS) | 1
        task = make_task(
            "Evidence",
            random_state=self.seed,
            samples_per_class=self.samples // 2,
            n_cues=n_cues,
            delay_ms=self.steps - n_cues * CUE_STEPS - RECALL_STEPS,
        )
        return task.spikes, task.labels

    @property
    def spikes(self) -> SpikeTrains:
        """Of the channels, (samples, channels)."""
        return self._drawn[0]

    @property
    def labels(self) -> NDArray[np.int64]:
        """On which side there are more cues, (samples,)."""
        return self._drawn[1]

    @property
    def dense(self) -> NDArray[np.float32]:
        """Spikes (steps, samples, channels) in the steps in which they count, the next ones."""
        dense = np.zeros((self.steps, self.samples, CHANNELS), np.float32)
        dense[1:] = self.spikes.to_dense(1.0).transpose(2, 0, 1)[:-1]
        return dense

    @cached_property
    def weights(self) -> Arrays:
        """From inputs and neurons (sources, neurons); readout and feedback (outputs, neurons)."""
        rng = np.random.default_rng([self.seed, 1])
        recurrent = rng.normal(0, 1 / np.sqrt(NEURONS), (NEURONS, NEURONS))
        np.fill_diagonal(recurrent, 0)
        return {
            "inputs": rng.normal(0, 1 / np.sqrt(CHANNELS), (CHANNELS, NEURONS)),
            "recurrent": recurrent,
            "readout": rng.normal(0, 1 / np.sqrt(NEURONS), (OUTPUTS, NEURONS)),
            "feedback": rng.normal(size=(OUTPUTS, NEURONS)),
        }

    @property
    def beta(self) -> NDArray[np.float64]:
        """Of each neuron."""
        return np.repeat([0.0, BETA], NEURONS // 2)
