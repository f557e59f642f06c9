"""The page of a comparison: methods over tasks, their critical difference, and each task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, Part, RunFiles, Section, percent
from experiments.lab.page.figures import note, picture, table
from lsm.metrics.statistics import percentage_points
from tasks import Scores


def page(run: RunFiles) -> Page:
    """What is said of a comparison."""
    summary = run.summary
    scores = Scores(summary["accuracies"], summary["reference"])
    rows = {name: percent(mean) for name, mean in summary["mean"].items()}
    return Page(
        title=f"{len(scores.methods)} methods on {len(scores.tasks)} tasks",
        asked=[
            f"How good are {', '.join(scores.methods)} on {', '.join(scores.tasks)}, and is "
            f"{scores.reference} better than the others?",
        ],
        facts=rows,
        sections=[
            Section("Over tasks", _over_tasks(scores, summary)),
            Section("Critical difference", _critical_difference(run)),
            Section("Each task", _each_task(scores)),
        ],
        measures=rows,
        settings=summary["settings"],
    )


def _over_tasks(scores: Scores, summary: Mapping[str, Any]) -> list[Part]:
    cells = [
        [
            name,
            f"{100 * summary['mean'][name]:.2f}",
            f"{summary['ranks'][name]:.2f}",
            percentage_points(summary["differences"][name]) if name != scores.reference else "",
            f"{summary['wilcoxon'][name]:.2g}" if name != scores.reference else "",
        ]
        for name in sorted(scores.methods, key=summary["ranks"].__getitem__)
    ]
    heads = ["", "accuracy", "mean rank", f"{scores.reference} less it", "p (Wilcoxon, Holm)"]
    said = (
        "Means over tasks in %, differences in percentage points with 95 % intervals over tasks "
        "where there are three or more."
    )
    if summary["friedman"] is not None:
        said += f" That all rank alike (Friedman): p = {summary['friedman']:.2g}."
    return [table(heads, cells), note(said)]


def _critical_difference(run: RunFiles) -> list[Part]:
    if missing := run.summary["no_critical_difference"]:
        return [note(f"There is no picture: {missing}.")]
    caption = "Mean ranks; what a bar joins doesn't differ for certain (aeon, Wilcoxon, Holm, .05)."
    return [picture(run.folder / "critical_difference.png", caption)]


def _each_task(scores: Scores) -> list[Part]:
    heads = ["", *scores.methods, *(f"{scores.reference} less {name}" for name in scores.others)]
    cells = [
        [
            task,
            *(f"{100 * values.mean():.2f}" for values in scores.accuracies[task].values()),
            *(percentage_points(scores.difference(name, task)) for name in scores.others),
        ]
        for task in scores.tasks
    ]
    said = "95 % intervals over seeds and folds, of three pairs or more."
    return [table(heads, cells), note(said)]
