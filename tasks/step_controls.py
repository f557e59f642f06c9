"""What is reached at each step without a network: what any has to beat at a task's step targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from lsm.base.checks import positive
from lsm.spikes import SpikeTrains
from readouts import RidgeReadout, RidgeRegressionReadout
from tasks.base import Task
from tasks.online import LeakyCounts

#: Samples that train and that test, and their steps that train, at most.
SAMPLES, ROWS = 300, 20_000

Floats = NDArray[np.float64]


def step_controls(task: Task) -> dict[str, float]:
    """How well a task's targets are told at the steps that count, without a network.

    What has to be told are the values or the class of test samples at each step that counts in all
    samples; a step's features are of the spikes up to it, and the readout is ridge.

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
        The task has no targets, or none at a step of all samples.
    """
    if not isinstance(task, Task):
        raise TypeError(f"task must be a Task, got {type(task).__name__}")
    if task.targets is None:
        raise ValueError(f"task must have targets at each step, {task.name} has none")
    step_ms = positive(task.step_ms, "step_ms")
    counted = np.all(task.targets.counted(task.spikes.n_steps(step_ms), step_ms), axis=1)
    if not counted.any():
        raise ValueError(f"task must have a step that counts in all samples, {task.name} has none")
    values = task.targets.steps(len(counted))[:, counted]
    train, test = (
        (task.spikes[part], values[part]) for part in (task.training[:SAMPLES], task.test[:SAMPLES])
    )

    def of_traces(taus_ms: Sequence[float]) -> float:
        decays = np.exp(-step_ms / np.asarray(taus_ms))
        X, new = (_traces(spikes, step_ms, counted, decays) for spikes, _ in (train, test))
        return _score(test[1], _ridge(X, train[1], new).reshape(test[1].shape))

    return {
        "constant": _score(test[1], _typical(train[1], (0, 1))),
        "clock": _score(test[1], _typical(train[1], (0,))),
        "counts": of_traces([np.inf]),
        "leaky counts": of_traces(LeakyCounts().tau_ms),
    }


def _typical(values: Floats, axes: tuple[int, ...]) -> Floats:
    """The mean, or the most frequent class, over samples, and steps if `axes` has them."""
    if not _are_classes(values):
        return values.mean(axis=axes, keepdims=True)
    frequency = np.stack([(values == c).mean(axis=axes) for c in range(values.max() + 1)])
    return frequency.argmax(axis=0)


def _score(values: Floats, predicted: Floats) -> float:
    if _are_classes(values):
        return float(np.mean(values == predicted))
    variance = values.var(axis=(0, 1)).sum()
    return float(np.sqrt(np.square(values - predicted).mean(axis=(0, 1)).sum() / variance))


def _ridge(X: Floats, y: Floats, new: Floats) -> Floats:
    """What ridge, trained on some of the steps, makes of new ones."""
    every = -(-y.shape[0] * y.shape[1] // ROWS)
    X, y = X[:, ::every], y[:, ::every]
    readout = RidgeReadout() if _are_classes(y) else RidgeRegressionReadout()
    readout.fit(_rows(X), y.ravel() if _are_classes(y) else _rows(y))
    return np.asarray(readout.predict(_rows(new)))


def _traces(
    spikes: SpikeTrains, step_ms: float, counted: NDArray[np.bool_], decays: Floats
) -> Floats:
    """Leaky counts of each channel at the steps that count, (samples, counted steps, features)."""
    return np.stack(
        [
            np.concatenate([lfilter([1.0], [1.0, -k], dense)[:, counted].T for k in decays], axis=1)
            for dense in (sample.to_dense(step_ms)[0] for sample in spikes)
        ]
    )


def _are_classes(values: Floats) -> bool:
    return values.ndim == 2


def _rows(array: Floats) -> Floats:
    return array.reshape(-1, array.shape[-1])
