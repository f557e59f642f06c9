"""A model of one's own from Brian2's equations: see :meth:`lsm.neurons.NeuronModel.from_equations`.

Brian2 reads the equations, checks units and writes the statements of a step. The package imports
this module, and Brian2 with it, only where it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Equations
from brian2.core.namespace import DEFAULT_UNITS
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException
from brian2.units import second
from brian2.utils.stringtools import get_identifiers
from numpy.typing import NDArray

from lsm.base.units import scale
from lsm.neurons.bounds import refuse_too_large
from lsm.neurons.parameters import UNITS, Arrays, Parameter, own_variable
from lsm.neurons.reading import (
    Values,
    check_expressions,
    check_letters,
    check_names,
    inside,
    known_names,
    parse,
    read_reset,
    read_threshold,
    renamed,
)
from lsm.neurons.units import public_name, quantity, suffix, unit_of

METHODS = ("rk4", "rk2", "euler", "exponential_euler", "exact")


@dataclass(frozen=True)
class _Constants:
    """Parameters by the names that they have in a program, and the step."""

    names: tuple[tuple[str, str], ...]

    def __call__(self, p: Arrays, dt_ms: float) -> Arrays:
        nothing = np.zeros_like(p["t_ref_ms"])
        constants = {inside: p[name] for inside, name in self.names}
        return constants | {"step_ms": nothing + dt_ms, "d": nothing}


@dataclass(frozen=True)
class _Start:
    values: tuple[tuple[str, str | float], ...]

    def __call__(self, p: Arrays) -> Arrays:
        nothing = np.zeros_like(p["t_ref_ms"])
        return {
            name: p[value] if isinstance(value, str) else nothing + value
            for name, value in self.values
        }


@dataclass(frozen=True)
class _Ones:
    targets: int

    def __call__(self, p: Arrays) -> NDArray[np.float64]:
        return np.ones((self.targets, len(p["t_ref_ms"])))


def read_model(
    name: str,
    equations: str,
    *,
    parameters: Mapping[str, Any],
    threshold: str,
    reset: str,
    synapse: str | Sequence[str],
    start: Mapping[str, Any],
    method: str,
    definitions: Mapping[str, str],
) -> dict[str, Any]:
    """The fields of the model that :meth:`lsm.neurons.NeuronModel.from_equations` returns.

    Parameters
    ----------
    definitions : mapping of str to str
        The names that are taken, with the definitions of those that may be taken again.
    """
    texts = {"name": name, "equations": equations, "threshold": threshold, "reset": reset}
    for what, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"{what} must be a string, got {text!r}")
    for what, mapping in {"parameters": parameters, "start": start}.items():
        if not isinstance(mapping, Mapping) or not all(isinstance(key, str) for key in mapping):
            raise TypeError(f"{what} must be a mapping from names, got {mapping!r}")
    if not name or definitions.get(name) == "":
        raise ValueError(f"name must be new, got {name!r}: known are {', '.join(definitions)}")
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if not isinstance(synapse, str | Sequence):
        raise TypeError(f"synapse must be one or two names of variables, got {synapse!r}")
    targets = (synapse,) if isinstance(synapse, str) else tuple(synapse)
    check_letters(equations, "equations")
    refuse_too_large(equations, threshold, reset, len(parameters))
    parsed = parse(equations)
    values = {key: quantity(value, f"parameter {key!r}") for key, value in parameters.items()}
    if values.setdefault("t_ref", (0.0, second.dim))[1] is not second.dim:
        raise ValueError(f"parameter 't_ref' must be a time, got {parameters['t_ref']!r}")
    check_names(parsed, values)
    if (
        len(targets) not in (1, 2)
        or not set(targets) <= parsed.diff_eq_names
        or (len(set(targets)) < len(targets))
    ):
        raise ValueError(
            f"synapse must be one or two of the variables {', '.join(sorted(parsed.diff_eq_names))}"
            f", got {synapse!r}: it names what a spike adds its weight to"
        )
    namespace = known_names(parsed, values)
    check_expressions(parsed, namespace, values)
    condition = read_threshold(parsed, threshold, namespace, values)
    statements = read_reset(parsed, reset, namespace, values)
    public = {key: public_name(key, dimensions) for key, (_, dimensions) in values.items()}
    _check_differ(public)
    state = ("v", *sorted(parsed.diff_eq_names - {"v"}))
    begin = [
        (key, _start(key, value, parsed, values, public)) for key, value in sorted(start.items())
    ]
    expressions = [str(expression) for _, expression in parsed.eq_expressions]
    used = set().union(*map(get_identifiers, [*expressions, condition, statements]))
    used |= {value for value in start.values() if isinstance(value, str)} | {"t_ref"}
    if idle := sorted(set(values) - used):
        raise ValueError(f"parameter {idle[0]!r} is not used anywhere in the model {name!r}")

    units = {
        unit: repr(float(namespace[unit].get_value()) / scale(namespace[unit].dim))
        for unit in used & set(DEFAULT_UNITS) - set(values) - parsed.names
    }
    words = {key: inside(key) for key in values} | units | {"dt": "step_ms"}
    words |= {key: own_variable(key) for key in state}
    named = {
        key: f"({expression})"
        for key, expression in parsed.get_substituted_expressions(dict(namespace), True)
        if key not in state
    }
    default = {
        public[key]: Parameter(value, -np.inf, np.inf, f"{key} of the equations")
        for key, (value, _) in values.items()
    }
    default["t_ref_ms"] = Parameter(
        values["t_ref"][0], 0.0, 1e6, "absolute refractory period, rounded to steps"
    )
    default["noise_pA"] = Parameter(0.0, 0.0, 0.0, "none: equations of one's own have no noise")
    definition = {
        "name": name,
        "equations": equations,
        "parameters": {
            key: [value, unit_of(dimensions)] for key, (value, dimensions) in values.items()
        },
        "threshold": threshold,
        "reset": reset,
        "synapse": list(targets),
        "start": {
            key: value if isinstance(value, str) else [value, unit_of(parsed[key].dim)]
            for key, value in ((k, _start_value(k, start[k], parsed)) for k in sorted(start))
        },
        "method": method,
    }
    return dict(
        name=name,
        parameters=default,
        state=state,
        update=_update(parsed, namespace, method, words),
        targets=targets,
        constants=_Constants(tuple((inside(key), public[key]) for key in values)),
        weight_factor=_Ones(len(targets)),
        equations=_for_brian(parsed),
        arrival=_arrival(targets, parsed),
        source="equations of one's own",
        threshold=f"({renamed(renamed(condition, named), words)}) and step >= release",
        reset=renamed(renamed(statements, named), words),
        start=_Start(tuple(begin)),
        brian_threshold=condition,
        brian_reset=statements,
        brian_method=method,
        definition=json.dumps(definition),
    )


def _update(
    parsed: Equations, namespace: Mapping[str, Any], method: str, words: Mapping[str, str]
) -> str:
    """The statements of a step, in the program's names."""
    try:
        code = StateUpdateMethod.apply_stateupdater(parsed, dict(namespace), method)
    except UnsupportedEquationsException as error:
        raise ValueError(f"method {method!r} cannot do these equations: {error}") from error
    lines = [line for line in code.splitlines() if line.strip() and line != "v = _v"]
    # No name of a parameter or a variable ends so.
    mine = {name: f"aux{name}_" for name in get_identifiers(code) if name.startswith("_")}
    return renamed("\n".join(lines), {**words, **mine, "_v": f"{own_variable('v')}_new"})


