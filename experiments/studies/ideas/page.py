"""The page of an idea."""

from __future__ import annotations

from typing import Any

from experiments.lab.page import Page, RunFiles, Section, Value, percent
from experiments.lab.page.figures import note, table
from experiments.studies.ideas import IDEAS, OF_ERRORS, SPIKES
from lsm.metrics.statistics import in_brackets, percentage_points


def page(run: RunFiles) -> Page:
    """What is said of it."""
    summary, settings = run.summary, run.summary["settings"]
    idea, sections = settings["idea"], []
    facts: dict[str, Value] = {}
    for task, methods in summary["tasks"].items():
        values = {name: _value(idea, name, spread) for name, spread in methods.items()}
        first = next(iter(methods))
        rows = [
            [
                name,
                str(values[name]),
                "" if name == first or name.startswith(SPIKES) else _difference(idea, name, spread),
            ]
            for name, spread in methods.items()
        ]
        sections.append(Section(task, [table(["", "mean", f"{first} less it"], rows)]))
        facts |= {f"{task}: {name}": value for name, value in values.items()}
    said = note(
        "Means over seeds with 95 % intervals, where there are three or more; differences are "
        "paired by seed, and those of accuracies in percentage points."
    )
    return Page(
        title=f"An idea: {IDEAS[idea]}",
        asked=["Does it add anything to what a liquid, or the input, says by itself?"],
        facts=facts,
        sections=[*sections, Section("How", [said])],
        measures=facts,
        settings=settings,
    )


def _is_accuracy(idea: str, name: str) -> bool:
    return idea not in OF_ERRORS and not name.startswith(SPIKES)


def _value(idea: str, name: str, spread: dict[str, Any]) -> Value:
    if _is_accuracy(idea, name):
        return percent(spread["mean"], spread["interval"])
    return Value(spread["mean"], spread["interval"], minimise=True)


def _difference(idea: str, name: str, spread: dict[str, Any]) -> str:
    effect = spread["idea_less_it"]
    if _is_accuracy(idea, name):
        return percentage_points(effect)
    return f"{effect['mean']:+.3f}{in_brackets(effect['interval'], '+.3f')}"
