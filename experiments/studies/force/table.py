"""The table: all tasks, models and seeds, each beside the same without recurrence."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.lab.page import write_page
from experiments.lab.records import Record
from experiments.lab.results import versions, write_csv, write_figure, write_json, write_text
from experiments.studies.force.measures import LEARNED, error
from experiments.studies.force.pieces import Piece, work
from experiments.studies.force.plans import Plan
from lsm import compilations
from tasks.targets import TARGETS

_WITHOUT = "G = 0"
_HEADS = (
    "task", "neurons", "error (NRMSE)", "drift-tolerant error", "learned",
    "error that counts, G = 0", "learned, G = 0", "firing rate (Hz)", "minutes a training",
    "published result", "not as published",
)  # fmt: skip
_CHAOS = {
    "valid_time_ms": "valid time (ms)",
    "return_map_distance": "distance of return maps",
    "exponent_per_s": "largest exponent (1/s)",
    "target_exponent_per_s": "the target's exponent (1/s)",
    "spectrum_distance": "distance of spectra",
}
_SIGN = {"same_sign": "share of the time with the target's sign"}
#: What a training that diverged counts as, where larger is better; where smaller is, as infinity.
_WORST = {"valid_time_ms": 0.0, "same_sign": 0.0}
_PICTURE, _NOTHING = "picture", "no figure known"


@dataclass(frozen=True)
class Row:
    """What all seeds of a plan measured, and of the same without recurrence."""

    plan: Plan
    records: Sequence[Record]
    without: Sequence[Record]


def make_table(
    plans: Sequence[Plan], *, seeds: range, out: Path, resume: bool, n_jobs: int
) -> dict[str, Any]:
    """Do what is missing, write table, picture and summary, and return the summary."""
    started = time.perf_counter()
    ways = [(plan, f"{plan.task}, {plan.model}") for plan in plans]
    pieces = [
        piece
        for seed in seeds
        for plan, name in ways
        for piece in (
            Piece(name, seed, plan),
            Piece(f"{name}, {_WITHOUT}", seed, plan.changed(G=0.0)),
        )
    ]
    folder, found = work(pieces, out, what="table", resume=resume, n_jobs=n_jobs)
    rows = [
        Row(
            plan,
            [found[seed, 0, name] for seed in seeds],
            [found[seed, 0, f"{name}, {_WITHOUT}"] for seed in seeds],
        )
        for plan, name in ways
    ]
    text = _report(rows, seeds)
    summary = {
        "experiment": "force_training, table",
        "seeds": list(seeds),
        "learned_below": LEARNED,
        "rows": [_summed(row) for row in rows],
        "compilations": compilations(),
        "seconds": {
            "total": time.perf_counter() - started,
            "trained": sum(record["seconds"] for record in found.values()),
        },
        "versions": versions(),
    }
    write_csv(folder / "trainings.csv", [_flat(record) for record in found.values()])
    write_figure(folder / "errors.png", _errors(rows))
    write_text(folder / "report.md", f"{text}\n![Errors of each seed.](errors.png)\n")
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{text}\nresults in {folder}", flush=True)
    return summary


def _range(records: Sequence[Record], name: str) -> tuple[float, float, float]:
    """Median, least and largest of a measure over seeds; what diverged has the worst there is."""
    found = [record["measures"].get(name) for record in records]
    values = [_WORST.get(name, np.inf) if value is None else value for value in found]
    return float(np.median(values)), min(values), max(values)


def _summed(row: Row) -> dict[str, Any]:
    """A row, ready for JSON: median, least and largest of each measure over seeds."""

    def spread(records: Sequence[Record]) -> dict[str, Any]:
        names = dict.fromkeys(name for record in records for name in record["measures"])
        return {
            name: [value if np.isfinite(value) else None for value in _range(records, name)]
            for name in names
        }

    return {
        "task": row.plan.task,
        "model": row.plan.model,
        "learned": sum(record["learned"] for record in row.records),
        "learned_without_recurrence": sum(record["learned"] for record in row.without),
        "measures": spread(row.records),
        "without_recurrence": spread(row.without),
        "seconds_a_seed": _seconds(row),
        "paper": _paper(row.plan),
        "settings": row.plan.described(),
    }


def _seconds(row: Row) -> float:
    return float(np.mean([record["seconds"] for record in row.records]))


def _flat(record: Record) -> dict[str, Any]:
    settings, measured = record["settings"], record["measures"]
    names = ("nrmse_learning", "nrmse", "nrmse_drift_tolerant", "rate_Hz", *_SIGN, *_CHAOS)
    return (
        {"task": settings["task"], "model": settings["model"], "seed": record["seed"]}
        | {name: settings[name] for name in ("G", "Q", "n_neurons")}
        | {name: measured.get(name) for name in names}
        | {"learned": record["learned"], "diverged": record["diverged"]}
        | {"seconds": record["seconds"]}
    )


def _paper(plan: Plan) -> str:
    """What there is to compare with: Nicola & Clopath print pictures, not errors."""
    return _PICTURE if TARGETS[plan.task].source.startswith("Nicola") else _NOTHING


def _report(rows: Sequence[Row], seeds: range) -> str:
    lines = [
        "# FORCE training",
        "",
        "A recurrent network is trained so that its output, which is fed back into it, becomes the "
        "target; then it runs alone, and its output is compared with the target. Settings of every "
        "row are in summary.json, single trainings in trainings.csv.",
        "",
        f"Seeds {seeds[0]} to {seeds[-1]}: median (least to largest) over {len(seeds)} trainings "
        "with other networks.",
        "",
        "- **error**: NRMSE, the root mean square of output less target over the target's standard "
        "deviation: 0 is perfect, 1 what an output that stays at the target's mean has.",
        "- **drift-tolerant**: the same after the best shift in time and change of tempo of up to "
        "5 %, for targets with a period: an output of the right shape may lose its phase.",
        f"- **learned**: the error that counts, the drift-tolerant one if there is one, is below "
        f"{LEARNED:g}.",
        f"- **{_WITHOUT}**: the same without recurrent synapses.",
        f"- **published result**: {_PICTURE}: the paper shows the output and gives no error.",
        "",
        *_head(_HEADS),
    ]
    for row in rows:
        tolerant, periodic = "nrmse_drift_tolerant", row.plan.period_ms is not None
        lines.append(
            _line(
                row.plan.task,
                row.plan.model,
                _spread(row.records, "nrmse"),
                _spread(row.records, tolerant) if periodic else "",
                _share(row.records),
                _spread(row.without, tolerant if periodic else "nrmse"),
                _share(row.without),
                _spread(row.records, "rate_Hz"),
                f"{_seconds(row) / 60:.1f}",
                _paper(row.plan),
                row.plan.note,
            )
        )
    lines += _also(
        "Chaos isn't judged by an error: two equal systems soon part. Valid time is how long the "
        "output stays near the target; the return map is a maximum of z against the one before; "
        "the exponent is the rate at which neighbouring states part.",
        _CHAOS,
        rows,
    )
    lines += _also("Where the target says yes or no by its sign:", _SIGN, rows)
    return "\n".join(lines) + "\n"


def _also(title: str, measures: Mapping[str, str], rows: Sequence[Row]) -> list[str]:
    """A table of measures that only some tasks have."""
    name = next(iter(measures))
    some = [row for row in rows if any(name in one["measures"] for one in row.records)]
    if not some:
        return []
    lines = ["", title, "", *_head(("task", "neurons", *measures.values()))]
    for row in some:
        for label, records in (("", row.records), (f", {_WITHOUT}", row.without)):
            cells = [_spread(records, name) for name in measures]
            lines.append(_line(row.plan.task, f"{row.plan.model}{label}", *cells))
    return lines


def _head(names: Sequence[str]) -> list[str]:
    return [_line(*names), "|" + "---|" * len(names)]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _spread(records: Sequence[Record], name: str) -> str:
    median, low, high = (
        f"{value:.3g}" if np.isfinite(value) else "none" for value in _range(records, name)
    )
    return median if len(records) == 1 else f"{median} ({low} to {high})"


def _share(records: Sequence[Record]) -> str:
    return f"{sum(record['learned'] for record in records)} of {len(records)}"


def _errors(rows: Sequence[Row]) -> Figure:
    """The error that counts of each seed, with recurrence and without."""
    figure = Figure(figsize=(8, 0.35 * len(rows) + 1.3))
    axes = figure.subplots()
    for k, row in enumerate(rows):
        for records, colour, label, up in (
            (row.records, "#D55E00", "as trained", -0.12),
            (row.without, "#0072B2", "without recurrence (G = 0)", 0.12),
        ):
            errors = np.minimum([error(record["measures"]) for record in records], 3)
            axes.plot(
                errors, [k + up] * len(errors), "o", color=colour, alpha=0.6,
                label=label if k == 0 else None,
            )  # fmt: skip
    axes.axvline(LEARNED, color="black", linewidth=0.5, linestyle=":")
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [f"{row.plan.task}, {row.plan.model}" for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel("drift-tolerant NRMSE; without a period: NRMSE (3: or above)")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(frameon=False, fontsize="small", loc="lower left", bbox_to_anchor=(0, 1), ncol=2)
    return figure
