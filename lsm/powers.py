"""Powers in the equations of a file: those are refused that would take forever to be read.

Brian2 and sympy work powers of whole numbers out as they read them.
"""

from __future__ import annotations

import ast
import json
import re
from math import prod

#: Of exponents, each in itself and multiplied where powers are raised to powers.
_MOST, _MOST_IN_ALL = 1e3, 1e6


def refuse_towers(definition: str) -> None:
    """Raise ValueError for a neuron model's definition with powers beyond all measure.

    Parameters
    ----------
    definition : str
        JSON, as `NeuronModel.definition` has it.
    """
    given = json.loads(definition)
    equations = re.sub(r"#[^\n]*", "", given["equations"])
    texts = [given["threshold"], *given["reset"].splitlines()]
    # An equation is "left = expression : unit", and neither of the two has a colon.
    texts += [" ".join(one.split()) for one in re.findall(r"=([^:]*):", equations)]
    texts += re.findall(r":([^\n(]*)", equations)
    for text in texts:
        if "**" in text and _height(ast.parse(text.strip())) > _MOST_IN_ALL:
            raise ValueError(f"powers too high to be worked out, in {text.strip()[:100]!r}")


def _height(node: ast.AST) -> float:
    """The largest product of the exponents of powers that stand within each other."""
    highest = max(map(_height, ast.iter_child_nodes(node)), default=1.0)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        exponent = list(ast.walk(node.right))
        values = [one.value for one in exponent if isinstance(one, ast.Constant)]
        numbers = [abs(value) for value in values if isinstance(value, int | float)]
        if (
            any(isinstance(one, ast.Pow) for one in exponent)
            or prod(n + 1 for n in numbers) > _MOST
        ):
            return float("inf")
        return highest * prod(max(n, 1) for n in numbers)
    return highest
