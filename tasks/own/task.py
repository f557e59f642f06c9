"""A task of samples of one's own."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.files import LoadError, expanded
from lsm.spikes import SpikeTrains
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, as_array
from tasks.own.files import read_samples
from tasks.own.samples import Samples, in_order
from tasks.splits import leave_out, stratified, thin


def task_from(
    path: str | os.PathLike[str],
    *,
    random_state: RandomState = None,
    group: str | None = None,
    samples_per_class: int | None = None,
) -> Task:
    """A task of samples of one's own.

    Its classes are named as the data name them, in order. 30 % of the samples test, of the others
    30 % are the fitness set, each with equal shares of the classes; with `group`, this group tests
    and 30 % of the other groups are the fitness set. Where there are signals alone, the spikes are
    those of the encoder that the estimators choose (`lsm.encoders.default_encoder`), fitted to what
    doesn't test, and those of sounds are made as FSDD's are.

    Parameters
    ----------
    path : path
        An NPZ file, a CSV file, or a folder that has one of WAV files for each class; what is in
        them is written in ``docs/own_data.md``.
    random_state : int, SeedSequence, Generator or None
        Decides which samples train, judge fitness and test; nothing else.
    group : str, optional
        The test set is this group's samples.
    samples_per_class : int, optional
        Take only so many of each class, evenly spread, to be quick.

    Raises
    ------
    LoadError
        The data are not as described: which file, which line, what was expected and what came.
    ValueError
        It is no such file; fewer than two classes; too few samples or groups to be divided.
    OSError
        A file can't be opened.
    """
    *_, rng = streams(random_state)
    path = expanded(path)
    samples = read_samples(path)
    classes = in_order(samples.labels)
    if len(classes) < 2:
        raise LoadError(f"{path}: expected two or more classes, got {', '.join(classes) or 'none'}")
    codes = {name: code for code, name in enumerate(classes)}
    labels = np.array([codes[name] for name in samples.labels], dtype=np.int64)
    indices = thin(labels, np.zeros(len(labels)), samples_per_class)
    samples, labels = samples.take(indices), labels[indices]
    groups = None if samples.groups is None else np.array(samples.groups)
    if group is None:
        train, fitness, test = stratified(labels, rng)
        tested = "samples at random"
    elif groups is None:
        raise ValueError(f"{path}: expected groups, of which {group!r} tests; got none")
    else:
        train, fitness, test = leave_out(groups, group, rng, what="groups")
        tested = f"group {group}"
    return Task(
        name="own",
        spikes=_encoded(samples, test) if samples.spikes is None else samples.spikes,
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        groups=groups,
        signals=None if samples.signals is None else as_array(samples.signals),
        step_ms=samples.step_ms,
        classes=tuple(classes),
        description=f"own samples, {path.name}; test: {tested}",
        source=path.name,
    )


def own(
    random_state: RandomState = None,
    data: Data = None,
    *,
    group: str | None = None,
    samples_per_class: int | None = None,
) -> Task:
    """own: samples of one's own, in the file or folder that `data` names; see :func:`task_from`."""
    return task_from(
        _required(data), random_state=random_state, group=group, samples_per_class=samples_per_class
    )


def own_groups(data: Data = None) -> list[str]:
    """Names of the groups of samples of one's own, sorted."""
    samples = read_samples(expanded(_required(data)))
    if samples.groups is None:
        raise ValueError(f"{data}: expected groups, got none")
    return sorted(set(samples.groups))


def _required(data: Data) -> Any:
    if data is None:
        raise ValueError("task own needs data: an NPZ file, a CSV file or a folder of WAV files")
    return data


def _encoded(samples: Samples, test: NDArray[np.int64]) -> SpikeTrains:
    """Spikes of signals, by the usual encoder."""
    from lsm.encoders import default_encoder  # scikit-learn's, which take seconds to load

    signals = list(samples.signals or ())
    tested = set(test.tolist())
    training = [signal for i, signal in enumerate(signals) if i not in tested]
    encoder = default_encoder(training)
    if samples.step_ms is not None:
        encoder.set_params(step_ms=samples.step_ms)
    spikes: SpikeTrains = encoder.fit(training).transform(signals)
    return spikes


OWN = TaskKind(own, recorded=True, groups=own_groups)
