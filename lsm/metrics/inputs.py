"""Spike trains to probe a reservoir with: Poisson, displaced, and pairs at a distance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import not_negative, one_for_each, positive, positive_int
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]
RandomState = int | np.random.Generator | None

#: Width of the Gaussian by which Maass, Natschlaeger & Markram 2002 compare spike trains.
TAU_MS = 5.0
#: Pairs of spikes further apart than so many widths add nothing to a distance (e^-32).
_REACH = 8.0
#: Halvings of the interval in which a displacement is sought.
_HALVINGS = 40


def poisson_spikes(
    n_samples: int,
    n_channels: int,
    *,
    rate_Hz: ArrayLike = 20.0,
    duration_ms: float = 500.0,
    random_state: RandomState = None,
) -> SpikeTrains:
    """Independent Poisson processes, of one rate or of one for each channel (channels,)."""
    shape = positive_int(n_samples, "n_samples"), positive_int(n_channels, "n_channels")
    duration = positive(duration_ms, "duration_ms")
    rates = one_for_each(rate_Hz, "rate_Hz", n_channels, "channel")
    positive(rates.max(), "rate_Hz")
    not_negative(rates.min(), "rate_Hz")
    rng = np.random.default_rng(random_state)
    counts = rng.poisson(rates * duration / 1000, size=shape)
    total = int(counts.sum())
    return SpikeTrains(
        rng.random(total) * duration,
        np.repeat(np.tile(np.arange(n_channels), n_samples), counts.ravel()),
        np.concatenate([[0], np.cumsum(counts.sum(axis=1))]),
        np.full(n_samples, duration),
        n_channels,
    )


def joined(parts: Sequence[SpikeTrains]) -> SpikeTrains:
    """The samples of all parts, in order.

    Raises
    ------
    ValueError
        Parts with different numbers of channels.
    """
    channels = {part.n_channels for part in parts}
    if len(channels) != 1:
        raise ValueError(f"spikes must have one number of channels, got {sorted(channels)}")
    return SpikeTrains(
        np.concatenate([part.times_ms for part in parts]),
        np.concatenate([part.channels for part in parts]),
        np.concatenate([[0], np.cumsum(np.concatenate([np.diff(p.offsets) for p in parts]))]),
        np.concatenate([part.durations_ms for part in parts]),
        channels.pop(),
    )


def end_to_end(spikes: SpikeTrains) -> SpikeTrains:
    """All samples one after another, as a single long one.

    What needs many intervals or a long time (irregularity, balance, synchrony) is measured in it.
    """
    start = np.concatenate([[0.0], np.cumsum(spikes.durations_ms)])
    return SpikeTrains(
        spikes.times_ms + start[spikes.sample_indices()],
        spikes.channels,
        np.array([0, len(spikes.times_ms)]),
        start[-1:],
        spikes.n_channels,
    )


def displaced(
    spikes: SpikeTrains, *, sd_ms: float, random_state: RandomState = None
) -> SpikeTrains:
    """Move every spike by a normal number of this deviation; it bounces off its sample's ends.

    Channels keep their numbers of spikes, and Poisson processes stay Poisson processes.
    """
    steps = np.random.default_rng(random_state).standard_normal(len(spikes.times_ms))
    return _moved(spikes, positive(sd_ms, "sd_ms") * steps)


def spike_distances(u: SpikeTrains, v: SpikeTrains, *, tau_ms: float = TAU_MS) -> Floats:
    """Distance of each sample of u from the same sample of v, (samples,), in s^(-1/2).

    Each spike is replaced by the Gaussian exp(-(t / tau)^2); the distance is the L2 norm of the
    difference of both functions of time, divided by the duration in seconds (Maass, Natschlaeger &
    Markram 2002, Neural Comput. 14:2531, footnote 6). Over several channels it is the root mean
    square of their distances. Integrals run over all times, so that they have a closed form.

    Raises
    ------
    ValueError
        Trains that differ in samples, channels or durations.
    """
    if u.shape != v.shape or not np.array_equal(u.durations_ms, v.durations_ms):
        raise ValueError(f"u and v must have the same samples and channels, got {u!r} and {v!r}")
    return _distances(u, v.times_ms, v.channels, v.sample_indices(), positive(tau_ms, "tau_ms"))


def at_distance(
    spikes: SpikeTrains,
    distance: float,
    *,
    tau_ms: float = TAU_MS,
    random_state: RandomState = None,
) -> SpikeTrains:
    """A twin of each sample at this distance from it (:func:`spike_distances`).

    The twin has the same spikes, each displaced by a normal number; the deviation, one for each
    sample, is found by bisection and makes the distance exact to six digits. Channels keep their
    numbers of spikes.

    Raises
    ------
    ValueError
        A distance that is beyond displacement: samples with few spikes.
    """
    aim, tau = positive(distance, "distance"), positive(tau_ms, "tau_ms")
    sample = spikes.sample_indices()
    steps = np.random.default_rng(random_state).standard_normal(len(sample))

    def distances(sd_ms: Floats) -> Floats:
        times = _reflected(spikes, steps * sd_ms[sample])
        return _distances(spikes, times, spikes.channels, sample, tau)

    low, high = np.zeros(len(spikes)), np.full(len(spikes), 1.0)
    while np.any(short := distances(high) < aim):
        far = short & (high > 2 * spikes.durations_ms)
        if far.any():
            k = int(np.argmax(far))
            raise ValueError(
                f"distance {aim:g} is more than sample {k} can be moved by displacing its "
                f"{int(np.diff(spikes.offsets)[k])} spikes, about {distances(high)[k]:.3g}: "
                "give it more spikes"
            )
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = distances(middle) < aim
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return _moved(spikes, steps * high[sample])


def _reflected(spikes: SpikeTrains, moves_ms: Floats) -> Floats:
    """Times after moves that bounce off the ends of the samples."""
    end = np.repeat(spikes.durations_ms, np.diff(spikes.offsets))
    there_and_back = np.mod(spikes.times_ms + moves_ms, 2 * end)
    return np.minimum(np.minimum(there_and_back, 2 * end - there_and_back), np.nextafter(end, 0))


def _moved(spikes: SpikeTrains, moves_ms: Floats) -> SpikeTrains:
    times = _reflected(spikes, moves_ms)
    return SpikeTrains(
        times, spikes.channels, spikes.offsets, spikes.durations_ms, spikes.n_channels
    )


def _distances(
    u: SpikeTrains,
    times_ms: Floats,
    channels: NDArray[np.int32],
    samples: NDArray[np.int64],
    tau_ms: float,
) -> Floats:
    """Distances of u from the spikes of a v with the same samples."""
    # All trains on one axis of time, so far apart that they don't see each other: the integral of
    # the squared difference is a sum over near pairs of spikes, +1 in u and -1 in v.
    gap = float(u.durations_ms.max(initial=0)) + 2 * _REACH * tau_ms
    n_u = len(u.times_ms)
    sample = np.concatenate([u.sample_indices(), samples])
    time = np.concatenate([u.times_ms, times_ms])
    time += gap * (sample * u.n_channels + np.concatenate([u.channels, channels]))
    order = np.argsort(time)
    sign = np.where(order < n_u, 1.0, -1.0)
    time, sample = time[order], sample[order]
    total = np.bincount(sample, minlength=len(u)).astype(np.float64)
    for lag in range(1, len(time)):
        apart = (time[lag:] - time[:-lag]) / tau_ms
        near = np.flatnonzero(apart < _REACH)
        if not len(near):
            break
        pairs = 2 * sign[near] * sign[near + lag] * np.exp(-(apart[near] ** 2) / 2)
        total += np.bincount(sample[near], pairs, minlength=len(u))
    integral = tau_ms / 1000 * np.sqrt(np.pi / 2) * np.maximum(total, 0) / u.n_channels
    return np.asarray(np.sqrt(integral) / (u.durations_ms / 1000))
