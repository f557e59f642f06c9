"""The table: all tasks, models and seeds, each beside the same without recurrence."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.common.force.measures import LEARNED, error
from experiments.common.force.pieces import Piece, work
from experiments.common.force.plans import Plan
from experiments.common.records import Record
from experiments.common.results import (
    output_folder,
    set_aside,
    versions,
    write_csv,
    write_figure,
    write_json,
)
from lsm import compilations
from lsm.files import atomic_path
from tasks.targets import TARGETS

_WITHOUT = "G = 0"
_HEADS = (
    "task", "model", "NRMSE", "drift-tolerant", "learned", "G = 0", "learned", "rate (Hz)",
    "minutes", "paper", "not as published",
)  # fmt: skip
_CHAOS = {
    "valid_time_ms": "valid time (ms)",
    "return_map_distance": "return map",
    "exponent_per_s": "exponent (1/s)",
    "target_exponent_per_s": "target's (1/s)",
    "spectrum_distance": "spectrum",
}
_SIGN = {"same_sign": "share of the time with the target's sign"}


@dataclass(frozen=True)
class Row:
    """What all seeds of a plan measured, and of the same without recurrence."""

    plan: Plan
    records: Sequence[Record]
    without: Sequence[Record]

    def values(self, name: str) -> np.ndarray:
        """A measure of each seed; infinity where it has none."""
        return _values(self.records, name)


def make_table(
    plans: Sequence[Plan], *, seeds: range, out: Path, resume: bool, n_jobs: int
) -> dict[str, Any]:
    """Do what is missing, write table, picture and summary, and return the summary.

    Without `resume`, whatever an earlier run left in the folder is set aside first.
    """
    started, folder = time.perf_counter(), output_folder(out)
    if not resume:
        set_aside(folder)
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
    found = dict(
        zip(
            (piece.key for piece in pieces),
            work(pieces, folder, what="table", n_jobs=n_jobs),
            strict=True,
        )
    )
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
    with atomic_path(folder / "report.md") as temporary:
        temporary.write_text(f"{text}\n![Errors of each seed.](errors.png)\n")
    write_json(folder / "summary.json", summary)
    print(f"{text}\nresults in {folder}", flush=True)
    return summary


def _values(records: Sequence[Record], name: str) -> np.ndarray:
    values = [record["measures"].get(name) for record in records]
    return np.array([np.inf if value is None else value for value in values], dtype=float)


def _summed(row: Row) -> dict[str, Any]:
    """A row, ready for JSON: median, least and largest of each measure over seeds."""

    def spread(records: Sequence[Record]) -> dict[str, Any]:
        return {
            name: [_finite(value) for value in _range(_values(records, name))]
            for name in records[0]["measures"]
        }

    return {
        "task": row.plan.task,
        "model": row.plan.model,
        "learned": sum(record["learned"] for record in row.records),
        "learned_without_recurrence": sum(record["learned"] for record in row.without),
        "measures": spread(row.records),
        "without_recurrence": spread(row.without),
        "seconds_a_seed": float(np.mean([record["seconds"] for record in row.records])),
        "paper": _paper(row.plan),
        "settings": row.plan.described(),
    }


def _range(values: np.ndarray) -> tuple[float, float, float]:
    # The middle one of an even number is the larger: infinity, a divergence, has no mean.
    return (float(np.sort(values)[len(values) // 2]), float(values.min()), float(values.max()))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


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
    return "picture" if TARGETS[plan.task].source.startswith("Nicola") else "no figure known"


def _report(rows: Sequence[Row], seeds: range) -> str:
    lines = [
        "# FORCE training",
        "",
        f"Test errors of {len(seeds)} seeds, median (least to largest). Learned: the "
        f"drift-tolerant NRMSE, or where there is none the NRMSE, is below {LEARNED:g}. G = 0: the "
        "same without recurrent weights.",
        "",
        "| " + " | ".join(_HEADS) + " |",
        "|" + "---|" * len(_HEADS),
    ]
    for row in rows:
        tolerant = "nrmse_drift_tolerant"
        counted = tolerant if row.plan.period_ms is not None else "nrmse"
        cells = [
            row.plan.task,
            row.plan.model,
            _spread(row.values("nrmse")),
            _spread(row.values(tolerant)) if counted == tolerant else "",
            _share(row.records),
            _spread(_values(row.without, counted)),
            _share(row.without),
            f"{_range(row.values('rate_Hz'))[0]:.1f}",
            f"{np.mean([record['seconds'] for record in row.records]) / 60:.1f}",
            _paper(row.plan),
            row.plan.note,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += _also("Chaos isn't judged by an error:", _CHAOS, rows)
    lines += _also("Nor is a yes or no:", _SIGN, rows)
    return "\n".join(lines) + "\n"


def _also(title: str, measures: Mapping[str, str], rows: Sequence[Row]) -> list[str]:
    """A table of measures that only some tasks have."""
    name = next(iter(measures))
    some = [row for row in rows if any(name in one["measures"] for one in row.records)]
    if not some:
        return []
    lines = ["", title, "", "| task | model | " + " | ".join(measures.values()) + " |"]
    lines.append("|" + "---|" * (len(measures) + 2))
    for row in some:
        for label, records in (("", row.records), (f", {_WITHOUT}", row.without)):
            cells = [_spread(_values(records, name)) for name in measures]
            lines.append(
                f"| {row.plan.task} | {row.plan.model}{label} | " + " | ".join(cells) + " |"
            )
    return lines


def _spread(values: np.ndarray) -> str:
    median, low, high = (f"{v:.3g}" if np.isfinite(v) else "none" for v in _range(values))
    return median if len(values) == 1 else f"{median} ({low} to {high})"


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
    axes.set_xlabel("drift-tolerant NRMSE (lorenz, pitchfork, classification: NRMSE); 3: or above")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(frameon=False, fontsize="small", loc="lower left", bbox_to_anchor=(0, 1), ncol=2)
    return figure
