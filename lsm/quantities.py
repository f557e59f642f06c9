"""Arguments whose unit is in their name, as numbers or as Brian2's quantities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def in_unit(value: Any, name: str, what: str | None = None) -> NDArray[np.float64]:
    """Numbers in the unit that a name ends in.

    Brian2's quantities are arrays that pass for numbers in SI units: 10 ms would be taken for .01.

    Parameters
    ----------
    value : number, array, Brian2 quantity, or a sequence of them
    name : str
        Such as ``tau_m_ms``.
    what : str, optional
        How errors call the argument, if not by its name.

    Raises
    ------
    TypeError
        Something else than numbers.
    ValueError
        A quantity of another unit.
    """
    what = what or name
    if hasattr(value, "dim"):
        return _converted(value, name, what)
    if isinstance(value, list | tuple) and any(hasattr(one, "dim") for one in value):
        value = [in_unit(one, name, what) for one in value]
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged sequence
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{what} must hold numbers, got {value!r}")
    return array.astype(np.float64)


def _converted(quantity: Any, name: str, what: str) -> NDArray[np.float64]:
    # Both import Brian2, which whoever has a quantity has imported.
    from lsm.neurons.model import stem_and_unit
    from lsm.neurons.units import plain, unit_of

    _, wanted = stem_and_unit(name)
    given, numbers = unit_of(quantity.dim), plain(quantity)
    if given not in ("", wanted.replace("_per_", "/").replace("per_", "1/")):
        raise ValueError(f"{what} must be in {wanted or 'no unit'}, got {quantity!r}")
    return numbers
