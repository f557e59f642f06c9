"""Pages: what was asked, what the numbers mean, and what came of a training or of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.lab.page import Page, RunFiles, Section, Value, percent
from experiments.lab.page.figures import note, pictures, prose, table
from experiments.studies.force.comparison.page import page_of_comparison
from experiments.studies.force.measures import LEARNED, MEASURES, OTHERS, WITHOUT, error
from tasks.targets import TARGETS

NEURONS = {
    "lif": "leaky integrate-and-fire neurons",
    "izhikevich": "Izhikevich neurons",
    "theta": "theta neurons",
    "rate": "rate units, matched to leaky integrate-and-fire neurons",
}
ERRORS = f"""\
- **NRMSE**: the root mean square of output less target, over the target's standard deviation: 0 is
  perfect, 1 is what an output has that stays at the target's mean.
- **drift-tolerant**: the same after the best shift in time and change of tempo of up to 5 %, for
  targets with a period: an output of the right shape may lose its phase.
- **learned**: the error that counts, the drift-tolerant NRMSE where there is one, is below
  {LEARNED:g}. Chaos isn't judged by an error, as two equal systems soon part: what counts is
  whether the output moves as the target does.
"""
_PICTURES = {
    "outputs": "Target and output.",
    "error": "Error over time.",
    "weights": "Decoder weights over time.",
    "raster": "Activity around the end of learning.",
    "lorenz": "Attractor, return map and spectrum in the test.",
}
_TRAINING = """\
The output is a weighted sum of the filtered spikes or rates of all neurons, its decoder, and is fed
back into them. From {begin:g} to {end:g} s recursive least squares moves the decoder towards the
target; then nothing is learned any more, and the network runs alone to {duration:g} s: the test.

"""
_GRID = """\
At each point networks are trained from {begin:g} to {end:g} s and tested to {duration:g} s, where
they run alone. A point's error is the median over seeds {first} to {last}; without recurrence, at
G = 0, neurons hear of each other only by the output that is fed back. A large share says that the
task does not hang on the choice of G and Q.

"""
_TABLE = """\
Every network is trained so that its output, which is fed back into it, becomes the target; then it
runs alone, and its output is compared with the target. Medians (least to largest) over seeds
{first} to {last}, which have other networks; what diverged counts as the worst there is. Settings
of every row are in summary.json, single trainings in trainings.csv.

{errors}- **{without}**: the same without recurrent synapses. What learns there, too, has no need of
  them.
