"""Units: those that a program counts in (ms, mV, pA and what follows), and Brian2's.

Imports Brian2: for those who have a quantity of Brian2's, and so have imported it.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from brian2.core.namespace import DEFAULT_UNITS
from brian2.units.fundamentalunits import Dimension, get_dimensions
from numpy.typing import NDArray


def scale(dimensions: Dimension) -> float:
    """The number in Brian2's units of 1 in units of ms, mV, pA and those that follow from them."""
    mass, time, current = (dimensions.get_dimension(x) for x in ("mass", "time", "current"))
    return float(10.0 ** -(24 * mass + 3 * time + 12 * current))


def plain(value: Any) -> NDArray[np.float64]:
    """Numbers or quantities as numbers in units of ms, mV, pA."""
    numbers = np.asarray(value, dtype=np.float64) / scale(get_dimensions(value))
    # Rounded where the change of units moved the last digit.
    rounded = [float(f"{number:.15g}") for number in numbers.flat]
    return np.reshape(rounded, numbers.shape)


def numbers_in(value: Any, unit: str) -> NDArray[np.float64]:
    """A quantity as numbers in a unit such as "nS/mV"; ValueError where it has none such."""
    named_unit = unit_named(unit, unit)
    if get_dimensions(value) is not get_dimensions(named_unit):
        raise ValueError(f"expected a quantity in {unit or 'no unit'}, got {value!r}")
    return np.asarray(value, dtype=np.float64) / float(named_unit)


def unit_named(text: str, what: str) -> Any:
    """A product or quotient of units by their names, such as "mV/ms"."""
    product: Any = 1.0
    if not re.fullmatch(r"\s*\w*(\s*[*/]\s*\w+)*\s*", text):
        raise ValueError(f"{what}: unknown unit {text!r}")
    for operator, name in re.findall(r"([*/]?)\s*(\w+)", text):
        if name not in DEFAULT_UNITS and name != "1":
            raise ValueError(f"{what}: unknown unit {name!r}")
        factor = DEFAULT_UNITS.get(name, 1.0)
        product = product / factor if operator == "/" else product * factor
    return product
