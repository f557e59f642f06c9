"""Temporary folders, of which those of processes that were killed go with the next one's first."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

#: Nobody else's folders are named so.
_PREFIX, _SUFFIX = "liquidstate-", ".tmp"


@contextmanager
def temporary_folder(kind: str, where: str | Path | None = None) -> Iterator[Path]:
    """A folder that goes with the block.

    It is locked as long as its owner lives, so that :func:`remove_left` knows the others.

    Parameters
    ----------
    kind : str
        What it is for, in its name.
    where : path, optional
        The folder that it is in; by default that of all temporary files.
    """
    where = str(where or tempfile.gettempdir())
    _remove_left_once(where)
    while True:
        with tempfile.TemporaryDirectory(
            _SUFFIX, f"{_PREFIX}{kind}-", where, ignore_cleanup_errors=True
        ) as name:
            folder = Path(name)
            with _lock(folder, fcntl.LOCK_SH) as locked:
                if locked:
                    yield folder
                    return
        # Another process took it, that moment, for one that had been left.


@contextmanager
def tidy_imports() -> Iterator[None]:
    """Have what is imported in the block make its temporary files in a folder that we remove.

    It goes with the process, or with the next start where that was killed. reservoirpy 0.4.2 makes
    a folder when it is imported, and leaves it; Brian2 leaves its log where a process is killed.
    """
    before, tempfile.tempdir = tempfile.tempdir, _folder_of_packages()
    try:
        yield
    finally:
        tempfile.tempdir = before


@cache
def _folder_of_packages() -> str:
    stack = ExitStack()
    atexit.register(stack.close)
    return str(stack.enter_context(temporary_folder("packages")))


def remove_left(where: str | Path | None = None) -> None:
    """Remove the temporary folders whose owners have gone.

    Parameters
    ----------
    where : path, optional
        As for :func:`temporary_folder`.
    """
    for folder in Path(where or tempfile.gettempdir()).glob(f"{_PREFIX}*{_SUFFIX}"):
        with _lock(folder, fcntl.LOCK_EX) as is_ours:
            if is_ours:
                shutil.rmtree(folder, ignore_errors=True)


_remove_left_once = cache(remove_left)


@contextmanager
def _lock(folder: Path, kind: int) -> Iterator[bool]:
    """Whether the folder is there, ours, and could be locked; the lock goes with its process."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        yield False
        return
    try:
        yield _locked(handle, kind) and folder.exists()
    finally:
        os.close(handle)


def _locked(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: nobody removes anything there
        return kind == fcntl.LOCK_SH
    return True
