"""What is reached at each step without a network: what any has to beat at a task's step targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from lsm.spikes import SpikeTrains
from readouts import RidgeReadout, RidgeRegressionReadout
from tasks.base import Task
from tasks.online import LeakyCounts
from tasks.step_targets import StepTargets

#: Samples that train and that test, and their steps that train, at most.
SAMPLES, ROWS = 300, 20_000

Floats = NDArray[np.float64]


def step_controls(task: Task) -> dict[str, float]:
    """How well a task's targets are told at the steps that count, without a network.

    What has to be told are the values or the class at each counted step of test samples; a step's
    features are of the spikes up to it, and the readout is ridge.

    Parameters
    ----------
    task : Task
        With targets. At most :data:`SAMPLES` of its training and of its test samples are looked
        at, in their order.

    Returns
    -------
    dict of str to float
        Of values the NRMSE, root mean squared error over the standard deviation, of both over all
        outputs; of classes the accuracy: of ``"constant"``, the mean or the most frequent class;
        ``"clock"``, the same at each step; ``"counts"`` of each channel so far; and ``"leaky
        counts"``, those of :class:`tasks.online.LeakyCounts`.

    Raises
    ------
    ValueError
        The task has no targets.
    """
    if not isinstance(task, Task):
        raise TypeError(f"task must be a Task, got {type(task).__name__}")
    if task.targets is None:
        raise ValueError(f"task must have targets at each step, {task.name} has none")
    train, test = (
        (task.spikes[part], task.targets[part])
        for part in (task.training[:SAMPLES], task.test[:SAMPLES])
    )
    return {
        "constant": _score(test[1], _typical(train[1], (0, 1))),
        "clock": _score(test[1], _typical(train[1], (0,))),
        "counts": _ridge_score(train, test, [np.inf]),
        "leaky counts": _ridge_score(train, test, LeakyCounts().tau_ms),
    }


def _counted(targets: StepTargets) -> Floats:
    """Targets at the steps that count, (samples, steps) or (samples, steps, outputs)."""
    return targets.values[:, targets.counted]


def _typical(targets: StepTargets, axes: tuple[int, ...]) -> Floats:
    """The mean, or the most frequent class, over samples, and steps if `axes` has them."""
    values = _counted(targets)
    if not targets.are_classes:
        return values.mean(axis=axes, keepdims=True)
    frequency = np.stack([(values == c).mean(axis=axes) for c in range(values.max() + 1)])
    return frequency.argmax(axis=0)


def _score(targets: StepTargets, predicted: Floats) -> float:
    values = _counted(targets)
    if targets.are_classes:
        return float(np.mean(values == predicted))
    variance = values.var(axis=(0, 1)).sum()
    return float(np.sqrt(np.square(values - predicted).mean(axis=(0, 1)).sum() / variance))


def _ridge_score(
    train: tuple[SpikeTrains, StepTargets],
    test: tuple[SpikeTrains, StepTargets],
    taus_ms: Sequence[float],
) -> float:
    targets = train[1]
    every = -(-len(targets) * int(targets.counted.sum()) // ROWS)
    X, y = _traces(*train, taus_ms)[:, ::every], _counted(targets)[:, ::every]
    readout = RidgeReadout() if targets.are_classes else RidgeRegressionReadout()
    readout.fit(_rows(X), y.ravel() if targets.are_classes else _rows(y))
    predicted = readout.predict(_rows(_traces(*test, taus_ms)))
    return _score(test[1], predicted.reshape(_counted(test[1]).shape))


def _traces(spikes: SpikeTrains, targets: StepTargets, taus_ms: Sequence[float]) -> Floats:
    """Leaky counts of each channel at the steps that count, (samples, counted steps, features)."""
    kept = np.exp(-targets.step_ms / np.asarray(taus_ms))
    return np.stack(
        [
            np.concatenate(
                [lfilter([1.0], [1.0, -k], dense)[:, targets.counted].T for k in kept], axis=1
            )
            for dense in (sample.to_dense(targets.step_ms)[0] for sample in spikes)
        ]
    )


def _rows(array: Floats) -> Floats:
    return array.reshape(-1, array.shape[-1])
