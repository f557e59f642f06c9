"""Leaky integrate-and-fire neurons with other synapses than one exponential current.

Alpha-shaped and double exponential currents; excitation and inhibition with time constants of their
own, as currents and as conductances.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.neurons.lif import DV_DT, LIF, LIF_PARAMETERS, membrane, phi1, rate_difference
from lsm.neurons.model import NeuronModel
from lsm.neurons.parameters import TAU_SYN_RANGE, Arrays, Parameter


def _phi2(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1 - (1 + x) exp(-x)) / x^2, by its series where that cancels."""
    safe = np.where(np.abs(x) < 1e-2, 1.0, x)
    exact = (-np.expm1(-safe) - safe * np.exp(-safe)) / safe**2
    series = 1 / 2 - x / 3 + x**2 / 8 - x**3 / 30 + x**4 / 144
    return np.where(np.abs(x) < 1e-2, series, exact)


def _alpha(p: Arrays, dt_ms: float) -> Arrays:
    constants = membrane(p, dt_ms)
    a, s, x = constants["a"], constants["s"], rate_difference(p, dt_ms)
    z = np.abs(x)
    rise = np.where(x < 0, s * (phi1(z) - _phi2(z)), a * _phi2(z))
    return constants | {"b2": dt_ms**2 / p["c_m_pF"] * rise, "s2": dt_ms * s}


def _alpha_peak(p: Arrays) -> NDArray[np.float64]:
    # The current I = w (t/tau) exp(1 - t/tau) peaks at w.
    return np.e / p["tau_syn_ms"]


LIF_ALPHA = NeuronModel(
    name="lif_alpha",
    parameters=LIF_PARAMETERS,
    state=("u", "I", "y"),
    update="u_new = a*u + b*I + b2*y + c\nI = s*I + s2*y\ny = s*y",
    targets=("y",),
    constants=_alpha,
    weight_factor=_alpha_peak,
    current="alpha",
    distance="u - theta",
    equations=DV_DT + "dI/dt = (y-I)/tau_syn : amp\ndy/dt = -y/tau_syn : amp",
    arrival="y_post += exp(1)*w",
    source="leaky integrate-and-fire, alpha-shaped currents whose peak is the weight, as NEST's "
    "iaf_psc_alpha (Rotter & Diesmann 1999)",
)


def _one_each(p: Arrays) -> NDArray[np.float64]:
    return np.ones((2, len(p["tau_m_ms"])))


def _two_currents(p: Arrays, dt_ms: float) -> Arrays:
    fast, slow = ({**p, "tau_syn_ms": p[name]} for name in ("tau_syn_e_ms", "tau_syn_i_ms"))
    excitatory, inhibitory = membrane(fast, dt_ms), membrane(slow, dt_ms)
    shared = {name: excitatory[name] for name in ("a", "c", "d", "theta", "u_reset")}
    return shared | {
        "be": excitatory["b"],
        "bi": inhibitory["b"],
        "se": excitatory["s"],
        "si": inhibitory["s"],
    }


_TWO_TIMES = {name: p for name, p in LIF_PARAMETERS.items() if name != "tau_syn_ms"} | {
    "tau_syn_e_ms": Parameter(
        5.0, 1e-3, 1e6, "time constant of excitatory synapses", TAU_SYN_RANGE
    ),
    "tau_syn_i_ms": Parameter(
        10.0, 1e-3, 1e6, "time constant of inhibitory synapses", TAU_SYN_RANGE
    ),
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
    shared = membrane({**p, "tau_syn_ms": p["tau_syn_e_ms"]}, dt_ms)
    se, si = np.exp(-dt_ms / p["tau_syn_e_ms"]), np.exp(-dt_ms / p["tau_syn_i_ms"])
    half = dt_ms / 2 / p["c_m_pF"]
    return {
        "leak": dt_ms / 2 / p["tau_m_ms"],
        "he": half * np.sqrt(se),
        "hi": half * np.sqrt(si),
        "e_e": p["v_e_mV"] - p["v_rest_mV"],
        "e_i": p["v_i_mV"] - p["v_rest_mV"],
        "c": 2 * half * p["i_background_pA"],
        "d": shared["d"],
        "se": se,
        "si": si,
        "theta": shared["theta"],
        "u_reset": shared["u_reset"],
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
    current="conductance",
    distance="",
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
    constants = membrane(p, dt_ms)
    n = len(p["tau_m_ms"])
    flow = np.zeros((n, 3, 3))
    flow[:, 0, 0], flow[:, 0, 1] = -1 / p["tau_m_ms"], 1 / p["c_m_pF"]
    flow[:, 1, 1], flow[:, 1, 2] = -1 / p["tau_syn_ms"], 1.0
    flow[:, 2, 2] = -1 / p["tau_rise_ms"]
    step = scipy.linalg.expm(flow * dt_ms)
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
    parameters=LIF_PARAMETERS
    | {
        "tau_rise_ms": Parameter(
            0.5, 1e-3, 1e6, "time constant with which the current rises", (0.2, 2.0)
        )
    },
    update="u_new = a*u + b*I + b2*y + c\nI = s*I + s2*y\ny = sy*y",
    constants=_double_exponential,
    weight_factor=_double_exponential_peak,
    current="double",
    equations=DV_DT + "dI/dt = -I/tau_syn + y : amp\ndy/dt = -y/tau_rise : amp/second",
    arrival="y_post += w/tau_syn_post"
    "*(tau_syn_post/tau_rise_post)**(tau_syn_post/(tau_syn_post - tau_rise_post))",
    source="leaky integrate-and-fire, currents that rise and decay exponentially and whose peak is "
    "the weight",
)
