"""What a second job gains, beside what the machine has to give: two copies of an arithmetic loop.

All four ways are timed in turns, on the clock: one and two jobs of :func:`lsm.simulate`, one and
two processes that add and multiply and touch no memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from experiments.benchmarks.against_work import LIQUIDS, Simulation, noise
from experiments.benchmarks.apart import Worker, timed
from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import table_of
from lsm import simulate
from lsm.metrics.statistics import interval

#: Of `against_work.LIQUIDS`, and so many samples that a job takes more than a second.
WORK = {"300 neurons, 100 Hz": 15_000, "50 x 20 neurons, 5 Hz": 10_000}
TURNS, QUICK_TURNS = 15, 2
LOOP_STEPS = 20_000_000
#: Quick runs do so much less.
_LESS = 50


def add_and_multiply(steps: int) -> float:
    """A plain arithmetic loop, to its fixed point of one half."""
    x = 0.0
    for _ in range(steps):
        x = 0.75 * x + 0.125
    return x


def second_job(seed: int, *, quick: bool) -> list[dict[str, Any]]:
    """Time one and two jobs, and one and two loops, in turns.

    Returns
    -------
    list of dict
        For each work its ``name``, ``gains`` (turns, 2): how many times the work of one process two
        did in the same time, of jobs and of loops, and the ``share`` (geometric mean of the first
        over the second) with its 95 % ``interval``.
    """
    turns, less = (QUICK_TURNS, _LESS) if quick else (TURNS, 1)
    rows = []
    with ExitStack() as stack:
        loops = [stack.enter_context(Worker(stdout=2)) for _ in range(2)]
        threads = stack.enter_context(ThreadPoolExecutor(2))

        def loop(copies: int) -> None:
            calls = [partial(each.call, add_and_multiply, LOOP_STEPS // less) for each in loops]
            list(threads.map(lambda call: call(), calls[:copies]))

        for name, samples in WORK.items():
            work = Simulation(seed, *LIQUIDS[name])
            spikes = noise(seed, samples // less, work.dt_ms)
            jobs = partial(simulate, work.reservoirs, spikes, dt_ms=work.dt_ms)
            jobs(n_jobs=2)  # builds the program
            gains = np.empty((turns, 2))
            for turn in tqdm(range(turns), desc=name, unit="turn"):
                alone, both = (timed(partial(jobs, n_jobs=number))[0] for number in (1, 2))
                one, two = (timed(partial(loop, copies))[0] for copies in (1, 2))
                gains[turn] = alone / both, 2 * one / two
            shares = np.log(gains[:, 0] / gains[:, 1])
            rows.append(
                {
                    "name": name,
                    "gains": gains.tolist(),
                    "share": float(np.exp(shares.mean())),
                    "interval": np.exp(interval(shares)).tolist(),
                }
            )
    return rows


def jobs_report(rows: Sequence[Mapping[str, Any]]) -> list[Part]:
    """A table of gains and their ratio."""
    columns = {
        "work": "{name}",
        "two jobs against one": "{jobs:.2f}",
        "two loops against one": "{loops:.2f}",
        "ratio": "{share:.2f}",
        "95 % interval": "{interval[0]:.2f} to {interval[1]:.2f}",
    }
    cells = []
    for row in rows:
        jobs, loops = np.exp(np.log(row["gains"]).mean(axis=0))
        cells.append({**row, "jobs": jobs, "loops": loops})
    return [table_of(columns, cells)]


PART = BenchmarkPart(
    "A second job",
    lambda settings, _: second_job(settings.seed, quick=settings.quick),
    jobs_report,
)
