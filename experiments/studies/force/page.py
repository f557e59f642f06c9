"""Pages: what was asked, what the numbers mean, and what came of a training or of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.lab.page import Page, Part, RunFiles, Section, Value, percent
from experiments.lab.page.figures import note, pictures, prose, table
from experiments.studies.force.comparison.page import page_of_comparison
from experiments.studies.force.measures import LEARNED, error
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
  {LEARNED:g}.
"""
#: Measures by what they are called, and what they mean beyond `ERRORS`.
_MEASURES = {
    "nrmse_learning": ("NRMSE, second half of learning", "the output follows while it is taught"),
    "nrmse": ("NRMSE, test", "the network runs alone"),
    "nrmse_drift_tolerant": ("NRMSE, test, drift-tolerant", "as to its shape alone"),
    "rate_Hz": ("mean firing rate (Hz)", "of a neuron in the test; 0 is a silent network"),
}
_SIGN = {
    "same_sign": ("share of the time with the target's sign", "1 is perfect, 0.5 is guessing"),
}
_CHAOS = {
    "valid_time_ms": ("valid time (ms)", "how long the output stays near the target"),
    "return_map_distance": (
        "distance of return maps",
        "of a maximum of z against the one before; 0 is the target's own",
    ),
    "exponent_per_s": (
        "largest exponent (1/s)",
        "the rate at which neighbouring states part; above 0 is chaos",
    ),
    "target_exponent_per_s": ("the target's exponent (1/s)", "in the same time"),
    "spectrum_distance": ("distance of spectra", "0 is the target's own"),
}
_ALL = _MEASURES | _SIGN | _CHAOS
_CHAOTIC = (
    "Chaos isn't judged by an error: two equal systems soon part, and what counts is whether the "
    "output moves as the target does."
)
_PICTURES = {
    "outputs": "Target and output.",
    "error": "Error over time.",
    "weights": "Decoder weights over time.",
    "raster": "Activity around the end of learning.",
    "lorenz": "Attractor, return map and spectrum in the test.",
}
_WITHOUT = "G = 0"

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
    task = TARGETS[settings["task"]]
    measured = {name: summary[name] for name in _ALL if summary.get(name) is not None}
    values = {_ALL[name][0]: Value(value) for name, value in measured.items()}
    remarks = [
        f"{settings['n_neurons']} neurons, G {settings['G']:g}, Q {settings['Q']:g}, seed "
        f"{summary['seed']}: {'learned' if summary['learned'] else 'not learned'}.",
        *_remarks(settings),
        *([f"The training ended early: {summary['diverged']}."] if summary["diverged"] else []),
    ]
    rows = [[_ALL[name][0], f"{value:.3g}", _ALL[name][1]] for name, value in measured.items()]
    facts = {}
    if measured:
        count = "nrmse_drift_tolerant" if "nrmse_drift_tolerant" in measured else "nrmse"
        verdict = "learned" if summary["learned"] else "not learned"
        facts[_ALL[count][0]] = Value(error(summary), note=f"{verdict}: {LEARNED:g} is the limit")
        facts |= {name: value for name, value in values.items() if name not in facts}
    meaning = _TRAINING.format(**_times(settings)) + ERRORS
    if set(_CHAOS) & set(measured):
        meaning += f"\n{_CHAOTIC}\n"
    return Page(
        title=f"{settings['task']}, {settings['model']}",
        asked=[
            f"Do {settings['n_neurons']} {NEURONS[settings['model']]} learn by FORCE to make "
            f"{settings['task']}, and go on alone when learning ends? {task.description}. "
            f"{task.source}."
        ],
        facts=facts,
        sections=[
            Section("What the numbers mean", [prose(meaning)]),
            Section("Result", [*map(note, remarks), *([table(_HEADS, rows)] if rows else [])]),
            Section("Pictures", pictures(run.folder, _PICTURES)),
        ],
        measures=values,
        settings=settings,
    )


_HEADS = ("measure", "value", "what it means")


