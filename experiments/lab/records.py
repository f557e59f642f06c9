"""Results of many small pieces of work in one file, of which nothing that was written is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from lsm.base.files import refusing, write_text

Record = dict[str, Any]
#: Seed, fold, and what was done.
Key = tuple[int, int, str]


class Records(dict[Key, Record]):
    """A file with a JSON object in each line: what all are of, then one result a line.

    A line counts once its end is written; what ``kill -9`` has cut off is dropped.

    Parameters
    ----------
    path : path or None
        It goes on if it is there. None: records are kept in memory alone.
    identity : mapping
        What the results depend on beside their keys.

    Raises
    ------
    InputError
        The file is of another identity, or no file of records.
    """

    def __init__(self, path: Path | None, identity: Mapping[str, Any]) -> None:
        super().__init__()
        self._path = path
        if path is None:
            return
        if path.exists():
            with refusing(f"--resume: {path}", "a file of such records", kind=InputError):
                *whole, torn = path.read_text(encoding="utf-8").split("\n")
                self._read(whole, dict(identity))
            if torn:
                write_text(path, "".join(f"{line}\n" for line in whole))
        else:
            write_text(path, json.dumps(identity) + "\n")

    def add(self, key: Key, content: Mapping[str, Any]) -> None:
        """Append a result; when this returns it is on the disk."""
        record = {"seed": key[0], "fold": key[1], "method": key[2], **content}
        if self._path is not None:
            with open(self._path, "a") as file:
                file.write(json.dumps(record) + "\n")
                file.flush()
                os.fsync(file.fileno())
        self[key] = record

    def _read(self, lines: list[str], identity: Record) -> None:
        theirs, *records = map(json.loads, lines)
        self.update({(r["seed"], r["fold"], r["method"]): r for r in records})
        names = identity | theirs
        for name in names:
            if identity.get(name) != theirs.get(name):
                raise InputError(
                    f"--resume: {self._path} is of another run: {name} was "
                    f"{theirs.get(name)!r}, now {identity.get(name)!r}"
                )
