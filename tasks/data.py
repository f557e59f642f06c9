"""Where the data sets are: tasks read them from a folder, and download them only when told to."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.files import expanded, named
from lsm.base.temporary import tidy_imports

Data = str | os.PathLike[str] | None

#: Environment variable with the folder that holds a folder for each data set.
ENVIRONMENT = "LSM_DATA"

# Beside a checkout of the repository.
_SHARED = Path(__file__).parents[2] / "shared" / "data"


def data_folder(name: str, data: Data = None, *, obtain: str, create: bool = False) -> Path:
    """The folder of a data set.

    Parameters
    ----------
    name : str
        Of the data set, and of its folder.
    data : path, optional
        The folder itself. By default the folder `name` inside the one that the environment
        variable ``LSM_DATA`` says; without that, ``../shared/data`` beside the repository.
    obtain : str
        How to get the data, for the error message.
    create : bool
        Make the folder where there is none, to download into.

    Raises
    ------
    TypeError, ValueError
        Where `data` is no path, or there is no such folder.
    """
    if data is not None:
        if not isinstance(data, str | os.PathLike):
            raise TypeError(f"data must be the path of a folder, got {data!r}")
        folder, origin = expanded(data), "data"
    elif root := os.environ.get(ENVIRONMENT):
        folder, origin = expanded(root) / name, ENVIRONMENT
    else:
        folder, origin = _SHARED / name, "data"
        if not folder.is_dir():  # Nor made there: nobody has named that place.
            raise ValueError(
                f"data must name the folder of {name}, or {ENVIRONMENT} the folder that holds it; "
                f"neither is given. To get it: {obtain}"
            )
    if create:
        folder.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        raise ValueError(f"{origin} must name an existing folder: there is no folder {folder}")
    return folder


def data_file(name: str, file: str, data: Data = None, *, obtain: str) -> Path:
    """A file in the folder of a data set; arguments and errors are those of `data_folder`.

    Raises
    ------
    ValueError
        Where the folder has no such file.
    """
    folder = data_folder(name, data, obtain=obtain)
    path = named(folder, file)
    if path is None:
        raise ValueError(
            f"data must be a folder with {file}, there is none in {folder}. To get it: {obtain}"
        )
    return path


def optional(module: str, extra: str) -> Any:
    """Import a module of an optional package.

    Raises
    ------
    ImportError
        Naming the package and the extra to install.
    """
    package = module.partition(".")[0]
    try:
        if package not in sys.modules:
            with tidy_imports():
                import_module(package)
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f'this needs the package {package}: pip install "liquidstate[{extra}]"'
        ) from error


def as_array(signals: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Signals (channels, steps) as an array (samples, channels, steps).

    Where lengths differ it is an array of objects, shape (samples,). Either is indexed by samples.
    """
    if len({signal.shape for signal in signals}) == 1:
        return np.stack(signals)
    ragged = np.empty(len(signals), dtype=object)
    for i, signal in enumerate(signals):
        ragged[i] = signal
    return ragged
