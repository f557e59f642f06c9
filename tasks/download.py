"""Download of the spoken digits, on demand only."""

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
    pooch = optional("pooch", "download")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        archive = pooch.retrieve(_URL, f"sha256:{_SHA256}", fname="fsdd.zip", path=folder)
    except OSError as error:
        raise OSError(f"FSDD cannot be downloaded to {folder}: {error}") from error
    part = folder / "recordings.part"
    part.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive) as content:
        for member in content.namelist():
            if Path(member).match("recordings/*.wav"):
                with content.open(member) as source, open(part / Path(member).name, "wb") as target:
                    shutil.copyfileobj(source, target)
    part.rename(recordings)
    Path(archive).unlink()
    return recordings
