"""FR5: frequency recognition. Which channels fire fast?"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.spikes import SpikeTrains
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

CLASSES = ("HLLL", "LHLL", "HHLL", "LLHL", "HLHL")
NOMINAL_HZ = {"H": 100, "L": 10}
# A channel's rate is an integer drawn from nominal - 5 <= rate < nominal + 5.
SPREAD_HZ = np.arange(-5, 5)
STIMULUS_MS = 100.0
DURATION_MS = 110.0

_NOMINAL = np.array([[NOMINAL_HZ[level] for level in pattern] for pattern in CLASSES])


def frequency_recognition(
    random_state: RandomState = None, data: None = None, *, samples_per_class: int = 1000
) -> Task:
    """FR5: five classes of high and low Poisson rates on four channels.

    In each sample each channel is a Poisson process in (0, 100) ms, at a rate drawn for this sample
    and channel; 10 ms of silence follow. `Task.ceiling` is Bayes' rule, about 97.3 % correct.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    samples_per_class : int
    """
    refuse_data("FR5", data)
    _, rng, division = streams(random_state)
    labels = shuffled_labels(len(CLASSES), samples_per_class, rng)
    rates = _NOMINAL[labels] + rng.choice(SPREAD_HZ, size=(len(labels), _NOMINAL.shape[1]))
    counts = rng.poisson(rates * STIMULUS_MS / 1000)
    # Given their number, the spikes of a Poisson process lie evenly and independently.
    spikes = SpikeTrains(
        rng.uniform(0, STIMULUS_MS, counts.sum()),
        np.repeat(np.tile(np.arange(counts.shape[1], dtype=np.int32), len(counts)), counts.ravel()),
        np.concatenate([[0], np.cumsum(counts.sum(axis=1))]),
        np.full(len(labels), DURATION_MS),
        counts.shape[1],
    )
    train, fitness, test = split(len(labels), division)
    return Task(
        name="FR5",
        spikes=spikes,
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        description="frequency recognition: 5 patterns of high and low rates on 4 channels",
        generated=True,
        source=PAPER,
        ceiling=bayes_labels(counts),
    )


def bayes_labels(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Most probable class of each sample of FR5, shape (samples,).

    The spike counts, shape (samples, channels), tell all there is to know: given them the times
    are the same in every class. The likelihood of a count is exact: the mean over the integer
    rates that a channel can have.
    """
    log_likelihood = np.zeros((len(counts), len(CLASSES)))
    for nominal in NOMINAL_HZ.values():
        means = (nominal + SPREAD_HZ) * STIMULUS_MS / 1000
        channel = scipy.special.logsumexp(
            scipy.stats.poisson.logpmf(counts[..., None], means), axis=-1
        )
        log_likelihood += channel @ np.equal(_NOMINAL, nominal).T
    return np.argmax(log_likelihood, axis=1)


FR5 = TaskKind(frequency_recognition)
