"""The page: which metrics tell, in a picture and in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, RunFiles, Section, Value
from experiments.lab.page.figures import note, picture, table
from experiments.studies.which_metric.figures import by_strength, mean_correlation
from lsm.metrics.statistics import in_brackets


def page(run: RunFiles) -> Page:
    """What is said of metrics and accuracies."""
    groups, metrics = run.summary["groups"], run.summary["metrics"]
    means = {
        f"{name}, {title}": Value(mean_correlation(group["correlations"][name]))
        for title, group in groups.items()
        for name in by_strength(metrics, group["correlations"])
    }
    caption = (
        "Spearman's correlation over liquids; in bold where the 95 % interval is without 0. Below "
        "the line: what liquids were drawn by."
    )
    sections = [Section("Picture", [picture(run.folder / "correlations.png", caption)])]
    for title, group in groups.items():
        tasks = group["accuracy"]
        accuracies = ", ".join(
            f"{task} {100 * each['mean']:.1f} ± {100 * each['sd']:.1f}"
            for task, each in tasks.items()
        )
        rows = [
            [name, *(_cell(each) for each in group["correlations"][name].values())]
            for name in by_strength(metrics, group["correlations"])
        ]
        said = note(f"{group['liquids']} liquids; accuracy in %, mean ± deviation: {accuracies}.")
        columns = list(next(iter(group["correlations"].values())))
        sections.append(Section(title, [said, table(["metric", *columns], rows)]))
    return Page(
        title="Which metric tells how accurate a liquid will be?",
        asked=[
            "Liquids drawn from wide ranges of gains, delays, time constants, lengths and "
            "inhibition: their metrics, measured with Poisson spikes before any task, beside their "
            "accuracies in a cross-validation, with ridge on spike counts in three time bins.",
        ],
        facts=dict(list(means.items())[:5]),
        sections=sections,
        measures=means,
        settings=run.summary["settings"],
    )


def _cell(each: Mapping[str, Any]) -> str:
    return "" if each["r"] is None else f"{each['r']:.2f}{in_brackets(each['interval'], '.2f')}"
