"""Neurons with a quadratic membrane: Izhikevich's in both forms, and the theta neuron."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lsm.neurons.model import NeuronModel
from lsm.neurons.parameters import TAU_SYN_RANGE, Arrays, Parameter

# Fourth-order Runge-Kutta of C u' = q2 u^2 + q1 u - r + I, r' = a (b u - r). The synaptic current
# is known at any time; s_half is what is left of it after half a step. A spike is cut off at its
# peak: without that, a long step takes the parabola so far up that the recovery jumps with it.
_QUADRATIC = """i0 = I + i_bias
i1 = s_half*I + i_bias
i2 = s*I + i_bias
ku1 = p2*u*u + p1*u - hc*r + hc*i0
kr1 = ha*(b*u - r)
v1 = u + 0.5*ku1
u1 = select(v1 > theta, theta, select(v1 < -1e6, -1e6, v1))
r1 = r + 0.5*kr1
ku2 = p2*u1*u1 + p1*u1 - hc*r1 + hc*i1
kr2 = ha*(b*u1 - r1)
v2 = u + 0.5*ku2
u2 = select(v2 > theta, theta, select(v2 < -1e6, -1e6, v2))
r2 = r + 0.5*kr2
ku3 = p2*u2*u2 + p1*u2 - hc*r2 + hc*i1
kr3 = ha*(b*u2 - r2)
v3 = u + ku3
u3 = select(v3 > theta, theta, select(v3 < -1e6, -1e6, v3))
r3 = r + kr3
ku4 = p2*u3*u3 + p1*u3 - hc*r3 + hc*i2
kr4 = ha*(b*u3 - r3)
u_new = u + (ku1 + 2*ku2 + 2*ku3 + ku4)/6
r = r + (kr1 + 2*kr2 + 2*kr3 + kr4)/6
I = s*I"""


def _unit(p: Arrays) -> NDArray[np.float64]:
    return np.ones_like(p["tau_syn_ms"])


def _quadratic(p: Arrays, dt_ms: float) -> Arrays:
    """Constants of C u' = k u (u - v_t + v_rest) - r + I, r' = a (b u - r)."""
    h = dt_ms / p["c_m_pF"]
    return {
        "p2": h * p["k_nS_per_mV"],
        "p1": -h * p["k_nS_per_mV"] * (p["v_t_mV"] - p["v_rest_mV"]),
        "hc": h,
        "ha": dt_ms * p["a_per_ms"],
        "b": p["b_nS"],
        "i_bias": p["i_background_pA"],
        "d": p["noise_pA"] * h,
        "s": np.exp(-dt_ms / p["tau_syn_ms"]),
        "s_half": np.exp(-dt_ms / 2 / p["tau_syn_ms"]),
        "theta": p["v_peak_mV"] - p["v_rest_mV"],
        "u_reset": p["v_reset_mV"] - p["v_rest_mV"],
        "jump": p["d_pA"],
    }


_SHARED = {
    "tau_syn_ms": Parameter(5.0, 1e-3, 1e6, "time constant of the synaptic current", TAU_SYN_RANGE),
    "t_ref_ms": Parameter(0.0, 0.0, 1e6, "absolute refractory period, rounded to steps"),
    "i_background_pA": Parameter(0.0, -1e6, 1e6, "constant background current"),
    "noise_pA": Parameter(0.0, 0.0, 1e6, "deviation of a background current redrawn every step"),
}

IZHIKEVICH_2007 = NeuronModel(
    name="izhikevich_2007",
    parameters={
        "c_m_pF": Parameter(100.0, 1e-6, 1e6, "membrane capacitance", (50.0, 150.0)),
        "k_nS_per_mV": Parameter(0.7, 1e-6, 1e3, "steepness of the parabola", (0.5, 1.5)),
        "v_rest_mV": Parameter(-60.0, -1e3, 1e3, "resting potential, where every sample starts"),
        "v_t_mV": Parameter(-40.0, -1e3, 1e3, "instantaneous threshold"),
        "v_peak_mV": Parameter(35.0, -1e3, 1e3, "peak of a spike"),
        "v_reset_mV": Parameter(-50.0, -1e3, 1e3, "potential after a spike", (-60.0, -45.0)),
        "a_per_ms": Parameter(0.03, 0.0, 1e3, "rate of the recovery", (0.01, 0.2)),
        "b_nS": Parameter(
            -2.0, -1e3, 1e3, "what the recovery follows the potential by", (-2.0, 8.0)
        ),
        "d_pA": Parameter(100.0, -1e6, 1e6, "what a spike adds to the recovery", (20.0, 200.0)),
        **_SHARED,
    },
    state=("u", "r", "I"),
    update=_QUADRATIC,
    targets=("I",),
    constants=_quadratic,
    weight_factor=_unit,
    current="exponential",
    reset="u = u_reset\nr += jump",
    equations="dv/dt = (k*(v-v_rest)*(v-v_t) - r + I + i_background + i_noise)/c_m : volt "
    "(unless refractory)\n"
    "dr/dt = a*(b*(v-v_rest) - r) : amp\ndI/dt = -I/tau_syn : amp",
    arrival="I_post += w",
    brian_threshold="v > v_peak",
    brian_reset="v = v_reset\nr += d",
    brian_method="rk4",
    source="Izhikevich 2007, Dynamical Systems in Neuroscience, chapter 8; the defaults are those "
    "of its regular spiking neuron. Integrated by fourth-order Runge-Kutta",
)


def _izhikevich_2003(p: Arrays, dt_ms: float) -> Arrays:
    h = np.full_like(p["b_per_ms"], dt_ms)
    return {
        "p2": 0.04 * h,
        "p1": 5.0 * h,
        "hc": h,
        "ha": dt_ms * p["a_per_ms"],
        "b": p["b_per_ms"],
        "i_bias": p["i_background_pA"] / p["c_m_pF"] + 140.0,
        "d": p["noise_pA"] / p["c_m_pF"] * h,
        "s": np.exp(-dt_ms / p["tau_syn_ms"]),
        "s_half": np.exp(-dt_ms / 2 / p["tau_syn_ms"]),
        "theta": p["v_peak_mV"],
        "u_reset": p["v_reset_mV"],
        "jump": p["d_mV_per_ms"],
    }


def _resting(p: Arrays) -> Arrays:
    """The fixed point 0.04 v^2 + (5 - b) v + 140 = 0, or where that is lowest."""
    slope = 5 - p["b_per_ms"]
    v = (-slope - np.sqrt(np.maximum(slope**2 - 22.4, 0))) / 0.08
    return {"u": v, "r": p["b_per_ms"] * v}


def _per_capacitance(p: Arrays) -> NDArray[np.float64]:
    return 1 / p["c_m_pF"]


IZHIKEVICH = NeuronModel(
    name="izhikevich",
    parameters={
        "a_per_ms": Parameter(0.02, 0.0, 1e3, "rate of the recovery", (0.02, 0.1)),
        "b_per_ms": Parameter(
            0.2, -1e3, 1e3, "what the recovery follows the potential by", (0.2, 0.25)
        ),
        "v_reset_mV": Parameter(-65.0, -1e3, 1e3, "potential after a spike (c)", (-65.0, -50.0)),
        "d_mV_per_ms": Parameter(8.0, -1e3, 1e3, "what a spike adds to the recovery", (2.0, 8.0)),
        "v_peak_mV": Parameter(30.0, -1e3, 1e3, "peak of a spike"),
        "c_m_pF": Parameter(100.0, 1e-6, 1e6, "what currents are divided by to be mV/ms"),
        **_SHARED,
    },
    state=("u", "r", "I"),
    update=_QUADRATIC,
    targets=("I",),
    constants=_izhikevich_2003,
    weight_factor=_per_capacitance,
    current="exponential",
    reset="u = u_reset\nr += jump",
    start=_resting,
    equations="dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - r "
    "+ (I + i_background + i_noise)/c_m : volt (unless refractory)\n"
    "dr/dt = a*(b*v - r) : volt/second\ndI/dt = -I/tau_syn : amp",
    arrival="I_post += w",
    brian_threshold="v > v_peak",
    brian_reset="v = v_reset\nr += d",
    brian_method="rk4",
    source="Izhikevich 2003, IEEE Trans. Neural Networks 14:1569; integrated by fourth-order "
    "Runge-Kutta. A sample starts at the resting potential; r is the recovery, u in the paper",
)


def cortical_draw(excitatory: NDArray[np.bool_], rng: np.random.Generator) -> Arrays:
    """Parameters of heterogeneous cortical neurons for :data:`IZHIKEVICH` (Izhikevich 2003).

    With r uniform in (0, 1), excitatory neurons have (a, b) = (.02, .2), (c, d) = (-65 + 15 r^2,
    8 - 6 r^2); inhibitory ones (a, b) = (.02 + .08 r, .25 - .05 r), (c, d) = (-65, 2).

    Parameters
    ----------
    excitatory : bool array (neurons,)
    rng : Generator
    """
    r = rng.random(len(excitatory))
    return {
        "a_per_ms": np.where(excitatory, 0.02, 0.02 + 0.08 * r),
        "b_per_ms": np.where(excitatory, 0.2, 0.25 - 0.05 * r),
        "v_reset_mV": np.where(excitatory, -65 + 15 * r**2, -65.0),
        "d_mV_per_ms": np.where(excitatory, 8 - 6 * r**2, 2.0),
    }


def _theta(p: Arrays, dt_ms: float) -> Arrays:
    h = dt_ms / p["tau_m_ms"]
    return {
        "h": h,
        "eta": p["i_background_pA"] / p["i_rheobase_pA"],
        "gain": 1 / p["i_rheobase_pA"],
        "d": h * p["noise_pA"] / p["i_rheobase_pA"],
        "s": np.exp(-dt_ms / p["tau_syn_ms"]),
        "s_half": np.exp(-dt_ms / 2 / p["tau_syn_ms"]),
    }


def _resting_phase(p: Arrays) -> Arrays:
    """Where the phase rests: cos(u) = (1 + eta) / (1 - eta); 0 for eta from 0 on."""
    eta = np.minimum(p["i_background_pA"] / p["i_rheobase_pA"], 0)
    return {"u": -np.arccos((1 + eta) / (1 - eta))}


def _half_angle(angle: str, k: int) -> str:
    """Statements for the sine and the cosine of half an angle, but for a sign that both may have.

    Of these are 1 - cos = 2 sin(x/2)^2 and 1 + cos = 2 cos(x/2)^2, either most exact where it is
    small. The polynomials are best over a quarter turn in the largest relative (sine) and absolute
    error, 6e-9 and 3e-10; multiples of pi come off before, for adding 1.5 2^23 rounds to a whole
    number. All is plain arithmetic, which compilers turn into vector instructions.
    """
    return f"""turns{k} = 0.318309886*(0.5*{angle}) + 12582912.0
