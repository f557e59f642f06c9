"""Folders that runs have left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.results import read_json
from lsm.base.files import expanded


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
