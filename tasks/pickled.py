"""Arrays of objects in NPY files, which are pickled: read without running anything that they name.

A pickle may name any function of Python, to be called when it is read. Here nothing named is
imported: what a pickle of NumPy's arrays and plain values needs has a stand-in of this module, any
other name is refused, and arrays are made of their bytes as those of an NPZ file are.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from lsm.base.files import refusing

#: Kinds of what arrays may hold: numbers, and objects of the kinds that are read here.
_KINDS = "iufO"


def read_pickled(path: Path, what: str) -> Any:
    """The object in an NPY file that holds one, and is to be `what`.

    Parameters
    ----------
    path : Path
        As ``np.save`` writes a dict or the like: an array of no dimension with one object.
    what : str
        For the message: "recordings of a watch".

    Returns
    -------
    object
        Of dicts, lists, tuples, numbers, strings and arrays of numbers.

    Raises
    ------
    LoadError
        It is no such file, or names anything else.
    OSError
        It can't be opened.
    """
    content = path.read_bytes()
    with refusing(path, what):
        stream = io.BytesIO(content)
        if (version := npy.read_magic(stream)) != (1, 0):
            raise ValueError(f"it has the NPY version {version}")
        shape, _, dtype = npy.read_array_header_1_0(stream)
        if shape != () or dtype.kind != "O":
            raise ValueError(f"expected one object, got {dtype} of shape {shape}")
        return loads(content[stream.tell() :]).item()


def loads(content: bytes) -> Any:
    """The object that a pickle of plain values and arrays holds; an error where it names others."""
    for opcode, argument, _ in pickletools.genops(content):
        # What is remembered has a place of its own, for which memory would be taken.
        if opcode.name.endswith("PUT") and int(argument or 0) > len(content):
            raise ValueError(f"it remembers {argument} objects in {len(content)} bytes")
    return _plain(_Unpickler(io.BytesIO(content)).load(), {})


class _Unpickler(pickle.Unpickler):
    """Knows the stand-ins alone."""

    def find_class(self, module: str, name: str) -> Any:
        stand_in = _STAND_INS.get(f"{module}.{name}")
        if stand_in is None:
            raise ValueError(f"it names {module}.{name}, and may hold arrays and plain values only")
        return partial(stand_in)  # of its own: a pickle may set attributes of it


class _Dtype:
    """What stands for ``numpy.dtype``: the type's name, then its byte order."""

    def __init__(self, name: str, *_: object) -> None:
        self.dtype = np.dtype(str(name))
        if self.dtype.kind not in _KINDS:
            raise ValueError(f"an array holds {name}, which is neither numbers nor objects")

    def __setstate__(self, state: Any) -> None:
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """What stands for an array: it is made first, and told its shape, type and content later."""

    array: NDArray[Any]

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        _, shape, of, fortran, content = state
        if of.dtype.kind == "O":  # a list in C's order, whatever the array's was
            fortran, flat = False, np.empty(len(content), object)
            for place, value in enumerate(content):
                flat[place] = value
        else:
            flat = np.frombuffer(content, of.dtype).astype(of.dtype.newbyteorder("="))
        if min(shape, default=0) < 0 or math.prod(shape) != len(flat):
            raise ValueError(f"an array has the shape {shape}, for {len(flat)} entries")
        self.array = flat.reshape(shape, order="F" if fortran else "C")


def _scalar(of: _Dtype, data: bytes) -> Any:
    return np.frombuffer(data, of.dtype, 1)[0]


def _encoded(text: str = "", encoding: str = "latin1") -> bytes:
    """Bytes as protocol 2 has them, in a string of their values."""
    if encoding != "latin1":
        raise ValueError(f"it has bytes in {encoding}, in place of latin1")
    return text.encode("latin1")


#: NumPy's functions are in another module from version 2 on.
_STAND_INS: dict[str, Callable[..., Any]] = {
    "numpy.ndarray": _Array,
    "numpy.dtype": _Dtype,
    "numpy.core.multiarray._reconstruct": _Array,
    "numpy._core.multiarray._reconstruct": _Array,
    "numpy.core.multiarray.scalar": _scalar,
    "numpy._core.multiarray.scalar": _scalar,
    "_codecs.encode": _encoded,
    "__builtin__.bytes": _encoded,  # of none
}


def _plain(value: Any, known: dict[int, Any]) -> Any:
    """The value with arrays in the place of their stand-ins; what is there twice is done once."""
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, dict):
        plain: Any = {_plain(key, known): _plain(each, known) for key, each in value.items()}
    elif isinstance(value, list | tuple):
        plain = type(value)(_plain(each, known) for each in value)
    elif isinstance(value, _Array):
        plain = value.array
        if plain.dtype.kind == "O":
            flat = plain.ravel()  # a view: arrays are put into places of one dimension
            for place, each in enumerate(flat):
                flat[place] = _plain(each, known)
    elif isinstance(value, str | bytes | int | float | np.number) or value is None:
        plain = value
    else:
        raise ValueError(
            f"it holds {type(value).__name__}, and may hold arrays and plain values only"
        )
    known[id(value)] = plain
    return plain
