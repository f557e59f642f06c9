"""Errors that forgive a drift: a free-running output is soon out of phase with its target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from lsm.base.checks import positive
from lsm.base.quantities import convert_fields, number
from lsm.metrics.trajectories import Floats, checked_steps, deviation

# Bins of a period in which the best drift is sought, and how many of the best drifts are refined.
_BINS = 256
_REFINED = 3


@dataclass(frozen=True)
class Drift:
    """The drift that explains an output best: ``y(t)`` is near ``target((1 + rate) t + shift)``.

    Parameters
    ----------
    nrmse : float
        What error is left.
    shift_ms : float
        From 0 to the period.
    rate : float
        0.03 is 3 % faster than the target.
    """

    nrmse: float
    shift_ms: float
    rate: float

    def __post_init__(self) -> None:
        convert_fields(self)


def best_drift(
    y: ArrayLike, target: ArrayLike, *, dt_ms: float, period_ms: float, max_rate: float = 0.05
) -> Drift:
    """The shift and the change of rate with which a periodic target is nearest to an output.

    The output is folded at the target's period for each of many rates; a circular correlation then
    gives the errors of all shifts at once. The best few are refined on all steps.

    Parameters
    ----------
    y : array (steps,) or (steps, outputs)
    target : array (target_steps,) or (target_steps, outputs)
        At least a period. The first one is taken, and repeated; without noise, therefore.
    dt_ms : float
        Step of both.
    period_ms : float
        Need not be a multiple of the step.
    max_rate : float
        Largest change of rate, up or down.

    Raises
    ------
    ValueError
        Outputs that differ in number, a target shorter than its period, values that are not
        finite, a constant target.
    """
    outputs, true = checked_steps(y, "y"), checked_steps(target, "target")
    dt, period = positive(dt_ms, "dt_ms"), positive(period_ms, "period_ms")
    max_rate = number(max_rate, "max_rate")
    if not 0 <= max_rate < 1:
        raise ValueError(f"max_rate must lie in [0, 1), got {max_rate!r}")
    if outputs.shape[1] != true.shape[1]:
        raise ValueError(
            f"y must have as many outputs as target, {true.shape[1]}; got {outputs.shape[1]}"
        )
    # The step that ends the period is the one before the first.
    n = int(np.ceil(period / dt - 1e-6))
    if len(true) < n:
        raise ValueError(
            f"target must last a period, {period:g} ms or {n} steps; got {len(true)} steps"
        )
    cycle = _Cycle(true[:n], dt, period)
    times, scale = np.arange(len(outputs)) * np.float64(dt), deviation(true)

    def error(drift: Floats) -> float:
        shift, rate = drift
        difference = outputs - cycle((1 + rate) * times + shift)
        return float(np.sqrt((difference**2).sum(axis=1).mean()) / scale)

    bin_ms = period / _BINS
    n_rates = int(np.ceil(max_rate * times[-1] / bin_ms))
    rates = np.linspace(-max_rate, max_rate, 2 * n_rates + 1)
    losses = _losses(outputs, times, cycle, rates, bin_ms)
    best = Drift(error(np.zeros(2)), 0.0, 0.0)
    for i, j in _lowest(losses, _REFINED):
        start = np.array([j * bin_ms, rates[i]])
        steps = np.array([[0, 0], [bin_ms, 0], [0, max_rate / max(n_rates, 1)]])
        # A step to the side on which there is room.
        steps[2] *= -1 if rates[i] > 0 else 1
        minimum = scipy.optimize.minimize(
            error,
            start,
            method="Nelder-Mead",
            bounds=[(None, None), (-max_rate, max_rate)],
            options={
                "initial_simplex": start + steps,
                "xatol": 1e-6 * period,
                "fatol": 1e-7,
            },
        )
        if minimum.fun < best.nrmse:
            best = Drift(float(minimum.fun), float(minimum.x[0] % period), float(minimum.x[1]))
    return best


def drift_tolerant_nrmse(
    y: ArrayLike, target: ArrayLike, *, dt_ms: float, period_ms: float, max_rate: float = 0.05
) -> float:
    """The least NRMSE over one shift in time and one change of rate: that of :func:`best_drift`."""
    drift = best_drift(y, target, dt_ms=dt_ms, period_ms=period_ms, max_rate=max_rate)
    return drift.nrmse


class _Cycle:
    """A period (steps, outputs), repeated, and linear between its steps."""

    def __init__(self, pattern: Floats, dt: float, period: float) -> None:
        self.dt, self.period = dt, period
        self.values = np.concatenate([pattern, pattern[:1]])
        # The last step is shorter where the period is no multiple of it.
        self.last = period - (len(pattern) - 1) * dt

    def __call__(self, phases: Floats) -> Floats:
        within = phases % self.period
        k = np.minimum((within / self.dt).astype(int), len(self.values) - 2)
        width = np.where(k == len(self.values) - 2, self.last, self.dt)
        part = ((within - k * self.dt) / width)[:, np.newaxis]
        return (1 - part) * self.values[k] + part * self.values[k + 1]


def _losses(outputs: Floats, times: Floats, cycle: _Cycle, rates: Floats, bin_ms: float) -> Floats:
    """Sums of squared differences, less a constant, (rates, shifts); a shift is a bin."""
    starts = np.arange(0, len(outputs), max(1, int(bin_ms / cycle.dt)))
    sizes = np.diff(np.append(starts, len(outputs)))
    means = np.add.reduceat(outputs, starts) / sizes[:, np.newaxis]
    middles = np.add.reduceat(times, starts) / sizes
    pattern = cycle(np.arange(0.5, _BINS) * np.float64(bin_ms))
    shapes = np.fft.rfft(pattern, axis=0)
    squares = np.fft.rfft((pattern**2).sum(axis=1))
    losses = np.empty((len(rates), _BINS))
    for i, rate in enumerate(rates):
        place = ((1 + rate) * middles / bin_ms).astype(int) % _BINS
        counts = np.fft.rfft(np.bincount(place, minlength=_BINS)).conj()
        folded = np.stack([np.bincount(place, m, minlength=_BINS) for m in means.T], axis=1)
        product = (shapes * np.fft.rfft(folded, axis=0).conj()).sum(axis=1)
        losses[i] = np.fft.irfft(squares * counts - 2 * product, _BINS)
    return losses


def _lowest(losses: Floats, n: int) -> list[tuple[int, int]]:
    """Places of the lowest losses of which none is beside another."""
    remaining, places = losses.copy(), []
    for _ in range(n):
        i, j = np.unravel_index(remaining.argmin(), remaining.shape)
        places.append((int(i), int(j)))
        rows = slice(max(0, int(i) - 2), int(i) + 3)
        remaining[rows, (int(j) + np.arange(-2, 3)) % remaining.shape[1]] = np.inf
    return places
