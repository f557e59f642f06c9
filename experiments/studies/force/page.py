"""Pages: what was asked, what the numbers mean, and what came of a training or of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.lab.page import Page, RunFiles, Section, Value, percent
from experiments.lab.page.contents import in_words
from experiments.lab.page.figures import note, pictures, prose_of, table
from experiments.studies.force.comparison.page import page_of_comparison
from experiments.studies.force.measures import LEARNED, MEASURES, OTHERS, WITHOUT, error
from tasks.targets import TARGETS

_NEURONS = {
    "lif": "leaky integrate-and-fire neurons",
    "izhikevich": "Izhikevich neurons",
    "theta": "theta neurons",
    "rate": "rate units, matched to leaky integrate-and-fire neurons",
}
_PICTURES = {
    "outputs": "Target and output.",
    "error": "Error over time.",
    "weights": "Decoder weights over time.",
    "raster": "Activity around the end of learning.",
    "lorenz": "Attractor, return map and spectrum in the test.",
    "grid": "Errors by G and Q; bold: learned.",
    "errors": "Errors of each seed.",
}


def page(run: RunFiles) -> Page:
    """The page of a run, whichever kind it is."""
    pages = {
        "force_training": _page_of_training,
        "force_training, grid": _page_of_grid,
        "force_training, table": _page_of_table,
        "force_compare": page_of_comparison,
    }
    return pages[run.summary["experiment"]](run)


def _page(run: RunFiles, texts: Sequence[str], sections: list[Section], **content: Any) -> Page:
    """What the pages of one training and of many have in common; `texts` say what they show."""
    settings = run.summary.get("settings", {})
    seeds = in_words(run.summary.get("seeds"))
    values = settings | {"learned": LEARNED, "without": WITHOUT, "seeds": seeds}
    remarks = {
        "Not as published": settings.get("note"),
        "The training ended early": run.summary.get("diverged"),
    }
    notes = [note(f"{name}: {text}.") for name, text in remarks.items() if text]
    return Page(
        sections=[
            Section("What the numbers mean", [prose_of(__file__, *texts, **values), *notes]),
            *sections,
            Section("Pictures", pictures(run.folder, _PICTURES)),
        ],
        settings=settings,
        **content,
    )


def _page_of_training(run: RunFiles) -> Page:
    summary, settings = run.summary, run.summary["settings"]
    target = TARGETS[settings["task"]]
    measured = {name: summary[name] for name in MEASURES if summary.get(name) is not None}
    rows = [[MEASURES[name][0], f"{measured[name]:.3g}", MEASURES[name][1]] for name in measured]
    verdict = "learned" if summary["learned"] else "not learned"
    facts = {}
    if measured:
        facts["error that counts"] = Value(error(summary), note=verdict, minimise=True)
    return _page(
        run,
        ["training", "errors"],
        [Section("Result", [table(["", "value", "what it means"], rows)])],
        title=f"{settings['task']}, {settings['model']}",
        asked=[
            f"Do {settings['n_neurons']} {_NEURONS[settings['model']]} learn by FORCE to make "
            f"{settings['task']}, and go on alone when learning ends?",
            f"The target: {target.description}. Source: {target.source}.",
        ],
        facts=facts,
        measures={MEASURES[name][0]: Value(value) for name, value in measured.items()},
    )


def _page_of_grid(run: RunFiles) -> Page:
    summary, settings = run.summary, run.summary["settings"]
    share, points = summary["share_learned"], len(summary["G"]) * len(summary["Q"])
    learned = {"points that learn": percent(share, note=f"of {points}")}
    return _page(
        run,
        ["grid", "errors"],
        [],
        title=f"{settings['task']}, {settings['model']}: {100 * share:.0f} % of {points} points "
        "learn",
        asked=[
            "For how much of the plane of G, the strength of the recurrent weights, and Q, that of "
            f"the feedback, do {settings['n_neurons']} {_NEURONS[settings['model']]} learn "
            f"{settings['task']} by FORCE?"
        ],
        facts=learned,
        measures=learned,
    )


def _page_of_table(run: RunFiles) -> Page:
    summary = run.summary
    rows, n = summary["rows"], len(summary["seeds"])
    cells = [_cells(row, n) for row in rows]
    sections = [
        Section("Targets and neurons", [table(list(cells[0]), [list(c.values()) for c in cells])])
    ]
    others = [
        [row["task"], row["model"], title, *_spreads(row, name, n), meaning]
        for row in rows
        for name, (title, meaning) in OTHERS.items()
        if name in row["measures"]
    ]
    if others:
        heads = ["target", "neurons", "", "as trained", WITHOUT, "what it means"]
        sections.append(Section("Chaos, and signs", [table(heads, others)]))
    counts = {
        "trainings that learned": sum(row["learned"] for row in rows),
        f"that learned, {WITHOUT}": sum(row["learned_without_recurrence"] for row in rows),
    }
    return _page(
        run,
        ["table", "errors", "without"],
        sections,
        title="FORCE training",
        asked=[
            "Which targets do networks of which neurons learn by FORCE, so that they go on alone "
            "when learning ends, and do they need their recurrent synapses for it?"
        ],
        facts={name: Value(count, note=f"of {n * len(rows)}") for name, count in counts.items()},
        measures={
            f"{row['task']}, {row['model']}: {MEASURES[name][0]}": Value(
                median, None if low is None or high is None else (low, high)
            )
            for row in rows
            for name, (median, low, high) in row["measures"].items()
            if median is not None
        },
    )


def _cells(row: Mapping[str, Any], n: int) -> dict[str, str]:
    """A row of the table, by the heads of its columns."""
    plain, tolerant = (_spreads(row, name, n) for name in ("nrmse", "nrmse_drift_tolerant"))
    periodic = TARGETS[row["task"]].period_ms is not None
    return {
        "target": row["task"],
        "neurons": row["model"],
        "NRMSE": plain[0],
        "drift-tolerant": tolerant[0] if periodic else "",
        "learned": f"{row['learned']} of {n}",
        f"error that counts, {WITHOUT}": (tolerant if periodic else plain)[1],
        f"learned, {WITHOUT}": f"{row['learned_without_recurrence']} of {n}",
        "firing rate (Hz)": _spreads(row, "rate_Hz", n)[0],
        "minutes a training": f"{row['seconds_a_seed'] / 60:.1f}",
        "published result": row["paper"],
        "not as published": row["settings"]["note"],
    }


def _spreads(row: Mapping[str, Any], name: str, n: int) -> list[str]:
    """Median, least and largest of a measure over seeds: as trained, and without recurrence."""
    texts = []
    for which in ("measures", "without_recurrence"):
        spread = row[which].get(name, [None] * 3)
        median, low, high = ("none" if value is None else f"{value:.3g}" for value in spread)
        texts.append(median if n == 1 else f"{median} ({low} to {high})")
    return texts
