"""What a task is, and what its generators share: split, random streams, checks."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray

from lsm.spikes import SpikeTrains

RandomState = int | SeedSequence | Generator | None

PAPER = (
    "López-Herrera et al., Mathematical and Computational Applications 31(2):65, 2026, "
    "and its authors' public code"
)

# "task" in ASCII. It keeps the streams of a task apart from whatever else is spawned from the seed.
_STREAM_KEY = 0x7461736B


@dataclass(frozen=True, eq=False)
class Task:
    """Spikes to classify, with the split that every liquid and every baseline uses.

    Parameters
    ----------
    name : str
    spikes : SpikeTrains
    labels : array of int, shape (samples,)
    train, fitness, test : array of int
        Indices of the samples that train the readout, judge a liquid while it is sought, and are
        used once at the end. They have no sample in common.
    groups : array, shape (samples,), optional
        What must not be torn apart by another split, such as the speaker.
    description, source : str
    ceiling : array of int, shape (samples,), optional
        Labels that Bayes' rule gives with the generator's own distributions: nothing can be better
        on average, and what is clearly better has seen the labels.
    generated : bool
        Whether another seed gives another task of the same family, with new templates.

    Raises
    ------
    ValueError
        Where lengths differ, or the split is empty, overlaps or leaves the samples.
    """

    name: str
    spikes: SpikeTrains
    labels: NDArray[np.int64]
    train: NDArray[np.int64]
    fitness: NDArray[np.int64]
    test: NDArray[np.int64]
    groups: NDArray[Any] | None = None
    description: str = ""
    source: str = ""
    ceiling: NDArray[np.int64] | None = None
    generated: bool = False

    def __post_init__(self) -> None:
        n_samples = len(self.spikes)
        for name in ("labels", "groups", "ceiling"):
            value = getattr(self, name)
            if value is not None and np.shape(value) != (n_samples,):
                raise ValueError(
                    f"{name} must have shape ({n_samples},), one a sample; got {np.shape(value)}"
                )
        for name in ("train", "fitness", "test"):
            index = getattr(self, name)
            if not len(index):
                raise ValueError(f"{name} must hold at least one sample, got none")
            if np.min(index) < 0 or np.max(index) >= n_samples:
                raise ValueError(f"{name} must hold indices in 0..{n_samples - 1}")
        used = np.concatenate([self.train, self.fitness, self.test])
        if len(np.unique(used)) < len(used):
            raise ValueError("train, fitness and test must have no sample in common, nor any twice")

    @property
    def n_classes(self) -> int:
        """Number of different labels."""
        return len(np.unique(self.labels))


def split(
    n_samples: int, rng: Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Indices for training, fitness and test: 49, 21 and 30 % of the samples, as in the paper.

    The last 30 % of a shuffled order are for testing only; of the rest 70 % train the readout and
    30 % are the fitness set. Classes are not balanced.
    """
    n_test = n_samples * 3 // 10
    n_fitness = (n_samples - n_test) * 3 // 10
    if not n_fitness:
        raise ValueError(f"n_samples must be at least 5 to be split, got {n_samples}")
    train, fitness, test = np.split(
        rng.permutation(n_samples), [n_samples - n_test - n_fitness, n_samples - n_test]
    )
    return train, fitness, test


def streams(random_state: RandomState) -> tuple[Generator, Generator, Generator]:
    """Independent generators for the templates, the samples and the split of a task.

    The same integer or SeedSequence gives the same streams each time; a Generator other ones.
    """
    if isinstance(random_state, Generator):
        templates, samples, division = random_state.spawn(3)
        return templates, samples, division
    if not isinstance(random_state, SeedSequence | numbers.Integral | None):
        raise TypeError(
            "random_state must be an integer, SeedSequence, Generator or None, "
            f"got {random_state!r}"
        )
    if isinstance(random_state, numbers.Integral) and random_state < 0:
        raise ValueError(f"random_state must not be below 0, got {random_state}")
    seed = random_state if isinstance(random_state, SeedSequence) else SeedSequence(random_state)
    # Not by seed.spawn, which would change the caller's SeedSequence and so the next task from it.
    templates, samples, division = (
        np.random.default_rng(
            SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, _STREAM_KEY, i))
        )
        for i in range(3)
    )
    return templates, samples, division


def refuse_data(name: str, data: object) -> None:
    """Raise ValueError if a generated task was given a folder of data."""
    if data is not None:
        raise ValueError(f"task {name} is generated and takes no data, got data={data!r}")
