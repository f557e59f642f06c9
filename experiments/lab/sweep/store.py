"""Records of runs: a file each, there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.results import output_folder, read_json, write_json
from experiments.lab.sweep.run import Record, Run

#: What a whole record has, by how its run ended.
_WHOLE: dict[str, Any] = {
    "trial": str,
    "experiment": str,
    "parameters": dict,
    "attempts": int,
    "seconds": int | float | None,
}
_ENDS: dict[str, dict[str, Any]] = {
    "done": _WHOLE | {"result": dict},
    "failed": _WHOLE | {"error": str},
}


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

    def read(self, run: Run) -> Record | None:
        """What is recorded of a run, if anything is that can be read."""
        return read_record(self._path(run))

    def finished(self, run: Run, *, retries: int) -> bool:
        """Whether it is done, or has failed as often as it may."""
        record = self.read(run)
        return record is not None and (record["status"] == "done" or record["attempts"] > retries)

    def write(self, run: Run, record: Record) -> Record:
        """Record what came of a run; when this returns it is on the disk.

        Where another sweep was first to have it done, its record stays.
        """
        before = self.read(run)
        if before is not None and before["status"] == "done":
            return before
        whole = record | {"attempts": 1 + (before["attempts"] if before else 0)}
        write_json(self._path(run), whole)
        return whole

    def set_damaged_aside(self, runs: list[Run]) -> list[Path]:
        """Rename records that can't be read, so that their runs start again; where they are now."""
        paths = [self._path(run) for run in runs]
        damaged = [path for path in paths if path.exists() and read_record(path) is None]
        return [path.replace(path.with_suffix(".damaged")) for path in damaged]

    def kept(self, run: Run) -> Path:
        """Where the files of a run stay."""
        return self.folder / "trials" / run.digest

    def _path(self, run: Run) -> Path:
        return self._records / f"{run.digest}.json"


def read_record(path: Path) -> Record | None:
    """A record, or None where there is none or it isn't whole."""
    try:
        record = read_json(path, "a record")
    except InputError:
        return None
    kinds = _ENDS.get(str(record.get("status")))
    whole = kinds and all(isinstance(record.get(name, ...), kind) for name, kind in kinds.items())
    return record if whole else None


def all_records(folder: Path) -> Iterator[tuple[Path, Record | None]]:
    """Every record of a folder, in the order of their names; None for one that isn't whole."""
    for path in sorted((folder / "records").glob("*.json")):
        yield path, read_record(path)
