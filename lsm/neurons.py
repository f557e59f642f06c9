"""Neuron models: named parameters with units, and how one time step goes.

A model says what a step does as Brian2 statements on abstract variables; numbers that depend on
the time step (decay factors, propagators) are computed here, on the host, in double precision.
The compiled program therefore holds no exponential and no dt, and gives the same bits as NumPy.

A new model is one more :class:`NeuronModel` object, put into :data:`MODELS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a neuron: what it is, its default, and the values it may take.

    The unit is the last part of the parameter's name (``tau_m_ms``, ``c_m_pF``).
    """

    default: float
    low: float
    high: float
    meaning: str


@dataclass(frozen=True)
class NeuronModel:
    """A spiking neuron with current-based synapses.

    Attributes
    ----------
    name : str
        The model's key in :data:`MODELS`.
    parameters : mapping of str to Parameter
        Every parameter has one value for each neuron. ``v_rest_mV``, ``v_threshold_mV``,
        ``v_reset_mV``, ``t_ref_ms`` and ``noise_pA`` belong to every model.
    state : tuple of str
        Variables that change in time; ``u``, the potential above rest in mV, comes first. All are
        zero when a sample starts.
    drive : str
        Brian2 expression: ``u`` one step later, while the neuron is not refractory.
    decay : str
        Brian2 statements for the other state variables, executed after ``u`` at every step. In them
        ``int(u > theta)`` is 1 where the neuron fires: what a spike adds to its own neuron.
    target : str
        The state variable that a spike's weight is added to.
    constants : callable
        ``constants(parameters, dt_ms)`` gives the numbers, one for each neuron, that ``drive`` and
        ``decay`` use by name; always ``theta`` and ``u_reset``, threshold and reset above rest in
        mV, and ``d``, the deviation in mV that the noise of one step gives.
    weight_factor : callable
        ``weight_factor(parameters)`` turns a weight in pA into the step of ``target``, for each
        post-synaptic neuron.
    equations : str
        The model as Brian2's differential equations with units, for ``Reservoir.to_brian2``;
        parameters are called by their names without the unit, and ``i_noise`` is the noise.
    arrival : str
        Brian2 statement: what a spike of weight ``w`` in ampere does there.
    source : str
        Where the model comes from.
    reset : str
        Brian2 statements: what happens there when the neuron fires.
    """

    name: str
    parameters: Mapping[str, Parameter]
    state: tuple[str, ...]
    drive: str
    decay: str
    target: str
    constants: Callable[[Arrays, float], Arrays]
    weight_factor: Callable[[Arrays], NDArray[np.float64]]
    equations: str
    arrival: str
    source: str
    reset: str = "v = v_reset"

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        # A registered model travels to other processes by its name: it stays the one it is there.
        if MODELS.get(self.name) is self:
            return get_model, (self.name,)
        return NeuronModel, tuple(getattr(self, field.name) for field in fields(self))

    def complete(self, parameters: Mapping[str, object], n: int) -> Arrays:
        """Check parameters and fill in defaults.

        Parameters
        ----------
        parameters : mapping of str to float or array (n,)
        n : int
            Number of neurons.

        Returns
        -------
        dict of str to float64 array (n,)

        Raises
        ------
        ValueError
            A name that the model doesn't have, a wrong shape, a value that is not finite or not
            allowed.
        """
        unknown = sorted(set(parameters) - set(self.parameters))
        if unknown:
            raise ValueError(
                f"neuron model {self.name!r} has no parameter {unknown[0]!r}; "
                f"it has {', '.join(self.parameters)}"
            )
        complete = {}
        for name, parameter in self.parameters.items():
            value = np.asarray(parameters.get(name, parameter.default), dtype=np.float64)
            if value.ndim and value.shape != (n,):
                raise ValueError(
                    f"parameter {name!r}: expected one value or one for each of {n} neurons, "
                    f"got an array of shape {value.shape}"
                )
            value = np.broadcast_to(value, (n,)).copy()
            if not np.all(np.isfinite(value)):
                raise ValueError(f"parameter {name!r} must be finite, got {value}")
            if np.any((value < parameter.low) | (value > parameter.high)):
                raise ValueError(
                    f"parameter {name!r} must lie in [{parameter.low:g}, {parameter.high:g}], "
                    f"got values from {value.min():g} to {value.max():g}"
                )
            complete[name] = value
        silent = complete["v_reset_mV"] > complete["v_threshold_mV"]
        if np.any(silent):
            raise ValueError(
                "parameter 'v_reset_mV' must not lie above 'v_threshold_mV', "
                f"as it does in neuron {int(np.flatnonzero(silent)[0])}"
            )
        return complete


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


def _alpha_peak(p: Arrays) -> NDArray[np.float64]:
    # The current I = w (t/tau) exp(1 - t/tau) peaks at w.
    return np.e / p["tau_syn_ms"]


_LIF_PARAMETERS = {
    "tau_m_ms": Parameter(10.0, 1e-3, 1e6, "membrane time constant"),
    "tau_syn_ms": Parameter(5.0, 1e-3, 1e6, "time constant of the synaptic current"),
    "t_ref_ms": Parameter(2.0, 0.0, 1e6, "absolute refractory period, rounded to steps"),
    "v_rest_mV": Parameter(-70.0, -1e3, 1e3, "resting potential, where every sample starts"),
    "v_threshold_mV": Parameter(-60.0, -1e3, 1e3, "threshold"),
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
    drive="a*u + b*I + c",
    decay="I = s*I",
    target="I",
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
    drive="a*u + b*I + b2*y + c",
    decay="I = s*I + s2*y\ny = s*y",
    target="y",
    constants=_alpha,
    weight_factor=_alpha_peak,
    equations=_DV_DT + "dI/dt = (y-I)/tau_syn : amp\ndy/dt = -y/tau_syn : amp",
    arrival="y_post += exp(1)*w",
    source="leaky integrate-and-fire, alpha-shaped currents whose peak is the weight, as NEST's "
    "iaf_psc_alpha (Rotter & Diesmann 1999)",
)

MODELS = {model.name: model for model in (LIF, LIF_ALPHA)}


def get_model(name: str) -> NeuronModel:
    """The neuron model of that name; ValueError lists the known ones."""
    if name not in MODELS:
        raise ValueError(f"unknown neuron model {name!r}; known are {', '.join(MODELS)}")
    return MODELS[name]