def _check_differ(public: Mapping[str, str]) -> None:
    """Raise ValueError for parameters that would be one once they carry their units."""
    keys = {"noise_pA": "noise"}
    for key, name in public.items():
        if earlier := keys.get(name):
            raise ValueError(f"parameters {earlier!r} and {key!r} would both be called {name!r}")
        keys[name] = key


def _for_brian(parsed: Equations) -> str:
    """The equations for a group whose neurons can be refractory."""
    lines = []
    for name, expression in parsed.eq_expressions:
        left_side = f"d{name}/dt" if name in parsed.diff_eq_names else name
        dimensions = parsed[name].dim
        ending = suffix(dimensions)
        unit = UNITS.get(ending, ending or "1")
        flag = " (unless refractory)" if name == "v" else ""
        lines.append(f"{left_side} = {expression} : {unit}{flag}")
    return "\n".join(lines)


def _arrival(targets: Sequence[str], parsed: Equations) -> str:
    weights = ["w"]
    if len(targets) == 2:
        weights = ["clip(w/pA, 0, inf)*pA", "clip(w/pA, -inf, 0)*pA"]
    lines = []
    for target, weight in zip(targets, weights, strict=True):
        unit = unit_of(parsed[target].dim)
        if unit != "pA":
            weight = f"({weight})/pA" + (f"*{unit}" if unit else "")
        lines.append(f"{target}_post += {weight}")
    return "\n".join(lines)


def _start(
    name: str,
    value: Any,
    parsed: Equations,
    values: Values,
    public: Mapping[str, str],
) -> str | float:
    if name not in parsed.diff_eq_names:
        raise ValueError(f"start: {name!r} is none of the variables {sorted(parsed.diff_eq_names)}")
    if not isinstance(value, str):
        return float(_start_value(name, value, parsed))
    if value not in values:
        raise ValueError(f"start of {name!r}: {value!r} is none of the parameters")
    if values[value][1] is not parsed[name].dim:
        raise ValueError(f"start of {name!r}: {value!r} has another unit")
    return public[value]


def _start_value(name: str, value: Any, parsed: Equations) -> Any:
    if isinstance(value, str):
        return value
    number, dimensions = quantity(value, f"start of {name!r}")
    if dimensions is not parsed[name].dim:
        raise ValueError(
            f"start of {name!r} must have the unit {unit_of(parsed[name].dim) or '1'}, "
            f"got {value!r}"
        )
    return number
