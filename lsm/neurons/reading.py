"""Reading a model of one's own: everything that is wrong with it is found here, by name.

As :mod:`lsm.neurons.equations` this imports Brian2.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Mapping
from typing import Any

from brian2 import Equations
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.variables import Constant, Variable
from brian2.equations.equations import EquationError
from brian2.equations.unitcheck import check_dimensions, check_units_statements
from brian2.parsing.expressions import is_boolean_expression, parse_expression_dimensions
from brian2.units import second
from brian2.units.fundamentalunits import Dimension, DimensionMismatchError
from brian2.utils.stringtools import get_identifiers

from lsm.neurons.units import unit_of

#: Parameters by name: their value in the program's units, and their dimensions.
Values = Mapping[str, tuple[float, Dimension]]

_RANDOM = ("rand", "randn", "poisson")
# What a program has itself, and what Brian2 would take for something else.
_RESERVED = {
    *("d", "step", "step_ms", "release", "spikes", "refractory_steps", "first_edge", "last_edge"),
    *("select", "efficacy", "edge_target", "advance", "noise_at", "v_new"),
    *("tally_spike", "t", "dt", "i", "j", "N", "xi", "lastspike", "not_refractory", "noise"),
    *("i_noise", "w", "edge", "weight", "use", "resource", "utilisation", "recovery"),
    *("facilitation", "last_spike", "delay", "fired"),
    *DEFAULT_FUNCTIONS,
    *DEFAULT_CONSTANTS,
    *DEFAULT_UNITS,
}


def inside(parameter: str) -> str:
    """What a program calls a parameter."""
    return f"{parameter}_p"


def parse(equations: str) -> Equations:
    """The equations as Brian2 reads them."""
    try:
        parsed = Equations(equations)
    except (EquationError, SyntaxError, TypeError, ValueError) as error:
        form = "; a line is 'dx/dt = expression : unit' or 'x = expression : unit'"
        hint = form if isinstance(error, SyntaxError) else ""
        raise ValueError(
            f"equations cannot be read: {said(error)}{hint}; got {equations!r}"
        ) from error
    if "v" not in parsed.diff_eq_names:
        raise ValueError("equations must have a differential equation of v, the potential")
    if declared := sorted(parsed.parameter_names):
        raise ValueError(f"equations: give {declared[0]!r} in parameters, not as a declaration")
    if parsed.is_stochastic or (random := sorted(parsed.identifiers & set(_RANDOM))):
        what = "xi" if parsed.is_stochastic else random[0]
        raise ValueError(f"equations must not have randomness, got {what!r}")
    for name in parsed.diff_eq_names:
        if name != "v" and parsed[name].flags:
            raise ValueError(f"equations: only v stands still while refractory, not {name!r}")
    return parsed


def check_names(parsed: Equations, values: Values) -> None:
    """Raise ValueError for names that can't be, or that a program has itself."""
    for name in sorted({*parsed.names, *values}):
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"{name!r} cannot be the name of a parameter")
        own = name in _RESERVED or name.startswith(("_", "aux_"))
        if own or name in map(inside, values):
            raise ValueError(f"{name!r} is a name that a program needs itself: take another")
    if both := sorted(set(values) & set(parsed.names)):
        raise ValueError(f"{both[0]!r} is a variable of the equations and a parameter too")


def known_names(parsed: Equations, values: Values) -> dict[str, Any]:
    """Everything that the equations may speak of, as Brian2 looks things up."""
    known: dict[str, Any] = dict(DEFAULT_FUNCTIONS) | dict(DEFAULT_CONSTANTS)
    for function in _RANDOM:
        del known[function]
    for unit, one in DEFAULT_UNITS.items():
        known[unit] = Constant(unit, float(one), dimensions=one.dim)
    for name in values:
        known[name] = Variable(name, dimensions=values[name][1], constant=True, scalar=True)
    for name in parsed.names:
        known[name] = Variable(name, dimensions=parsed[name].dim)
    return known


def check_texts(
    parsed: Equations, threshold: str, reset: str, known: Mapping[str, Any], values: Values
) -> None:
    """Raise ValueError for unknown variables, units that don't fit, and what can't be read."""
    for name, expression in parsed.eq_expressions:
        text, dimensions = str(expression), parsed[name].dim
        if name in parsed.diff_eq_names:
            dimensions = dimensions / second.dim
        place = f"the equation of {name!r}"
        _check_identifiers(text, place, parsed, known, values)
        with _Place(place, text, values):
            check_dimensions(text, dimensions, known)
    with _Place("threshold", threshold, values):
        ast.parse(threshold.strip(), mode="eval")
    _check_identifiers(threshold, "threshold", parsed, known, values)
    with _Place("threshold", threshold, values):
        condition = is_boolean_expression(threshold, known)
        parse_expression_dimensions(threshold, known)
    if not condition:
        raise ValueError(f"threshold must be a condition, got {threshold!r}")
    with _Place("reset", reset, values):
        statements = ast.parse("\n".join(map(str.strip, reset.splitlines()))).body
    _check_identifiers(reset, "reset", parsed, known, values)
    for statement in statements:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AugAssign):
            targets = [statement.target]
        set_names = [ast.unparse(target) for target in targets]
        if not set_names or not set(set_names) <= parsed.diff_eq_names:
            raise ValueError(
                f"reset must set the variables {', '.join(sorted(parsed.diff_eq_names))}, "
                f"got {ast.unparse(statement)!r}"
            )
    with _Place("reset", reset, values):
        check_units_statements(reset, known)


def _check_identifiers(
    text: str, place: str, parsed: Equations, known: Mapping[str, Any], values: Values
) -> None:
    if unknown := sorted(get_identifiers(text) - set(known)):
        raise ValueError(
            f"unknown variable {unknown[0]!r} in {place}, {text!r}; there are the variables "
            f"{', '.join(sorted(parsed.names))} and the parameters {', '.join(values)}"
        )


class _Place:
    """Turns what Brian2 or Python says of a text into an error that names the place."""

    def __init__(self, place: str, text: str, values: Values) -> None:
        self.place, self.text, self.values = place, text, values

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DimensionMismatchError):
            used = [name for name in self.values if name in get_identifiers(self.text)]
            units = [f"{name} ({unit_of(self.values[name][1]) or 'no unit'})" for name in used]
            raise ValueError(
                f"units do not fit in {self.place}, {self.text!r}: {said(error)}"
                + (f" Its parameters: {', '.join(units)}" if units else "")
            ) from error
        if isinstance(error, SyntaxError | ValueError | TypeError | NotImplementedError):
            raise ValueError(
                f"{self.place} cannot be read: {said(error)}; got {self.text!r}"
            ) from error


def said(error: Exception) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split())
