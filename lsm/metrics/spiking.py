"""Statistics of spikes: rates, irregularity, variability of counts, synchrony.

Spikes are :class:`lsm.SpikeTrains`, or the :class:`lsm.Recording` of one sample, whose channels are
then the neurons. Intervals lie within a sample, never across two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.base.quantities import number
from lsm.simulation import Recording
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]
Spikes = SpikeTrains | Recording


def as_spike_trains(spikes: Spikes) -> SpikeTrains:
    """Spikes of a recording as one sample whose channels are the neurons; SpikeTrains as they are.

    Raises
    ------
    TypeError
        Neither of both.
    """
    if isinstance(spikes, SpikeTrains):
        return spikes
    if not isinstance(spikes, Recording):
        raise TypeError(f"spikes must be SpikeTrains or a Recording, got {type(spikes).__name__}")
    return SpikeTrains(
        spikes.spike_times_ms,
        spikes.spike_neurons,
        np.array([0, len(spikes.spike_times_ms)]),
        spikes.t_ms[-1:],
        len(spikes.v_mV),
    )


def between(spikes: Spikes, start_ms: float, stop_ms: float) -> SpikeTrains:
    """Cut each sample to its spikes from one time to another, counted from the first of them.

    Cuts off the start of a recording, where a reservoir still remembers its reset.

    Raises
    ------
    ValueError
        Times that are not in order, or beyond the end of a sample.
    """
    trains = as_spike_trains(spikes)
    start_ms, stop_ms = number(start_ms, "start_ms"), number(stop_ms, "stop_ms")
    end = trains.durations_ms.min(initial=np.inf)
    if not 0 <= start_ms < stop_ms <= end:
        raise ValueError(
            f"start_ms and stop_ms must be in order and within every sample, up to {end:g} ms; "
            f"got {start_ms:g} and {stop_ms:g}"
        )
    inside = (trains.times_ms >= start_ms) & (trains.times_ms < stop_ms)
    n_before = np.concatenate([[0], np.cumsum(inside)])
    return SpikeTrains(
        trains.times_ms[inside] - start_ms,
        trains.channels[inside],
        n_before[trains.offsets],
        np.full(len(trains), stop_ms - start_ms),
        trains.n_channels,
    )


def firing_rates(spikes: Spikes) -> Floats:
    """Spikes in a second, (samples, channels)."""
    trains = as_spike_trains(spikes)
    return trains.counts() * (1000 / trains.durations_ms[:, np.newaxis])


def interval_cv(spikes: Spikes) -> Floats:
    """Coefficient of variation of the intervals between spikes, (channels,).

    Standard deviation over mean of all intervals of a channel, in all samples; 0 for a clock, 1 for
    a Poisson process. NaN below two intervals. It needs samples of many intervals, for one that is
    longer than the sample is never seen: a Poisson process of 10 Hz has .87 in samples of 300 ms,
    however many, and .63 on average where each sample's is taken by itself. A rate that changes
    raises it, which :func:`cv2` and :func:`local_variation` avoid.
    """
    interval, channel, _ = _intervals(spikes)
    n = as_spike_trains(spikes).n_channels
    mean = _mean(interval, channel, n)
    variance = _mean((interval - mean[channel]) ** 2, channel, n)
    with np.errstate(invalid="ignore"):
        cv = np.sqrt(variance) / mean
    return np.where(np.bincount(channel, minlength=n) < 2, np.nan, cv)


def cv2(spikes: Spikes) -> Floats:
    """Irregularity of neighbouring intervals, (channels,).

    Mean of ``2 |J - I| / (J + I)`` over intervals I and the next ones J (Holt, Softky, Koch &
    Douglas 1996, J. Neurophysiol. 75:1806): 0 for a clock, 1 for a Poisson process, whatever slow
    changes the rate has. NaN without such a pair.
    """
    first, second, channel, n = _neighbours(spikes)
    return _mean(2 * np.abs(second - first) / (second + first), channel, n)


def local_variation(spikes: Spikes) -> Floats:
    """Lv, irregularity of neighbouring intervals, (channels,).

    Mean of ``3 ((J - I) / (J + I))^2`` over intervals I and the next ones J (Shinomoto, Shima &
    Tanji 2003, Neural Comput. 15:2823): 0 for a clock, 1 for a Poisson process. NaN without such a
    pair.
    """
    first, second, channel, n = _neighbours(spikes)
    return _mean(3 * ((second - first) / (second + first)) ** 2, channel, n)


def fano_factor(spikes: Spikes, *, window_ms: float) -> Floats:
    """Variance over mean of the number of spikes in windows, (channels,).

    Windows lie side by side from each sample's start, those of all samples together; what is left
    at an end is not used. The variance is the unbiased one, so that a Poisson process has 1 at any
    length and number of windows. Windows shorter than the intervals hold no spike or one, and give
    about 1 whatever the process is; only long ones tell (a renewal process has CV^2 there). Inputs
    that differ from sample to sample add to it. NaN for a silent channel.

    Raises
    ------
    ValueError
        A window that is longer than a sample, or fewer than two windows.
    """
    window_ms = positive(window_ms, "window_ms")
    empty = np.zeros((as_spike_trains(spikes).n_channels, 0), dtype=np.int32)
    counts = np.concatenate([empty, *binned_counts(spikes, bin_ms=window_ms)], axis=1)
    if counts.shape[1] < 2:
        raise ValueError(f"window_ms must fit twice at least into all samples, got {window_ms:g}")
    mean = counts.mean(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(counts.var(axis=1, ddof=1) / mean)


def binned_counts(spikes: Spikes, *, bin_ms: float) -> list[NDArray[np.int32]]:
    """Number of spikes in bins side by side, (channels, bins): one array a sample.

    What is left at a sample's end is no bin.

    Raises
    ------
    ValueError
        A bin that is longer than a sample.
    """
    trains = as_spike_trains(spikes)
    bin_ms = positive(bin_ms, "bin_ms")
    n_bins = np.floor(trains.durations_ms / bin_ms + 1e-6).astype(int)
    if not n_bins.all():
        raise ValueError(
            f"a bin or window must not be longer than a sample, {trains.durations_ms.min():g} ms; "
            f"got {bin_ms:g} ms"
        )
    dense = trains.to_dense(bin_ms)
    return [counts[:, :n] for counts, n in zip(dense, n_bins, strict=True)]


def population_rate(spikes: Spikes, *, bin_ms: float) -> list[Floats]:
    """Spikes of a channel in a second, the mean over channels, (bins,): one array a sample.

    Raises
    ------
    ValueError
        A bin that is longer than a sample.
    """
    bin_ms = positive(bin_ms, "bin_ms")
    return [
        counts.mean(axis=0) * (1000 / bin_ms) for counts in binned_counts(spikes, bin_ms=bin_ms)
    ]


def synchrony(activity: ArrayLike) -> float:
    """Golomb's chi: how far single neurons change together.

        chi^2 = var_t(mean_i x_i(t)) / mean_i var_t(x_i(t))

    (Golomb & Rinzel 1994, Physica D 72:259; Golomb 2007, Scholarpedia 2(1):1347). 1 where all
    neurons do the same; about 1 / sqrt(neurons) where each does as it likes. NaN where nothing
    changes. From binned spikes it depends on the bin, and small bins hide synchrony that isn't
    exact: state the bin.

    Parameters
    ----------
    activity : array (neurons, steps)
        Potentials (``recording.v_mV``), or spikes in bins (:func:`binned_counts`).

    Raises
    ------
    TypeError
        Spikes, which are no array.
    ValueError
        Not an array of two dimensions.
    """
    if isinstance(activity, SpikeTrains | Recording):
        raise TypeError(
            "activity must be an array (neurons, steps), such as recording.v_mV or an entry of "
            f"lsm.metrics.binned_counts(spikes, bin_ms=...), got {type(activity).__name__}"
        )
    x = np.asarray(activity, dtype=np.float64)
    if x.ndim != 2 or not x.size:
        raise ValueError(f"activity must have the shape (neurons, steps), got {x.shape}")
    single = x.var(axis=1).mean()
    return float(np.sqrt(x.mean(axis=0).var() / single)) if single > 0 else np.nan


def _intervals(spikes: Spikes) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Intervals, their channels, and whether the one before is of the same channel and sample."""
    trains = as_spike_trains(spikes)
    train = trains.channels * len(trains) + trains.sample_indices()
    order = np.lexsort((trains.times_ms, train))
    train, times = train[order], trains.times_ms[order]
    within = np.diff(train) == 0
    train = train[1:][within]
    follows = np.diff(train, prepend=-1) == 0
    return np.diff(times)[within], train // max(len(trains), 1), follows


def _neighbours(spikes: Spikes) -> tuple[Floats, Floats, NDArray[np.int64], int]:
    """Intervals and the next ones, but for pairs of zeros, their channels, number of channels."""
    interval, channel, follows = _intervals(spikes)
    first, second = interval[:-1][follows[1:]], interval[1:][follows[1:]]
    nonzero = first + second > 0
    n = as_spike_trains(spikes).n_channels
    return first[nonzero], second[nonzero], channel[1:][follows[1:]][nonzero], n


def _mean(values: Floats, channel: NDArray[np.int64], n: int) -> Floats:
    """Mean of the values of each channel, (channels,); NaN where there is none."""
    with np.errstate(invalid="ignore"):
        return np.bincount(channel, values, minlength=n) / np.bincount(channel, minlength=n)
