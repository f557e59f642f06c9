"""Reading a model of one's own: everything that is wrong with it is found here, by name.

As :mod:`lsm.neurons.equations` this imports Brian2.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import Equations
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.variables import Constant, Variable
from brian2.equations.equations import EquationError
from brian2.equations.unitcheck import check_dimensions, check_units_statements
from brian2.groups.neurongroup import check_identifier_pre_post
from brian2.parsing.expressions import is_boolean_expression, parse_expression_dimensions
from brian2.units import second
from brian2.units.fundamentalunits import Dimension, DimensionMismatchError
from brian2.utils.stringtools import get_identifiers

from lsm.neurons.units import unit_of

#: Parameters by name: their value in the program's units, and their dimensions.
Values = Mapping[str, tuple[float, Dimension]]

_RANDOM = ("rand", "randn", "poisson")
# Brian2 compiles the objects of Reservoir.to_brian2 with the names that they have here.
_CPP = {
    *("alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break"),
    *("case", "catch", "char", "char16_t", "char32_t", "class", "compl", "const", "const_cast"),
    *("constexpr", "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast"),
    *("else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto"),
    *("if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq"),
    *("nullptr", "operator", "or", "or_eq", "private", "protected", "public", "register"),
    *("reinterpret_cast", "return", "short", "signed", "sizeof", "static", "static_assert"),
    *("static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true"),
    *("try", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void"),
    *("volatile", "wchar_t", "while", "xor", "xor_eq"),
}
# What Brian2 has in every group of neurons or synapses, and the noise of Reservoir.to_brian2.
_TAKEN = {"j", "lastspike", "delay", "noise", "i_noise"}
#: Characters of a name: a program keeps the values of a parameter in a file that is called by it.
_LONGEST = 100


def inside(parameter: str) -> str:
    """The name of a parameter in a program; nothing else in it ends so."""
    return f"{parameter}_p"


def renamed(text: str, words: Mapping[str, str]) -> str:
    """The text with words in the place of others, all at once."""
    return re.sub(r"\b[A-Za-z_]\w*", lambda match: words.get(match[0], match[0]), text)


def check_letters(text: str, place: str) -> None:
    """Raise ValueError for letters and signs beyond ASCII, which may look like others."""
    for sign in re.sub(r"#.*", "", text):
        if not sign.isascii():
            plain = unicodedata.normalize("NFKC", sign)
            raise ValueError(
                f"{place} must have ASCII letters and signs alone, got {sign!r} "
                f"({unicodedata.name(sign, 'unnamed')}) in {text!r}"
                + (f"; is {plain!r} meant?" if plain.isascii() and plain.strip() else "")
            )


def parse(equations: str) -> Equations:
    """The equations as Brian2 reads them."""
    try:
        parsed = Equations(equations)
    except (EquationError, SyntaxError, TypeError, ValueError) as error:
        form = "; a line is 'dx/dt = expression : unit' or 'x = expression : unit'"
        hint = form if isinstance(error, SyntaxError) else ""
        raise ValueError(
            f"equations cannot be read: {message_of(error)}{hint}; got {equations!r}"
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
    """Raise ValueError for names that can't be, or that Brian2 has itself."""
    for name in sorted({*parsed.names, *values}):
        check_letters(name, "a name")
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"{name!r} cannot be the name of a parameter")
        if len(name) > _LONGEST:
            raise ValueError(f"a name must have at most {_LONGEST} letters, got {name!r}")
        if name in _CPP:
            raise ValueError(f"{name!r} is a word of C++, which Brian2 writes: take another name")
        try:
            Equations.check_identifier(name)
            check_identifier_pre_post(name)
        except (SyntaxError, ValueError) as error:
            raise ValueError(
                f"{name!r} is a name that Brian2 needs itself: take another ({message_of(error)})"
            ) from error
        if name in _TAKEN:
            raise ValueError(f"{name!r} is a name that Brian2 needs itself: take another")
    if shared := sorted(set(values) & set(parsed.names)):
        raise ValueError(f"{shared[0]!r} is a variable of the equations and a parameter too")