- **published result**: *picture*: the paper shows the output and gives no error.
"""


def page(run: RunFiles) -> Page:
    """The page of a run, whichever kind it is."""
    pages = {
        "force_training": _page_of_training,
        "force_training, grid": _page_of_grid,
        "force_training, table": _page_of_table,
        "force_compare": page_of_comparison,
    }
    return pages[run.summary["experiment"]](run)


def _page_of_training(run: RunFiles) -> Page:
    summary, settings = run.summary, run.summary["settings"]
    target = TARGETS[settings["task"]]
    measured = {name: summary[name] for name in MEASURES if summary.get(name) is not None}
    values = {MEASURES[name][0]: Value(value) for name, value in measured.items()}
    rows = [
        [MEASURES[name][0], f"{value:.3g}", MEASURES[name][1]] for name, value in measured.items()
    ]
    verdict = "learned" if summary["learned"] else "not learned"
    remarks = [
        f"{settings['n_neurons']} neurons, G {settings['G']:g}, Q {settings['Q']:g}, seed "
        f"{summary['seed']}: {verdict}.",
        *_remarks(settings),
    ]
    facts = {}
    if measured:
        facts["error that counts"] = Value(error(summary), note=verdict, minimise=True)
    if summary["diverged"]:
        remarks.append(f"The training ended early: {summary['diverged']}.")
    return Page(
        title=f"{settings['task']}, {settings['model']}",
        asked=[
            f"Do {settings['n_neurons']} {NEURONS[settings['model']]} learn by FORCE to make "
            f"{settings['task']}, and go on alone when learning ends?",
            f"The target: {target.description}. Source: {target.source}.",
        ],
        facts=facts,
        sections=[
            Section(
                "What the numbers mean", [prose(_TRAINING.format(**_times(settings)) + ERRORS)]
            ),
            Section("Result", [*map(note, remarks), table(["", "value", "what it means"], rows)]),
            Section("Pictures", pictures(run.folder, _PICTURES)),
        ],
        measures=values,
        settings=settings,
    )


def _page_of_grid(run: RunFiles) -> Page:
    summary, settings = run.summary, run.summary["settings"]
    share, points = summary["share_learned"], len(summary["G"]) * len(summary["Q"])
    meaning = _GRID.format(**_times(settings), **_seeds(summary)) + ERRORS
    caption = note(
        f"Drift-tolerant NRMSE, median of {len(summary['seeds'])} seeds; a point learns where it "
        f"is below {summary['learned_below']:g}. Published: G {settings['G']:g}, "
        f"Q {settings['Q']:g}."
    )
    learned = {"points that learn": percent(share, note=f"of {points}")}
    return Page(
        title=f"{settings['task']}, {settings['model']}: {100 * share:.0f} % of {points} points "
        "learn",
        asked=[
            "For how much of the plane of G, the strength of the recurrent weights, and Q, that of "
            f"the feedback, do {settings['n_neurons']} {NEURONS[settings['model']]} learn "
            f"{settings['task']} by FORCE?"
        ],
        facts=learned,
        sections=[
            Section("What the numbers mean", [prose(meaning)]),
            Section("Errors", [*map(note, _remarks(settings)), caption]),
            Section("", pictures(run.folder, {"grid": "Errors by G and Q; bold: learned."})),
        ],
        measures=learned,
        settings=settings,
    )


def _page_of_table(run: RunFiles) -> Page:
    summary = run.summary
    rows, n = summary["rows"], len(summary["seeds"])
    meaning = _TABLE.format(**_seeds(summary), errors=ERRORS, without=WITHOUT)
    sections = [
        Section("What the numbers mean", [prose(meaning)]),
        Section("Targets and neurons", [table(_HEADS, [_cells(row, n) for row in rows])]),
        Section("", pictures(run.folder, {"errors": "Errors of each seed."})),
    ]
    if others := [cells for row in rows for cells in _others(row, n)]:
        heads = ["target", "neurons", "", "as trained", WITHOUT, "what it means"]
        sections.append(Section("Chaos, and signs", [table(heads, others)]))
    counts = {
        "trainings that learned": sum(row["learned"] for row in rows),
        f"that learned, {WITHOUT}": sum(row["learned_without_recurrence"] for row in rows),
    }
    return Page(
        title="FORCE training",
        asked=[
            "Which targets do networks of which neurons learn by FORCE, so that they go on alone "
            "when learning ends, and do they need their recurrent synapses for it?"
        ],
        facts={name: Value(count, note=f"of {n * len(rows)}") for name, count in counts.items()},
        sections=sections,
        measures=_medians(rows),
        settings=summary.get("settings", {}),
    )


_HEADS = (
    "target", "neurons", "NRMSE", "drift-tolerant", "learned", f"error that counts, {WITHOUT}",
    f"learned, {WITHOUT}", "firing rate (Hz)", "minutes a training", "published result",
    "not as published",
)  # fmt: skip


def _cells(row: Mapping[str, Any], n: int) -> list[str]:
    """A row of the table."""
    measured, without = row["measures"], row["without_recurrence"]
    periodic = TARGETS[row["task"]].period_ms is not None
    tolerant = "nrmse_drift_tolerant"
    return [
        row["task"],
        row["model"],
        _spread(measured, "nrmse", n),
        _spread(measured, tolerant, n) if periodic else "",
        f"{row['learned']} of {n}",
        _spread(without, tolerant if periodic else "nrmse", n),
        f"{row['learned_without_recurrence']} of {n}",
        _spread(measured, "rate_Hz", n),
        f"{row['seconds_a_seed'] / 60:.1f}",
        row["paper"],
        row["settings"]["note"],
    ]


def _others(row: Mapping[str, Any], n: int) -> list[list[str]]:
    """Measures that only some targets have."""
    rows = []
    for name, (title, meaning) in OTHERS.items():
        if name in row["measures"]:
            spreads = (_spread(row[kind], name, n) for kind in ("measures", "without_recurrence"))
            rows.append([row["task"], row["model"], title, *spreads, meaning])
    return rows


def _spread(measured: Mapping[str, Any], name: str, n: int) -> str:
    """Median, least and largest over seeds."""
    median, low, high = (
        "none" if value is None else f"{value:.3g}" for value in measured.get(name, [None] * 3)
    )
    return median if n == 1 else f"{median} ({low} to {high})"


def _medians(rows: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """Medians over seeds, from the least to the largest; a divergence has none."""
    return {
        f"{row['task']}, {row['model']}: {MEASURES[name][0]}": Value(
            median, None if low is None or high is None else (low, high)
        )
        for row in rows
        for name, (median, low, high) in row["measures"].items()
        if median is not None
    }


def _remarks(settings: Mapping[str, Any]) -> list[str]:
    return [f"Not as published: {settings['note']}."] if settings["note"] else []


def _times(settings: Mapping[str, Any]) -> dict[str, float]:
    """When learning begins and ends, and the test, in seconds."""
    times = np.array([*settings["learn_ms"], settings["duration_ms"]]) / 1e3
    return dict(zip(("begin", "end", "duration"), times.tolist(), strict=True))


def _seeds(summary: Mapping[str, Any]) -> dict[str, int]:
    return {"first": summary["seeds"][0], "last": summary["seeds"][-1]}
