"""Genomes of liquids: flat arrays that compare, copy, pickle and save.

A genome is flat arrays with one row for each neuron: its parameters, polarity, position and key.
The key decides the neuron's wiring (whether a synapse exists is a hash of both neurons' keys), so
that a neuron that is passed on to a child takes its connections along. Where its space has them,
there are global gains too, and a mask of the neurons that are present.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from lsm.base.reprs import short_repr

FloatArray = npt.NDArray[np.float64]

_OPTIONAL = {"gains", "present"}


@short_repr
@dataclass(frozen=True, eq=False)
class Genome:
    """One liquid as arrays: immutable, comparable, picklable.

    Parameters
    ----------
    parameters : float64 array (neurons, parameters)
        Columns in the order of ``GenomeSpace.ranges``, in the units of their names.
    excitatory : bool array (neurons,)
    positions : float64 array (neurons, dimensions)
    keys : uint64 array (neurons,)
    gains : float64 array (gains,), optional
        Factors in the order of ``GenomeSpace.gains``; without them all are 1.
    present : bool array (neurons,), optional
        Which neurons the liquid has; without it all of them.

    Raises
    ------
    ValueError
        If an array has the wrong number of dimensions, kind, or number of neurons.
    """

    parameters: FloatArray
    excitatory: npt.NDArray[np.bool_]
    positions: FloatArray
    keys: npt.NDArray[np.uint64]
    gains: FloatArray | None = None
    present: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        for name, dtype, kinds, ndim in (
            ("parameters", np.float64, "fiu", 2),
            ("excitatory", np.bool_, "b", 1),
            ("positions", np.float64, "fiu", 2),
            ("keys", np.uint64, "u", 1),
            ("gains", np.float64, "fiu", 1),
            ("present", np.bool_, "b", 1),
        ):
            if getattr(self, name) is None and name in _OPTIONAL:
                continue
            value = np.asarray(getattr(self, name))
            if value.ndim != ndim or value.dtype.kind not in kinds:
                raise ValueError(
                    f"{name} must be an array of {np.dtype(dtype)} with {ndim} dimension(s), "
                    f"got {value.dtype} of shape {value.shape}"
                )
            array = value.astype(dtype)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        arrays = self.to_arrays().items()
        sizes = {name: len(array) for name, array in arrays if name != "gains"}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"all arrays must have one row for each neuron, got rows {sizes}")

    def __len__(self) -> int:
        """Return the number of neurons."""
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Genome):
            return NotImplemented
        mine, theirs = self.to_arrays(), other.to_arrays()
        return mine.keys() == theirs.keys() and all(
            np.array_equal(array, theirs[name]) for name, array in mine.items()
        )

    def __reduce__(self) -> tuple[type[Genome], tuple[np.ndarray | None, ...]]:
        # NumPy's pickles forget that an array is read-only; the constructor sets it again.
        return Genome, tuple(getattr(self, f.name) for f in fields(self))

    def copy(self, **changes: npt.ArrayLike | None) -> Genome:
        """Return a copy, with the arrays given by name in place of its own."""
        return Genome(**{**self.to_arrays(), **changes})  # type: ignore[arg-type]

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays that there are by name, ready for ``numpy.savez``."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: array for name, array in arrays.items() if array is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.ArrayLike]) -> Genome:
        """Make a genome from what `to_arrays` returned; ValueError if the names differ."""
        expected = [f.name for f in fields(cls) if f.name not in _OPTIONAL]
        if sorted(set(arrays) - _OPTIONAL) != sorted(expected):
            raise ValueError(
                f"arrays must be named {expected}, and maybe {sorted(_OPTIONAL)}; "
                f"got {sorted(arrays)}"
            )
        return cls(**arrays)  # type: ignore[arg-type]

    def digest(self) -> str:
        """Return a hexadecimal hash of the content, the same in every process."""
        content = hashlib.sha256()
        for array in self.to_arrays().values():
            content.update(repr(array.shape).encode())
            content.update(np.ascontiguousarray(array).tobytes())
        return content.hexdigest()
