"""Records of trials: a file each, there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.results import output_folder, read_json, write_json
from experiments.lab.sweep.trial import Record, Trial

#: What a whole record has, and what else by how its trial ended.
_ALL: dict[str, Any] = {
    "trial": str,
    "experiment": str,
    "parameters": dict,
    "attempts": int,
    "seconds": int | float | None,
}
_ENDS: dict[str, dict[str, Any]] = {"done": {"result": dict}, "failed": {"error": str}}


class Store:
    """The records of a folder, which several sweeps may write to at the same time.

    Parameters
    ----------
    folder : path

    Raises
    ------
    OSError
        It can't be written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = output_folder(folder)
        self._records = output_folder(self.folder / "records")

    def read(self, trial: Trial) -> Record | None:
        """What is recorded of a trial, if anything is that can be read."""
        return read_record(self._path(trial))

    def finished(self, trial: Trial, *, retries: int) -> bool:
        """Whether it is done, or has failed as often as it may."""
        record = self.read(trial)
        return record is not None and (record["status"] == "done" or record["attempts"] > retries)

    def write(self, trial: Trial, record: Record) -> Record:
        """Record what came of a trial; when this returns it is on the disk.

        Where another sweep was first to have it done, its record stays.
        """
        before = self.read(trial)
        if before is not None and before["status"] == "done":
            return before
        whole = record | {"attempts": 1 + (before["attempts"] if before else 0)}
        write_json(self._path(trial), whole)
        return whole

    def set_damaged_aside(self, trials: list[Trial]) -> list[Path]:
        """Rename records that can't be read, so that their trials run again; where they are now."""
        found = []
        for trial in trials:
            path = self._path(trial)
            if path.exists() and self.read(trial) is None:
                found.append(path.replace(path.with_suffix(".damaged")))
        return found

    def kept(self, trial: Trial) -> Path:
        """Where the files of a trial stay."""
        return self.folder / "trials" / trial.name

    def _path(self, trial: Trial) -> Path:
        return self._records / f"{trial.name}.json"


def read_record(path: Path) -> Record | None:
    """A record, or None where there is none or it isn't whole."""
    try:
        record = read_json(path, "a record")
    except InputError:
        return None
    kind = _ENDS.get(str(record.get("status")), {})
    needed = _ALL | kind
    whole = kind and needed.keys() <= record.keys()
    whole = whole and all(isinstance(record[name], of) for name, of in needed.items())
    return record if whole else None


def all_records(folder: Path) -> Iterator[tuple[Path, Record | None]]:
    """Every record of a folder, in the order of their names; None for one that isn't whole."""
    for path in sorted((folder / "records").glob("*.json")):
        yield path, read_record(path)
