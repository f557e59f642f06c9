"""Quadratic and theta neurons with currents that rise and decay exponentially, as `lif_double` has.

The currents of Nicola & Clopath 2017 (Nature Communications 8:2208): all of their networks have
them, whatever the neuron.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lsm.neurons.model import NeuronModel
from lsm.neurons.parameters import Arrays
from lsm.neurons.quadratic import IZHIKEVICH_2007, THETA
from lsm.neurons.synaptic import LIF_DOUBLE


def _risen(p: Arrays, dt_ms: float) -> NDArray[np.float64]:
    """What a rise of 1 pA/ms adds to the current within a time."""
    fast, slow = p["tau_rise_ms"], p["tau_syn_ms"]
    x = dt_ms * (1 / fast - 1 / slow)
    safe = np.where(x == 0, 1.0, x)
    decay = np.exp(-dt_ms / np.maximum(fast, slow))
    return dt_ms * decay * np.where(x == 0, 1.0, -np.expm1(-np.abs(safe)) / np.abs(safe))


@dataclass(frozen=True)
class _Constants:
    """Constants of the model whose current decays alone, and those of its rise."""

    single: Callable[[Arrays, float], Arrays]

    def __call__(self, p: Arrays, dt_ms: float) -> Arrays:
        return self.single(p, dt_ms) | {
            "s2": _risen(p, dt_ms),
            "s2_half": _risen(p, dt_ms / 2),
            "sy": np.exp(-dt_ms / p["tau_rise_ms"]),
        }


def _rising(model: NeuronModel, name: str) -> NeuronModel:
    """The model with another current: its own knows what it is after half a step and after one."""
    update = model.update.replace("s_half*I", "I_half").replace("s*I", "I_end")
    return replace(
        model,
        name=name,
        parameters={**model.parameters, "tau_rise_ms": LIF_DOUBLE.parameters["tau_rise_ms"]},
        state=(*model.state, "y"),
        update=f"I_half = s_half*I + s2_half*y\nI_end = s*I + s2*y\n{update}\ny = sy*y",
        targets=("y",),
        constants=_Constants(model.constants),
        weight_factor=LIF_DOUBLE.weight_factor,
        current="double",
        equations=model.equations.replace(
            "dI/dt = -I/tau_syn : amp",
            "dI/dt = -I/tau_syn + y : amp\ndy/dt = -y/tau_rise : amp/second",
        ),
        arrival=LIF_DOUBLE.arrival,
        source=f"{model.source}; currents rise and decay exponentially, their peak is the weight",
    )


IZHIKEVICH_2007_DOUBLE = _rising(IZHIKEVICH_2007, "izhikevich_2007_double")
THETA_DOUBLE = _rising(THETA, "theta_double")
