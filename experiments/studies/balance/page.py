"""The page of the balance experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from experiments.lab.page.contents import Page, Section, Value
from experiments.lab.page.figures import note, picture, table, verdicts
from experiments.lab.page.runs import RunFiles
from experiments.lab.statistics import Summary
from experiments.studies.balance.claims import QUESTIONS, sentence

_PICTURES = {
    "balance": "Rates and balance on held-out input. Bands: 95 % intervals over seeds.",
    "accuracy": "Accuracy of readouts that were trained on what isn't spoilt.",
    "liquid": "Capacities, ranks and spikes, driven by uniform random numbers.",
    "currents": "Currents of one neuron hearing one held-out sample, first seed.",
    "verdicts": "Effects. Green: supported, red: contradicted, grey: undecided.",
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
    pictures = [picture(run.folder / f"{name}.png", said) for name, said in _PICTURES.items()]
    return Page(
        title="Excitation and inhibition, at one rate",
        asked=[
            "Is a liquid best where excitation and inhibition are in balance: in accuracy, "
            "robustness, memory and coding capacity? Asked of liquids that differ in nothing but "
            f"the ratio of both, all at {summary['rate_Hz']:g} Hz.",
            f"{summary['seeds']} seeds a point, {summary['settings']['neurons']} neurons. Points "
            "whose rate is more than 10 % off are left out of pictures and verdicts; of how many "
            "seeds a point is used, the tables say."
            + (" A quick run, whose verdicts say little." if summary["quick"] else ""),
        ],
        facts={},
        sections=[
            Section("Verdicts", _verdicts(summary)),
            Section("Pictures", pictures),
            *(
                Section(f"{heard}: means over seeds", [_table(points)])
                for heard, points in summary["points"].items()
            ),
        ],
        measures={
            f"{claim['input']}, {claim['claim']}: {claim['measure']}": Value(
                claim["mean"], claim["interval"], note=claim["verdict"]
            )
            for claim in summary["claims"]
            if claim["mean"] is not None
        },
        settings=summary["settings"],
    )


def _verdicts(summary: Summary) -> list[Markup]:
    parts = [
        note(
            "95 % intervals over seeds, paired, each by itself; octaves: log2 of mean I_I / mean "
            "I_E, below 0 where excitation dominates."
        )
    ]
    for kind, question in QUESTIONS.items():
        claims = [claim for claim in summary["claims"] if claim["claim"] == kind]
        if claims:
            said = [
                {"verdict": one["verdict"], "said": f"{one['input']}: {sentence(one)}"}
                for one in claims
            ]
            heading = question[0].upper() + question[1:]
            parts += [Markup("<h3>{}</h3>").format(heading), verdicts(said)]
    return parts


def _table(points: Sequence[Mapping[str, Any]]) -> Markup:
    """Means of all seeds at each ratio, and their intervals' half widths."""
    names = [name for name in _COLUMNS if name in points[0]["measures"]]
    heads = [*(_COLUMNS[name] for name in names), "seeds used"]
    rows = [
        [*(_cell(point["measures"][name]) for name in names), str(point["matched"])]
        for point in points
    ]
    return table(heads, rows)


def _cell(measure: Mapping[str, Any]) -> str:
    if measure["mean"] is None:
        return ""
    text = f"{measure['mean']:.3g}"
    if measure["interval"] is not None:
        low, high = measure["interval"]
        text += f"\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{(high - low) / 2:.2g}"
    return text
