"""How well a network that runs alone makes its target."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.metrics import (
    drift_tolerant_nrmse,
    nrmse,
    return_map,
    return_map_distance,
    spectrum_distance,
    trajectory_exponent,
    valid_time,
)
from tasks.closed_loop.training import Course

Floats = NDArray[np.float64]

CHAOTIC = "lorenz"
#: Targets that say yes or no, each at its own height.
SIGNED = ("pitchfork", "classification")
_OF_ALL = ("nrmse_learning", "nrmse", "nrmse_drift_tolerant", "rate_Hz")

# Of the Lorenz equations at a second for a unit of time: an orbit takes 750 ms or so.
_APART_MS, _SMOOTH_MS, _WINDOW_MS = 200.0, 20.0, 5000.0
_FIT_MS, _THINNED_MS = (300.0, 2550.0), 10.0


def measures_of(course: Course) -> dict[str, Any]:
    """All measures of a test, ready for JSON: None for what isn't known.

    Of a network that diverged there are none.

    Returns
    -------
    dict
        ``nrmse`` of the test, ``nrmse_learning`` of the second half of learning, and for targets
        with a period ``nrmse_drift_tolerant``, which allows a shift in time and a change of rate
        of 5 %; ``rate_Hz`` of a neuron. Where the target has a sign, ``same_sign``: the share of
        the time with the target's. Of a chaotic target ``valid_time_ms``, ``return_map_distance``,
        ``exponent_per_s`` beside the target's in this time, ``target_exponent_per_s``, and
        ``spectrum_distance``, as :mod:`lsm.metrics` has them.
    """
    measured: dict[str, Any] = dict.fromkeys(_OF_ALL)
    if course.trained.diverged:
        return measured
    measured["rate_Hz"] = course.rate_Hz
    test, protocol = course.test, course.protocol
    outputs, wanted = course.trained.outputs, course.wanted
    begin, end = protocol.settings.learn_ms
    late = course.between((begin + end) / 2, end)
    measured["nrmse_learning"] = nrmse(outputs[late], wanted[late])
    measured["nrmse"] = nrmse(outputs[test], wanted[test])
    if protocol.period_ms is not None and protocol.settings.duration_ms >= protocol.period_ms:
        measured["nrmse_drift_tolerant"] = drift_tolerant_nrmse(
            outputs[test], wanted, dt_ms=course.dt_ms, period_ms=protocol.period_ms
        )
    if protocol.task in SIGNED:
        spoken = wanted[test] != 0
        measured["same_sign"] = float(np.mean((outputs[test] * wanted[test] > 0)[spoken]))
    if protocol.task == CHAOTIC:
        measured |= _chaotic(outputs[test], wanted[test], course.dt_ms)
    return measured


def maxima(z: Floats, dt_ms: float) -> Floats:
    """The return map of the Lorenz equations' third variable, (maxima - 1, 2)."""
    return return_map(z, dt_ms=dt_ms, apart_ms=_APART_MS, smooth_ms=_SMOOTH_MS)


def smooth(values: Floats, dt_ms: float) -> Floats:
    """A moving average of (steps, outputs), at steps of about 10 ms."""
    width = max(1, round(_SMOOTH_MS / dt_ms))
    total = np.cumsum(np.pad(values, ((1, 0), (0, 0))), axis=0)
    mean = (total[width:] - total[:-width]) / width
    return np.asarray(mean[:: max(1, round(_THINNED_MS / dt_ms))])


def _chaotic(outputs: Floats, wanted: Floats, dt_ms: float) -> dict[str, Any]:
    """What a chaotic output is judged by; the exponent beside that of the target in this time."""
    window = min(_WINDOW_MS, len(outputs) * dt_ms / 2)
    pairs, reference = (maxima(values[:, 2], dt_ms) for values in (outputs, wanted))
    mapped = len(pairs) and len(reference) > 1
    return {
        "valid_time_ms": valid_time(outputs, wanted, dt_ms=dt_ms),
        "return_map_distance": return_map_distance(pairs, reference) if mapped else None,
        "exponent_per_s": _exponent(outputs, dt_ms),
        "target_exponent_per_s": _exponent(wanted, dt_ms),
        "spectrum_distance": spectrum_distance(outputs, wanted, dt_ms=dt_ms, window_ms=window),
    }


def _exponent(values: Floats, dt_ms: float) -> float | None:
    states = smooth(values, dt_ms)
    step = max(1, round(_THINNED_MS / dt_ms)) * dt_ms
    try:
        return trajectory_exponent(states, dt_ms=step, apart_ms=_APART_MS * 4, fit_ms=_FIT_MS)
    except ValueError:  # too short, or it stands still
        return None