def _page_of_grid(run: RunFiles) -> Page:
    summary, settings = run.summary, run.summary["settings"]
    errors = summary["nrmse_drift_tolerant"]
    share, points = summary["share_learned"], len(summary["G"]) * len(summary["Q"])
    meaning = _GRID.format(**_times(settings), **_seeds(summary)) + ERRORS
    caption = note(
        f"Drift-tolerant NRMSE, median of {len(summary['seeds'])} seeds; a point learns where it "
        f"is below {summary['learned_below']:g}. Published: G {settings['G']:g}, "
        f"Q {settings['Q']:g}."
    )
    rows = [
        [f"G {gain:.3g}", *("diverged" if each is None else f"{each:.3g}" for each in row)]
        for gain, row in zip(summary["G"], errors, strict=True)
    ]
    heads = ["", *(f"Q {feedback:.3g}" for feedback in summary["Q"])]
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
            Section("Errors", [*map(note, _remarks(settings)), caption, table(heads, rows)]),
            Section("", pictures(run.folder, {"grid": "Errors by G and Q; bold: learned."})),
        ],
        measures=learned,
        settings=settings,
    )


def _page_of_table(run: RunFiles) -> Page:
    summary = run.summary
    rows, n = summary["rows"], len(summary["seeds"])
    meaning = _TABLE.format(**_seeds(summary), errors=ERRORS, without=_WITHOUT)
    sections = [
        Section("What the numbers mean", [prose(meaning)]),
        Section("Tasks and neurons", [_all_rows(rows, n)]),
        *_rows_with("Chaos", _CHAOS, _CHAOTIC, rows, n),
        *_rows_with("Yes or no", _SIGN, "Where the target says yes or no by its sign.", rows, n),
        Section("", pictures(run.folder, {"errors": "Errors of each seed."})),
    ]
    learned, trained = (sum(row["learned"] for row in rows), n * len(rows))
    without = sum(row["learned_without_recurrence"] for row in rows)
    return Page(
        title="FORCE training",
        asked=[
            "Which targets do networks of which neurons learn by FORCE, so that they go on alone "
            "when learning ends, and do they need their recurrent synapses for it?"
        ],
        facts={
            "trainings that learned": Value(learned, note=f"of {trained}"),
            f"that learned, {_WITHOUT}": Value(without, note=f"of {trained}"),
        },
        sections=sections,
        measures=_medians(rows),
        settings=summary.get("settings", {}),
    )


def _all_rows(rows: Sequence[Mapping[str, Any]], n: int) -> Part:
    heads = (
        "target", "neurons", "NRMSE", "drift-tolerant", "learned", f"error that counts, {_WITHOUT}",
        f"learned, {_WITHOUT}", "firing rate (Hz)", "minutes a training", "published result",
        "not as published",
    )  # fmt: skip
    tolerant, cells = "nrmse_drift_tolerant", []
    for row in rows:
        measured, without = row["measures"], row["without_recurrence"]
        periodic = TARGETS[row["task"]].period_ms is not None
        cells.append(
            [
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
        )
    return table(heads, cells)


def _rows_with(
    title: str,
    measures: Mapping[str, tuple[str, str]],
    remark: str,
    rows: Sequence[Mapping[str, Any]],
    n: int,
) -> list[Section]:
    """A table of measures that only some targets have."""
    some = [row for row in rows if next(iter(measures)) in row["measures"]]
    if not some:
        return []
    cells = [
        [row["task"], f"{row['model']}{label}", *(_spread(row[kind], name, n) for name in measures)]
        for row in some
        for kind, label in (("measures", ""), ("without_recurrence", f", {_WITHOUT}"))
    ]
    heads = ["target", "neurons", *(name for name, _ in measures.values())]
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in measures.values())
    return [Section(title, [note(f"{remark} {meanings}."), table(heads, cells)])]


def _spread(measured: Mapping[str, Any], name: str, n: int) -> str:
    """Median, least and largest over seeds."""
    median, low, high = (
        "none" if value is None else f"{value:.3g}" for value in measured.get(name, [None] * 3)
    )
    return median if n == 1 else f"{median} ({low} to {high})"


def _medians(rows: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """Medians over seeds, from the least to the largest; a divergence has none."""
    return {
        f"{row['task']}, {row['model']}: {_ALL[name][0]}": Value(
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
