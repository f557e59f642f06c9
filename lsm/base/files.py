"""Paths and files: what users write for them, what is wrong with one, and writing it whole."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Nobody takes longer over a file, in seconds.
_LONG = 3600


class LoadError(ValueError):
    """A file that can't be loaded: which, and what is wrong with it."""


@contextmanager
def refusing(
    path: str | os.PathLike[str], what: str, *, kind: type[ValueError] = LoadError
) -> Iterator[None]:
    """Turn whatever goes wrong within into a `kind`: ``path is not what``, and why."""
    try:
        yield
    except (kind, LoadError, ImportError):
        raise
    except Exception as error:  # of many kinds, by where a file is damaged
        why = " ".join(str(error).split()) or type(error).__name__
        why = f"{why} is missing" if isinstance(error, KeyError) else why
        raise kind(f"{path} is not {what}: {why[:500]}") from error


def expanded(path: str | os.PathLike[str]) -> Path:
    """A path as a user gives it, where ``~`` is the home folder."""
    return Path(os.path.expanduser(path))


def ending_in(folder: Path, suffix: str) -> list[Path]:
    """The files of a folder that end in ``.wav`` or the like, in any case, sorted."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == suffix)


def named(folder: Path, name: str) -> Path | None:
    """The file of a folder with this name, the ending in any case; None where there is none."""
    exact = folder / name
    candidates = ending_in(folder, exact.suffix.lower())
    return exact if exact.is_file() else next((p for p in candidates if p.stem == exact.stem), None)


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary name beside ``path`` that takes its place when the block ends well.

    Survives ``kill -9`` at any moment: a reader sees the old file or the new one.
    """
    import secrets  # which takes its time

    path = expanded(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def remove_unfinished(folder: Path) -> None:
    """Remove what writers that were killed have left of :func:`atomic_path` in a folder."""
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _LONG:
                part.unlink()
