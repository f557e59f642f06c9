"""Spikes of many samples as events, and sums over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.topology import Synapses


@short_repr
@dataclass(frozen=True)
class Events:
    """Spikes of a batch.

    Parameters
    ----------
    step, sample, source : integer arrays (spikes,)
        A source is a neuron or a channel. Two spikes of one source in a step count twice.
    shape : (steps, samples, sources)
        Steps of the longest sample.
    """

    step: NDArray[np.integer[Any]]
    sample: NDArray[np.integer[Any]]
    source: NDArray[np.integer[Any]]
    shape: tuple[int, int, int]

    def counts(self) -> NDArray[np.int64]:
        """Spikes of each source in each sample, (samples, sources)."""
        _, samples, sources = self.shape
        place = self.sample.astype(np.int64) * sources + self.source
        return np.bincount(place, minlength=samples * sources).reshape(samples, sources)

    def matrix(self, delay: int = 0) -> scipy.sparse.csc_array:
        """Numbers of spikes (sources, steps x samples) as they arrive so many steps later."""
        return self._delayed(delay) if delay else self._prompt

    @cached_property
    def _prompt(self) -> scipy.sparse.csc_array:
        return self._delayed(0)

    def _delayed(self, delay: int) -> scipy.sparse.csc_array:
        steps, samples, sources = self.shape
        in_time = slice(None) if delay == 0 else self.step < steps - delay
        column = (self.step[in_time].astype(np.int64) + delay) * samples + self.sample[in_time]
        # By columns: products then go through signals in the order in which they lie in memory.
        return scipy.sparse.csc_array(
            (np.ones(len(column), np.float32), (self.source[in_time], column)),
            shape=(sources, steps * samples),
        )

    def weighted(self, weights: NDArray[Any]) -> NDArray[Any]:
        """What the spikes of each step give together, (steps, samples, outputs).

        Parameters
        ----------
        weights : array (outputs, sources)
        """
        steps, samples, _ = self.shape
        total = self.matrix().T @ weights.T
        return np.ascontiguousarray(total).reshape(steps, samples, -1)

    def correlated(self, signals: NDArray[Any], delay: int = 0) -> NDArray[Any]:
        """The signals at the arrivals of each source's spikes, summed: (sources, signals).

        Parameters
        ----------
        signals : array (steps, samples, signals)
        delay : int
            Steps from a spike to its arrival.
        """
        flat = signals.reshape(-1, signals.shape[-1])
        return np.asarray(self.matrix(delay) @ flat)


def synapse_sums(
    events: Events, signals: NDArray[Any], synapses: Synapses, delays: NDArray[np.int32]
) -> NDArray[Any]:
    """The target's signal at the arrivals of each synapse, summed: (synapses,).

    Synapses of one delay share one product of matrices, of the targets that they have.

    Parameters
    ----------
    events : Events
        Of the sources.
    signals : array (steps, samples, neurons)
    synapses : Synapses
    delays : int array (synapses,)
        In steps.
    """
    sums = np.zeros(len(synapses), dtype=signals.dtype)
    for delay in np.unique(delays):
        alike = delays == delay
        targets, column = np.unique(synapses.target[alike], return_inverse=True)
        of_targets = signals if len(targets) == signals.shape[-1] else signals[..., targets]
        every = events.correlated(of_targets, int(delay))
        sums[alike] = every[synapses.source[alike], column]
    return sums
