"""Pages of trainings and of the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, RunFiles, Section, Value, percent, percents
from experiments.lab.page.figures import dots, folded, note, pictures, table
from experiments.studies.learn.settings import CONTROLS, RULES
from lsm.metrics.statistics import in_brackets, percentage_points

_PICTURES = {
    "curves": "Loss and error; faint: of batches, dots: of held-out samples.",
    "classes": "What is known of each class while the first seed's network learns.",
    "raster": "A test sample before and after.",
    "signals": "Eligibility traces and learning signals of the same sample, after the training.",
    "weights": "Weights before and after.",
}


def page(run: RunFiles) -> Page:
    """The page of a run, whichever kind it is."""
    if run.summary["experiment"] == "learn, compare":
        return _page_of_comparison(run)
    return _page_of_training(run)


def _page_of_training(run: RunFiles) -> Page:
    summary = run.summary
    ways = summary["measures"]
    rows = {way: value(spread, summary["classes"]) for way, spread in ways.items()}
    what = "Accuracy on new samples, in %" if summary["classes"] else "NRMSE"
    rule = summary["rule"]
    cells = [
        [
            way,
            ", ".join(map(str, spread["iterations"])),
            ", ".join(spread["stopped"]),
            f"{sum(spread['runs']) / len(spread['runs']):,.0f}",
            f"{sum(spread['processor_seconds']) / len(spread['runs']):.0f}",
            _difference(spread["above_the_rule"]) if way != rule else "",
        ]
        for way, spread in ways.items()
    ]
    heads = ["", "iterations", "ended by", "network runs", "processor s", f"error above {rule}"]
    meanings = {rule: RULES[rule]} | {way: CONTROLS[way] for way in ways if way != rule}
    return Page(
        title=f"{summary['task']}, learned by {rule}",
        asked=[
            f"Does a recurrent network of spiking neurons learn {summary['task']} by {rule}, and "
            "what of it is needed?",
            f"Seeds, each with its own network and samples: {len(summary['seeds'])}.",
        ],
        facts={what.partition(",")[0]: rows[rule]},
        sections=[
            Section(
                what.partition(",")[0],
                [
                    dots(f"{what}; means over seeds.", rows, strong=[rule]),
                    table(heads, cells),
                    *(note(f"{way}: {text}.") for way, text in meanings.items()),
                ],
            ),
            Section("Pictures", pictures(run.folder, _PICTURES)),
        ],
        measures=rows,
        settings=summary["settings"],
    )


def _page_of_comparison(run: RunFiles) -> Page:
    summary = run.summary
    ways = summary["measures"]
    rows = percents(ways)
    cells = [
        [
            way,
            str(rows[way]),
            str(percent(own["mean"], own["interval"])) if (own := each.get("own")) else "",
            f"{each['runs']:,.0f}",
            f"{each['processor_seconds']:.1f}",
        ]
        for way, each in ways.items()
    ]
    heads = ["", "test accuracy", "by its own readout", "network runs", "processor s"]
    pairs = [
        [f"{each['way']} less {each['less']}", percentage_points(each), str(each["n"])]
        for each in summary["differences"]
    ]
    settings = summary["settings"]
    caption = (
        "Accuracy on test samples, in %, by the same readout of the frozen liquid: means over "
        "seeds and folds, with 95 % intervals where there are three or more."
    )
    return Page(
        title=f"{summary['task']}: liquids of {settings['neurons']} neurons, drawn or made",
        asked=[
            "Is a liquid better that is trained, one that is evolved, or the best of many that are "
            f"drawn, where each has {settings['runs']:,} network runs?",
            f"Seeds: {len(summary['seeds'])}; folds of each: {summary['folds']}.",
        ],
        facts={way: rows[way] for way in rows},
        sections=[
            Section(
                "Accuracy",
                [
                    dots(caption, rows),
                    table(heads, cells),
                    note(
                        "A sample once forward is a network run, once backward another. Those of "
                        "the last readout and of the test, the same for all, aren't counted."
                    ),
                    folded(
                        "Differences, paired by seed and fold",
                        table(["", "percentage points (95 % interval)", "pairs"], pairs),
                    ),
                ],
            )
        ],
        measures=rows,
        settings=settings,
    )


def value(spread: Mapping[str, Any], classes: bool) -> Value:
    """An error as accuracy, or as it is."""
    if not classes:
        return Value(spread["mean"], spread["interval"], minimise=True)
    bounds = spread["interval"] and [1 - bound for bound in spread["interval"][::-1]]
    return percent(1 - spread["mean"], bounds)


def _difference(effect: Mapping[str, Any]) -> str:
    return f"{effect['mean']:+.3f}{in_brackets(effect['interval'], '+.3f')}"
