"""For how much of the plane of G and Q a target is learned."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.lab.errors import InputError
from experiments.lab.page import write_page
from experiments.lab.results import versions, write_json, write_text
from experiments.studies.force.measures import LEARNED, error
from experiments.studies.force.pictures import draw_grid
from experiments.studies.force.pieces import Piece, work
from experiments.studies.force.plans import Plan
from lsm import compilations

#: Of the published G and Q, where no others are given: with the published pair, and with neither.
FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


def map_grid(
    plan: Plan,
    *,
    gains: Sequence[float] | None,
    feedbacks: Sequence[float] | None,
    seeds: range,
    out: Path,
    resume: bool,
    n_jobs: int,
) -> dict[str, Any]:
    """Train at each point, write heat map and summary, and return the summary.

    A point's error is the median of the seeds'; a point learns where it is below
    :data:`experiments.studies.force.measures.LEARNED`.

    Raises
    ------
    InputError
        A target without a period.
    """
    if plan.period_ms is None:
        raise InputError(f"--grid is for targets with a period, got --task {plan.task}")
    started, at = time.perf_counter(), (plan.settings.G, plan.settings.Q)
    G, Q = (
        np.unique(given if given else [one * factor for factor in FACTORS]).astype(float)
        for given, one in zip((gains, feedbacks), at, strict=True)
    )
    pieces = [
        Piece(f"{plan.task}, {plan.model}, G {g:.6g}, Q {q:.6g}", seed, plan.changed(G=g, Q=q))
        for seed in seeds
        for g in G.tolist()
        for q in Q.tolist()
    ]
    folder, records = work(pieces, out, what="grid", resume=resume, n_jobs=n_jobs)
    every = np.array([error(records[piece.key]["measures"]) for piece in pieces])
    errors = np.median(every.reshape(len(seeds), len(G), len(Q)), axis=0)
    share = float(np.mean(errors < LEARNED))
    title = (
        f"{plan.task}, {plan.model}: {100 * share:.0f} % of {errors.size} points learn "
        f"(drift-tolerant NRMSE below {LEARNED:g}, median of {len(seeds)} seeds)"
    )
    summary = {
        "experiment": "force_training, grid",
        "seeds": list(seeds),
        "learned_below": LEARNED,
        "share_learned": share,
        "G": G.tolist(),
        "Q": Q.tolist(),
        "nrmse_drift_tolerant": [[e if np.isfinite(e) else None for e in row] for row in errors],
        "compilations": compilations(),
        "seconds": {"total": time.perf_counter() - started},
        "versions": versions(),
        "settings": plan.described(),
    }
    draw_grid(
        folder / "grid.png",
        G.tolist(),
        Q.tolist(),
        errors,
        title=title,
        bound=LEARNED,
        published=at,
    )
    write_text(folder / "report.md", _report(plan, title, seeds))
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{title}\nresults in {folder}", flush=True)
    return summary


def _report(plan: Plan, title: str, seeds: range) -> str:
    settings = plan.settings
    begin, end = (time / 1e3 for time in settings.learn_ms)
    said = (
        f"G is the strength of the recurrent weights, Q that of the feedback. {settings.n_neurons} "
        f"neurons, learning from {begin:g} to {end:g} s of {settings.duration_ms / 1e3:g} s, seeds "
        f"{seeds[0]} to {seeds[-1]}."
    )
    if plan.note:
        said += f" Not as published: {plan.note}."
    return f"# {title}\n\n{said}\n\n![Errors by G and Q.](grid.png)\n"
