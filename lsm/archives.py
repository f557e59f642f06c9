"""Archives: named arrays and a JSON header in one NPZ file, read without trusting it.

Nothing in a file is unpickled, and nothing is allocated that the file doesn't hold: members are
stored as they are (so none is larger than the file), and an array's shape must be that of its
bytes.
"""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from lsm.files import atomic_path

Arrays = dict[str, NDArray[Any]]

_HEADER = "header"
#: Numbers and strings; no objects, which would have to be unpickled.
_KINDS = "biufU"
#: A dimension of an array without entries: there is nothing in the file to hold it to.
_EMPTY = 2**20
_LAST = 0x10FFFF  # of Unicode's characters
_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class LoadError(ValueError):
    """A file that can't be loaded: which, and what is wrong with it."""


@contextmanager
def refusing(path: str | Path, what: str) -> Iterator[None]:
    """Turn whatever goes wrong within into a LoadError: ``path is not what``, and why."""
    try:
        yield
    except (LoadError, ImportError):
        raise
    except Exception as error:  # of many kinds, by where a file is damaged
        why = " ".join(str(error).split()) or type(error).__name__
        raise LoadError(f"{path} is not {what}: {why[:500]}") from error


def write_archive(path: str | Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write arrays and a header, all or nothing."""
    content = arrays | {_HEADER: np.array(json.dumps(header))}
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **content)


def read_archive(path: str | Path, what: str, *, newest: int) -> tuple[dict[str, Any], Arrays]:
    """The header and the arrays of a file that is to be `what`.

    Parameters
    ----------
    path : str or Path
    what : str
        For the message: "a saved reservoir".
    newest : int
        The latest ``header["format"]`` that is understood.

    Raises
    ------
    LoadError
        Not such a file, or of a newer format.
    OSError
        It can't be opened.
    """
    with open(path, "rb") as file, refusing(path, what):
        arrays = {
            name.removesuffix(".npy"): array(data)
            for name, data in members(file, os.fstat(file.fileno()).st_size)
        }
        if _HEADER not in arrays:
            raise ValueError("it has no header")
        header = json.loads(str(arrays.pop(_HEADER)))
        if not isinstance(header, dict) or type(header.get("format")) is not int:
            raise ValueError("its header names no format")
        if header["format"] > newest:
            raise LoadError(
                f"{path} has format {header['format']}; this version reads up to {newest}"
            )
    return header, arrays


def members(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of a ZIP file of `size` bytes; ValueError where it is a bomb."""
    with zipfile.ZipFile(file) as archive:
        listed = archive.infolist()
        if len({member.filename for member in listed}) < len(listed):
            raise ValueError("two of its members have one name")
        if any(member.compress_type != zipfile.ZIP_STORED for member in listed):
            raise ValueError("its members are compressed")
        if sum(member.file_size for member in listed) > size:
            raise ValueError("its members claim to be larger than the file")
        for member in listed:
            yield member.filename, archive.read(member)


def array(data: bytes) -> NDArray[Any]:
    """The array that the bytes of an NPY file are."""
    stream = io.BytesIO(data)
    version = npy.read_magic(stream)
    if version not in _READERS:
        raise ValueError(f"an array has the NPY version {version}")
    shape, fortran, dtype = _READERS[version](stream)
    if dtype.kind not in _KINDS or not dtype.itemsize:
        raise ValueError(f"an array holds {dtype}, which is neither numbers nor strings")
    start, n = stream.tell(), math.prod(shape)
    if min(shape, default=0) < 0 or n * dtype.itemsize != len(data) - start:
        raise ValueError(f"an array has the shape {shape}, for {len(data) - start} bytes")
    if max(shape, default=0) > max(n, _EMPTY):
        raise ValueError(f"an array has the shape {shape} and no entries")
    stored: NDArray[Any] = np.ndarray(
        shape, dtype, buffer=data, offset=start, order="F" if fortran else "C"
    )
    if dtype.kind == "b" and (stored.view(np.uint8) > 1).any():
        raise ValueError("an array of booleans holds other numbers")
    if dtype.kind == "U" and (stored.ravel().view((np.uint32, dtype.itemsize // 4)) > _LAST).any():
        raise ValueError("an array of strings holds what is no character")
    return stored.astype(dtype.newbyteorder("="), order="K")
