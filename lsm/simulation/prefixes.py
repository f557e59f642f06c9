"""States of samples as they were at several times, from one simulation of the whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.base.steps import whole_steps
from lsm.reservoir import Reservoir
from lsm.simulation.engine import checked_steps, listed, run
from lsm.simulation.programs import Target
from lsm.simulation.rows import features_of
from lsm.spikes import SpikeTrains
from lsm.states import State, make_state, read_steps


def prefixes(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    times_ms: NDArray[np.float64],
    *,
    state: str | State = "counts",
    dt_ms: float = 1.0,
    target: Target = "auto",
    n_jobs: int | None = None,
    progress: bool = False,
) -> NDArray[np.float32]:
    """Drive a reservoir with every sample, and read it as if the sample had ended at each time.

    Of any state: ``"bins:3"`` are thirds of what was heard until then. A sample that is shorter has
    its own end's state.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains (samples, channels)
    times_ms : float array (times,)
        Multiples of ``dt_ms``; infinite for a sample's end.
    state, dt_ms, target, n_jobs, progress
        As :func:`lsm.simulate` has them.

    Returns
    -------
    float32 array (times, samples, features)

    Raises
    ------
    ValueError, TypeError
        As :func:`lsm.simulate`; times that are no whole steps.
    """
    state, dt_ms = make_state(state), positive(dt_ms, "dt_ms")
    n_steps = checked_steps(listed([reservoir]), spikes, dt_ms)
    ends = np.array(
        [
            whole_steps(time, dt_ms, "times_ms") if np.isfinite(time) else n_steps.max()
            for time in times_ms
        ]
    )
    shape = len(ends), len(spikes), len(state.at)
    # Samples by (times x readings of each): a step that several need is read once.
    needed = read_steps(state, np.minimum.outer(ends, n_steps).ravel()).reshape(shape)
    by_sample = needed.transpose(1, 0, 2).reshape(len(spikes), -1)
    steps = [np.unique(row) for row in by_sample]
    readings = np.array([len(row) for row in steps])
    first = np.cumsum(readings) - readings
    places = [
        start + np.searchsorted(read, row)
        for start, read, row in zip(first, steps, by_sample, strict=True)
    ]
    states = run(
        [reservoir],
        *(spikes, n_steps, state, np.concatenate(steps), readings),
        *(dt_ms, target, n_jobs, progress),
    )[0]
    order = np.array(places).reshape(len(spikes), len(ends), -1).transpose(1, 0, 2)
    read = np.stack([features_of(states[at].reshape(1, len(spikes), -1), state)[0] for at in order])
    if state.neurons == "all":
        return read
    return read[..., np.tile(reservoir.excitatory, len(state.features))]
