"""The page of forecasts."""

from __future__ import annotations

from experiments.lab.page import Page, RunFiles, Section, Value
from experiments.lab.page.figures import dots, picture, table
from lsm.metrics.statistics import MIN_RUNS
from tasks.forecasts import LIQUID, PROBLEMS


def page(run: RunFiles) -> Page:
    """What is said of forecasts."""
    summary = run.summary
    if "slopes" in summary:
        asked = (
            "How do errors fall with the number of neurons, or of an echo state network's units?"
        )
        caption = "Slopes are those of lines through the logarithms of means and sizes."
    else:
        asked = (
            "How well do liquids forecast series and remember their input, beside the same without "
            "recurrence, echo state networks of as many units, and linear models?"
        )
        caption = "Predictions are of the first seed."
    sections: list[Section] = []
    facts: dict[str, Value] = {}
    measures: dict[str, Value] = {}
    for name, methods in summary["tasks"].items():
        task, parts = PROBLEMS[name], []
        for measure, heading in task.measures.items():
            spreads = {method: each["measures"][measure] for method, each in methods.items()}
            less = measure.startswith("nrmse")
            rows = {
                method: Value(s["mean"], s["interval"], minimise=less)
                for method, s in spreads.items()
            }
            parts.append(dots(f"{heading}.", rows, strong=[LIQUID]))
            if "slopes" in summary:
                slopes = summary["slopes"][name][measure]
                parts.append(table(["", "slope"], [[m, f"{s:.2f}"] for m, s in slopes.items()]))
                facts[f"{task.title}: {heading}, slope"] = Value(slopes[LIQUID], minimise=less)
            else:
                facts[f"{task.title}: {heading}"] = rows[LIQUID]
            measures |= {f"{name}, {heading}: {method}": value for method, value in rows.items()}
        cells = [
            [method, f"{each['n_features']:,}", f"{each['seconds_a_seed']:.1f}"]
            for method, each in methods.items()
        ]
        parts.append(table(["method", "features", "seconds a seed"], cells))
        parts.append(picture(run.folder / f"{name}.png", caption))
        sections.append(Section(task.title, parts))
    steps, seeds = summary["steps"], summary["seeds"]
    return Page(
        title=f"Forecasts by liquids of {', '.join(map(str, summary['neurons']))} neurons",
        asked=[
            asked,
            f"Every seed is a series of its own: {steps['train']:,} steps of training, "
            f"{steps['test']:,} of test; {seeds} seeds"
            + (", means and 95 % intervals." if seeds >= MIN_RUNS else "."),
        ],
        facts=facts,
        sections=sections,
        measures=measures,
        settings=summary["settings"],
    )
