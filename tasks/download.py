"""Download of recordings, on demand only: one version of each, with a checksum."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

from lsm.base.files import expanded
from tasks.data import optional

_COMMIT = "26eb9aaf76e81b692f806f9140c2d2777410d7a1"
_URL = f"https://codeload.github.com/Jakobovski/free-spoken-digit-dataset/zip/{_COMMIT}"
# Of the archive that GitHub makes of this commit, as users of it have noted.
_SHA256 = "beaca4fb849cad13103b2cffba913b3d7fdb5f15222da4ddd07187b3c38a757a"

WATCH_FILE = "watch_dataset.npy"
_WATCH_COMMIT = "b93b670fd62d4ff22bd44d15023422f20789fd23"
_WATCH_URL = (
    f"https://raw.githubusercontent.com/dmbee/seglearn/{_WATCH_COMMIT}/seglearn/data/{WATCH_FILE}"
)
# Of the same file in the package seglearn 1.2.5.
_WATCH_SHA256 = "eb122f23cdf06ef6bd6c6c5312958ec5cf9d038e2e6d457b8081662c75a42537"


def download_fsdd(folder: str | os.PathLike[str]) -> Path:
    """Download the Free Spoken Digit Dataset, 3000 recordings, 16 MB; licence CC BY-SA 4.0.

    One commit of its repository, with a checksum. What is there already is not downloaded again.

    Parameters
    ----------
    folder : path
        Gets the folder ``recordings``, whole or not at all.

    Returns
    -------
    Path
        The folder ``recordings``.

    Raises
    ------
    ImportError
        Without pooch.
    OSError
        It can't be downloaded or written.
    ValueError
        What came has another checksum. ``git clone`` of the repository gets the recordings too.
    """
    folder = expanded(folder)
    recordings = folder / "recordings"
    if recordings.is_dir():
        return recordings
    archive = _retrieved("FSDD", _URL, _SHA256, folder / "fsdd.zip")
    part = folder / "recordings.part"
    part.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive) as content:
        for member in content.namelist():
            if Path(member).match("recordings/*.wav"):
                with content.open(member) as source, open(part / Path(member).name, "wb") as target:
                    shutil.copyfileobj(source, target)
    part.rename(recordings)
    archive.unlink()
    return recordings


def download_watch(folder: str | os.PathLike[str]) -> Path:
    """Download the wrist-watch exercises of the package seglearn, one file, 18 MB; licence BSD.

    One commit of its repository, with a checksum. What is there already is not downloaded again.

    Parameters
    ----------
    folder : path
        Gets the file ``watch_dataset.npy``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ImportError
        Without pooch.
    OSError
        It can't be downloaded or written.
    ValueError
        What came has another checksum. The package seglearn 1.2.5 has the same file.
    """
    path = expanded(folder) / WATCH_FILE
    return path if path.is_file() else _retrieved("Watch", _WATCH_URL, _WATCH_SHA256, path)


def _retrieved(name: str, url: str, sha256: str, path: Path) -> Path:
    """The path of what was downloaded there; errors as the functions above have them."""
    pooch = optional("pooch", "download")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        pooch.retrieve(url, f"sha256:{sha256}", fname=path.name, path=path.parent)
    except OSError as error:
        raise OSError(f"{name} cannot be downloaded to {path.parent}: {error}") from error
    return path
