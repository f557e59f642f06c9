"""How large equations may become: measured before Brian2 and sympy see them.

Brian2 puts named expressions in each other's place, and sympy works powers of numbers out and may
multiply sums out: a few lines can take all the time and memory there is.

As :mod:`lsm.neurons.equations` this imports Brian2.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass

from brian2.equations.equations import EQUATIONS, ParseException

#: Characters of a text, and parameters.
_LENGTH, _PARAMETERS = 20_000, 500
#: Names, numbers and operations, with named expressions in their places; terms of an expression
#: that is multiplied out; decimal digits of its numbers, of which doubles have 308.
_SIZE, _TERMS, _DIGITS = 4_000, 300, 308
#: The time that Brian2 takes goes with the size times the number of differential equations.
_WORK = 20_000


def refuse_too_large(equations: str, threshold: str, reset: str, parameters: int) -> None:
    """Raise ValueError for a neuron model of one's own that would take too long to be read.

    What can't be read at all is left to Brian2, which says why.
    """
    texts = {"equations": equations, "threshold": threshold, "reset": reset}
    for what, text in texts.items():
        if len(text) > _LENGTH:
            raise ValueError(f"{what} must have at most {_LENGTH} characters, got {len(text)}")
    if parameters > _PARAMETERS:
        raise ValueError(f"there can be at most {_PARAMETERS} parameters, got {parameters}")
    try:
        read = EQUATIONS.parse_string(equations, parse_all=True)
    except ParseException:
        return
    defined = [equation for equation in read if "expression" in equation]
    expressions = [" ".join(equation["expression"].split()) for equation in defined]
    named = {
        equation["identifier"]: expression
        for equation, expression in zip(defined, expressions, strict=True)
        if equation.get_name() == "subexpression"
    }
    most = min(_SIZE, _WORK // max(len(defined) - len(named), 1))
    measured, size = _Measured(named), 0.0
    for text in (
        *expressions,
        *(equation["unit"] for equation in read),
        threshold.strip(),
        "\n".join(map(str.strip, reset.splitlines())),
    ):
        size += measured.text(text).size
        if size > most:
            raise ValueError(
                f"equations too large: more than {most} names, numbers and operations, with named "
                f"expressions put into their places, at {_short(text)}"
            )


@dataclass(frozen=True)
class _Extent:
    """What an expression comes to: nodes, terms multiplied out, digits of its numbers."""

    size: float = 1.0
    terms: float = 1.0
    digits: float = 0.0


class _Measured:
    """Measures expressions, each named one in its place."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = named
        self._extents: dict[str, _Extent] = {}

    def text(self, text: str) -> _Extent:
        """The extent of an expression or of statements."""
        try:
            return self._of(ast.parse(text))
        except SyntaxError:
            return _Extent()
        except (RecursionError, MemoryError) as error:
            raise ValueError(f"too deeply nested: {_short(text)}") from error

    def _of(self, node: ast.AST) -> _Extent:
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Constant):
            return _Extent(digits=_digits(node.value))
        parts = [self._of(part) for part in ast.iter_child_nodes(node)]
        extent = _Extent(1 + sum(part.size for part in parts), *_worked_out(node, parts))
        if extent.size > _SIZE or extent.terms > _TERMS or extent.digits > _DIGITS:
            raise ValueError(
                "equations too large: powers too high, products of too many sums or too many "
                f"operations in {_short(ast.unparse(node))}"
            )
        return extent

    def _name(self, name: str) -> _Extent:
        if name not in self._extents:
            self._extents[name] = _Extent()  # if it stands in its own: Brian2 refuses that
            if name in self._named:
                self._extents[name] = self.text(self._named[name])
        return self._extents[name]


def _worked_out(node: ast.AST, parts: list[_Extent]) -> tuple[float, float]:
    """Terms and digits of an operation on parts."""
    digits = [part.digits for part in parts]
    if isinstance(node, ast.Call):
        return 1.0, max(digits)
    if not isinstance(node, ast.BinOp):
        return max((part.terms for part in parts), default=0.0), max(digits, default=0.0)
    left, _, right = parts
    if isinstance(node.op, ast.Pow):
        if right.digits > 4:
            return math.inf, math.inf
        exponent = 10**right.digits
        return _power(left.terms, exponent), left.digits * exponent
    if isinstance(node.op, ast.Add | ast.Sub):
        return left.terms + right.terms, math.log10(10**left.digits + 10**right.digits)
    return left.terms * right.terms, left.digits + right.digits


def _power(terms: float, exponent: float) -> float:
    """Terms of a power: the ways to choose `exponent` of them, in any order."""
    ways = [math.lgamma(terms + exponent), -math.lgamma(exponent + 1), -math.lgamma(terms)]
    return math.exp(min(sum(ways), 700.0))


def _digits(value: object) -> float:
    return math.log10(max(abs(value), 1)) if isinstance(value, int | float) else 0.0


def _short(text: str) -> str:
    return repr(" ".join(text.split())[:100])