x{k} = 0.5*{angle} - 3.14159274*(turns{k} - 12582912.0)
z{k} = x{k}*x{k}
sine{k} = -1.98095770e-4 + 2.60572016e-6*z{k}
sine{k} = x{k} + x{k}*(z{k}*(-0.166666595 + z{k}*(8.33306592e-3 + z{k}*sine{k})))
cosine{k} = -1.38884029e-3 + z{k}*(2.47618548e-5 - 2.60765246e-7*z{k})
cosine{k} = 1 + z{k}*(-0.499999995 + z{k}*(0.0416666407 + z{k}*cosine{k}))"""


THETA = NeuronModel(
    name="theta",
    parameters={
        "tau_m_ms": Parameter(10.0, 1e-3, 1e6, "time constant of the phase", (5.0, 20.0)),
        "i_rheobase_pA": Parameter(100.0, 1e-6, 1e6, "current that is 1 in the phase's equation"),
        **{name: p for name, p in _SHARED.items() if name != "i_background_pA"},
        "i_background_pA": Parameter(
            -25.0, -1e6, 1e6, "constant current; below 0 at rest", (-50.0, 0.0)
        ),
    },
    state=("u", "I"),
    # The midpoint rule.
    update=f"""{_half_angle("u", 0)}
middle = u + h*(sine0*sine0 + cosine0*cosine0*(eta + gain*I))
{_half_angle("middle", 1)}
u_new = u + 2*h*(sine1*sine1 + cosine1*cosine1*(eta + gain*s_half*I))
I = s*I""",
    targets=("I",),
    constants=_theta,
    weight_factor=_unit,
    current="exponential",
    phase=True,
    threshold="u > 3.14159274",
    reset="u -= 6.28318548",
    start=_resting_phase,
    equations="dv/dt = (1 - cos(v) + (1 + cos(v))*(I + i_background)/i_rheobase "
    "+ i_noise/i_rheobase)/tau_m : 1 (unless refractory)\ndI/dt = -I/tau_syn : amp",
    arrival="I_post += w",
    brian_threshold="v > pi",
    brian_reset="v -= 2*pi",
    brian_method="rk2",
    source="Ermentrout & Kopell 1986, SIAM J. Appl. Math. 46:233; the potential is the phase, "
    "and noise acts on it at any phase alike. Integrated by the midpoint rule",
)
