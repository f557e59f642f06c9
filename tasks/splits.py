"""Splits of recorded data: what tests is given, and of the rest some samples judge fitness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.splits import sample_groups, sample_share

Division = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def by_units(units: NDArray[Any], test: NDArray[Any], rng: Generator, *, what: str) -> Division:
    """Indices for training, fitness and test, of units that are kept whole.

    Fitness is judged as the test is: on units (takes, speakers, sessions) that the readout has not
    met; 30 % of those that do not test, at least one, drawn at random.

    Parameters
    ----------
    units : array, shape (samples,)
    test : array
        The units that test.
    what : str
        What the units are, for the error message.

    Raises
    ------
    ValueError
        Where fewer than two units are left beside the test set.
    """
    rest = np.setdiff1d(units, test)
    if len(rest) < 2:
        raise ValueError(
            f"data must leave two {what}, for training and for fitness, beside the test set, "
            f"{', '.join(map(str, test))}; {len(rest)} of {len(np.unique(units))} are left"
        )
    train, fitness, tested = (
        np.flatnonzero(np.isin(units, part)) for part in (*sample_groups(rest, rng), test)
    )
    return train, fitness, tested


def leave_out(groups: NDArray[Any], group: Any, rng: Generator, *, what: str) -> Division:
    """As `by_units`, where one group tests; `what` are the groups.

    Raises
    ------
    ValueError
        Where there is no such group, or fewer than two others.
    """
    names = list(map(str, np.unique(groups)))
    if str(group) not in names:
        raise ValueError(f"group must be one of the {what} {', '.join(names)}; got {group!r}")
    return by_units(groups.astype(str), np.array([str(group)]), rng, what=what)


def stratified(
    labels: NDArray[np.int64], rng: Generator, *, tested: NDArray[np.bool_] | None = None
) -> Division:
    """Indices for training, fitness and test with equal shares of the classes in each.

    Parameters
    ----------
    labels : array of int, shape (samples,)
    tested : mask, shape (samples,), optional
        The samples that test, where the data say so; by default 30 % at random. Of the others
        30 % are the fitness set.

    Raises
    ------
    ValueError
        Where a part would be empty.
    """
    if tested is None:
        rest, test = sample_share(labels, np.arange(len(labels)), rng)
    else:
        rest, test = np.flatnonzero(~tested), np.flatnonzero(tested)
    train, fitness = sample_share(labels, rest, rng)
    if not (len(fitness) and len(test)):
        raise ValueError(
            f"data must have some samples to test and four others, to train and for fitness; got "
            f"{len(test)} and {len(rest)}"
        )
    return train, fitness, test


def stratified_units(labels: NDArray[np.int64], units: NDArray[Any], rng: Generator) -> Division:
    """As `stratified`, of units that are kept whole, each of samples of one class."""
    _, first, unit = np.unique(units, return_index=True, return_inverse=True)
    parts = stratified(labels[first], rng)
    train, fitness, test = (np.flatnonzero(np.isin(unit, part)) for part in parts)
    return train, fitness, test


def thin(
    labels: NDArray[np.int64], parts: NDArray[Any], samples_per_class: int | None
) -> NDArray[np.int64]:
    """Indices of at most so many samples of each class in each part, evenly spread, in order.

    Parameters
    ----------
    labels, parts : array, shape (samples,)
        A part is whatever must keep its share, such as the training and the test samples.
    samples_per_class : int or None
        None keeps all.
    """
    if samples_per_class is None:
        return np.arange(len(labels))
    most = positive_int(samples_per_class, "samples_per_class")
    indices = []
    for part in np.unique(parts):
        for label in np.unique(labels[parts == part]):
            cell = np.flatnonzero((parts == part) & (labels == label))
            indices.append(cell[np.unique(np.linspace(0, len(cell) - 1, most).astype(np.int64))])
    return np.sort(np.concatenate(indices))