def known_names(parsed: Equations, values: Values) -> dict[str, Any]:
    """Everything that the equations may speak of, as Brian2 looks things up."""
    namespace: dict[str, Any] = dict(DEFAULT_FUNCTIONS) | dict(DEFAULT_CONSTANTS)
    for function in _RANDOM:
        del namespace[function]
    for unit, value in DEFAULT_UNITS.items():
        namespace[unit] = Constant(unit, float(value), dimensions=value.dim)
    for name in values:
        namespace[name] = Variable(name, dimensions=values[name][1], constant=True, scalar=True)
    for name in parsed.names:
        namespace[name] = Variable(name, dimensions=parsed[name].dim)
    return namespace


def check_expressions(parsed: Equations, namespace: Mapping[str, Any], values: Values) -> None:
    """Raise ValueError for unknown variables, units that don't fit, and what can't be read."""
    for name, expression in parsed.eq_expressions:
        text, dimensions = str(expression), parsed[name].dim
        if name in parsed.diff_eq_names:
            dimensions = dimensions / second.dim
        place = f"the equation of {name!r}"
        _check_identifiers(text, place, parsed, namespace, values)
        with _Place(place, text, values):
            _check_parts(ast.parse(" ".join(text.split()), mode="eval"))
            check_dimensions(text, dimensions, namespace)


def read_threshold(
    parsed: Equations, threshold: str, namespace: Mapping[str, Any], values: Values
) -> str:
    """The threshold without comments and line breaks, once all of it has been checked."""
    check_letters(threshold, "threshold")
    with _Place("threshold", threshold, values):
        condition = ast.parse(threshold.strip(), mode="eval")
        _check_parts(condition)
    text = ast.unparse(condition)
    _check_identifiers(text, "threshold", parsed, namespace, values)
    with _Place("threshold", threshold, values):
        boolean = is_boolean_expression(text, namespace)
        parse_expression_dimensions(text, namespace)
    if not boolean:
        raise ValueError(f"threshold must be a condition, got {threshold!r}")
    return text


def read_reset(parsed: Equations, reset: str, namespace: Mapping[str, Any], values: Values) -> str:
    """The statements of the reset, a line each, once all of them have been checked."""
    check_letters(reset, "reset")
    with _Place("reset", reset, values):
        statements = ast.parse("\n".join(map(str.strip, reset.splitlines())))
        _check_parts(statements)
    lines = [ast.unparse(statement) for statement in statements.body]
    _check_identifiers("\n".join(lines), "reset", parsed, namespace, values)
    for statement, line in zip(statements.body, lines, strict=True):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AugAssign):
            targets = [statement.target]
        # Brian2 reads one name on the left of a statement.
        if len(targets) != 1 or ast.unparse(targets[0]) not in parsed.diff_eq_names:
            raise ValueError(
                f"reset must set the variables {', '.join(sorted(parsed.diff_eq_names))}, "
                f"got {line!r}"
            )
    with _Place("reset", reset, values):
        check_units_statements("\n".join(lines), namespace)
    return "\n".join(lines)


def _check_parts(tree: ast.AST) -> None:
    """Raise ValueError for what Brian2 would write otherwise than it is meant, or not at all."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            raise ValueError(f"{ast.unparse(node)} compares more than two: join pairs by 'and'")
        if isinstance(node, ast.Constant):
            if not isinstance(node.value, int | float):
                raise ValueError(f"{node.value!r} is no number")
            if abs(node.value) > float(np.finfo(np.float32).max):
                raise ValueError(f"{ast.unparse(node)} is too large for single precision")


def _check_identifiers(
    text: str, place: str, parsed: Equations, namespace: Mapping[str, Any], values: Values
) -> None:
    if unknown := sorted(get_identifiers(text) - set(namespace)):
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
            names = [name for name in self.values if name in get_identifiers(self.text)]
            units = [f"{name} ({unit_of(self.values[name][1]) or 'no unit'})" for name in names]
            raise ValueError(
                f"units do not fit in {self.place}, {self.text!r}: {message_of(error)}"
                + (f" Its parameters: {', '.join(units)}" if units else "")
            ) from error
        if isinstance(error, Exception):  # of many kinds, by what Brian2 stumbles over
            raise ValueError(
                f"{self.place} cannot be read: {message_of(error)}; got {self.text!r}"
            ) from error


def message_of(error: Exception) -> str:
    """The message of an error, on one line."""
    return " ".join(str(error).split())
