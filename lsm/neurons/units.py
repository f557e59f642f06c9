"""Names of parameters and the units that they end in, and what Brian2 calls them.

As :mod:`lsm.neurons.equations` this imports Brian2.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension, get_dimensions

from lsm.base.quantities import is_quantity, number
from lsm.base.units import plain, unit_named
from lsm.neurons.parameters import UNITS


def quantity(value: Any, what: str) -> tuple[float, Dimension]:
    """A number in units of ms, mV, pA, and its dimensions."""
    if isinstance(value, tuple | list):
        if len(value) != 2 or not isinstance(value[1], str):
            raise ValueError(f"{what} must be a number and its unit, got {value!r}")
        value = value[0] * unit_named(value[1], what)
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
            return number(value, what, unit=unit), get_dimensions(unit_named(text, unit))
    raise ValueError(f"{what} must be in one of {', '.join(UNITS)}, or no unit; got {value!r}")


def suffix(dimensions: Dimension) -> str:
    """The ending of a parameter of these dimensions."""
    for unit, text in UNITS.items():
        if get_dimensions(unit_named(text, unit)) is dimensions:
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
