"""The page of the balance experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.lab.page import Page, Part, RunFiles, Section
from experiments.lab.page.figures import claims_in_groups, measures_of, note, pictures, table
from experiments.studies.balance.claims import QUESTIONS, sentence

_PICTURES = {
    "balance": "Rates and balance on held-out input. Bands: 95 % intervals over seeds.",
    "accuracy": "Accuracy of readouts that were trained on what isn't spoilt.",
    "liquid": "Capacities, ranks and spikes, driven by uniform random numbers.",
    "currents": "Currents of one neuron hearing one held-out sample, first seed.",
}
#: Columns of the table, where a kind of input has them.
_COLUMNS = {
    "log2_ratio": "log2 ratio",
    "rate_Hz": "rate (Hz)",
    "loose": "loose",
    "tight": "tight",
    "lag_ms": "lag (ms)",
    "accuracy": "accuracy",
    "spoilt_accuracy": "spoilt",
    "retained": "retained",
    "memory_capacity": "memory capacity",
    "processing_capacity": "processing capacity",
    "kernel_rank": "kernel rank",
    "generalisation_rank": "generalisation rank",
    "lyapunov_per_s": "Lyapunov (1/s)",
    "cv": "CV",
}


def page(run: RunFiles) -> Page:
    """What is said of excitation and inhibition."""
    summary = run.summary
    octaves = note(
        "Intervals are paired, each by itself; octaves: log2 of mean I_I / mean I_E, below 0 where "
        "excitation dominates."
    )
    verdicts = claims_in_groups(
        summary["claims"], group=lambda claim: QUESTIONS[claim["claim"]], text=sentence
    )
    return Page(
        title=f"Excitation and inhibition, at {summary['rate_Hz']:g} Hz",
        asked=[
            "Is a liquid best where excitation and inhibition are in balance: in accuracy, "
            "robustness, memory and coding capacity? Asked of liquids that differ in nothing but "
            "the ratio of both, all at one rate.",
            f"{summary['seeds']} seeds a point, {summary['settings']['neurons']} neurons. Points "
            "whose rate is more than 10 % off are left out of pictures and verdicts; of how many "
            "seeds a point is used, the tables say."
            + (" A quick run, whose verdicts say little." if summary["quick"] else ""),
        ],
        facts={},
        sections=[
            Section("Verdicts", [octaves, *verdicts]),
            Section("Pictures", pictures(run.folder, _PICTURES)),
            *(
                Section(f"{kind}: means over seeds", [_table(points)])
                for kind, points in summary["points"].items()
            ),
        ],
        measures=measures_of(
            summary["claims"], lambda c: f"{c['input']}, {c['claim']}: {c['measure']}"
        ),
        settings=summary["settings"],
    )


def _table(points: Sequence[Mapping[str, Any]]) -> Part:
    """Means of all seeds at each ratio, and their intervals' half widths."""
    names = [name for name in _COLUMNS if name in points[0]["measures"]]
    heads = [*(_COLUMNS[name] for name in names), "seeds used"]
    rows = [
        [*(_cell(point["measures"][name]) for name in names), str(point["matched"])]
        for point in points
    ]
    return table(heads, rows)


def _cell(measure: Mapping[str, Any]) -> str:
    mean, interval = measure["mean"], measure["interval"]
    text = "" if mean is None else f"{mean:.3g}"
    if interval is None:
        return text
    return f"{text}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{(interval[1] - interval[0]) / 2:.2g}"
