"""The page of forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.lab.page import Page, RunFiles, Section, Value
from experiments.lab.page.figures import dots, picture, table
from experiments.lab.statistics import MIN_RUNS
from experiments.studies.forecast.methods import LIQUID
from experiments.studies.forecast.tasks import FORECAST_TASKS


def page(run: RunFiles) -> Page:
    """What is said of forecasts."""
    summary = run.summary
    values = {name: _values(name, methods) for name, methods in summary["tasks"].items()}
    steps, seeds = summary["steps"], summary["seeds"]
    return Page(
        title=f"Forecasts by liquids of {summary['neurons']} neurons",
        asked=[
            "How well do liquids forecast series and remember their input, beside the same without "
            "recurrence, echo state networks of as many units, and linear models?",
            f"Every seed is a series of its own: {steps['train']:,} steps of training, "
            f"{steps['test']:,} of test; {seeds} seeds"
            + (", means and 95 % intervals." if seeds >= MIN_RUNS else "."),
        ],
        facts={
            f"{FORECAST_TASKS[name].title}: {heading}": rows[LIQUID]
            for name, by_heading in values.items()
            for heading, rows in by_heading.items()
        },
        sections=[
            _section(run, name, values[name], methods) for name, methods in summary["tasks"].items()
        ],
        measures={
            f"{name}, {heading}: {method}": value
            for name, by_heading in values.items()
            for heading, rows in by_heading.items()
            for method, value in rows.items()
        },
        settings=summary["settings"],
    )


def _values(name: str, methods: Mapping[str, Any]) -> dict[str, dict[str, Value]]:
    """Values of all methods by the heading of a measure."""
    return {
        heading: {
            method: Value(**{key: each["measures"][measure][key] for key in ("mean", "interval")})
            for method, each in methods.items()
        }
        for measure, heading in FORECAST_TASKS[name].measures.items()
    }


def _section(
    run: RunFiles, name: str, values: Mapping[str, Mapping[str, Value]], methods: Mapping[str, Any]
) -> Section:
    cells = [
        [method, f"{each['n_features']:,}", f"{each['seconds_a_seed']:.1f}"]
        for method, each in methods.items()
    ]
    parts = [dots(f"{heading}.", rows, strong=[LIQUID]) for heading, rows in values.items()]
    parts.append(table(["method", "features", "seconds a seed"], cells))
    parts.append(picture(run.folder / f"{name}.png", "Predictions are of the first seed."))
    return Section(FORECAST_TASKS[name].title, parts)
