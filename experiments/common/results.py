"""Files that a run leaves: plain, whole or not at all."""

from __future__ import annotations

import csv
import json
import platform
import re
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from experiments.common.errors import InputError
from lsm.base.files import atomic_path, expanded, refusing, remove_unfinished

# What a run leaves in its folder, and nothing else of what a user may keep there.
_RESULT = re.compile(
    r"summary\.json|logbook\.csv|records\.jsonl|run-\d+|report\.(html|md)|tested\.npz|"
    r"(fitness|raster|liquid|accuracies|confusion|pareto)\.png|pareto|pareto\.csv|"
    r"(best|evolution|random_liquids|random_search|cma_gains|evolution_without_recurrence)\.npz"
    r"(\.previous)?"
)

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


def set_aside(folder: Path) -> None:
    """Rename what an earlier run left to ``<name>.old``, in place of an older one's.

    The summary goes first: without it nobody takes what is left for finished.
    """
    files = [path for path in folder.iterdir() if _RESULT.fullmatch(path.name)]
    for path in sorted(files, key=lambda path: path.name != "summary.json"):
        old = path.with_name(f"{path.name}.old")
        if old.is_dir():
            shutil.rmtree(old)
        path.replace(old)


def versions() -> dict[str, str]:
    """Python and the packages that a result depends on."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def write_text(path: Path, text: str) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(text)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(content, indent=2) + "\n")


def read_json(path: Path, what: str) -> dict[str, Any]:
    """The object of a JSON file that is to be `what`; InputError where it is none."""
    with refusing(path, what, kind=InputError):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError(f"it must hold an object, got {type(content).__name__}")
    return content


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that all have the first one's keys."""
    with atomic_path(path) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_figure(path: Path, figure: Figure) -> None:
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=150, bbox_inches="tight")
