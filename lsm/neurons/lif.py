"""Leaky integrate-and-fire neurons: numbers that depend on the step are computed on the host.

In double precision, by exact integration over a step, so a compiled program holds no exponential
and no dt, and gives the same bits as NumPy.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from lsm.neurons.model import Arrays, NeuronModel, Parameter


def _membrane(p: Arrays, dt_ms: float) -> Arrays:
    """Constants that both leaky integrate-and-fire models share: exact integration over a step.

    Rotter & Diesmann 1999, Biological Cybernetics 81:381. With x = dt (1/tau_syn - 1/tau_m), a
    current that decays from I changes u by I dt exp(-dt/tau_m) phi1(x) / C. Of this and its mirror
    image in x the form is taken that cannot overflow.
    """
    a = np.exp(-dt_ms / p["tau_m_ms"])
    s = np.exp(-dt_ms / p["tau_syn_ms"])
    resistance = p["tau_m_ms"] / p["c_m_pF"]
    return {
        "a": a,
        "b": dt_ms / p["c_m_pF"] * np.maximum(a, s) * _phi1(np.abs(_x(p, dt_ms))),
        "c": p["i_background_pA"] * resistance * (1 - a),
        "d": p["noise_pA"] * resistance * (1 - a),
        "s": s,
        "theta": p["v_threshold_mV"] - p["v_rest_mV"],
        "u_reset": p["v_reset_mV"] - p["v_rest_mV"],
    }


def _x(p: Arrays, dt_ms: float) -> NDArray[np.float64]:
    return dt_ms * (1 / p["tau_syn_ms"] - 1 / p["tau_m_ms"])


def _phi1(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1 - exp(-x)) / x, also where x is zero."""
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, -np.expm1(-safe) / safe)


