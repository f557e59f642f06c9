"""Templates filled with what is said of runs."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.common.errors import InputError
from experiments.common.page import balance, classified, evolved, forecasts, reported
from experiments.common.page.comparison import compared
from experiments.common.page.contents import Page, said
from experiments.common.page.figures import environment, table
from experiments.common.page.runs import CLASSIFICATION, EVOLUTION, RunFiles, read_run
from experiments.common.yaml_files import read_yaml
from lsm.base.files import atomic_path, refusing

_PAGES: dict[str, Callable[[RunFiles], Page]] = {
    EVOLUTION: evolved.page,
    CLASSIFICATION: classified.page,
    "forecast": forecasts.page,
    "ei_balance": balance.page,
}
#: Programs whose name isn't their experiment's.
_PROGRAMS = {"force_compare": "force_training"}
#: Options that don't change a result.
_ELSEWHERE = ("out", "n-jobs", "scheduler")


def write_page(folder: str | Path) -> Path:
    """Write ``report.html`` of a finished run into its folder, and return its path.

    Raises
    ------
    InputError
        The folder has no finished run, or a file in it is damaged.
    """
    run = read_run(folder)
    page = page_of(run)
    program = _PROGRAMS.get(run.experiment, run.experiment).partition(",")[0]
    return _write(
        run.folder / "report.html",
        "page.html",
        title=page.title,
        page=page,
        program=f"{program}.py",
        command=_command(run, program),
        remarks=_remarks(run),
        settings=table(["setting", "value"], _rows(page.settings)),
        versions=table(["package", "version"], _rows(run.summary.get("versions", {}))),
    )


def write_comparison(path: str | Path, folders: Sequence[str | Path]) -> Path:
    """Write a page with finished runs side by side, and return its path.

    Raises
    ------
    InputError
        Fewer than two folders, one twice, or what :func:`write_page` refuses.
    """
    if len({Path(folder).resolve() for folder in folders}) < max(2, len(folders)):
        given = ", ".join(map(str, folders)) or "none"
        raise InputError(f"DIR must be two or more different folders to compare, got {given}")
    runs = [read_run(folder) for folder in folders]
    content = compared([(run, page_of(run)) for run in runs])
    return _write(Path(path), "comparison.html", **content)


def page_of(run: RunFiles) -> Page:
    """What is said of a run.

    Raises
    ------
    InputError
        A file of the run is damaged.
    """
    with refusing(run.folder / "summary.json", f"a summary of {run.experiment}", kind=InputError):
        return _PAGES.get(run.experiment, reported.page)(run)


def _command(run: RunFiles, program: str) -> list[str]:
    """The command line that does the same, by options, from the run's configuration."""
    path = run.folder / "config.yaml"
    parts = [["python", f"experiments/{program}.py"]]
    if path.exists():
        options = read_yaml(path).content
        if not isinstance(options, dict):
            raise InputError(f"{path} is no configuration")
        for name, value in options.items():
            if name in _ELSEWHERE:
                continue
            if isinstance(value.content, bool):
                parts += [[f"--{name}"]] * value.content
            else:
                several = value.content if isinstance(value.content, list) else [value]
                parts.append([f"--{name}", *(one.text for one in several)])
    return [shlex.join(part) for part in parts]


def _remarks(run: RunFiles) -> list[str]:
    remarks = []
    if not (run.folder / "config.yaml").exists():
        remarks.append(
            "This folder has no config.yaml: the options are those of the settings below."
        )
    else:
        remarks.append(
            "The same options are in config.yaml beside this page, for --config. The same seed "
            "gives the same result, on any number of processes."
        )
    if "total" in (seconds := run.summary.get("seconds", {})):
        remarks.append(f"Its last start took {_duration(seconds['total'])}.")
    return remarks


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _rows(values: Mapping[str, Any]) -> list[list[str]]:
    return [[name, said(value)] for name, value in values.items()]


def _write(path: Path, template: str, **content: Any) -> Path:
    text = environment.get_template(template).render(**content)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
