"""Lyapunov exponents from twin runs whose distance is made small again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import not_negative, positive, positive_int, whole_from_0
from lsm.metrics.distances import state_distances
from lsm.metrics.inputs import RandomState, joined
from lsm.metrics.options import Options, readings_in
from lsm.reservoir import Reservoir
from lsm.simulation import trajectories
from lsm.simulation.engine import listed
from lsm.spikes import SpikeTrains
from lsm.states import State

Floats = NDArray[np.float64]


def lyapunov_exponent(
    step: Callable[[Floats, int], ArrayLike],
    state: ArrayLike,
    *,
    n_steps: int,
    washout: int = 0,
    perturbation: float = 1e-7,
    random_state: RandomState = None,
) -> float:
    """Largest Lyapunov exponent of a map, in units of 1 / step.

    A twin starts at a distance of ``perturbation`` in a random direction. After each step the
    logarithm of the growth of the distance is noted, and the twin is put back to that distance
    along the line between both; the exponent is the mean (Benettin, Galgani & Strelcyn 1976, Phys.
    Rev. A 14:2338). Minus infinity where both become equal.

    Parameters
    ----------
    step : callable
        ``step(x, k)`` gives the state after step k = 0, 1, ...; it may look up an input by k.
    state : array of any shape
        Where it starts.
    n_steps : int
        Steps whose growth counts.
    washout : int
        Steps before, in which the twins turn to the direction that grows most.
    perturbation : float
        Small against the state, and large against its rounding.
    random_state : int, Generator or None
        Draws the direction.

    Raises
    ------
    ValueError
        A state that is or becomes not finite, or changes its shape; a perturbation that rounding
        loses.
    """
    total, size = positive_int(n_steps, "n_steps"), positive(perturbation, "perturbation")
    before = whole_from_0(washout, "washout")
    x = np.asarray(state, dtype=np.float64)
    direction = np.random.default_rng(random_state).standard_normal(x.shape)
    twin = x + size * direction / np.linalg.norm(direction)
    if np.array_equal(twin, x) or not np.isfinite(x).all():
        raise ValueError(
            f"state must be finite, and not so large that rounding loses perturbation = {size:g}"
        )
    growth = 0.0
    shape = x.shape
    for k in range(before + total):
        x = np.asarray(step(x, k), dtype=np.float64)
        if x.shape != shape:
            raise ValueError(f"step must keep the state's shape, {shape}, got {x.shape}")
        with np.errstate(over="ignore", invalid="ignore"):
            difference = np.asarray(step(twin, k), dtype=np.float64) - x
            distance = float(np.linalg.norm(difference))
        if not np.isfinite(distance):
            raise ValueError(f"step must keep the state finite; it is not after step {k}")
        if distance == 0:
            return -np.inf
        growth += np.log(distance / size) * (k >= before)
        twin = x + difference * (size / distance)
    return float(growth / total)


def lyapunov_exponents(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    start_ms: float,
    horizon_ms: float = 50.0,
    every_ms: float = 5.0,
    state: str | State = "potentials",
    **options: Unpack[Options],
) -> Floats:
    """Growth rate of the smallest disturbance that an input can have, in 1/s, (reservoirs,).

    Each sample is heard as it is and, in a twin run, with its first spike from ``start_ms`` on one
    time step later (as Legenstein & Maass 2007, Neural Networks 20:323, do with one spike). D0 is
    the distance of both states at the first reading at which both have heard that spike, D1 that
    ``horizon_ms`` later; with means over the samples

        exponent = ln(mean D1 / mean D0) / horizon.

    Each sample so begins with the same small disturbance: that is the renormalisation. A state
    can't be set in the middle of a simulation, but it can be reached again, and disturbed again, by
    an input that leads there; so the restarts are not points of one run but samples, which are
    simulated side by side.

    One spike of many is small but not infinitely so: the distance stops growing when runs are as
    different as they can be. Choose a horizon of some tens of ms, compare horizons, and take the
    sign more seriously than the value. Below threshold, the exponent of the potentials is that of
    membranes and currents, -1 / time constant; a state of filtered spikes can't fall faster than
    its filter and is 0 for a disturbance that moves no spike. Minus infinity where no disturbance
    outlived the horizon, infinity where one showed at its end only (a refractory neuron's potential
    stands still), NaN where none reached the reservoir.

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons; simulated in one call. Without noise, which another
        input would change everywhere.
    spikes : SpikeTrains
        Twenty samples or more, each of which has a spike from ``start_ms`` on and the horizon (and
        a reading) behind it.
    start_ms : float
        Time to forget the reset: some hundreds of ms.
    horizon_ms : float
        A multiple of ``every_ms``.
    every_ms : float
        Time from reading to reading.
    state, options
        As in :func:`lsm.trajectories`.

    Raises
    ------
    ValueError
        A reservoir with noise, a sample without such a spike, or that ends before the horizon.
    """
    several = listed(reservoirs)
    if any(np.any(reservoir.parameters["noise_pA"]) for reservoir in several):
        raise ValueError(
            "reservoirs must be without noise (noise_pA = 0), which hides a disturbance"
        )
    dt_ms = positive(options.get("dt_ms", 1.0), "dt_ms")
    start_ms = not_negative(start_ms, "start_ms")
    horizon_ms, every_ms = positive(horizon_ms, "horizon_ms"), positive(every_ms, "every_ms")
    horizon = readings_in(horizon_ms, every_ms, "horizon_ms")
    twins, arrival_ms = _delayed(spikes, start_ms, dt_ms)
    # Readings are at the ends of steps, at which the spikes of the step have been heard.
    first = np.ceil(arrival_ms / every_ms - 1e-6).astype(int) - 1
    readings = np.floor(spikes.durations_ms / every_ms + 1e-6)
    if np.any(late := first + horizon >= readings):
        k = int(np.argmax(late))
        raise ValueError(
            f"each sample must last {horizon_ms:g} ms after the reading that follows its first "
            f"spike from start_ms on; sample {k} has it at {arrival_ms[k]:g} of "
            f"{spikes.durations_ms[k]:g} ms"
        )
    paths = trajectories(
        several, joined([spikes, twins]), every_ms=every_ms, state=state, **options
    )
    n = len(spikes)
    distances = np.stack(
        [
            state_distances(path[:, [k, k + horizon]], twin[:, [k, k + horizon]])
            for path, twin, k in zip(paths[:n], paths[n:], first, strict=True)
        ]
    ).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(distances[:, 1] / distances[:, 0]) / (horizon_ms / 1000))


def _delayed(spikes: SpikeTrains, start_ms: float, dt_ms: float) -> tuple[SpikeTrains, Floats]:
    """Samples with their first spike from a time on a step later, and when both have been heard."""
    sample = spikes.sample_indices()
    later = np.flatnonzero(spikes.times_ms >= start_ms)
    samples, place = np.unique(sample[later], return_index=True)
    if len(samples) < len(spikes):
        k = int(np.setdiff1d(np.arange(len(spikes)), samples)[0])
        raise ValueError(
            f"every sample must have a spike from start_ms = {start_ms:g} ms on, not so sample {k}"
        )
    spike_indices = later[place]
    steps = spikes.steps(dt_ms)[spike_indices] + 1
    times = spikes.times_ms.copy()
    times[spike_indices] = np.minimum(steps * dt_ms, np.nextafter(spikes.durations_ms, 0))
    delayed = SpikeTrains(
        times, spikes.channels, spikes.offsets, spikes.durations_ms, spikes.n_channels
    )
    return delayed, np.asarray((steps + 1) * dt_ms)
