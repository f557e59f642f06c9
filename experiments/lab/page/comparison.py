"""Runs side by side: what they came to, where their settings differ, and their fitness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle
from typing import Any

from experiments.lab.figures import COLOURS
from experiments.lab.page.contents import Page, Part, Section, Value, in_words
from experiments.lab.page.figures import chart, dots, note, series, table
from experiments.lab.results import RunFiles, flat


@dataclass(frozen=True)
class _Side:
    """One of the runs."""

    name: str
    colour: str
    run: RunFiles
    page: Page


def compared(runs: Sequence[tuple[RunFiles, Page]]) -> dict[str, Any]:
    """Content of the template of comparisons."""
    paths = [run.folder.resolve().parts for run, _ in runs]
    depth = 1  # so many of the folders around them that their names differ
    while len({path[-depth:] for path in paths}) < len(paths):
        depth += 1
    sides = [
        _Side("/".join(path[-depth:]), colour, *run)
        for path, colour, run in zip(paths, cycle(COLOURS), runs, strict=False)
    ]
    sections = [
        Section("Results", [*_tasks(sides), *_results(sides)]),
        Section("Fitness over generations", _curves(sides)),
        Section("Settings that differ", [_settings(sides)]),
    ]
    sections = [section for section in sections if section.parts]
    return {"title": f"{len(runs)} runs side by side", "sides": sides, "sections": sections}


def _tasks(sides: Sequence[_Side]) -> list[Part]:
    """A remark where runs are of different tasks."""
    tasks = dict.fromkeys(str(side.run.summary.get("task")) for side in sides)
    text = (
        f"These runs are of different tasks ({', '.join(tasks)}): which is the better number says "
        "nothing of what was done."
    )
    return [note(text)] if len(tasks) > 1 else []


def _results(sides: Sequence[_Side]) -> list[Part]:
    """The first number of each run, where it is the same one, and a table of all."""
    parts = []
    first = {next(iter(side.page.facts), "") for side in sides}
    if len(first) == 1 and (fact := first.pop()):
        rows = {side.name: replace(side.page.facts[fact], note="") for side in sides}
        parts.append(dots(f"{fact}.", rows, colours=[side.colour for side in sides]))
    cells = [
        [measure, *(_cell(side.page.measures.get(measure)) for side in sides)]
        for measure in _union(side.page.measures for side in sides)
    ]
    if not cells:
        return [*parts, note("These runs have no numbers to compare.")]
    return [*parts, _table(sides, cells)]


def _union(columns: Iterable[Iterable[str]]) -> list[str]:
    """All names of some columns, in their order."""
    return list(dict.fromkeys(chain.from_iterable(columns)))


def _table(sides: Sequence[_Side], rows: Sequence[Sequence[str]]) -> Part:
    return table(["", *(side.name for side in sides)], rows)


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    kept = value.range.replace(" ", "\N{NO-BREAK SPACE}")
    return f"{value.text} ({kept})" if kept else value.text


def _settings(sides: Sequence[_Side]) -> Part:
    """Settings, seeds and versions that aren't the same in all runs."""
    trees = [
        {name: side.run.summary[name] for name in ("seed", "seeds") if name in side.run.summary}
        | {**side.page.settings, "version of": side.run.summary.get("versions", {})}
        for side in sides
    ]
    columns = [{name: in_words(value) for name, value in flat(tree, " ")} for tree in trees]
    rows = [[name, *(column.get(name, "") for column in columns)] for name in _union(columns)]
    differing = [row for row in rows if len(set(row[1:])) > 1]
    if not differing:
        return note("None: the runs have the same settings, seeds and versions.")
    return _table(sides, differing)


def _curves(sides: Sequence[_Side]) -> list[Part]:
    """Best fitness of each generation, of all runs in one chart."""
    lines = []
    for side in sides:
        look = {"colour": side.colour, "line": True, "faint": len(side.page.curves) > 1}
        for part, curve in side.page.curves.items():
            best = [100 * value for value in curve]
            tips = [part] * len(curve)
            lines.append(series(side.name, range(len(curve)), best, tips=tips, **look))
    axes: dict[str, Any] = {"x": "generation", "y": "fitness (accuracy, %)", "whole": True}
    return [chart("The best liquid of each generation.", lines, **axes)] if lines else []
