"""What a generation and a call of ``simulate`` are made of, in seconds of one thread."""

from __future__ import annotations

import timeit
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evolution import Genome, evolve
from evolution.judge import Judge
from experiments.benchmarks.against_work import Generation
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.cases import Case, counts_of, find_drive, make_work
from experiments.lab.page import Part
from experiments.lab.page.figures import table_of
from lsm import simulate
from lsm.simulation.timing import time_parts

CASES = (
    *(Case(300, 1, activity, dt_ms) for dt_ms in (1.0, 0.1) for activity in ("quiet", "busy")),
    Case(1000, 1, "quiet", 1.0),
    Case(1000, 1, "busy", 1.0),
    Case(20, 50, "busy", 1.0),
)
QUICK_CASES = (Case(300, 1, "busy", 1.0, most_samples=20),)
REPEATS, QUICK_REPEATS = 7, 2


def breakdown(seed: int, *, quick: bool) -> list[dict[str, Any]]:
    """Take a generation of PR12 and calls of ``simulate`` apart.

    Returns
    -------
    list of dict
        For each its ``title``, ``rate_hz`` of the neurons, and ``seconds`` by part.
    """
    repeats = QUICK_REPEATS if quick else REPEATS
    rows = [generation(Generation(seed, quick=quick), repeats=repeats)]
    for case in QUICK_CASES if quick else CASES:
        drive_pA = find_drive(case)
        work = make_work(case, drive_pA, case.liquids, case.samples)
        rows.append(
            {
                "title": f"{case.liquids} x {case.neurons} neurons, {case.activity}, "
                f"dt {case.dt_ms:g} ms",
                "rate_hz": case.rate_of(counts_of(case, drive_pA, case.liquids, case.samples)),
                "seconds": time_parts(
                    work.reservoirs, work.spikes, dt_ms=case.dt_ms, repeats=repeats
                ),
            }
        )
    return rows


def generation(work: Generation, *, repeats: int) -> dict[str, Any]:
    """A generation of PR12: evolution, simulation, readouts."""
    rng = np.random.default_rng(0)

    def unjudged(genomes: list[Genome], _: int) -> NDArray[np.float64]:
        for genome in genomes:
            work.recipe.reservoir(genome)
        return rng.random(len(genomes))

    def least(calls: Any) -> float:
        return min(timeit.repeat(calls, number=1, repeat=repeats))

    generations = 4
    evolved = least(
        lambda: evolve(work.space, unjudged, random_state=0, generations=generations, target=2.0)
    )
    reservoirs = work.reservoirs()
    states = simulate(reservoirs, work.spikes, n_jobs=1)
    task = work.task
    judge = _Readouts(
        task.spikes,
        task.labels,
        train_samples=task.train,
        fitness_samples=task.fitness,
        states=states,
    )
    return {
        "title": f"a generation of PR12: {len(reservoirs)} x 20 neurons, "
        f"{len(work.spikes)} samples",
        "rate_hz": float(states.mean() / work.spikes.durations_ms.mean() * 1e3),
        "seconds": {
            "evolution": evolved / (generations + 1),
            **time_parts(reservoirs, work.spikes, repeats=repeats),
            "readout": least(lambda: judge.fitness(reservoirs)),
        },
    }


@dataclass(frozen=True)
class _Readouts(Judge):
    """A judge who has states already, so that only readouts take time."""

    states: NDArray[np.float32] = field(kw_only=True)

    def _simulate(self, *_: Any) -> NDArray[np.float32]:
        return self.states


def breakdown_report(rows: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Milliseconds and percent of each part."""
    parts = []
    for row in rows:
        ms = {name: 1e3 * seconds for name, seconds in row["seconds"].items()}
        total = sum(ms.values())
        head = f"{row['title']}, {row['rate_hz']:.0f} Hz: {total:.1f} ms"
        cells = [
            {"name": name, "ms": value, "percent": 100 * value / total}
            for name, value in ms.items()
        ]
        parts.append(table_of({head: "{name}", "ms": "{ms:.2f}", "%": "{percent:.1f}"}, cells))
    return parts


PART = BenchmarkPart(
    "What the time is made of",
    lambda settings, _: breakdown(settings.seed, quick=settings.quick),
    breakdown_report,
)
