"""Encoded recordings on disk: where the user names a folder for them, the next run starts at once.

A file is found by all that its spikes depend on: the content of the recordings, the parameters of
the encoding, the code that encodes, and the libraries and processor that it ran on. It holds
arrays, which are read without unpickling and have checksums.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from filelock import FileLock
from numpy.typing import NDArray
from threadpoolctl import threadpool_info

import lsm
import readouts
from lsm.base.archives import read_archive, write_archive
from lsm.base.files import LoadError, expanded, refusing, remove_unfinished
from lsm.spikes import SpikeTrains

#: Environment variable with the folder of encoded recordings; without it none are kept.
ENVIRONMENT = "LSM_ENCODED"
#: Bytes that the folder may hold. What has not been used for longest goes first.
MOST_BYTES = 10**10

_FORMAT = 1
_WHAT = "a file of encoded recordings"


def kept_spikes(
    encode: Callable[[], SpikeTrains], recordings: Iterable[NDArray[Any]], **parameters: Any
) -> SpikeTrains:
    """Spikes of recordings: those in the folder that ``LSM_ENCODED`` names, or else encoded.

    Parameters
    ----------
    encode : callable
        Encodes the recordings. It is called where the variable isn't set or nothing is kept of
        them; then its result is.
    recordings : iterable of array of numbers
        All that is encoded, in order. Not looked at where the variable isn't set.
    **parameters
        All others that the spikes depend on; values by their JSON, or else their repr.

    Raises
    ------
    ValueError
        The folder can't be made or written to. A file in it that is damaged is encoded again, and
        one that can't be written is not kept; both are warned of.
    """
    root = os.environ.get(ENVIRONMENT)
    if not root:
        return encode()
    key = _key(recordings, parameters)
    path = expanded(root) / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"
    if (spikes := _read(path, key)) is not None:
        return spikes
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # It goes with its process: whoever waits encodes if the other dies.
        lock = FileLock(path.with_suffix(".lock")).acquire()
    except OSError as error:
        raise ValueError(
            f"{ENVIRONMENT} must name a folder that can be written to: {error}"
        ) from error
    with lock:
        if (spikes := _read(path, key)) is None:
            spikes = encode()
            _write(path, key, spikes)
    return spikes


def _key(recordings: Iterable[NDArray[Any]], parameters: dict[str, Any]) -> str:
    content = hashlib.sha256()
    for recording in recordings:
        content.update(f"{recording.dtype.str}{recording.shape}".encode())
        content.update(np.ascontiguousarray(recording).data)
    description = {"recordings": content.hexdigest(), "parameters": parameters, "by": _encoded_by()}
    return json.dumps(description, sort_keys=True, default=repr)


@cache
def _encoded_by() -> dict[str, Any]:
    """Code, libraries and processor. The last bits of sums and logarithms can depend on each."""
    package = Path(lsm.__file__).parent
    folders = [package / "base", package / "encoders", package / "spikes"]
    folders += [Path(readouts.__file__).parent, Path(__file__).parent]
    sources = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    code = hashlib.sha256()
    for path in sources:
        code.update(path.read_bytes())
    # NumPy's own, where it has one: what else is loaded depends on what was imported before.
    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    blas = [library for library in blas if "numpy" in library["filepath"]] or blas
    names = ("internal_api", "version", "architecture")
    return {
        "code": code.hexdigest(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "blas": sorted([str(library.get(name)) for name in names] for library in blas),
        "machine": platform.machine(),
        "instructions": np.show_config(mode="dicts")["SIMD Extensions"],
    }


def _read(path: Path, key: str) -> SpikeTrains | None:
    """The spikes of a file; None where there is none, or it was damaged, and is removed."""
    try:
        spikes = read_spikes(path, key)
    except OSError:
        return None
    except LoadError as error:
        with suppress(OSError):
            path.unlink()
        warnings.warn(f"{error}; the recordings are encoded again", stacklevel=4)
        return None
    with suppress(OSError):  # marks the use; a shared folder may be read-only
        os.utime(path)
    return spikes


def _write(path: Path, key: str, spikes: SpikeTrains) -> None:
    try:
        write_spikes(path, key, spikes)
    except OSError as error:
        warnings.warn(f"encoded recordings could not be kept in {path}: {error}", stacklevel=4)
    _trim(path.parent, path)


def read_spikes(path: Path, key: str) -> SpikeTrains:
    """The spikes that `write_spikes` wrote with this key.

    Raises
    ------
    LoadError
        The file is damaged, something else or of another key.
    OSError
        It can't be opened.
    """
    header, arrays = read_archive(path, _WHAT, newest=_FORMAT)
    with refusing(path, _WHAT):
        if header["key"] != key:
            raise ValueError("it is of other recordings")
        return SpikeTrains(**arrays, n_channels=header["n_channels"])


def write_spikes(path: Path, key: str, spikes: SpikeTrains) -> None:
    """Write spikes and the key that they are found by, all or nothing."""
    names = ("times_ms", "channels", "offsets", "durations_ms")
    header = {"format": _FORMAT, "key": key, "n_channels": spikes.n_channels}
    write_archive(path, header, {name: getattr(spikes, name) for name in names})


def _trim(folder: Path, newest: Path) -> None:
    """Remove what has not been used for longest, beyond `MOST_BYTES`, and what was left half."""
    remove_unfinished(folder)
    files = []
    for path in folder.glob("*.npz"):
        with suppress(OSError):  # another process may be trimming too
            status = path.stat()
            files.append((path == newest, status.st_mtime, status.st_size, path))
    total = 0
    for *_, size, path in sorted(files, reverse=True):
        total += size
        if total > MOST_BYTES and path != newest:
            with suppress(OSError):
                path.unlink()  # not its lock: someone may be waiting for it
