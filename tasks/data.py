"""Where the data sets are: tasks read them from a folder and never download them."""

from __future__ import annotations

import os
from pathlib import Path

#: Environment variable with the folder that holds a folder for each data set.
ENVIRONMENT = "LSM_DATA"

# Beside a checkout of the repository.
_SHARED = Path(__file__).parents[2] / "shared" / "data"


def data_folder(name: str, data: str | os.PathLike[str] | None = None, *, obtain: str) -> Path:
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

    Raises
    ------
    TypeError, ValueError
        Where `data` is no path, or there is no such folder.
    """
    if data is not None:
        if not isinstance(data, str | os.PathLike):
            raise TypeError(f"data must be the path of a folder, got {data!r}")
        folder, origin = Path(data), "data"
    elif root := os.environ.get(ENVIRONMENT):
        folder, origin = Path(root, name), ENVIRONMENT
    else:
        folder, origin = _SHARED / name, "data"
        if not folder.is_dir():
            raise ValueError(
                f"data must name the folder of {name}, or {ENVIRONMENT} the folder that holds it; "
                f"neither is given. To get it: {obtain}"
            )
    if not folder.is_dir():
        raise ValueError(f"{origin} must name an existing folder: there is no folder {folder}")
    return folder
