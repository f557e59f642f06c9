"""Targets that are integrated: Van der Pol, Lorenz, and the pitchfork's normal form."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.random import Generator

from tasks.chaos import lorenz_slope
from tasks.targets.base import Floats

_VDP_SPACE, _VDP_TIME = 10.0, 20.0
_LORENZ_SPACE = 70.0
_LORENZ_TRANSIENT_S = 20.0
_KNOT_S = 0.001
_GAMMA_MS = 10.0


def van_der_pol(times_ms: Floats, _: Generator, *, mu: float) -> tuple[Floats, None]:
    """Both variables of Van der Pol's oscillator in Lienard's form, on its cycle.

    ``x' = mu (x - x^3 / 3 - y), y' = x / mu``, a tenth as large and 20 times as fast, from where x
    rises through 0.
    """

    def slope(_: float, state: Floats) -> tuple[float, float]:
        x, y = state
        return mu * (x - x**3 / 3 - y), x / mu

    def rising(_: float, state: Floats) -> float:
        return float(state[0])

    rising.direction = 1.0  # type: ignore[attr-defined]
    options = {"method": "DOP853", "rtol": 1e-10, "atol": 1e-10}
    settled = scipy.integrate.solve_ivp(slope, (0, 60), [2.0, 0.0], events=rising, **options)
    start = settled.y_events[0][-1]
    cycle = scipy.integrate.solve_ivp(
        slope, (0, 15), start, events=rising, dense_output=True, **options
    )
    # The start itself may count as a crossing.
    period = next(t for t in cycle.t_events[0] if t > 1)
    return cycle.sol(_VDP_TIME * times_ms / 1000 % period).T / _VDP_SPACE, None


def lorenz(times_ms: Floats, rng: Generator) -> tuple[Floats, None]:
    """x, y and z of the Lorenz equations, a seventieth as large; a unit of time is a second.

    From a random start; 20 s are left out before.
    """
    # At steps of a millisecond, and by cubics between, which are exact to 1e-6 or so: dense output
    # of the solver costs much more where steps are many.
    until = times_ms[-1] / 1000
    knots = np.arange(np.ceil(until / _KNOT_S) + 1) * _KNOT_S
    solution = scipy.integrate.solve_ivp(
        lorenz_slope,
        (-_LORENZ_TRANSIENT_S, knots[-1]),
        rng.uniform((-10, -10, 15), (10, 10, 35)),
        method="DOP853",
        t_eval=knots,
        rtol=1e-9,
        atol=1e-9,
    )
    curve = scipy.interpolate.CubicHermiteSpline(
        knots, solution.y.T, np.transpose(lorenz_slope(0, solution.y))
    )
    return curve(times_ms / 1000) / _LORENZ_SPACE, None


def pitchfork(times_ms: Floats, rng: Generator) -> tuple[Floats, Floats]:
    """``10 ms x' = x - x^3 + pulses``: two stable states, thrown from one to the other.

    Pulses last 5 to 10 ms and come 100 to 500 ms after one another; their heights are normal with
    a standard deviation of 2. They are the input too (Newton & Nicola 2025).
    """
    until = times_ms[-1]
    begins = np.cumsum(rng.uniform(100, 500, int(until // 100) + 1))
    ends = begins + rng.uniform(5, 10, len(begins))
    heights = 2 * rng.standard_normal(len(begins))
    values, inputs = np.zeros(len(times_ms)), np.zeros(len(times_ms))
    x, free_from = 0.0, 0.0
    for begin, end, height in zip(begins, ends, heights, strict=True):
        if begin > until:
            break
        first, last, past = np.searchsorted(times_ms, (free_from, begin, end), side="right")
        values[first:last] = _free(x, times_ms[first:last] - free_from)
        x = float(_free(x, begin - free_from))
        pushed = scipy.integrate.solve_ivp(
            lambda _, s, u=height: (s - s**3 + u) / _GAMMA_MS,
            (begin, end),
            [x],
            t_eval=np.append(times_ms[last:past], end),
            rtol=1e-8,
            atol=1e-8,
        ).y[0]
        values[last:past], inputs[last:past] = pushed[: past - last], height
        x, free_from = float(pushed[-1]), end
    first = np.searchsorted(times_ms, free_from, side="right")
    values[first:] = _free(x, times_ms[first:] - free_from)
    return values[:, np.newaxis], inputs[:, np.newaxis]


def _free(x: float, elapsed_ms: Floats | float) -> Floats:
    """Where the normal form goes from x without a pulse, exactly."""
    decay = np.exp(-2 * np.asarray(elapsed_ms) / _GAMMA_MS)
    return np.asarray(x / np.sqrt(x**2 + (1 - x**2) * decay))
