"""Separation: how far apart inputs at a distance leave the liquid; fading: how long it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from lsm.metrics.inputs import TAU_MS, RandomState, at_distance, joined
from lsm.metrics.options import Options, readings_in
from lsm.reservoir import Reservoir
from lsm.simulation import simulate, trajectories
from lsm.spikes import SpikeTrains
from lsm.states import State, make_state

Floats = NDArray[np.float64]


def state_distances(x: ArrayLike, y: ArrayLike) -> Floats:
    """Euclidean distance of states (..., features), one for each pair."""
    return np.linalg.norm(np.asarray(x, np.float64) - np.asarray(y, np.float64), axis=-1)


def separation(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    distances: Sequence[float] = (0.1, 0.2, 0.4),
    tau_ms: float = TAU_MS,
    state: str | State = "traces:30",
    random_state: RandomState = None,
    **options: Unpack[Options],
) -> Floats:
    """Mean distance of liquid states for inputs at given distances, (reservoirs, distances).

    Each sample and a twin of it at distance d (:func:`lsm.metrics.at_distance`) are heard; of their
    states, by default spikes filtered by 30 ms, the Euclidean distance is taken, and of that the
    mean over pairs and, where the state is read several times, over readings (Maass, Natschlaeger &
    Markram 2002, Neural Comput. 14:2531, figure 2: 200 pairs of one Poisson train of 500 ms; d in
    0, .1, .2, .4). It grows with the number of neurons and their rates: compare at equal ones. A
    liquid without noise has 0 at d = 0; what its initial state adds is :func:`fading_memory`.

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons; simulated in one call.
    spikes : SpikeTrains
        One sample of each pair, such as :func:`lsm.metrics.poisson_spikes` draws.
    distances : sequence of float
        In s^(-1/2), above 0.
    tau_ms : float
        Width of the Gaussian in the inputs' distance.
    state : str or State
        As in :func:`lsm.simulate`; ``"traces:30@0.2,0.4,0.6,0.8,1"`` is read five times.
    random_state : int, Generator or None
        Draws the twins.
    options
        As in :func:`lsm.simulate`.

    Raises
    ------
    ValueError
        No distances, or one that displacing a sample's spikes can't reach.
    """
    state = make_state(state)
    rng = np.random.default_rng(random_state)
    tau_ms = positive(tau_ms, "tau_ms")
    twins = [at_distance(spikes, d, tau_ms=tau_ms, random_state=rng) for d in distances]
    if not twins:
        raise ValueError("distances must hold at least one distance, got none")
    states = simulate(reservoirs, joined([spikes, *twins]), state=state, **options)
    return separations(states, len(spikes), len(state.at))


def separations(states: NDArray[np.float32], n_samples: int, readings: int = 1) -> Floats:
    """Mean distances (reservoirs, twins) of the states of samples from those of their twins.

    Parameters
    ----------
    states : array (reservoirs, (1 + twins) * samples, readings * features)
        Those of the samples first, then those of each kind of twin.
    """
    parts = states.reshape(len(states), -1, n_samples, readings, states.shape[2] // readings)
    return np.asarray(state_distances(parts[:, 1:], parts[:, :1]).mean(axis=(2, 3)))


@short_repr
class FadingMemory(NamedTuple):
    """Distance of the states that two pasts leave, over time under the same input.

    Attributes
    ----------
    times_ms : array (readings,)
        Times in ms since the inputs became the same, from 0 on.
    distances : array (reservoirs, readings)
        Euclidean distance of the states, the mean over pairs.
    """

    times_ms: Floats
    distances: Floats

    @property
    def decay_ms(self) -> Floats:
        """First time from which on the distance stays below 1/e of that at 0, (reservoirs,).

        Infinite where there is none until the end, NaN where there was no distance at 0.
        """
        above = self.distances >= self.distances[:, :1] / np.e
        # Readings up to the last that is not below.
        n = above.shape[1] - np.argmax(above[:, ::-1], axis=1)
        decay = np.append(self.times_ms, np.inf)[n]
        return np.where(self.distances[:, 0] > 0, decay, np.nan)


def fading_memory(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    switch_ms: float,
    every_ms: float = 5.0,
    state: str | State = "traces:30",
    **options: Unpack[Options],
) -> FadingMemory:
    """Distance of states over time, from two initial states on, under the same input.

    The initial states are what two different inputs have left by ``switch_ms``: each sample is
    heard as it is and, in another run, with the next sample's spikes until then. In a liquid that
    forgets, states converge; in a chaotic one they don't. A state of filtered spikes also has the
    filter's memory: without a liquid it decays with the filter's time constant. ``"potentials"``
    has the membranes' only.

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons; simulated in one call.
    spikes : SpikeTrains
        Two samples or more, of one duration.
    switch_ms : float
        When the inputs become the same; a multiple of ``every_ms``.
    every_ms : float
        Time from reading to reading.
    state, options
        As in :func:`lsm.trajectories`.

    Raises
    ------
    ValueError
        One sample, several durations, a switch that isn't before the end.
    """
    switch_ms, every_ms = positive(switch_ms, "switch_ms"), positive(every_ms, "every_ms")
    first = readings_in(switch_ms, every_ms, "switch_ms") - 1
    n, duration = len(spikes), spikes.durations_ms.max(initial=0)
    if n < 2 or np.any(spikes.durations_ms != duration):
        raise ValueError(f"spikes must hold two samples or more of one duration, got {spikes!r}")
    if switch_ms >= duration:
        raise ValueError(f"switch_ms must be below the duration, {duration:g}, got {switch_ms:g}")
    twins = _spliced(spikes, switch_ms)
    paths = trajectories(
        reservoirs, joined([spikes, twins]), every_ms=every_ms, state=state, **options
    )
    states = np.stack(paths)[:, :, first:]
    distances = state_distances(states[:n], states[n:]).mean(axis=0)
    return FadingMemory(np.arange(distances.shape[1]) * every_ms, distances)


def _spliced(spikes: SpikeTrains, switch_ms: float) -> SpikeTrains:
    """Each sample, but with the next one's spikes until the switch."""
    sample, early = spikes.sample_indices(), spikes.times_ms < switch_ms
    destination = np.where(early, (sample - 1) % len(spikes), sample)
    order = np.argsort(destination, kind="stable")
    counts = np.bincount(destination, minlength=len(spikes))
    return SpikeTrains(
        spikes.times_ms[order],
        spikes.channels[order],
        np.concatenate([[0], np.cumsum(counts)]),
        spikes.durations_ms,
        spikes.n_channels,
    )
