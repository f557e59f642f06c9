"""What writers write, as bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def written(folder: Path, *writers: Callable[[Path], object]) -> list[bytes]:
    """What writers write."""
    path = folder / "written.npz"
    contents = []
    for write in writers:
        write(path)
        contents.append(path.read_bytes())
        path.unlink()
    return contents
