"""Units: those that a program counts in (ms, mV, pA and what follows), and Brian2's.

As :mod:`lsm.neurons.equations` this imports Brian2.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import numpy as np
from brian2.core.namespace import DEFAULT_UNITS
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension, get_dimensions
from numpy.typing import NDArray

from lsm.neurons.model import UNITS
from lsm.quantities import is_quantity, number


def scale(dimensions: Dimension) -> float:
    """What 1 in units of ms, mV, pA and those that follow from them is in Brian2's."""
    mass, time, current = (dimensions.get_dimension(x) for x in ("mass", "time", "current"))
    return float(10.0 ** -(24 * mass + 3 * time + 12 * current))


def quantity(value: Any, what: str) -> tuple[float, Dimension]:
    """A number in units of ms, mV, pA, and its dimensions."""
    if isinstance(value, tuple | list):
        if len(value) != 2 or not isinstance(value[1], str):
            raise ValueError(f"{what} must be a number and its unit, got {value!r}")
        value = value[0] * _unit(value[1], what)
    if is_quantity(value) and not hasattr(value, "dim"):  # another package's
        return _of_another(value, what)
    try:
        numbers = plain(value)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.shape != ():
        raise ValueError(f"{what} must be a number with a unit, got {value!r}")
    if not np.isfinite(numbers):
        raise ValueError(f"{what} must be finite, got {value!r}")
    return float(numbers), get_dimensions(value)


def _of_another(value: Any, what: str) -> tuple[float, Dimension]:
    """What :func:`quantity` gives, of a quantity of another package: the first unit that fits."""
    for unit, text in {"": "", **UNITS}.items():
        with suppress(ValueError):
            return number(value, what, unit=unit), get_dimensions(_unit(text, unit))
    raise ValueError(f"{what} must be in one of {', '.join(UNITS)}, or no unit; got {value!r}")


def plain(value: Any) -> NDArray[np.float64]:
    """Numbers or quantities as numbers in units of ms, mV, pA."""
    numbers = np.asarray(value, dtype=np.float64) / scale(get_dimensions(value))
    # Rounded where the change of units moved the last digit.
    rounded = [float(f"{number:.15g}") for number in numbers.flat]
    return np.reshape(rounded, numbers.shape)


def numbers_in(value: Any, unit: str) -> NDArray[np.float64]:
    """A quantity as numbers in a unit such as "nS/mV"; ValueError where it has none such."""
    wanted = _unit(unit, unit)
    if get_dimensions(value) is not get_dimensions(wanted):
        raise ValueError(f"expected a quantity in {unit or 'no unit'}, got {value!r}")
    return np.asarray(value, dtype=np.float64) / float(wanted)


def _unit(text: str, what: str) -> Any:
    """A product or quotient of units by their names, such as "mV/ms"."""
    product: Any = 1.0
    if not re.fullmatch(r"\s*\w*(\s*[*/]\s*\w+)*\s*", text):
        raise ValueError(f"{what}: unknown unit {text!r}")
    for operator, name in re.findall(r"([*/]?)\s*(\w+)", text):
        if name not in DEFAULT_UNITS and name != "1":
            raise ValueError(f"{what}: unknown unit {name!r}")
        one = DEFAULT_UNITS.get(name, 1.0)
        product = product / one if operator == "/" else product * one
    return product


def suffix(dimensions: Dimension) -> str:
    """The ending of a parameter of these dimensions."""
    for unit, text in UNITS.items():
        if get_dimensions(_unit(text, unit)) is dimensions:
            return unit
    return "" if dimensions is DIMENSIONLESS else repr(dimensions)


def unit_of(dimensions: Dimension) -> str:
    """The unit by which a program counts these dimensions, as Brian2 writes it."""
    return suffix(dimensions).replace("_per_", "/").replace("per_", "1/")


def public_name(name: str, dimensions: Dimension) -> str:
    """A parameter's name with its unit."""
    ending = suffix(dimensions)
    if ending and ending not in UNITS:
        raise ValueError(f"parameter {name!r} has the unit {ending}; there are {', '.join(UNITS)}")
    return f"{name}_{ending}" if ending else name
