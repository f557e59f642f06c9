"""Files that a run leaves: plain, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.lab.errors import InputError
from lsm.base.files import atomic_path, expanded, refusing, remove_unfinished, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Lists what a run has written; its names are written before the files are.
MANIFEST = "manifest.txt"
PACKAGES = ("brian2", "numpy", "scipy", "scikit-learn", "deap", "joblib")


def output_folder(path: str | Path) -> Path:
    """Make the folder of a run, and see that it can be written to.

    Raises
    ------
    OSError
        Naming the folder, before any work is done.
    """
    folder = expanded(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder)
        probe = folder / ".write-test"
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as error:
        reason = error.strerror or error
        raise OSError(f"the output folder {folder} cannot be written: {reason}") from error
    return folder


@contextmanager
def run_folder(path: str | Path, refusals: tuple[type[Exception], ...]) -> Iterator[Path]:
    """The folder of a run, which leaves nothing there if it is refused before it has a result."""
    folder = expanded(path)
    whole = folder.resolve()
    new = [each for each in (whole, *whole.parents) if not each.exists()]
    empty = not any(output_folder(folder).iterdir())
    try:
        yield folder
    except refusals:
        inside = sorted(folder.rglob("*"), reverse=True)
        if empty and all(each.is_dir() or _has_no_result(each) for each in inside):
            with suppress(OSError):  # others may have put something there
                for each in (*inside, *new):
                    each.rmdir() if each.is_dir() else each.unlink()
        raise


def _has_no_result(path: Path) -> bool:
    """Whether a file of a run says no more than what the run is, or would have written."""
    if path.name == "records.jsonl":
        return len(path.read_text(encoding="utf-8").splitlines()) < 2
    return path.name == MANIFEST


class Results:
    """The folder of a run, with a list of all that the run has written into it.

    Parameters
    ----------
    folder : path
    resume : bool
        Whether to go on with what is there; otherwise all that an earlier run has written is
        renamed to ``<name>.old``, in place of an older one's. The summary goes first: without it
        nobody takes what is left for finished.

    Raises
    ------
    InputError
        The folder has results, but no list of them.
    OSError
        The folder can't be written to.
    """

    def __init__(self, folder: str | Path, *, resume: bool = False) -> None:
        self.folder = output_folder(folder)
        self._manifest = self.folder / MANIFEST
        if not resume:
            self._set_aside()
        self._names = self._listed()

    def path(self, name: str) -> Path:
        """Where a file or a folder of this name goes, which is listed from now on."""
        if name not in self._names:
            with open(self._manifest, "a", encoding="utf-8") as file:
                file.write(f"{name}\n")
                file.flush()
                os.fsync(file.fileno())
            self._names.append(name)
        return self.folder / name

    def within(self, name: str, *, resume: bool) -> Results:
        """A folder in this one, with a list of its own."""
        return Results(self.path(name), resume=resume)

    def json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write what a mapping holds as JSON, whole or not at all."""
        write_json(self.path(name), content)

    def csv(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows that all have the first one's keys."""
        with atomic_path(self.path(name)) as temporary, open(temporary, "w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def figure(self, name: str, figure: Figure, kind: str = "png") -> None:
        """Write a picture as PNG, which pages have, and as another kind beside it."""
        for ending in dict.fromkeys(("png", kind)):
            with atomic_path(self.path(f"{name}.{ending}")) as temporary:
                figure.savefig(temporary, format=ending)

    def _listed(self) -> list[str]:
        there = self._manifest.exists()
        return self._manifest.read_text(encoding="utf-8").splitlines() if there else []

    def _set_aside(self) -> None:
        names = self._listed()
        for name in ("summary.json", "records.jsonl"):
            if name not in names and (self.folder / name).exists():
                raise InputError(
                    f"--out: {self.folder} has results, {name} among them, but no {MANIFEST} that "
                    "lists them (they are of an older version); choose another folder"
                )
        for name in (*sorted(names, key=lambda name: name != "summary.json"), MANIFEST):
            path = self.folder / name
            # A name that isn't one was cut off, or written by somebody else.
            if not name or path.parent != self.folder or not path.exists():
                continue
            old = path.with_name(f"{name}.old")
            if old.is_dir():
                shutil.rmtree(old)
            path.replace(old)


def versions() -> dict[str, str]:
    """Python and the packages that a result depends on."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def flat(tree: Mapping[str, Any], joint: str = ".") -> Iterator[tuple[str, Any]]:
    """Values in nested mappings, by the path of their names."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            for below, content in flat(value, joint):
                yield f"{name}{joint}{below}", content
        else:
            yield name, value


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write what a mapping holds as JSON, whole or not at all."""
    write_text(path, json.dumps(content, indent=2) + "\n")


def read_json(path: Path, what: str) -> dict[str, Any]:
    """The object of a JSON file that is to be `what`; InputError where it is none."""
    with refusing(path, what, kind=InputError):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            return content
        raise ValueError(f"it must hold an object, got {type(content).__name__}")


@dataclass(frozen=True)
class RunFiles:
    """What a finished run has left in its folder.

    Attributes
    ----------
    folder : Path
    summary : dict
        Of ``summary.json``.
    """

    folder: Path
    summary: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.resolve().name


def read_run(folder: str | Path) -> RunFiles:
    """Read a finished run.

    Raises
    ------
    InputError
        There is no such folder, the run isn't finished, or its summary is damaged.
    """
    path = expanded(folder) / "summary.json"
    if not path.exists():
        raise InputError(
            f"DIR must be a folder with the results of a finished run, got {folder}, which has no "
            "summary.json"
        )
    summary = read_json(path, "a summary")
    for name in ("seconds", "settings", "versions"):
        if not isinstance(summary.get(name, {}), dict):
            raise InputError(
                f"{path} is not a summary: {name} must be an object, got {summary[name]!r}"
            )
    return RunFiles(path.parent, summary)
