"""Samples that are set apart: a share of each class, or whole groups."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

Indices = NDArray[np.int64]

#: Of ten samples (or groups) so many are set apart.
_TENTHS = 3


def sample_share(labels: NDArray, index: Indices, rng: Generator) -> tuple[Indices, Indices]:
    """Divide samples into 70 and 30 % of each class, both in their former order.

    Parameters
    ----------
    labels : array (samples,)
        Of all samples.
    index : int array
        Those to be divided.
    rng : Generator
    """
    shuffled = rng.permutation(index)
    ordered = shuffled[np.argsort(labels[shuffled], kind="stable")]
    # Of any run of samples the same share is drawn, so of each class too, up to one sample.
    in_second = np.diff(np.arange(len(ordered) + 1) * _TENTHS // 10).astype(bool)
    return np.sort(ordered[~in_second]), np.sort(ordered[in_second])


def sample_groups(groups: NDArray, rng: Generator) -> tuple[NDArray, NDArray]:
    """Divide the different groups into 70 and 30 %, at least one, in random order.

    Parameters
    ----------
    groups : array
        Each group at least once.
    rng : Generator
    """
    order = rng.permutation(np.unique(groups))
    n_drawn = max(1, len(order) * _TENTHS // 10)
    return order[n_drawn:], order[:n_drawn]


def fitness_split(
    labels: ArrayLike, rng: Generator, *, groups: ArrayLike | None = None
) -> tuple[Indices, Indices]:
    """Indices of samples to train readouts on, and of those that liquids are chosen by.

    Parameters
    ----------
    labels : array (samples,)
    rng : Generator
    groups : array (samples,), optional
        What must not be torn apart, such as the speaker: liquids are chosen by groups that no
        readout was trained on. Without groups, 30 % of each class choose.

    Raises
    ------
    ValueError
        Fewer than two groups, fewer than two classes in the part that trains, no sample that
        chooses.
    """
    labels = np.asarray(labels)
    if groups is None:
        train, fitness = sample_share(labels, np.arange(len(labels)), rng)
    else:
        groups = np.asarray(groups)
        if groups.shape != labels.shape:
            raise ValueError(
                f"groups must have shape {labels.shape}, one a sample; got {groups.shape}"
            )
        train_groups, fitness_groups = sample_groups(groups, rng)
        if not len(train_groups):
            raise ValueError(f"groups must be two at least, got one: {fitness_groups[0]}")
        train, fitness = (
            np.flatnonzero(np.isin(groups, part)) for part in (train_groups, fitness_groups)
        )
    if not len(fitness) or len(np.unique(labels[train])) < 2:
        raise ValueError(
            "y must leave two classes to train on and a sample to choose by, got "
            f"{len(np.unique(labels[train]))} classes and {len(fitness)} samples of {len(labels)}"
        )
    return train, fitness
