"""Runs side by side: what they came to, where their settings differ, and their fitness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.lab.page.contents import Page, Part, Section, Value, in_words
from experiments.lab.page.figures import chart, dots, note, table
from experiments.lab.page.runs import RunFiles

#: As the script of charts has them.
_COLOURS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"),
    *("#117733", "#882255", "#332288", "#999933", "#44aa99", "#aa4499"),
)
_Run = tuple[RunFiles, Page]


def compared(runs: Sequence[_Run]) -> dict[str, Any]:
    """Content of the template of comparisons."""
    names = _names(runs)
    pages = dict(zip(names, (page for _, page in runs), strict=True))
    sections = [
        Section("Results", [*_tasks(runs), *_results(pages)]),
        Section("Settings that differ", _settings(pages, runs)),
    ]
    if curves := _curves(pages):
        sections.insert(1, Section("Fitness over generations", curves))
    return {
        "title": f"{len(runs)} runs side by side",
        "runs": [
            {"name": name, "title": page.title, "folder": run.folder, "colour": _colour(k)}
            for k, (name, (run, page)) in enumerate(zip(names, runs, strict=True))
        ],
        "sections": sections,
    }


def _colour(k: int) -> str:
    return _COLOURS[k % len(_COLOURS)]


def _names(runs: Sequence[_Run]) -> list[str]:
    """Names of the folders, with so many of those around them that they differ."""
    paths = [run.folder.resolve().parts for run, _ in runs]
    depth = 1
    while len({path[-depth:] for path in paths}) < len(paths):
        depth += 1
    return ["/".join(path[-depth:]) for path in paths]


def _tasks(runs: Sequence[_Run]) -> list[Part]:
    """A remark where runs are of different tasks."""
    tasks = dict.fromkeys(str(run.summary.get("task")) for run, _ in runs)
    if len(tasks) == 1:
        return []
    return [
        note(
            f"These runs are of different tasks ({', '.join(tasks)}): which is the better number "
            "says nothing of what was done."
        )
    ]


def _results(pages: Mapping[str, Page]) -> list[Part]:
    """The first number of each run, where it is the same one, and a table of all."""
    found = []
    first = [next(iter(page.facts), None) for page in pages.values()]
    if first[0] is not None and len(set(first)) == 1:
        rows = {
            name: Value(value.mean, value.interval, value.unit)
            for name, page in pages.items()
            for value in (page.facts[first[0]],)
        }
        colours = [_colour(k) for k in range(len(pages))]
        found.append(dots(f"{first[0]}.", rows, colours=colours))
    measures = dict.fromkeys(name for page in pages.values() for name in page.measures)
    if not measures:
        return [*found, note("These runs have no numbers to compare.")]
    cells = [
        [measure, *(_cell(page.measures.get(measure)) for page in pages.values())]
        for measure in measures
    ]
    return [*found, table(["", *pages], cells)]


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    kept = value.range.replace(" ", "\N{NO-BREAK SPACE}")
    return f"{value.text} ({kept})" if kept else value.text


def _settings(pages: Mapping[str, Page], runs: Sequence[_Run]) -> list[Part]:
    """Settings and versions that aren't the same in all runs."""
    columns = [
        {**_flat(page.settings), **_flat({"version of": run.summary.get("versions", {})})}
        for run, page in runs
    ]
    names = dict.fromkeys(name for column in columns for name in column)
    differing = [
        [name, *(column.get(name, "") for column in columns)]
        for name in names
        if len({column.get(name) for column in columns}) > 1
    ]
    if not differing:
        return [note("None: the runs have the same settings, and the same versions.")]
    return [table(["", *pages], differing)]


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Values in nested mappings as text, by the path of their names."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = in_words(value)
    return found


def _curves(pages: Mapping[str, Page]) -> list[Part]:
    """Best fitness of each generation, of all runs in one chart."""
    series = [
        {
            "name": name,
            "colour": _colour(k),
            "x": list(range(len(curve))),
            "y": [round(100 * value, 3) for value in curve],
            "tips": [part] * len(curve),
            "line": True,
            "faint": len(page.curves) > 1,
        }
        for k, (name, page) in enumerate(pages.items())
        for part, curve in page.curves.items()
    ]
    if not series:
        return []
    axes: dict[str, Any] = {"x": "generation", "y": "fitness (accuracy, %)", "whole": True}
    return [chart("The best liquid of each generation.", series, **axes)]
