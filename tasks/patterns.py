"""PR and TPR: which of several spike patterns, jittered, was it?

PR is the evolved paper's task. It leaks the class through the number of spikes, which jitter does
not change, and so checks compatibility only. In TPR all classes have equal numbers of spikes.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from tasks.base import (
    PAPER,
    RandomState,
    Task,
    TaskKind,
    refuse_data,
    shuffled_labels,
    split,
    streams,
)
from tasks.templates import distinct_times, jitter, jitter_to_free, spike_trains

N_CHANNELS = 8
STIMULUS_MS = 100.0
DURATION_MS = 110.0
JITTER_MS = 5.0
TPR_SPIKES = 7


def pattern_recognition(
    n_classes: int,
    random_state: RandomState = None,
    data: None = None,
    *,
    samples_per_class: int = 1000,
) -> Task:
    """PR4, PR8, PR12: random templates on eight channels, every spike moved by a few ms.

    Template: the first spike of a channel is at an integer in 1..9 ms, the others follow in gaps of
    the integer part of abs(N(10, 20)) ms up to 100 ms; gaps of 0 occur. Sample: every spike is
    moved by the integer part of N(0, 5) ms, but stays where it would leave (0, 100) ms. Several
    spikes of a channel often share a millisecond. 10 ms of silence follow.

    Parameters
    ----------
    n_classes : int
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    samples_per_class : int
    """
    name = f"PR{positive_int(n_classes, 'n_classes')}"
    refuse_data(name, data)
    templates_rng, rng, division = streams(random_state)
    templates = _pr_templates(n_classes, templates_rng)
    labels = shuffled_labels(n_classes, samples_per_class, rng)
    at = templates[labels]
    moved = jitter(at, JITTER_MS, rng)
    times = np.where((moved > 0) & (moved < STIMULUS_MS), moved, at)
    description = f"pattern recognition: {n_classes} templates on {N_CHANNELS} channels"
    return _task(name, times, labels, division, description, PAPER)


def temporal_pattern_recognition(
    n_classes: int,
    random_state: RandomState = None,
    data: None = None,
    *,
    samples_per_class: int = 1000,
) -> Task:
    """TPR4, TPR8, TPR12: as PR, but counts tell nothing: 7 spikes a channel in every class.

    Template: 7 distinct integer times in 5..94 ms for each channel. Sample: every spike is moved by
    the integer part of N(0, 5) ms, redrawn until it lies inside (0, 100) ms and on a millisecond
    that its channel has free. 10 ms of silence follow.

    Parameters
    ----------
    n_classes : int
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    samples_per_class : int
    """
    name = f"TPR{positive_int(n_classes, 'n_classes')}"
    refuse_data(name, data)
    templates_rng, rng, division = streams(random_state)
    templates = distinct_times((n_classes, N_CHANNELS), TPR_SPIKES, 5, 94, templates_rng)
    labels = shuffled_labels(n_classes, samples_per_class, rng)
    times = jitter_to_free(templates[labels], JITTER_MS, STIMULUS_MS, rng)
    description = (
        f"temporal pattern recognition: {n_classes} templates on {N_CHANNELS} channels, "
        f"{TPR_SPIKES} spikes on each"
    )
    return _task(name, times, labels, division, description, "this project")


def _pr_templates(n_classes: int, rng: Generator) -> NDArray[np.float64]:
    """Shape (classes, channels, spikes of the longest train); NaN behind a train's last spike."""
    shape = (n_classes, N_CHANNELS)
    first = rng.integers(1, 10, size=(*shape, 1))
    # A gap has a mean of 18 and a deviation of 13 ms: a hundred gaps never fail to reach 100 ms.
    gaps = np.trunc(np.abs(rng.normal(10, 20, size=(*shape, 100))))
    times = np.concatenate([first, first + np.cumsum(gaps, axis=-1)], axis=-1)
    longest = int((times < STIMULUS_MS).sum(axis=-1).max())
    return np.where(times < STIMULUS_MS, times, np.nan)[..., :longest]


def _task(
    name: str,
    times_ms: NDArray[np.float64],
    labels: NDArray[np.int64],
    division: Generator,
    description: str,
    source: str,
) -> Task:
    train, fitness, test = split(len(labels), division)
    return Task(
        name=name,
        spikes=spike_trains(times_ms, duration_ms=DURATION_MS),
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        description=description,
        generated=True,
        source=source,
    )


PR4 = TaskKind(partial(pattern_recognition, 4))
PR8 = TaskKind(partial(pattern_recognition, 8))
PR12 = TaskKind(partial(pattern_recognition, 12))
TPR4 = TaskKind(partial(temporal_pattern_recognition, 4))
TPR8 = TaskKind(partial(temporal_pattern_recognition, 8))
TPR12 = TaskKind(partial(temporal_pattern_recognition, 12))
