"""What measures of a training are called, and what counts as learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

#: A drift-tolerant error (where there is none: an error) below this counts as learned: a constant
#: has 1, and phases that wander within the test take a network that oscillates as told to .1 or so.
LEARNED = 0.2
#: What the same without recurrent synapses is called.
WITHOUT = "G = 0"
#: Measures that only some targets have, by what they are called and what they tell; then all.
OTHERS = {
    "same_sign": ("share of the time with the target's sign", "1 is perfect, 0.5 is guessing"),
    "valid_time_ms": ("valid time (ms)", "how long the output stays near the target"),
    "return_map_distance": ("distance of return maps", "of maxima of z; 0 is the target's own map"),
    "exponent_per_s": ("largest exponent (1/s)", "how fast near states part; above 0 is chaos"),
    "target_exponent_per_s": ("the target's exponent (1/s)", "in the same time"),
    "spectrum_distance": ("distance of spectra", "0 is the target's own"),
}
MEASURES = {
    "nrmse_learning": ("NRMSE, second half of learning", "the output follows while it is taught"),
    "nrmse": ("NRMSE, test", "the network runs alone"),
    "nrmse_drift_tolerant": ("NRMSE, test, drift-tolerant", "as to its shape alone"),
    "rate_Hz": ("mean firing rate (Hz)", "of a neuron in the test; 0 is a silent network"),
} | OTHERS


def error(measured: Mapping[str, Any]) -> float:
    """The error that counts: drift-tolerant where there is one; infinity after divergence."""
    tolerant = measured["nrmse_drift_tolerant"]
    value = measured["nrmse"] if tolerant is None else tolerant
    return np.inf if value is None else float(value)
