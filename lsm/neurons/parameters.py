"""Parameters of neurons: their names with units, their defaults and ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsm.base.quantities import is_quantity

Arrays = dict[str, NDArray[np.float64]]

#: In which evolution draws time constants of synapses: from fast excitation to slow inhibition.
TAU_SYN_RANGE = (2.0, 20.0)

#: Units that the name of a parameter may end in, as Brian2 calls their dimensions; a parameter
#: without unit has none of them. They fit together: nS times mV is pA, pF times mV/ms too.
UNITS = {
    "nS_per_mV": "siemens/volt",
    "mV_per_ms": "volt/second",
    "pA_per_ms": "amp/second",
    "per_mV": "1/volt",
    "per_ms": "1/second",
    "Gohm": "ohm",
    "mV": "volt",
    "ms": "second",
    "pA": "amp",
    "pF": "farad",
    "nS": "siemens",
}


def stem_and_unit(name: str) -> tuple[str, str]:
    """A parameter's name without its unit, and the unit ("" for none)."""
    for unit in UNITS:
        if name.endswith(f"_{unit}"):
            return name.removesuffix(f"_{unit}"), unit
    return name, ""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a neuron: what it is, its default, and the values it may take.

    The unit is the last part of the parameter's name (``tau_m_ms``, ``c_m_pF``). ``evolve`` is the
    range in which evolution draws it by default, where it does.
    """

    default: float
    low: float
    high: float
    meaning: str
    evolve: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        numbers = (self.default, self.low, self.high, *(self.evolve or ()))
        if any(map(is_quantity, numbers)):
            raise TypeError(f"a parameter must be given in numbers of its unit, got {numbers}")


def own_variable(name: str) -> str:
    """The name in a program of a variable of one's own equations; nothing else in it ends so."""
    return f"{name}_x"
