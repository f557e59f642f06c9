"""How near an output is to its target: errors, and what there is instead where that is chaotic.

Outputs and targets are arrays (steps,) or (steps, outputs), values at steps of ``dt_ms``. A chaotic
target can't be followed for long by anything: `valid_time` says for how long it was; return map,
exponent and spectrum say whether the output is the same kind of motion. What drifts in phase is for
:mod:`lsm.metrics.drift`.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import not_negative, positive, positive_int
from lsm.base.quantities import in_unit

Floats = NDArray[np.float64]


def nrmse(y: ArrayLike, target: ArrayLike) -> float:
    """Root mean squared error over the standard deviation of the target.

    With several outputs, both are taken over all of them: the root of the summed squared errors
    over the summed squared deviations from each output's mean. A constant output that has the
    target's mean has an error of 1.

    Raises
    ------
    ValueError
        Shapes that differ, values that are not finite, a constant target.
    """
    outputs, true = checked_steps(y, "y"), checked_steps(target, "target")
    if outputs.shape != true.shape:
        raise ValueError(f"y must have the target's shape, {true.shape}; got {outputs.shape}")
    return float(np.sqrt(((outputs - true) ** 2).sum(axis=1).mean()) / deviation(true))


def valid_time(y: ArrayLike, target: ArrayLike, *, dt_ms: float, threshold: float = 0.4) -> float:
    """Time in ms until the error first exceeds a part of the target's deviation.

    The error of a step is the length of the difference over the root of the target's variance,
    summed over outputs; 0.4 is the usual threshold (Pathak et al. 2018, Chaos 28:041101). The whole
    duration where the error never does. A valid time in Lyapunov times is this one, in s, times
    the exponent.
    """
    outputs, true = checked_steps(y, "y"), checked_steps(target, "target")
    if outputs.shape != true.shape:
        raise ValueError(f"y must have the target's shape, {true.shape}; got {outputs.shape}")
    threshold, dt_ms = positive(threshold, "threshold"), positive(dt_ms, "dt_ms")
    errors = np.linalg.norm(outputs - true, axis=1) / deviation(true)
    late = np.flatnonzero(errors > threshold)
    return float((late[0] if len(late) else len(errors)) * dt_ms)


def return_map(z: ArrayLike, *, dt_ms: float, apart_ms: float, smooth_ms: float = 0.0) -> Floats:
    """Successive maxima of a signal: pairs of each and the next, (maxima - 1, 2).

    For the third variable of the Lorenz equations they lie on a curve like a tent (Lorenz 1963).

    Parameters
    ----------
    z : array (steps,)
    dt_ms : float
    apart_ms : float
        A maximum is the largest value within this time on either side, and nothing smaller is.
    smooth_ms : float
        Width of a moving average before, for outputs that are rough.
    """
    signal = np.asarray(z, dtype=np.float64)
    if signal.ndim != 1 or not np.isfinite(signal).all():
        raise ValueError(f"z must be finite and have one dimension, got shape {signal.shape}")
    dt = positive(dt_ms, "dt_ms")
    width = round(not_negative(smooth_ms, "smooth_ms") / dt)
    order = max(1, round(positive(apart_ms, "apart_ms") / dt))
    if width > len(signal):
        raise ValueError(f"smooth_ms must be of {len(signal)} steps at most, got {width}")
    if width > 1:
        signal = np.convolve(signal, np.full(width, 1 / width), mode="valid")
    maxima = signal[scipy.signal.argrelmax(signal, order=order)[0]]
    return np.column_stack([maxima[:-1], maxima[1:]])


def return_map_distance(pairs: ArrayLike, reference: ArrayLike) -> float:
    """Median distance of a return map from the curve of another, over the range of the latter.

    Each pair's second maximum is compared with that which the reference, interpolated along its
    first maxima, has for the first. Without any relation maps are 0.2 (Lorenz's, shuffled) to 0.3
    (maxima that are spread evenly) apart.

    Parameters
    ----------
    pairs, reference : array (maxima - 1, 2)
        As :func:`return_map` gives them; infinity where `pairs` is empty.
    """
    maxima, curve = np.asarray(pairs, dtype=float), np.asarray(reference, dtype=float)
    if len(curve) < 2:
        raise ValueError(f"reference must hold two pairs at least, got {len(curve)}")
    extent = np.ptp(curve[:, 1])
    if not extent:
        raise ValueError("reference must hold different maxima, got one alone")
    if not len(maxima):
        return np.inf
    order = np.argsort(curve[:, 0])
    expected = np.interp(maxima[:, 0], curve[order, 0], curve[order, 1])
    return float(np.median(np.abs(maxima[:, 1] - expected)) / extent)


def trajectory_exponent(
    states: ArrayLike,
    *,
    dt_ms: float,
    apart_ms: float,
    fit_ms: tuple[float, float],
    n_points: int = 1000,
) -> float:
    """Largest Lyapunov exponent, in 1/s, from a single trajectory (Rosenstein et al. 1993).

    Each of some points is paired with its nearest neighbour on another part of the trajectory; the
    exponent is the slope of the mean logarithm of their distance as both go on (Physica D 65:117).
    It takes a noiseless trajectory, or one whose noise is small against the distances in the fit.

    Parameters
    ----------
    states : array (steps, variables)
        All variables of the system, or delayed copies of one. Some ten thousand steps: thin out
        what is sampled more finely.
    dt_ms : float
        Step.
    apart_ms : float
        Neighbours are this far apart in time at least: the mean period of an orbit.
    fit_ms : tuple of two float
        From when to when the slope is taken: after pairs have turned to the direction that grows
        most, and before they are as far apart as the attractor is wide; a whole number of orbits.
        300 to 2550 serves the Lorenz equations at a second for a unit of time, and gives their
        exponent, 0.906, within a tenth from 300 s at steps of 10 ms.
    n_points : int
        Pairs that are followed.

    Raises
    ------
    ValueError
        A trajectory too short for the fit, or without neighbours.
    """
    points = checked_steps(states, "states")
    dt = positive(dt_ms, "dt_ms")
    fit = in_unit(fit_ms, "fit_ms")
    if fit.shape != (2,) or not 0 <= round(fit[0] / dt) < round(fit[1] / dt):
        raise ValueError(f"fit_ms must be two times, the later one last; got {fit_ms}")
    begin, end = (round(time / dt) for time in fit.tolist())
    usable = len(points) - end
    apart = round(positive(apart_ms, "apart_ms") / dt)
    if usable <= 2 * apart:
        raise ValueError(
            f"states must last beyond fit_ms and twice apart_ms, {end + 2 * apart} steps; got "
            f"{len(points)}"
        )
    starts = np.linspace(0, usable - 1, min(positive_int(n_points, "n_points"), usable)).astype(int)
    tree = scipy.spatial.cKDTree(points[:usable])
    # The points next on the orbit come first; so many neighbours hold one that isn't of them.
    k = min(2 * apart + 2, usable)
    distances, neighbours = tree.query(points[starts], k=k)
    strange = (np.abs(neighbours - starts[:, np.newaxis]) > apart) & (distances > 0)
    first = strange.argmax(axis=1)
    paired = strange.any(axis=1)
    if not paired.any():
        raise ValueError("states must come near to themselves again: no point has a neighbour")
    rows = np.flatnonzero(paired)
    here, there = starts[rows], neighbours[rows, first[rows]]
    steps = np.arange(begin, end + 1)
    growth = np.empty(len(steps))
    for i, step in enumerate(steps):
        gap = np.linalg.norm(points[here + step] - points[there + step], axis=1)
        growth[i] = np.log(gap[gap > 0]).mean()
    return float(np.polyfit(steps * dt / 1000, growth, 1)[0])


def spectrum_distance(y: ArrayLike, target: ArrayLike, *, dt_ms: float, window_ms: float) -> float:
    """Hellinger distance of the power spectra, 0 to 1, mean over outputs.

    Spectra are Welch's, without the mean, and sum to 1 (after Mikhaeil, Monfared & Durstewitz 2022,
    NeurIPS): of equal motion from different starts, they are equal but for chance, which a longer
    signal makes smaller. Lengths may differ.

    Parameters
    ----------
    y, target : array (steps,) or (steps, outputs)
    dt_ms : float
    window_ms : float
        Length of Welch's windows: the resolution in frequency is its inverse.
    """
    outputs, true = checked_steps(y, "y"), checked_steps(target, "target")
    if outputs.shape[1] != true.shape[1]:
        raise ValueError(
            f"y must have as many outputs as target, {true.shape[1]}; got {outputs.shape[1]}"
        )
    window = round(positive(window_ms, "window_ms") / positive(dt_ms, "dt_ms"))
    if not 2 <= window <= min(len(outputs), len(true)):
        raise ValueError(
            f"window_ms must be of 2 to {min(len(outputs), len(true))} steps, got {window}"
        )
    p, q = (_spectrum(signal, window) for signal in (outputs, true))
    return float(np.sqrt(np.maximum(0, 1 - np.sqrt(p * q).sum(axis=0))).mean())


def _spectrum(signal: Floats, window: int) -> Floats:
    _, power = scipy.signal.welch(signal, nperseg=window, axis=0)
    total = power.sum(axis=0)
    # A constant output has no spectrum, and so is as far from any as can be.
    return np.asarray(power / np.where(total > 0, total, 1))


def checked_steps(values: ArrayLike, name: str) -> Floats:
    """Finite values as an array (steps, outputs), or a ValueError that names them."""
    array = in_unit(values, name)
    if array.ndim not in (1, 2) or not array.size:
        raise ValueError(f"{name} must have shape (steps,) or (steps, outputs), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return array.reshape(len(array), -1)


def deviation(true: Floats) -> float:
    """Root of the variance of a target (steps, outputs), summed over outputs; ValueError if 0."""
    if not np.ptp(true, axis=0).any():  # of 0.1, 0.1, ... even the variance is not quite 0
        raise ValueError("target must not be constant")
    return float(np.sqrt(true.var(axis=0).sum()))
