"""How a population fires, in a few numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from lsm.metrics.branching import branching_factor
from lsm.metrics.spiking import (
    Spikes,
    as_spike_trains,
    between,
    binned_counts,
    fano_factor,
    interval_cv,
    population_rate,
    synchrony,
)


@short_repr
class SpikingRegime(NamedTuple):
    """How a population fires.

    Attributes
    ----------
    cv : float
        Of intervals between spikes, the median over neurons (:func:`lsm.metrics.interval_cv`).
    fano : float
        Of counts, the median over neurons (:func:`lsm.metrics.fano_factor`).
    synchrony : float
        Golomb's chi (:func:`lsm.metrics.synchrony`).
    branching : float
        How many spikes follow from one (:func:`lsm.metrics.branching_factor`).
    """

    cv: float
    fano: float
    synchrony: float
    branching: float


def spiking_regime(
    spikes: Spikes,
    *,
    start_ms: float = 200.0,
    window_ms: float = 500.0,
    bin_ms: float = 5.0,
    follow_ms: float = 2.0,
    max_lag: int = 20,
) -> SpikingRegime:
    """Irregularity, variability, synchrony and branching of one long run, without its start.

    Parameters
    ----------
    spikes : SpikeTrains or Recording
        One sample: some 10 s or more, for intervals longer than a sample are never seen.
    start_ms : float
        What is cut off, where a reservoir still remembers its reset.
    window_ms : float
        In which the Fano factor counts spikes.
    bin_ms : float
        In which synchrony does.
    follow_ms : float
        In which a spike is followed by others.
    max_lag : int
        As :func:`lsm.metrics.branching_factor` has it, in bins of ``follow_ms``.

    Raises
    ------
    ValueError
        Several samples, a sample too short for any of these, or without any spike.
    """
    trains = as_spike_trains(spikes)
    if len(trains) != 1:
        raise ValueError(f"spikes must hold one sample, as spikes[k] gives it, got {len(trains)}")
    bin_ms, follow_ms = positive(bin_ms, "bin_ms"), positive(follow_ms, "follow_ms")
    window_ms = positive(window_ms, "window_ms")
    settled = between(trains, start_ms, float(trains.durations_ms[0]))
    activity = population_rate(settled, bin_ms=follow_ms)
    return SpikingRegime(
        cv=finite_median(interval_cv(settled)),
        fano=finite_median(fano_factor(settled, window_ms=window_ms)),
        synchrony=synchrony(binned_counts(settled, bin_ms=bin_ms)[0]),
        branching=branching_factor(activity, max_lag=max_lag).factor,
    )


def finite_median(values: ArrayLike) -> float:
    """Median of what is finite, such as over the neurons that have a value; NaN where none is."""
    array = np.asarray(values, dtype=np.float64)
    some = array[np.isfinite(array)]
    return float(np.median(some)) if len(some) else float("nan")
