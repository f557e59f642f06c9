"""How well a network that runs alone makes its target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.force.protocols import RATE
from experiments.studies.force.training import Course
from lsm.metrics import (
    drift_tolerant_nrmse,
    nrmse,
    return_map,
    return_map_distance,
    spectrum_distance,
    trajectory_exponent,
    valid_time,
)

Floats = NDArray[np.float64]

LORENZ = "lorenz"
#: Targets that say yes or no, each at its own height.
SIGNED = ("pitchfork", "classification")
#: A drift-tolerant error (where there is none: an error) below this counts as learned: a constant
#: has 1, and phases that wander within the test take a network that oscillates as told to .1 or so.
LEARNED = 0.2
#: What the same without recurrent synapses is called.
WITHOUT = "G = 0"
#: What measures are called, and what they tell: those of all targets, and of some.
_OF_ALL = {
    "nrmse_learning": ("NRMSE, second half of learning", "the output follows while it is taught"),
    "nrmse": ("NRMSE, test", "the network runs alone"),
    "nrmse_drift_tolerant": ("NRMSE, test, drift-tolerant", "as to its shape alone"),
    "rate_Hz": ("mean firing rate (Hz)", "of a neuron in the test; 0 is a silent network"),
}
OTHERS = {
    "same_sign": ("share of the time with the target's sign", "1 is perfect, 0.5 is guessing"),
    "valid_time_ms": ("valid time (ms)", "how long the output stays near the target"),
    "return_map_distance": ("distance of return maps", "of maxima of z; 0 is the target's own map"),
    "exponent_per_s": ("largest exponent (1/s)", "how fast near states part; above 0 is chaos"),
    "target_exponent_per_s": ("the target's exponent (1/s)", "in the same time"),
    "spectrum_distance": ("distance of spectra", "0 is the target's own"),
}
MEASURES = _OF_ALL | OTHERS

# Of the Lorenz equations at a second for a unit of time: an orbit takes 750 ms or so.
_APART_MS, _SMOOTH_MS, _WINDOW_MS = 200.0, 20.0, 5000.0
_FIT_MS, _THINNED_MS = (300.0, 2550.0), 10.0


def measures(course: Course) -> dict[str, Any]:
    """All measures of a test, ready for JSON: None for what isn't known.

    Errors are the NRMSE; drift-tolerant ones allow a shift in time and a change of rate of 5 %.
    "same_sign" is the share of the time with the target's sign, where that has one.
    Of a network that diverged there are none.
    """
    measured: dict[str, Any] = dict.fromkeys(_OF_ALL)
    if course.trained.diverged:
        return measured
    measured["rate_Hz"] = mean_rate_Hz(course)
    test, period = course.test, course.protocol.period_ms
    outputs, wanted = course.trained.outputs, course.wanted
    begin, end = course.protocol.settings.learn_ms
    late = course.between((begin + end) / 2, end)
    measured["nrmse_learning"] = nrmse(outputs[late], wanted[late])
    measured["nrmse"] = nrmse(outputs[test], wanted[test])
    if period is not None and course.protocol.settings.duration_ms >= period:
        measured["nrmse_drift_tolerant"] = drift_tolerant_nrmse(
            outputs[test], wanted, dt_ms=course.dt_ms, period_ms=period
        )
    if course.protocol.task in SIGNED:
        spoken = wanted[test] != 0
        measured["same_sign"] = float(np.mean((outputs[test] * wanted[test] > 0)[spoken]))
    if course.protocol.task == LORENZ:
        measured |= _chaotic(outputs[test], wanted[test], course.dt_ms)
    return measured


def outcome(course: Course) -> dict[str, Any]:
    """Measures and verdict of a course, ready for JSON."""
    measured = measures(course)
    return {
        "learned": error(measured) < LEARNED,
        "diverged": course.trained.diverged,
        "measures": measured,
    }


def error(measured: Mapping[str, Any]) -> float:
    """The error that counts: drift-tolerant where there is one; infinity after divergence."""
    tolerant = measured["nrmse_drift_tolerant"]
    value = measured["nrmse"] if tolerant is None else tolerant
    return np.inf if value is None else float(value)


def mean_rate_Hz(course: Course) -> float:  # noqa: N802
    """Mean firing rate in the test, of the neurons that are watched."""
    begin = course.protocol.settings.learn_ms[1]
    trained = course.trained
    if course.protocol.model == RATE:
        return float(trained.filtered[trained.probe_t_ms > begin].mean())
    spikes = np.count_nonzero(trained.spike_times_ms >= begin)
    return float(spikes / len(course.watched) / (trained.time_ms - begin) * 1e3)


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
