"""Take the times of all peers, in turns, and compare their spikes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import product
from math import prod
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from experiments.benchmarks.apart import Worker
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.cases import PR12, PR12_MS, Case, counts_of, find_drive
from experiments.benchmarks.peers.report import case_report, peers_report, plot_peers
from experiments.benchmarks.peers.table import LOOP, MODULES, NAIVE, PEERS, PROGRAM, leave_out
from experiments.benchmarks.peers.worker import prepare, run, start_worker
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.results import Results

FULL = [
    Case(neurons, liquids, activity, dt_ms)
    for dt_ms, activity, neurons, liquids in product(
        (1.0, 0.1), ("quiet", "busy"), (20, 100, 300, 1000, 5000), (1, 50)
    )
]
QUICK = [Case(*size, "busy", 1.0, most_samples=200) for size in product((20, 300), (1, 50))]
#: Of the task PR12.
COSTS = [
    Case(neurons, liquids, PR12, 1.0, most_samples=samples, duration_ms=PR12_MS)
    for liquids, neurons, samples in ((50, 20, 1000), (1, 20, 2000), (1, 300, 1000))
]
#: The least of so many times counts.
REPEATS, COSTS_REPEATS = 7, 15
#: Repeats stop, after some, where a peer has spent so many seconds on a case.
_ENOUGH, _ENOUGH_S = 3, 3.0


def compare_peers(
    cases: Sequence[Case], *, seed: int, repeats: int, peers: Sequence[str]
) -> dict[str, Any]:
    """Let every peer that is installed do every case; print each case, and who is left out.

    Parameters
    ----------
    cases : sequence of Case
    seed : int
        Decides liquids and samples.
    repeats : int
        The least of so many times counts.
    peers : sequence of str
        Names in :data:`table.PEERS`, beside this program.

    Returns
    -------
    dict
        ``left_out`` (packages missing, by name), ``repeats`` and ``cases``, each with its fields,
        ``rate_hz``, ``drive_pA`` and ``peers``. Of a peer there are: ``ms`` of a processor, for a
        sample in a liquid, or ``failed`` with the reason; ``lanes``, liquids and samples side by
        side; ``difference``, the largest of a neuron's spike counts in a sample, and ``share``, the
        sum of all differences divided by the number of spikes.
    """
    peers = list(dict.fromkeys([PROGRAM, *peers]))
    left_out = leave_out({name: PEERS[name] for name in peers})
    compared = []
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(start_worker()) for name in peers if name not in left_out
        }
        for case in tqdm([replace(case, seed=seed) for case in cases], desc="peers", unit="case"):
            drive_pA = find_drive(case)
            runs = {name: _Run(name, worker, case, drive_pA) for name, worker in workers.items()}
            for _ in range(repeats):
                for each in runs.values():
                    each.once()
            compared.append(
                {
                    **asdict(case),
                    "samples": case.samples,
                    "drive_pA": drive_pA,
                    "rate_hz": case.rate_of(counts_of(*runs[PROGRAM].work)),
                    "peers": {name: each.result() for name, each in runs.items()},
                }
            )
            print(f"\n{case_report(compared[-1]).text}", flush=True)
    return {"repeats": repeats, "left_out": left_out, "cases": compared}


class _Run:
    """A peer at a case: made ready, then run some times."""

    def __init__(self, name: str, worker: Worker, case: Case, drive_pA: float) -> None:
        self.peer, self.worker = PEERS[name], worker
        self.lanes = case.lanes(self.peer.neurons, self.peer.many_liquids)
        self.work = case, drive_pA, *self.lanes
        self.seconds: list[float] = []
        self.spent = 0.0
        self.prepared = False
        self.counts: Any = None
        self.failed = ""

    def once(self) -> None:
        """Run once more, where that is possible and worth while."""
        if self.failed or (len(self.seconds) >= _ENOUGH and self.spent > _ENOUGH_S):
            return
        try:
            if not self.prepared:
                self.worker.call(prepare, self.peer.module, *self.work)
            self.prepared = not self.peer.once
            seconds, self.counts = self.worker.call(run)
            self.seconds.append(seconds)
            self.spent += seconds
        except RuntimeError as error:
            self.failed = str(error)

    def result(self) -> dict[str, Any]:
        """What :func:`compare_peers` says of a peer."""
        if self.failed:
            return {"lanes": self.lanes, "failed": self.failed}
        result = {"lanes": self.lanes, "ms": 1e3 * min(self.seconds) / prod(self.lanes)}
        if self.counts is None:
            return result
        expected = counts_of(*self.work)
        apart = np.abs(self.counts - expected)
        return result | {
            "difference": int(apart.max()),
            "share": float(apart.sum() / max(expected.sum(), 1)),
        }


def differing(result: dict[str, Any]) -> list[str]:
    """Where the hand-written loop, which rounds as this program does, has other spikes."""
    return [
        f"the spikes differ: {LOOP}, {case['liquids']} x {case['neurons']} neurons"
        for case in result["cases"]
        if case["peers"].get(LOOP, {}).get("difference")
    ]


def _measure(settings: BenchmarkSettings, results: Results) -> dict[str, Any]:
    compared = compare_peers(
        settings.size(FULL, QUICK),
        seed=settings.seed,
        repeats=settings.size(REPEATS, 1),
        peers=[MODULES[name] for name in settings.peers],
    )
    for name, figure in plot_peers(compared["cases"]).items():
        results.figure(name, figure, settings.pictures)
    return compared


def _measure_costs(settings: BenchmarkSettings, _: Results) -> dict[str, Any]:
    repeats = settings.size(COSTS_REPEATS, 3)
    return compare_peers(COSTS, seed=settings.seed, repeats=repeats, peers=[LOOP, NAIVE])


PART = BenchmarkPart("Beside others", _measure, peers_report, differing)
COSTS_PART = BenchmarkPart("A sample in a liquid", _measure_costs, peers_report, differing)
