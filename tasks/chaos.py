"""Chaotic systems, integrated."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.checks import positive

# Mackey-Glass: production and decay, and the exponent of the delayed feedback.
_BETA, _GAMMA, _EXPONENT = 0.2, 0.1, 10
_SUBSTEPS = 10  # of a unit of time
_TRANSIENT = 1000  # units of time
_LORENZ_STEP = 0.02
_LORENZ_TRANSIENT = 20.0


def mackey_glass_states(n_steps: int, *, tau: float, history: float) -> NDArray[np.float64]:
    """States of the Mackey-Glass equation at every unit of time, shape (steps,).

    1000 units of time are left out at the start.

    Parameters
    ----------
    n_steps : int
    tau : float
        Delay: a multiple of 0.1, 0.3 or more.
    history : float
        The state at all times before.

    Raises
    ------
    TypeError, ValueError
        Where tau has no possible value.
    """
    delay = round(positive(tau, "tau") * _SUBSTEPS)
    if delay < 3 or abs(delay / _SUBSTEPS - tau) > 1e-9:
        raise ValueError(f"tau must be a multiple of {1 / _SUBSTEPS:g} from 0.3 on, got {tau:g}")
    past = np.full(delay + 2, history)
    return mackey_glass_substeps(past, (_TRANSIENT + n_steps) * _SUBSTEPS)[
        (_TRANSIENT + 1) * _SUBSTEPS - 1 :: _SUBSTEPS
    ]


def mackey_glass_substeps(past: NDArray[np.float64], n_substeps: int) -> NDArray[np.float64]:
    """The next states every 0.1 units of time, shape (substeps,).

    Runge-Kutta steps of fourth order. The delayed state half a step on is the cubic through the
    four states around it, which keeps the order.

    Parameters
    ----------
    past : array
        States every 0.1 units of time until now, two more than the delay has steps.
    n_substeps : int
    """
    h = 1 / _SUBSTEPS
    x = past.tolist()
    for i in range(n_substeps):
        before, delayed, soon, after = x[i : i + 4]
        begin, end = _fed_back(delayed), _fed_back(soon)
        middle = _fed_back((9 * (delayed + soon) - before - after) / 16)
        state = x[-1]
        k1 = begin - _GAMMA * state
        k2 = middle - _GAMMA * (state + h / 2 * k1)
        k3 = middle - _GAMMA * (state + h / 2 * k2)
        k4 = end - _GAMMA * (state + h * k3)
        x.append(state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.array(x[len(past) :])


def _fed_back(x: float) -> float:
    return _BETA * x / (1 + x**_EXPONENT)


def lorenz_states(n_steps: int, *, start: NDArray[np.float64]) -> NDArray[np.float64]:
    """States x, y, z of the Lorenz equations every 0.02 units of time, shape (3, steps).

    By an adaptive Runge-Kutta method of eighth order; 20 units of time are left out at the start.

    Parameters
    ----------
    n_steps : int
    start : array (3,)
    """
    times = _LORENZ_TRANSIENT + _LORENZ_STEP * np.arange(n_steps)
    solution = scipy.integrate.solve_ivp(
        lorenz_slope, (0, times[-1]), start, method="DOP853", t_eval=times, rtol=1e-9, atol=1e-9
    )
    return np.asarray(solution.y)


def lorenz_slope(_: float, state: NDArray[np.float64]) -> tuple[float, float, float]:
    """The Lorenz equations; time and states as :func:`scipy.integrate.solve_ivp` gives them."""
    x, y, z = state
    return 10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z
