"""Integrate-and-fire neurons, leaky and not, with exponential currents.

Numbers that depend on the step are computed on the host, in double precision, by exact integration:
so a compiled program holds no exponential and no dt, and gives the same bits as NumPy.
:mod:`lsm.neurons.synaptic` has the same neurons with other synapses.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lsm.neurons.model import NeuronModel
from lsm.neurons.parameters import TAU_SYN_RANGE, Arrays, Parameter


def membrane(p: Arrays, dt_ms: float) -> Arrays:
    """Constants of leaky integrate-and-fire models with one exponential current, over a step.

    Rotter & Diesmann 1999, Biological Cybernetics 81:381. With x = dt (1/tau_syn - 1/tau_m), a
    current that decays from I changes u by I dt exp(-dt/tau_m) phi1(x) / C. Of this and its mirror
    image in x the form is taken that cannot overflow.
    """
    a = np.exp(-dt_ms / p["tau_m_ms"])
    s = np.exp(-dt_ms / p["tau_syn_ms"])
    resistance = p["tau_m_ms"] / p["c_m_pF"]
    return {
        "a": a,
        "b": dt_ms / p["c_m_pF"] * np.maximum(a, s) * phi1(np.abs(rate_difference(p, dt_ms))),
        "c": p["i_background_pA"] * resistance * (1 - a),
        "d": p["noise_pA"] * resistance * (1 - a),
        "s": s,
        "theta": p["v_threshold_mV"] - p["v_rest_mV"],
        "u_reset": p["v_reset_mV"] - p["v_rest_mV"],
    }


def rate_difference(p: Arrays, dt_ms: float) -> NDArray[np.float64]:
    """By how much the current decays faster than the membrane, in a step."""
    return dt_ms * (1 / p["tau_syn_ms"] - 1 / p["tau_m_ms"])


def phi1(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1 - exp(-x)) / x, also where x is zero."""
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, -np.expm1(-safe) / safe)


def _unit(p: Arrays) -> NDArray[np.float64]:
    return np.ones_like(p["tau_syn_ms"])


LIF_PARAMETERS = {
    "tau_m_ms": Parameter(10.0, 1e-3, 1e6, "membrane time constant", (6.0, 14.0)),
    "tau_syn_ms": Parameter(5.0, 1e-3, 1e6, "time constant of the synaptic current", TAU_SYN_RANGE),
    "t_ref_ms": Parameter(
        2.0, 0.0, 1e6, "absolute refractory period, rounded to steps", (0.5, 4.0)
    ),
    "v_rest_mV": Parameter(-70.0, -1e3, 1e3, "resting potential, where every sample starts"),
    "v_threshold_mV": Parameter(-60.0, -1e3, 1e3, "threshold", (-69.0, -50.0)),
    "v_reset_mV": Parameter(-70.0, -1e3, 1e3, "potential after a spike and while refractory"),
    "c_m_pF": Parameter(250.0, 1e-6, 1e6, "membrane capacitance"),
    "i_background_pA": Parameter(0.0, -1e6, 1e6, "constant background current"),
    "noise_pA": Parameter(0.0, 0.0, 1e6, "deviation of a background current redrawn every step"),
}

DV_DT = "dv/dt = (v_rest-v)/tau_m + (I+i_background+i_noise)/c_m : volt (unless refractory)\n"

LIF = NeuronModel(
    name="lif",
    parameters=LIF_PARAMETERS,
    state=("u", "I"),
    update="u_new = a*u + b*I + c\nI = s*I",
    targets=("I",),
    constants=membrane,
    weight_factor=_unit,
    current="exponential",
    distance="u - theta",
    equations=DV_DT + "dI/dt = -I/tau_syn : amp",
    arrival="I_post += w",
    source="leaky integrate-and-fire, currents that decay exponentially; integrated exactly "
    "(Rotter & Diesmann 1999, Biological Cybernetics 81:381)",
)


def _integrator(p: Arrays, dt_ms: float) -> Arrays:
    s = np.exp(-dt_ms / p["tau_syn_ms"])
    return {
        "b": p["tau_syn_ms"] * (1 - s) / p["c_m_pF"],
        "c": p["i_background_pA"] * dt_ms / p["c_m_pF"],
        "d": p["noise_pA"] * dt_ms / p["c_m_pF"],
        "s": s,
        "theta": p["v_threshold_mV"] - p["v_rest_mV"],
        "u_reset": p["v_reset_mV"] - p["v_rest_mV"],
    }


IF = replace(
    LIF,
    name="if",
    parameters={name: p for name, p in LIF_PARAMETERS.items() if name != "tau_m_ms"},
    update="u_new = u + b*I + c\nI = s*I",
    constants=_integrator,
    equations="dv/dt = (I+i_background+i_noise)/c_m : volt (unless refractory)\n"
    "dI/dt = -I/tau_syn : amp",
    brian_method="rk4",  # a matrix without inverse
    source="integrate-and-fire without leak (Lapicque 1907); for a mixture with leaky neurons in "
    "one reservoir take 'lif' with tau_m_ms of 1e6 where there is to be no leak",
)


def _adaptive(p: Arrays, dt_ms: float) -> Arrays:
    slow = {**p, "tau_syn_ms": p["tau_w_ms"]}
    return membrane(p, dt_ms) | {
        "bw": membrane(slow, dt_ms)["b"],
        "sw": np.exp(-dt_ms / p["tau_w_ms"]),
        "jump": p["w_jump_pA"],
    }


LIF_ADAPTIVE = replace(
    LIF,
    name="lif_adaptive",
    parameters=LIF_PARAMETERS
    | {
        "tau_w_ms": Parameter(100.0, 1e-3, 1e6, "time constant of adaptation", (30.0, 300.0)),
        "w_jump_pA": Parameter(
            40.0, 0.0, 1e6, "adaptation current that a spike adds", (0.0, 100.0)
        ),
    },
    state=("u", "I", "w_adapt"),
    update="u_new = a*u + b*I - bw*w_adapt + c\nI = s*I\nw_adapt = sw*w_adapt",
    constants=_adaptive,
    reset="u = u_reset\nw_adapt += jump",
    equations="dv/dt = (v_rest-v)/tau_m + (I-w_adapt+i_background+i_noise)/c_m : volt "
    "(unless refractory)\ndI/dt = -I/tau_syn : amp\ndw_adapt/dt = -w_adapt/tau_w : amp",
    brian_reset="v = v_reset\nw_adapt += w_jump",
    source="leaky integrate-and-fire with a current that each spike adds to (Benda & Herz 2003, "
    "Neural Computation 15:2523; Brette & Gerstner 2005 without their exponential and subthreshold "
    "terms)",
)
