"""Cues: bursts of spikes on groups of channels, one after the other, with noise beside them.

The layout is that of the published evidence accumulation: each symbol has ten channels, which fire
with a probability of .04 a step of 1 ms while it is shown; ten more do so when an answer is asked
for (the recall), and ten fire all the time with a quarter of that.

Source: Bellec et al., Nature Communications 11:3625, 2020, as NEST's example has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.learning import Targets
from lsm.spikes import SpikeTrains
from tasks.base import Task, split

#: Channels of a group.
GROUP = 10
#: Probability of a spike of a channel in a step, while its group fires.
PROBABILITY = 0.04
NOISE = PROBABILITY / 4
STEP_MS = 1.0
#: A short cue, of the tasks other than evidence accumulation.
BURST_MS = 50
SOURCE = "Bellec et al., Nature Communications 11:3625, 2020"
#: Samples whose spikes are drawn together.
_TOGETHER = 64

Symbols = NDArray[np.int64]


@dataclass(frozen=True)
class Timing:
    """When cues are shown and the answer is asked for, in steps of 1 ms.

    Parameters
    ----------
    starts : array of int, shape (cues,)
    burst : int
        Length of each cue.
    recall : int
        When the recall starts.
    n_steps : int
        Length of a sample, whose end is that of the recall.
    """

    starts: NDArray[np.int64]
    burst: int
    recall: int
    n_steps: int


def cue_task(
    symbols: Symbols,
    labels: NDArray[np.int64],
    timing: Timing,
    *,
    n_symbols: int,
    rng: Generator,
    division: Generator,
    targets: Targets | None = None,
    metadata: Mapping[str, NDArray[Any]] | None = None,
    **texts: Any,
) -> Task:
    """A task of cues, split at random.

    Parameters
    ----------
    symbols : array of int, shape (samples, cues)
    labels : array of int, shape (samples,)
    timing : Timing
    n_symbols : int
        Channels are those of each symbol, of the recall, and of the noise.
    rng, division : Generator
        Draw the spikes and the split.
    targets : lsm.learning.Targets, optional
        By default the label, in the recall.
    metadata, **texts
        As :class:`tasks.base.Task` has them.
    """
    probability = np.zeros((len(symbols), timing.n_steps, n_symbols + 2), np.float32)
    samples = np.arange(len(symbols))[:, np.newaxis]
    for start, symbol in zip(timing.starts, symbols.T, strict=True):
        steps = np.arange(start, start + timing.burst)
        probability[samples, steps, symbol[:, np.newaxis]] = PROBABILITY
    probability[:, timing.recall :, n_symbols] = PROBABILITY
    probability[:, :, n_symbols + 1] = NOISE
    train, fitness, test = split(len(labels), division)
    return Task(
        spikes=group_spikes(probability, rng),
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        metadata=metadata or {},
        targets=targets or Targets(labels, window_ms=(timing.n_steps - timing.recall) * STEP_MS),
        step_ms=STEP_MS,
        generated=True,
        **texts,
    )


def group_spikes(probability: NDArray[np.float32], rng: Generator) -> SpikeTrains:
    """Spikes of ten channels for each group, drawn in each step of 1 ms.

    Parameters
    ----------
    probability : array, shape (samples, steps, groups)
        Of a spike of each of a group's channels.
    rng : Generator
    """
    n_samples, n_steps, n_groups = probability.shape
    times, channels, counts = [], [], []
    for start in range(0, n_samples, _TOGETHER):
        block = probability[start : start + _TOGETHER]
        # Found, and so drawn, in the order of spikes: by sample, step and group.
        sample, step, group = firing = np.nonzero(block)
        drawn = rng.random((len(sample), GROUP), np.float32) < block[firing][:, np.newaxis]
        cell, channel = np.nonzero(drawn)
        times.append(step[cell] * STEP_MS)
        channels.append(group[cell] * GROUP + channel)
        counts.append(np.bincount(sample[cell], minlength=len(block)))
    return SpikeTrains(
        np.concatenate(times),
        np.concatenate(channels),
        np.concatenate([[0], np.cumsum(np.concatenate(counts))]),
        np.full(n_samples, n_steps * STEP_MS),
        n_groups * GROUP,
    )
