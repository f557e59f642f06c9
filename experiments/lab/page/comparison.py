"""Runs side by side: what they came to, where their settings differ, and their fitness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from experiments.lab.figures import COLOURS
from experiments.lab.page.contents import Page, Part, Section, Value, in_words
from experiments.lab.page.figures import chart, dots, note, table
from experiments.lab.page.runs import RunFiles
from experiments.lab.results import flat

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
    return COLOURS[k % len(COLOURS)]


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
    parts = []
    first = {next(iter(page.facts), "") for page in pages.values()}
    if len(first) == 1 and (fact := first.pop()):
        rows = {name: replace(page.facts[fact], note="") for name, page in pages.items()}
        parts.append(dots(f"{fact}.", rows, colours=[_colour(k) for k in range(len(pages))]))
    cells = [
        [measure, *(_cell(page.measures.get(measure)) for page in pages.values())]
        for measure in _union(page.measures for page in pages.values())
    ]
    some = table(["", *pages], cells) if cells else note("These runs have no numbers to compare.")
    return [*parts, some]


def _union(columns: Iterable[Iterable[str]]) -> list[str]:
    """All names of some columns, in their order."""
    return list(dict.fromkeys(chain.from_iterable(columns)))


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    kept = value.range.replace(" ", "\N{NO-BREAK SPACE}")
    return f"{value.text} ({kept})" if kept else value.text


def _settings(pages: Mapping[str, Page], runs: Sequence[_Run]) -> list[Part]:
    """Settings and versions that aren't the same in all runs."""
    trees = [{**page.settings, "version of": run.summary.get("versions", {})} for run, page in runs]
    columns = [{name: in_words(value) for name, value in flat(tree, " ")} for tree in trees]
    rows = [[name, *(column.get(name, "") for column in columns)] for name in _union(columns)]
    differing = [row for row in rows if len(set(row[1:])) > 1]
    if not differing:
        return [note("None: the runs have the same settings, and the same versions.")]
    return [table(["", *pages], differing)]


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
    axes: dict[str, Any] = {"x": "generation", "y": "fitness (accuracy, %)", "whole": True}
    return [chart("The best liquid of each generation.", series, **axes)] if series else []
