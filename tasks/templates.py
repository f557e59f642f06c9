"""Spike templates and the jitter that makes samples of them.

"Integer part" means truncation towards zero, as Python's ``int`` has it.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.spikes import SpikeTrains


def distinct_times(
    shape: tuple[int, int], n_spikes: int, first_ms: int, last_ms: int, rng: Generator
) -> NDArray[np.float64]:
    """Different integer times in first_ms..last_ms for each train, shape (*shape, n_spikes)."""
    times = np.arange(first_ms, last_ms + 1, dtype=np.float64)
    trains = np.broadcast_to(times, (*shape, len(times)))
    return np.sort(rng.permuted(trains, axis=-1)[..., :n_spikes], axis=-1)


def jitter(
    times_ms: NDArray[np.float64], deviation_ms: float, rng: Generator
) -> NDArray[np.float64]:
    """Times moved by the integer part of a normal deviate."""
    return times_ms + np.trunc(rng.normal(0, deviation_ms, times_ms.shape))


def jitter_to_free(
    times_ms: NDArray[np.float64], deviation_ms: float, end_ms: float, rng: Generator
) -> NDArray[np.float64]:
    """Times moved as by `jitter`, redrawn until inside (0, end_ms) and on a free millisecond.

    Parameters
    ----------
    times_ms : array, shape (..., spikes)
        The last axis is a spike train. Its spikes are placed one after another; a millisecond is
        free if no spike before in the train was put there.
    """
    trains = times_ms.reshape(-1, times_ms.shape[-1])
    moved = np.full_like(trains, np.nan)
    for k in range(trains.shape[1]):
        waiting = np.arange(len(trains))
        while len(waiting):
            at = jitter(trains[waiting, k], deviation_ms, rng)
            bad = (at <= 0) | (at >= end_ms) | (moved[waiting, :k] == at[:, None]).any(axis=1)
            moved[waiting[~bad], k] = at[~bad]
            waiting = waiting[bad]
    return moved.reshape(times_ms.shape)


def spike_trains(times_ms: NDArray[np.float64], *, duration_ms: float) -> SpikeTrains:
    """SpikeTrains from times of shape (samples, channels, spikes); NaN stands for no spike."""
    sample, channel, _ = there = np.nonzero(~np.isnan(times_ms))
    n_samples, n_channels, _ = times_ms.shape
    return SpikeTrains(
        times_ms[there],
        channel.astype(np.int32),
        np.searchsorted(sample, np.arange(n_samples + 1)),
        np.full(n_samples, duration_ms),
        n_channels,
    )
