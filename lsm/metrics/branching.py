"""The branching factor, from a part of the neurons: multistep regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive_int
from lsm.base.reprs import short_repr
from lsm.simulation import Recording
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]

#: Factors that are looked at first; the best of them is then refined.
_FACTORS = np.linspace(0.01, 1.5, 150)


@short_repr
class Branching(NamedTuple):
    """The branching factor that multistep regression estimates, and what it is estimated from.

    Attributes
    ----------
    factor : float
        The branching factor m of one bin: how many spikes follow from one. 0 where the slopes show
        none; of activity without memory they scatter around 0 and `amplitude` is small, and m then
        says nothing.
    amplitude : float
        The factor b by which slopes are smaller where only a part of the neurons is recorded.
    slopes : array (lags,)
        r_k for k = 1, 2, ...; they should lie on ``amplitude * factor**k``.
    """

    factor: float
    amplitude: float
    slopes: Floats


def branching_factor(activity: ArrayLike | Sequence[ArrayLike], *, max_lag: int) -> Branching:
    """Branching factor of a population, corrected for subsampling.

    Where each spike is followed by m others in the next bin on average, activity A_t in bins obeys
    E[A_(t+1)] = m A_t + h. Seen in a part of the neurons, the slope of A_(t+1) on A_t is too small;
    but the slopes r_k of A_(t+k) on A_t all are by one factor b, r_k = b m^k, from which m is had
    by least squares over k = 1..max_lag (Wilting & Priesemann 2018, Nat. Commun. 9:2325).

    m belongs to the bin: with bins of d ms activity decays with the time constant -d / ln(m). Bins
    should be about as long as a spike takes to cause another. The slopes can't tell what neurons
    pass on from what an input with a memory of its own imposes: drive the reservoir with Poisson
    spikes of constant rate, and cut off the start. Short trials bias m downwards.

    Parameters
    ----------
    activity : array (bins,), or list of them
        Spikes, or the population rate, in bins (:func:`lsm.metrics.population_rate`): of one trial
        or several, whose slopes are taken together.
    max_lag : int
        Bins up to which slopes are taken, 2 at least; a few times the time constant.

    Raises
    ------
    TypeError
        Spikes, which are no array.
    ValueError
        Trials that are not longer than ``max_lag + 1``, not finite, or without any change; a single
        lag, whose slope can't tell m from b.
    """
    if isinstance(activity, SpikeTrains | Recording):
        raise TypeError(
            "activity must be an array (bins,) or a list of them, such as "
            f"lsm.metrics.population_rate(spikes, bin_ms=...), got {type(activity).__name__}"
        )
    lags = positive_int(max_lag, "max_lag")
    if lags < 2:
        raise ValueError(f"max_lag must be at least 2, got {max_lag}")
    trials = [np.asarray(trial, dtype=np.float64) for trial in _trials(activity)]
    for i, trial in enumerate(trials):
        if trial.ndim != 1 or len(trial) < lags + 2 or not np.isfinite(trial).all():
            raise ValueError(
                f"activity must be finite and have one dimension, of {lags + 2} bins at least for "
                f"max_lag {lags}; got shape {trial.shape} in trial {i}"
            )
    if all(np.ptp(trial[:-lags]) == 0 for trial in trials):
        raise ValueError("activity must change in time, got a constant")
    slopes = np.array([_slope(trials, k) for k in range(1, lags + 1)])
    k = np.arange(1, lags + 1)

    def amplitude(m: float) -> float:
        return max(float(slopes @ m**k / (m**k @ m**k)), 0.0)

    def misfit(m: float) -> float:
        return float(((slopes - amplitude(m) * m**k) ** 2).sum())

    coarse = int(np.argmin([misfit(m) for m in _FACTORS]))
    bounds = _FACTORS[[max(coarse - 1, 0), min(coarse + 1, len(_FACTORS) - 1)]]
    m = float(scipy.optimize.minimize_scalar(misfit, bounds=bounds, method="bounded").x)
    return Branching(m if amplitude(m) > 0 else 0.0, amplitude(m), slopes)


def _trials(activity: Any) -> Sequence[Any]:
    is_single = isinstance(activity, np.ndarray) or not any(np.ndim(trial) for trial in activity)
    return [activity] if is_single else activity


def _slope(trials: list[Floats], k: int) -> float:
    """Slope of the regression of A_(t+k) on A_t, over all trials."""
    now = np.concatenate([trial[:-k] for trial in trials])
    later = np.concatenate([trial[k:] for trial in trials])
    now = now - now.mean()
    return float(now @ later / (now @ now))