def _phi2(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1 - (1 + x) exp(-x)) / x^2, by its series where that cancels."""
    safe = np.where(np.abs(x) < 1e-2, 1.0, x)
    exact = (-np.expm1(-safe) - safe * np.exp(-safe)) / safe**2
    series = 1 / 2 - x / 3 + x**2 / 8 - x**3 / 30 + x**4 / 144
    return np.where(np.abs(x) < 1e-2, series, exact)


def _alpha(p: Arrays, dt_ms: float) -> Arrays:
    constants = _membrane(p, dt_ms)
    a, s, x = constants["a"], constants["s"], _x(p, dt_ms)
    z = np.abs(x)
    rise = np.where(x < 0, s * (_phi1(z) - _phi2(z)), a * _phi2(z))
    return constants | {"b2": dt_ms**2 / p["c_m_pF"] * rise, "s2": dt_ms * s}


def _unit(p: Arrays) -> NDArray[np.float64]:
    return np.ones_like(p["tau_syn_ms"])


def _one_each(p: Arrays) -> NDArray[np.float64]:
    return np.ones((2, len(p["tau_m_ms"])))


def _alpha_peak(p: Arrays) -> NDArray[np.float64]:
    # The current I = w (t/tau) exp(1 - t/tau) peaks at w.
    return np.e / p["tau_syn_ms"]


_LIF_PARAMETERS = {
    "tau_m_ms": Parameter(10.0, 1e-3, 1e6, "membrane time constant", (6.0, 14.0)),
    "tau_syn_ms": Parameter(5.0, 1e-3, 1e6, "time constant of the synaptic current"),
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

_DV_DT = "dv/dt = (v_rest-v)/tau_m + (I+i_background+i_noise)/c_m : volt (unless refractory)\n"

LIF = NeuronModel(
    name="lif",
    parameters=_LIF_PARAMETERS,
    state=("u", "I"),
    update="u_new = a*u + b*I + c\nI = s*I",
    targets=("I",),
    constants=_membrane,
    weight_factor=_unit,
    equations=_DV_DT + "dI/dt = -I/tau_syn : amp",
    arrival="I_post += w",
    source="leaky integrate-and-fire, currents that decay exponentially; integrated exactly "
    "(Rotter & Diesmann 1999)",
)

LIF_ALPHA = NeuronModel(
    name="lif_alpha",
    parameters=_LIF_PARAMETERS,
    state=("u", "I", "y"),
    update="u_new = a*u + b*I + b2*y + c\nI = s*I + s2*y\ny = s*y",
    targets=("y",),
    constants=_alpha,
    weight_factor=_alpha_peak,
    equations=_DV_DT + "dI/dt = (y-I)/tau_syn : amp\ndy/dt = -y/tau_syn : amp",
    arrival="y_post += exp(1)*w",
    source="leaky integrate-and-fire, alpha-shaped currents whose peak is the weight, as NEST's "
    "iaf_psc_alpha (Rotter & Diesmann 1999)",
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
    parameters={name: p for name, p in _LIF_PARAMETERS.items() if name != "tau_m_ms"},
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
    return _membrane(p, dt_ms) | {
        "bw": _membrane(slow, dt_ms)["b"],
        "sw": np.exp(-dt_ms / p["tau_w_ms"]),
        "jump": p["w_jump_pA"],
    }


LIF_ADAPTIVE = replace(
    LIF,
    name="lif_adaptive",
    parameters=_LIF_PARAMETERS
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


def _two_currents(p: Arrays, dt_ms: float) -> Arrays:
    fast, slow = ({**p, "tau_syn_ms": p[name]} for name in ("tau_syn_e_ms", "tau_syn_i_ms"))
    excitatory, inhibitory = _membrane(fast, dt_ms), _membrane(slow, dt_ms)
    both = {name: excitatory[name] for name in ("a", "c", "d", "theta", "u_reset")}
    return both | {
        "be": excitatory["b"],
        "bi": inhibitory["b"],
        "se": excitatory["s"],
        "si": inhibitory["s"],
    }


_TWO_TIMES = {name: p for name, p in _LIF_PARAMETERS.items() if name != "tau_syn_ms"} | {
    "tau_syn_e_ms": Parameter(5.0, 1e-3, 1e6, "time constant of excitatory synapses"),
    "tau_syn_i_ms": Parameter(10.0, 1e-3, 1e6, "time constant of inhibitory synapses"),
}

LIF_EI = replace(
    LIF,
    name="lif_ei",
    parameters=_TWO_TIMES,
    state=("u", "I_e", "I_i"),
    update="u_new = a*u + be*I_e + bi*I_i + c\nI_e = se*I_e\nI_i = si*I_i",
    targets=("I_e", "I_i"),
    constants=_two_currents,
    weight_factor=_one_each,
    equations="dv/dt = (v_rest-v)/tau_m + (I_e+I_i+i_background+i_noise)/c_m : volt "
    "(unless refractory)\ndI_e/dt = -I_e/tau_syn_e : amp\ndI_i/dt = -I_i/tau_syn_i : amp",
    arrival="I_e_post += clip(w/amp, 0, inf)*amp\nI_i_post += clip(w/amp, -inf, 0)*amp",
    source="leaky integrate-and-fire whose excitatory and inhibitory currents decay apart (Vogels "
    "& Abbott 2005, J. Neurosci. 25:10786, current-based)",
)


def _conductances(p: Arrays, dt_ms: float) -> Arrays:
    both = _membrane({**p, "tau_syn_ms": p["tau_syn_e_ms"]}, dt_ms)
    se, si = np.exp(-dt_ms / p["tau_syn_e_ms"]), np.exp(-dt_ms / p["tau_syn_i_ms"])
    half = dt_ms / 2 / p["c_m_pF"]
    return {
        "leak": dt_ms / 2 / p["tau_m_ms"],
        "he": half * np.sqrt(se),
        "hi": half * np.sqrt(si),
        "e_e": p["v_e_mV"] - p["v_rest_mV"],
        "e_i": p["v_i_mV"] - p["v_rest_mV"],
        "c": 2 * half * p["i_background_pA"],
        "d": both["d"],
        "se": se,
        "si": si,
        "theta": both["theta"],
        "u_reset": both["u_reset"],
    }


def _at_rest(p: Arrays) -> NDArray[np.float64]:
    # Negative weights go into g_i with their sign, which the update takes away.
    return np.stack([1 / (p["v_e_mV"] - p["v_rest_mV"]), 1 / (p["v_rest_mV"] - p["v_i_mV"])])


LIF_COND = replace(
    LIF,
    name="lif_cond",
    parameters=_TWO_TIMES
    | {
        "v_e_mV": Parameter(0.0, -1e3, 1e3, "reversal potential of excitatory synapses"),
        "v_i_mV": Parameter(-80.0, -1e3, 1e3, "reversal potential of inhibitory synapses"),
    },
    state=("u", "g_e", "g_i"),
    # The trapezoidal rule, with conductances as they are in the middle of the step.
    update="pull_e = he*g_e\npull_i = hi*g_i\npull = leak + pull_e - pull_i\n"
    "u_new = (u*(1 - pull) + 2*(pull_e*e_e - pull_i*e_i) + c) / (1 + pull)\n"
    "g_e = se*g_e\ng_i = si*g_i",
    targets=("g_e", "g_i"),
    constants=_conductances,
    weight_factor=_at_rest,
    equations="dv/dt = (v_rest-v)/tau_m + (g_e*(v_e-v)-g_i*(v_i-v)+i_background+i_noise)/c_m "
    ": volt (unless refractory)\ndg_e/dt = -g_e/tau_syn_e : siemens\n"
    "dg_i/dt = -g_i/tau_syn_i : siemens",
    arrival="g_e_post += clip(w/amp, 0, inf)*amp/(v_e_post-v_rest_post)\n"
    "g_i_post += clip(w/amp, -inf, 0)*amp/(v_rest_post-v_i_post)",
    brian_method="rk4",
    source="leaky integrate-and-fire with conductances (Vogels & Abbott 2005, J. Neurosci. "
    "25:10786); a weight of w pA is the conductance that lets w pA flow at rest",
)


def _double_exponential(p: Arrays, dt_ms: float) -> Arrays:
    constants = _membrane(p, dt_ms)
    n = len(p["tau_m_ms"])
    flow = np.zeros((n, 3, 3))
    flow[:, 0, 0], flow[:, 0, 1] = -1 / p["tau_m_ms"], 1 / p["c_m_pF"]
    flow[:, 1, 1], flow[:, 1, 2] = -1 / p["tau_syn_ms"], 1.0
    flow[:, 2, 2] = -1 / p["tau_rise_ms"]
    step = expm(flow * dt_ms)
    return constants | {
        "b": step[:, 0, 1],
        "b2": step[:, 0, 2],
        "s2": step[:, 1, 2],
        "sy": step[:, 2, 2],
    }


def _double_exponential_peak(p: Arrays) -> NDArray[np.float64]:
    # The current (exp(-t/decay) - exp(-t/rise)) decay rise / (decay - rise) peaks at w.
    rise, decay = p["tau_rise_ms"], p["tau_syn_ms"]
    ratio = decay / rise
    alike = np.isclose(ratio, 1.0, rtol=1e-6)
    safe = np.where(alike, 2.0, ratio)
    peak = decay * safe ** (-safe / (safe - 1))
    return np.asarray(1 / np.where(alike, decay / np.e, peak))


LIF_DOUBLE = replace(
    LIF_ALPHA,
    name="lif_double",
    parameters=_LIF_PARAMETERS
    | {"tau_rise_ms": Parameter(0.5, 1e-3, 1e6, "time constant with which the current rises")},
    update="u_new = a*u + b*I + b2*y + c\nI = s*I + s2*y\ny = sy*y",
    constants=_double_exponential,
    weight_factor=_double_exponential_peak,
    equations=_DV_DT + "dI/dt = -I/tau_syn + y : amp\ndy/dt = -y/tau_rise : amp/second",
    arrival="y_post += w/tau_syn_post"
    "*(tau_syn_post/tau_rise_post)**(tau_syn_post/(tau_syn_post - tau_rise_post))",
    source="leaky integrate-and-fire, currents that rise and decay exponentially and whose peak is "
    "the weight",
)
