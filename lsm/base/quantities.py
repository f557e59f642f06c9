"""Arguments that have a unit: plain numbers, or quantities of any of four packages.

Brian2, `quantities` (so neo and elephant), pint and astropy. Most of their quantities are arrays,
which NumPy takes for the numbers they count in, of whatever unit: seconds would be taken for ms.
They are known by their attributes here; none of the packages is imported.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Units that names end in, as all four packages can read them.
UNITS = {
    "nS_per_mV": "nS/mV",
    "mV_per_ms": "mV/ms",
    "pA_per_ms": "pA/ms",
    "per_mV": "1/mV",
    "per_ms": "1/ms",
    "pA_s": "pA*second",
    "Gohm": "volt/nA",  # `quantities` has no Gohm
    "mV": "mV",
    "ms": "ms",
    "pA": "pA",
    "pF": "pF",
    "nS": "nS",
    "Hz": "Hz",
    "hz": "Hz",
    "dB": "dB",
}

_NUMBERS = {float, int, np.float64, np.float32, np.int64, np.int32}


@cache
def unit_of(name: str) -> str:
    """The key of :data:`UNITS` that a name ends in, such as "ms" for ``tau_m_ms``; "" for none."""
    return next((unit for unit in UNITS if name == unit or name.endswith(f"_{unit}")), "")


def in_unit(
    value: Any, name: str, what: str | None = None, *, unit: str | None = None
) -> NDArray[np.float64]:
    """Numbers in the unit that a name ends in; a copy.

    Parameters
    ----------
    value : number, array, quantity, or a sequence of them
        A mere number is taken to be in that unit already. Where the name has no unit, quantities
        must be without a dimension.
    name : str
        Such as ``tau_m_ms``.
    what : str, optional
        How errors call the argument, if not by its name.
    unit : str, optional
        A key of :data:`UNITS`, of arguments that have a unit but not in their name.

    Raises
    ------
    TypeError
        Something else than numbers.
    ValueError
        A quantity of another unit; masked values.
    """
    what = what or name
    unit = unit_of(name) if unit is None else unit
    array = _numbers(value, unit, what)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{what} must hold numbers, got {_short(value)}")
    return array.astype(np.float64)


def number(value: Any, name: str, what: str | None = None, *, unit: str | None = None) -> float:
    """One number in the unit that a name ends in: as :func:`in_unit`, but no arrays.

    Raises
    ------
    TypeError
        Something else than a number, or than a quantity that holds one.
    ValueError
        A quantity of another unit.
    """
    if type(value) in _NUMBERS:  # which costs a tenth of asking for a Real
        return float(value)
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return float(value)
    what = what or name
    if is_quantity(value):
        array = in_unit(value, name, what, unit=unit)
        if array.ndim == 0:
            return float(array)
    raise TypeError(f"{what} must be a number, got {_short(value)}")


def convert_fields(instance: Any) -> None:
    """Put numbers for the quantities that fields of a frozen dataclass hold, where it is made.

    Fields whose names have a unit are meant; what is no quantity stays as it is.

    Raises
    ------
    TypeError, ValueError
        As :func:`in_unit`.
    """
    for field in fields(instance):
        value = getattr(instance, field.name)
        if unit_of(field.name) and (is_quantity(value) or isinstance(value, list | tuple)):
            array = in_unit(value, field.name)
            plain: Any = array if array.ndim else array.item()
            if isinstance(value, tuple):
                plain = tuple(array.tolist())
            object.__setattr__(instance, field.name, plain)


def is_quantity(value: Any) -> bool:
    """Whether a value has a unit, as far as the four packages go."""
    return type(value) not in _NUMBERS and _reader(value) is not None


def _numbers(value: Any, unit: str, what: str) -> NDArray[Any]:
    """The numbers as they are, or in the unit where they came in another."""
    if is_quantity(value):
        return _converted(value, unit, what)
    several = isinstance(value, Sequence) and not isinstance(value, str | bytes | range)
    if several and not set(map(type, value)) <= _NUMBERS:
        # One by one, since NumPy would drop their units.
        value = [_numbers(item, unit, what) for item in value]
    value = _unmasked(value, what)
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged sequence
        return np.empty(0, dtype=object)
    if array.dtype == object and array.ndim and any(map(is_quantity, array.flat)):
        return _numbers(array.tolist(), unit, what)
    return array


def _converted(quantity: Any, unit: str, what: str) -> NDArray[np.float64]:
    magnitudes, read = _reader(quantity)  # type: ignore[misc]
    try:
        converted = read(UNITS.get(unit, ""))
    except Exception as error:  # each package has errors of its own
        unit_text = unit.replace("_per_", "/").replace("per_", "1/") or "no unit"
        raise ValueError(f"{what} must be in {unit_text}, got {_short(quantity)}") from error
    array = np.array(_unmasked(converted, what), dtype=np.float64)
    # Rounded where the change of units moved the last digit.
    changed = array != np.asarray(magnitudes, dtype=np.float64)
    array[changed] = [float(f"{number:.15g}") for number in array[changed].tolist()]
    return array


def _reader(value: Any) -> tuple[Any, Callable[[str], Any]] | None:
    """Numbers of a quantity, and how it gives them in a unit; None for what is none."""
    if hasattr(value, "dim") and not callable(value.dim):  # Brian2; a tensor's is a method
        return value, lambda unit: _brian2(value, unit)
    if hasattr(value, "rescale") and hasattr(value, "dimensionality"):  # quantities, neo
        return value.magnitude, lambda unit: value.rescale(unit or "dimensionless").magnitude
    if hasattr(value, "magnitude") and hasattr(value, "to"):  # pint
        return value.magnitude, lambda unit: value.to(unit).magnitude
    if getattr(value, "unit", None) is not None and hasattr(value, "to"):  # astropy
        return value.value, lambda unit: value.to(unit).value
    return None


def _brian2(quantity: Any, unit: str) -> NDArray[np.float64]:
    # Imports Brian2, which whoever has a quantity has imported.
    from lsm.base.units import numbers_in

    return numbers_in(quantity, unit)


def _unmasked(value: Any, what: str) -> Any:
    """The value; NumPy would take what lies below a mask as well."""
    mask = getattr(value, "mask", None)
    if isinstance(mask, np.ndarray | np.bool_) and np.any(mask):
        raise ValueError(f"{what} must have no masked values, got {_short(value)}")
    return value


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else f"{text[:97]}..."
