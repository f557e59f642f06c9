"""Templates filled with what is said of runs."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.lab.errors import InputError
from experiments.lab.page.comparison import compared
from experiments.lab.page.contents import Page, in_words
from experiments.lab.page.figures import environment, table
from experiments.lab.references import load_reference
from experiments.lab.results import RunFiles
from experiments.lab.study import Study
from experiments.lab.yaml_files import read_yaml
from lsm.base.files import refusing, write_text

#: Options that don't change a result.
_ELSEWHERE = ("out", "n-jobs", "scheduler")


def write_page(run: RunFiles, study: Study, page: Page) -> None:
    """Write ``report.html`` of a finished run into its folder.

    Raises
    ------
    InputError
        Its configuration is damaged.
    """
    _write(
        run.folder / "report.html",
        "page.html",
        title=page.title,
        page=page,
        program=study.program,
        command=_command(run, study),
        seconds=run.summary.get("seconds", {}).get("total"),
        settings=table(["setting", "value"], _rows(page.settings)),
        versions=table(["package", "version"], _rows(run.summary.get("versions", {}))),
    )


def write_comparison(path: Path, runs: Sequence[tuple[RunFiles, Study]]) -> None:
    """Write a page with finished runs side by side.

    Raises
    ------
    InputError
        Fewer than two folders, one twice, or what :func:`write_page` refuses.
    """
    if len({run.folder.resolve() for run, _ in runs}) < max(2, len(runs)):
        given = ", ".join(str(run.folder) for run, _ in runs) or "none"
        raise InputError(f"DIR must be two or more different folders to compare, got {given}")
    content = compared([(run, page_of(run, study)) for run, study in runs])
    _write(path, "comparison.html", **content)


def page_of(run: RunFiles, study: Study) -> Page:
    """What is said of a run that may have been made long ago.

    Raises
    ------
    InputError
        A file of the run is damaged.
    """
    with refusing(run.folder / "summary.json", f"a summary of {study.name}", kind=InputError):
        page: Page = load_reference(study.page, "study")(run)
        return page


def _command(run: RunFiles, study: Study) -> list[str]:
    """The command line that does the same, by options, from the run's configuration."""
    path = run.folder / "config.yaml"
    options = read_yaml(path).mapping("a configuration") if path.exists() else {}
    parts = [shlex.split(study.command)]
    for option, value in options.items():
        if isinstance(value.content, bool):
            parts += [[f"--{option}"]] * value.content
        elif option not in _ELSEWHERE:
            parts.append([f"--{option}", *(each.text for each in value.items)])
    return [shlex.join(part) for part in parts]


def _rows(values: Mapping[str, Any]) -> list[list[str]]:
    return [[name, in_words(value)] for name, value in values.items()]


def _write(path: Path, template: str, **content: Any) -> None:
    text = environment.get_template(template).render(**content)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
