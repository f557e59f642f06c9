"""The memory of a liquid as a linear system has it: its slowest mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.metrics.options import Options
from lsm.reservoir import Reservoir
from lsm.simulation import trajectories
from lsm.spikes import SpikeTrains
from lsm.states import State
from readouts.threads import blas_threads_for

Floats = NDArray[np.float64]


def linear_time_constant(
    states: ArrayLike | Sequence[ArrayLike],
    inputs: ArrayLike | Sequence[ArrayLike],
    *,
    every_ms: float,
) -> float:
    """Time constant of the slowest mode of a linear system fitted to states and inputs, in ms.

    x(t + 1) = A x(t) + B u(t + 1) + c is fitted by least squares over all runs; of the eigenvalues
    of A the one that is largest in size, r, tells how long anything is remembered:
    ``-every_ms / ln(r)``. It is a memory by a linear model, as tau_M of Gorad, Saraswat & Ganguly
    (2019, IJCNN) is, whose exact form may differ.

    Parameters
    ----------
    states : array (steps, features), or list of them
        Of one run or several.
    inputs : array (steps, channels), or list of them
        What has come since the state before; as many as states.
    every_ms : float
        Time from state to state.

    Returns
    -------
    float
        Infinite where the fitted system does not forget, 0 where states never change.

    Raises
    ------
    ValueError
        Arrays of other shapes, not finite, or with too few steps to fit.
    """
    every_ms = positive(every_ms, "every_ms")
    x, u = _runs(states, "states"), _runs(inputs, "inputs")
    if [len(run) for run in x] != [len(run) for run in u]:
        raise ValueError(
            f"inputs must have as many runs and steps as states, {[len(run) for run in x]}, got "
            f"{[len(run) for run in u]}"
        )
    varied = np.ptp(np.concatenate(x), axis=0) > 0
    before = np.concatenate([run[:-1, varied] for run in x])
    after = np.concatenate([run[1:, varied] for run in x])
    input_rows = np.concatenate([run[1:] for run in u])
    predictors = np.hstack([before, input_rows, np.ones((len(before), 1))])
    if len(predictors) <= predictors.shape[1]:
        raise ValueError(
            f"states must have more steps than the {predictors.shape[1]} numbers that each is "
            f"fitted by, got {len(predictors)}"
        )
    if not varied.any():
        return 0.0
    with blas_threads_for(predictors.shape[1]):
        transition = np.linalg.lstsq(predictors, after)[0][: before.shape[1]]
        slowest = float(np.abs(np.linalg.eigvals(transition)).max())
    if slowest >= 1:
        return float("inf")
    return -every_ms / float(np.log(slowest)) if slowest > 0 else 0.0


def linear_time_constants(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    every_ms: float = 5.0,
    state: str | State = "traces:30",
    **options: Unpack[Options],
) -> Floats:
    """Memory of each reservoir by :func:`linear_time_constant`, in ms, (reservoirs,).

    The filter of the state remembers too: of ``"traces:30"`` no mode that shows is much quicker
    than 30 ms.

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons; simulated in one call.
    spikes : SpikeTrains
        In all, some times as many readings as there are features and channels.
    every_ms : float
        Time from reading to reading.
    state, options
        As in :func:`lsm.trajectories`.
    """
    paths = trajectories(reservoirs, spikes, every_ms=every_ms, state=state, **options)
    every_ms, dt_ms = positive(every_ms, "every_ms"), positive(options.get("dt_ms", 1.0), "dt_ms")
    counts = [_counts(spikes[k], len(p[0]), every_ms, dt_ms) for k, p in enumerate(paths)]
    several = range(len(paths[0]))
    return np.array(
        [linear_time_constant([p[k] for p in paths], counts, every_ms=every_ms) for k in several]
    )


def _counts(sample: SpikeTrains, readings: int, every_ms: float, dt_ms: float) -> Floats:
    """Spikes of each channel (readings, channels) that came before each reading and after the last.

    By the steps of the simulation, at whose ends a state is read.
    """
    place = sample.steps(dt_ms) // round(every_ms / dt_ms)
    counts = np.zeros((readings, sample.n_channels))
    inside = place < readings
    np.add.at(counts, (place[inside], sample.channels[inside]), 1)
    return counts


def _runs(given: Any, name: str) -> list[Floats]:
    given = given if isinstance(given, list | tuple) else np.atleast_1d(given)
    if not len(given):
        raise ValueError(f"{name} must hold at least one run, got none")
    several = [given] if np.ndim(given[0]) == 1 else given
    runs = [np.asarray(run, dtype=np.float64) for run in several]
    for run in runs:
        if run.ndim != 2 or not np.isfinite(run).all() or run.shape[1] != runs[0].shape[1]:
            raise ValueError(
                f"{name} must be finite, of shape (steps, numbers) in each run, got {run.shape}"
            )
    return runs
