"""Leaky neurons with adaptive thresholds, as they are trained with e-prop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lsm.neurons.lif import LIF_PARAMETERS
from lsm.neurons.model import NeuronModel
from lsm.neurons.parameters import Arrays, Parameter


def _adaptive_threshold(p: Arrays, dt_ms: float) -> Arrays:
    a = np.exp(-dt_ms / p["tau_m_ms"])
    gain = (1 - a) * p["r_Gohm"]
    return {
        "a": a,
        "g": gain,
        "c": gain * p["i_background_pA"],
        "d": gain * p["noise_pA"],
        "theta": p["v_threshold_mV"] - p["v_rest_mV"],
        "beta": p["beta_mV"],
        "rho": np.exp(-dt_ms / p["tau_a_ms"]),
    }


def _unit(p: Arrays) -> NDArray[np.float64]:
    return np.ones_like(p["tau_m_ms"])


_SHARED = ("t_ref_ms", "v_rest_mV", "v_threshold_mV", "i_background_pA", "noise_pA")

ALIF = NeuronModel(
    name="alif",
    parameters={
        "tau_m_ms": Parameter(20.0, 1e-3, 1e6, "membrane time constant", (10.0, 30.0)),
        "tau_a_ms": Parameter(
            200.0, 1e-3, 1e6, "time constant of the threshold's adaptation", (100.0, 2000.0)
        ),
        "beta_mV": Parameter(
            0.0, 0.0, 1e3, "by which a spike raises the threshold; 0: a plain neuron", (0.0, 2.0)
        ),
        "r_Gohm": Parameter(
            0.2, 1e-9, 1e6, "resistance of the membrane to a current that lasts a step"
        ),
    }
    | {name: LIF_PARAMETERS[name] for name in _SHARED},
    state=("u", "I", "s", "b"),
    # The potential goes on while the neuron is refractory: u is set, not u_new alone.
    update="u = a*u + g*I - theta*s + c\nu_new = u\nb = rho*b + s\nI = 0*I\ns = 0*s",
    targets=("I",),
    constants=_adaptive_threshold,
    weight_factor=_unit,
    threshold="u >= theta + beta*b and step >= release",
    reset="s += 1",
    distance="u - theta - beta*b",
    detached=(("u", "s"),),
    equations="dv/dt = (v_rest - v + r*(i_background + i_noise))/tau_m : volt\n"
    "db/dt = -b/tau_a : 1",
    # As much more as is lost in the step until it counts.
    arrival="v_post += w*r_post*(exp(dt/tau_m_post) - 1)",
    brian_threshold="v >= v_threshold + beta*b",
    brian_reset="v -= (v_threshold - v_rest)*exp(dt/tau_m)\nb += exp(dt/tau_a)",
    source="leaky integrate-and-fire with a threshold that each spike raises, and a reset that "
    "subtracts the threshold (Bellec et al. 2020, Nature Communications 11:3625, equations 6 to 11)"
    "; a spike's current lasts one step, and with r_Gohm = 1 its weight is that of NEST's "
    "eprop_iaf_adapt_bsshslm_2020",
)
