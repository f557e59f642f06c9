"""What a neuron model is: named parameters with units, and how one time step goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import nearest
from lsm.base.quantities import in_unit
from lsm.neurons.parameters import Arrays, Parameter, own_variable

#: The models that are found by their names, also by saved reservoirs; :mod:`lsm.neurons` fills it.
MODELS: dict[str, NeuronModel] = {}

#: Parameters that must lie below others: name, the higher one's name, whether they may be equal.
_ORDER = (
    ("v_reset_mV", "v_threshold_mV", True),
    ("v_reset_mV", "v_peak_mV", True),
    ("v_rest_mV", "v_e_mV", False),
    ("v_i_mV", "v_rest_mV", False),
)


def _nothing(parameters: Arrays) -> Arrays:
    return {}


@dataclass(frozen=True)
class NeuronModel:
    """A spiking neuron.

    Attributes
    ----------
    name : str
        The model's key in :data:`lsm.neurons.MODELS`.
    parameters : mapping of str to Parameter
        Every parameter has one value for each neuron. ``t_ref_ms`` and ``noise_pA`` belong to every
        model.
    state : tuple of str
        Variables that change in time; the first is the potential: ``u``, counted from
        ``v_rest_mV`` where there is such a parameter, or ``v``, as it is.
    update : str
        Brian2 statements for a time step: they set ``u_new`` (or ``v_new``), the potential one
        step later unless the neuron is refractory, and the other variables. Those of a potential
        that goes on while it is refractory set ``u`` as well. Variables are called there as
        :meth:`inside` says.
    targets : tuple of one or two str
        The state variable that a spike's weight is added to; of two, the first takes positive
        weights and the second negative ones.
    constants : callable
        ``constants(parameters, dt_ms)`` gives the numbers, one for each neuron, that `update`,
        `threshold` and `reset` use by name; always ``d``, the deviation in units of the potential
        that the noise of one step gives.
    weight_factor : callable
        ``weight_factor(parameters)`` turns a weight in pA into the step of its target, for each
        post-synaptic neuron: (neurons,), or (2, neurons) for two targets.
    equations, arrival : str
        The model as Brian2's differential equations with units, for ``Reservoir.to_brian2``;
        parameters are called by their names without the unit, ``v`` is the potential and
        ``i_noise`` the noise. `arrival`: what a spike of weight ``w`` in ampere does there.
    source : str
        Where the model comes from.
    threshold, reset : str
        Brian2 condition and statements for a spike, on the abstract variables.
    current : str
        What a spike causes in the neurons that hear it: ``"exponential"``, a current that jumps by
        the weight and decays with ``tau_syn``; ``"alpha"`` or ``"double"``, one that rises to the
        weight first; ``"conductance"``. Empty where it is none of these.
    phase : bool
        Whether the potential is a phase, which goes round from -pi to pi.
    distance : str
        How far a neuron is above its threshold, on the abstract variables: what the
        pseudo-derivative of a spike is a function of (:func:`lsm.neurons.linear.linear_step`).
        Empty where neurons can't be trained by gradients.
    detached : tuple of (str, str)
        What a gradient ignores in the update: that the first variable depends on the second.
    start : callable
        ``start(parameters)`` gives the state variables that aren't zero when a sample begins.
    brian_threshold, brian_reset, brian_method : str
        As `equations` have them, and Brian2's way to integrate these.
    definition : str
        What :meth:`from_equations` was given, as JSON; empty for the package's own models.
    """

    name: str
    parameters: Mapping[str, Parameter]
    state: tuple[str, ...]
    update: str
    targets: tuple[str, ...]
    constants: Callable[[Arrays, float], Arrays]
    weight_factor: Callable[[Arrays], NDArray[np.float64]]
    equations: str
    arrival: str
    source: str
    threshold: str = "u > theta"
    reset: str = "u = u_reset"
    current: str = ""
    phase: bool = False
    distance: str = ""
    detached: tuple[tuple[str, str], ...] = ()
    start: Callable[[Arrays], Arrays] = _nothing
    brian_threshold: str = "v > v_threshold"
    brian_reset: str = "v = v_reset"
    brian_method: str = "exact"
    definition: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __repr__(self) -> str:
        return f"NeuronModel({self.name!r})"

    @property
    def decay_times(self) -> tuple[str, str]:
        """The parameters with which excitatory and inhibitory currents or conductances decay."""
        two = len(self.targets) == 2
        return ("tau_syn_e_ms", "tau_syn_i_ms") if two else ("tau_syn_ms", "tau_syn_ms")

    def inside(self, variable: str) -> str:
        """The name of a state variable in a program."""
        return own_variable(variable) if self.definition else variable

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        # A registered model travels to other processes by its name: it stays the one it is there.
        if MODELS.get(self.name) is self:
            return get_model, (self.name,)
        values = [getattr(self, field.name) for field in fields(self)]
        return NeuronModel, tuple(dict(x) if isinstance(x, MappingProxyType) else x for x in values)

    @staticmethod
    def from_equations(
        name: str,
        equations: str,
        *,
        parameters: Mapping[str, Any],
        threshold: str,
        reset: str,
        synapse: str | Sequence[str] = "I",
        start: Mapping[str, Any] | None = None,
        method: str = "rk4",
    ) -> NeuronModel:
        """A model of one's own, from Brian2's equations.

        Its variables, and the reservoir's parameters, are in units of ms, mV, pA and what follows
        from them (pF, nS, Gohm), whatever the equations are written in: a parameter ``tau`` of
        10 ms becomes ``tau_ms``. A refractory period ``t_ref_ms`` is always there (0 if not given);
        while it lasts the potential stands still. There is no noise (``noise_pA`` must be 0).

        Parameters
        ----------
        name : str
        equations : str
            Differential equations and subexpressions as Brian2 has them, with units. The potential
            is called ``v``.
        parameters : mapping of str to (float, str), quantity, or float
            Defaults: ``{"tau": (10, "ms")}``, ``{"tau": 10 * ms}``; a mere number has no unit.
        threshold, reset : str
            Condition for a spike, and what happens then, as Brian2 has them.
        synapse : str or two of them
            The variable that a spike's weight in pA is added to (as so many mV or nS where it has
            these units); of two, the second takes the negative weights.
        start : mapping of str to str, (float, str), quantity or float, optional
            What variables are when a sample begins, or the parameter that says so; else 0.
        method : {"rk4", "rk2", "euler", "exponential_euler", "exact"}
            How Brian2 integrates the equations; ``exact`` for linear ones only.

        Raises
        ------
        ValueError
            Equations that can't be read, unknown variables, units that don't fit, parameters that
            are not used, randomness; names that Brian2 needs itself (such as ``t``, ``dt``, ``i``,
            ``N``, functions, constants and units), words of Python and C++, letters beyond ASCII
            (except in comments): with the name.

        Examples
        --------
        >>> from lsm.neurons import NeuronModel
        >>> model = NeuronModel.from_equations(
        ...     "quadratic",
        ...     "dv/dt = (v*(v - v_c)/v_c + I*R)/tau : volt\\n dI/dt = -I/tau_s : amp",
        ...     parameters={
        ...         "tau": (10, "ms"), "tau_s": (5, "ms"), "R": (40, "Mohm"), "v_c": (10, "mV")
        ...     },
        ...     threshold="v > 50*mV",
        ...     reset="v = 0*mV",
        ... )
        >>> list(model.parameters)
        ['tau_ms', 'tau_s_ms', 'R_Gohm', 'v_c_mV', 't_ref_ms', 'noise_pA']
        """
        from lsm.neurons.equations import read_model  # imports Brian2

        definitions = {model.name: model.definition for model in MODELS.values()}
        fields_of_it = read_model(
            name,
            equations,
            parameters=parameters,
            threshold=threshold,
            reset=reset,
            synapse=synapse,
            start=start or {},
            method=method,
            definitions=definitions,
        )
        model = NeuronModel(**fields_of_it)
        model.complete({}, 1)  # refuses defaults that can't be
        return model

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """The parameters that evolution draws by default, with their ranges."""
        return {name: p.evolve for name, p in self.parameters.items() if p.evolve is not None}

    def complete(self, parameters: Mapping[str, object], n: int) -> Arrays:
        """Check parameters and fill in defaults.

        Parameters
        ----------
        parameters : mapping of str to float, quantity, or array (n,) of either
        n : int
            Number of neurons.

        Returns
        -------
        dict of str to float64 array (n,)

        Raises
        ------
        TypeError
            Something else than numbers.
        ValueError
            A name that the model doesn't have, a wrong shape, a quantity of another unit, a value
            that is not finite or not allowed.
        """
        for name in parameters:
            if name not in self.parameters:
                suggestion = nearest(name, self.parameters, cutoff=0.6)
                raise ValueError(
                    f"neuron model {self.name!r} has no parameter {name!r}; it has "
                    f"{', '.join(self.parameters)}"
                    + (f". Did you mean {suggestion!r}?" if suggestion else "")
                )
        complete = {}
        for name, parameter in self.parameters.items():
            what = f"parameter {name!r}"
            value = in_unit(parameters.get(name, parameter.default), name, what)
            if value.ndim and value.shape != (n,):
                raise ValueError(
                    f"{what}: expected one value or one for each of {n} neurons, "
                    f"got an array of shape {value.shape}"
                )
            value = np.broadcast_to(value, (n,)).copy()
            if not np.all(np.isfinite(value)):
                raise ValueError(f"{what} must be finite, got {value}")
            if np.any((value < parameter.low) | (value > parameter.high)):
                raise ValueError(
                    f"{what} must lie in [{parameter.low:g}, {parameter.high:g}], "
                    f"got values from {value.min():g} to {value.max():g}"
                )
            complete[name] = value
        for name, upper, may_equal in _ORDER:
            if not {name, upper} <= set(complete):
                continue
            low, high = complete[name], complete[upper]
            wrong = np.flatnonzero(low > high if may_equal else low >= high)
            if len(wrong):
                k = int(wrong[0])
                raise ValueError(
                    f"parameter {name!r} must {'not lie above' if may_equal else 'lie below'} "
                    f"{upper!r}, got {low[k]:g} and {high[k]:g} in neuron {k}"
                )
        return complete


def check_model(model: object) -> None:
    """Raise TypeError for what is no neuron model, such as its name."""
    if not isinstance(model, NeuronModel):
        raise TypeError(
            "model must be of type NeuronModel (lsm.neurons.get_model gives one by its name), "
            f"got {model!r}"
        )


def get_model(name: str) -> NeuronModel:
    """The neuron model of that name; ValueError lists the known ones.

    Instead of a name also the definition of a model from equations.
    """
    if name.startswith("{"):
        return NeuronModel.from_equations(**json.loads(name))
    if name not in MODELS:
        raise ValueError(f"unknown neuron model {name!r}; known are {', '.join(MODELS)}")
    return MODELS[name]
