"""Folders that runs left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from experiments.common.errors import InputError
from experiments.common.results import read_json
from experiments.common.summaries import Summary
from lsm.base.files import expanded, refusing
from lsm.base.tables import read_table

EVOLUTION, CLASSIFICATION = "evolve_lsm", "classify"


@dataclass(frozen=True)
class RunFiles:
    """What a finished run left in its folder.

    Attributes
    ----------
    folder : Path
    summary : dict
        Of ``summary.json``.
    """

    folder: Path
    summary: Summary

    @property
    def experiment(self) -> str:
        """Name of the experiment; of those whose summary doesn't say it, the program's."""
        if "experiment" in self.summary:
            return str(self.summary["experiment"])
        if "evaluations" in self.summary:
            return EVOLUTION
        return CLASSIFICATION if "held_out" in self.summary else "unknown"

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @cached_property
    def parts(self) -> list[RunFiles]:
        """The runs that this one is made of; itself, if it is one."""
        folders = sorted(self.folder.glob("run-*/summary.json"))
        wanted = self.summary.get("runs", 1)
        return [read_run(path.parent) for path in folders[:wanted]] if wanted > 1 else [self]

    @cached_property
    def logbook(self) -> dict[str, list[float]]:
        """Columns of ``logbook.csv``; empty where there is none."""
        path = self.folder / "logbook.csv"
        if not path.exists():
            return {}
        rows = read_table(path)
        with refusing(path, "a logbook", kind=InputError):
            return {name: [float(row[name]) for row in rows] for name in rows[0]}


def read_run(folder: str | Path) -> RunFiles:
    """Read a finished run.

    Raises
    ------
    InputError
        There is no such folder, the run isn't finished, or its summary is damaged.
    """
    folder = expanded(folder)
    if not folder.is_dir():
        raise InputError(f"DIR must be a folder with the results of a run, got {folder}")
    path = folder / "summary.json"
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
    return RunFiles(folder, summary)
