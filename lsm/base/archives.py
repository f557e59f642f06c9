"""Archives: named arrays in one NPZ file, some with a JSON header, read without trusting it.

Nothing in a file is unpickled, and nothing is allocated that the file doesn't hold: what its
members claim to be is bounded before one is read, none is read beyond its claim, and an array's
shape must be that of its bytes.
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

from lsm.base.files import LoadError, atomic_path, expanded, refusing

Arrays = dict[str, NDArray[Any]]

_HEADER = "header"
#: Numbers and strings; no objects, which would have to be unpickled.
_KINDS = "biufU"
#: A dimension of an array without entries: there is nothing in the file to hold it to.
_EMPTY = 2**20
_LAST = 0x10FFFF  # of Unicode's characters
#: What compressed members may be together, in bytes and in times their file's size.
_SMALL, _RATIO = 2**26, 20
_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


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
    with open_npz(path, what) as file:
        arrays = dict(file)
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


class Npz(Mapping[str, NDArray[Any]]):
    """The arrays of an open NPZ file by their names, each read when it is asked for."""

    def __init__(self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._members = {member.filename.removesuffix(".npy"): member for member in members}

    def __getitem__(self, name: str) -> NDArray[Any]:
        return array(_content(self._archive, self._members[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


@contextmanager
def open_npz(path: str | Path, what: str, *, compressed: bool = False) -> Iterator[Npz]:
    """An NPZ file that is to be `what`; any error within the block is one of the file.

    Parameters
    ----------
    path : str or Path
    what : str
        For the message: "a checkpoint".
    compressed : bool
        Its members may be compressed, as in a file that other programs wrote: to at most 64 MB, or
        20 times the file's size, for all of them.

    Raises
    ------
    LoadError
        Not such a file.
    OSError
        It can't be opened.
    """
    with open(expanded(path), "rb") as file, refusing(path, what):
        size = os.fstat(file.fileno()).st_size
        with zipfile.ZipFile(file) as archive:
            yield Npz(archive, _members(archive, size, compressed=compressed))


def members(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of a ZIP file of `size` bytes; ValueError where it is a bomb."""
    with zipfile.ZipFile(file) as archive:
        for member in _members(archive, size, compressed=False):
            yield member.filename, _content(archive, member)


def _members(archive: zipfile.ZipFile, size: int, *, compressed: bool) -> list[zipfile.ZipInfo]:
    """What an archive of `size` bytes holds, if that isn't more than it may."""
    listed = archive.infolist()
    if len({member.filename for member in listed}) < len(listed):
        raise ValueError("two of its members have one name")
    kinds = {zipfile.ZIP_STORED} | ({zipfile.ZIP_DEFLATED} if compressed else set())
    if any(member.compress_type not in kinds for member in listed):
        raise ValueError(f"its members are compressed{' in another way' if compressed else ''}")
    claimed = sum(member.file_size for member in listed)
    if not compressed and claimed > size:
        raise ValueError("its members claim to be larger than the file")
    if claimed > max(_SMALL, _RATIO * size):
        raise ValueError(
            f"its {size} bytes claim to be {claimed}, above {_SMALL} and {_RATIO} times as many"
        )
    return listed


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, never more than it claims to have."""
    with archive.open(member) as file:
        content = file.read(member.file_size)
    if len(content) < member.file_size:
        raise ValueError(f"{member.filename} is cut off")
    return content


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
