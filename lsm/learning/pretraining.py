"""A network trained with settings that suit its samples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.learning.optimizers import Adam
from lsm.learning.trained import Trained
from lsm.learning.training import Trainer
from lsm.reservoir import Reservoir
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains

#: Samples from which on some are held out.
_MANY = 50


def default_trainer(spikes: SpikeTrains, groups: ArrayLike | None = None) -> Trainer:
    """E-prop with Adam, whose batches and window fit some samples.

    The loss looks at the last third of a sample of median duration, and of fifty samples or more a
    fifth says when to stop.

    Parameters
    ----------
    spikes : SpikeTrains
        What is to be trained on.
    groups : array (samples,), optional
        A fifth of these says so, if there are three or more.

    Raises
    ------
    TypeError, ValueError
        No spikes, no samples.
    """
    if not isinstance(spikes, SpikeTrains):
        raise TypeError(f"spikes must be SpikeTrains, got {type(spikes).__name__}")
    if not len(spikes):
        raise ValueError("spikes must hold at least one sample, got none")
    each = np.arange(len(spikes)) if groups is None else groups
    sizes = np.sort(np.unique(each, return_counts=True)[1])
    n_held_out = round(0.2 * len(sizes)) if len(spikes) >= _MANY else 0
    return Trainer(
        optimizer=Adam(0.03),
        window_ms=float(np.median(spikes.durations_ms)) / 3,
        batch_size=min(64, int(sizes[: len(sizes) - n_held_out].sum())),
        iterations=400,
        validation_fraction=0.2 if n_held_out else 0.0,
        patience=10 if n_held_out else None,
    )


def eprop(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    trainer: Trainer | None = None,
    dt_ms: float = 1.0,
    target: Target = "auto",
    random_state: int | np.random.Generator | None = None,
    progress: bool = False,
) -> Trained:
    """Train a reservoir's weights, and a readout that is left behind, on samples with targets.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
    y : int array (samples,) or (samples, steps), or float array (samples,), (samples, outputs) \
or (samples, steps, outputs)
        Classes 0, 1, 2, ..., of each sample or of each step of `dt_ms`, -1 where there is none; or
        numbers, which are standardised, NaN where there are none.
    groups : array (samples,), optional
        What must not be torn apart where a part is held out, such as the speaker.
    trainer : Trainer, optional
        By default :func:`default_trainer`. Its loss is the one that `y` takes, and what there is of
        each step is compared at all of them.
    dt_ms, target
        As in :func:`lsm.simulate`.
    random_state : int, Generator or None
        Of the readout, the part held out, and the order of samples.
    progress : bool
        Show a bar with the loss and the time left.

    Raises
    ------
    TypeError, ValueError
        What :meth:`Trainer.train` refuses.
    """
    y, dt_ms = np.asarray(y), positive(dt_ms, "dt_ms")
    trainer = default_trainer(spikes, groups) if trainer is None else trainer
    if y.ndim == (3 if y.dtype.kind == "f" else 2):
        trainer = replace(trainer, window_ms=None)
    return train_on(
        trainer,
        reservoir,
        spikes,
        standardised(y)[0] if y.dtype.kind == "f" else y,
        groups=groups,
        dt_ms=dt_ms,
        target=target,
        random_state=int(np.random.default_rng(random_state).integers(2**31)),
        progress=progress,
    )


def train_on(
    trainer: Trainer,
    reservoir: Reservoir,
    spikes: SpikeTrains,
    y: NDArray[Any],
    *,
    dt_ms: float,
    **options: Any,
) -> Trained:
    """Train with the loss that `y` takes.

    Parameters
    ----------
    trainer : Trainer
    reservoir : Reservoir
    spikes : SpikeTrains
    y : int array (samples,) or (samples, steps), or float array (samples, outputs) or (samples, \
steps, outputs)
    dt_ms, **options
        As :meth:`Trainer.train` has them.
    """
    if y.dtype.kind != "f":
        trainer = replace(trainer, loss="cross_entropy")
    else:
        trainer = replace(trainer, loss="squared_error")
        if y.ndim == 2:
            steps = int(spikes.n_steps(dt_ms).max())
            y = np.broadcast_to(y[:, None], (len(y), steps, y.shape[1]))
    return trainer.train(reservoir, spikes, y, dt_ms=dt_ms, **options)


def standardised(
    y: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Numbers (..., outputs) of mean 0 and deviation 1, and their means and deviations before.

    One number a sample is one output; an output that is always the same stays so.
    """
    y = y[:, None] if y.ndim == 1 else y
    others = tuple(range(y.ndim - 1))
    mean, deviation = np.nanmean(y, axis=others), np.nanstd(y, axis=others)
    # Of equal numbers rounding may leave a deviation.
    varied = np.nanmax(y, axis=others) > np.nanmin(y, axis=others)
    deviation = np.where(varied, deviation, 1.0)
    return (y - mean) / deviation, mean, deviation
