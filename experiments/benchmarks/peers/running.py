"""Take the times of all peers, in turns, and compare what they found."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from experiments.benchmarks.apart import TooSlowError
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.cases import DURATION_MS, Case, counts_of, find_drive
from experiments.benchmarks.peers.report import case_report, peers_report, plot_peers
from experiments.benchmarks.peers.table import LOOP, MODULES, PEERS, PROGRAM
from experiments.benchmarks.peers.worker import PeerWorker
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.results import Results

#: Seconds in which a peer imports and compiles what all cases need.
_FIRST_S = 300.0
#: Seconds to make ready a case.
PREPARE_S = 60.0
#: Repeats stop where a peer has spent so many seconds on a case.
_ENOUGH_S = 3.0


@dataclass(frozen=True)
class Plan:
    """Which cases, and how long.

    Attributes
    ----------
    neurons, liquids, activities, dts_ms : the cases are all combinations of these
    most_samples : int
        Of a case.
    repeats : int
        The least of so many times counts.
    limit_s : float
        In which a peer has to run a case once.
    """

    neurons: tuple[int, ...] = (20, 100, 300, 1000, 5000)
    liquids: tuple[int, ...] = (1, 50)
    activities: tuple[str, ...] = ("quiet", "busy")
    dts_ms: tuple[float, ...] = (1.0, 0.1)
    most_samples: int = 4000
    repeats: int = 7
    limit_s: float = 10.0

    def cases(self, seed: int) -> list[Case]:
        """All cases of the plan, with this seed."""
        every = product(self.dts_ms, self.activities, self.neurons, self.liquids)
        return [Case(n, k, level, dt, seed, self.most_samples) for dt, level, n, k in every]


FULL = Plan()
QUICK = Plan(
    neurons=(20, 300), activities=("busy",), dts_ms=(1.0,), most_samples=200, repeats=1, limit_s=2.0
)


def compare_peers(plan: Plan, seed: int, peers: Sequence[str] = tuple(PEERS)) -> dict[str, Any]:
    """Let every peer that is installed do every case; print each case, and who is left out.

    Parameters
    ----------
    plan : Plan
    seed : int
        Decides liquids and samples.
    peers : sequence of str
        Names in :data:`table.PEERS`, beside this program.

    Returns
    -------
    dict
        ``duration_ms``, ``plan``, ``left_out`` (packages missing, by name), and ``cases``, each
        with its fields, ``rate_hz``, ``drive_pA`` and ``peers``. Of a peer there are: ``ms``, for
        a sample in a liquid, or ``more_than_ms`` where it was stopped, or ``failed`` with the
        reason; ``lanes``, liquids and samples side by side; ``difference``, the largest of a
        neuron's spike counts in a sample, and ``share``, the sum of all differences divided by the
        number of spikes.
    """
    peers = list(dict.fromkeys([PROGRAM, *peers]))
    left_out = {name: PEERS[name].missing() for name in peers}
    left_out = {name: missing for name, missing in left_out.items() if missing}
    for name, missing in left_out.items():
        print(f"{name}: left out, as {' and '.join(missing)} is not installed", flush=True)
    with ExitStack() as stack:
        workers = {name: PeerWorker(PEERS[name]) for name in peers if name not in left_out}
        for worker in workers.values():
            stack.callback(worker.stop)
        cases = []
        for case in _results(plan, seed, workers):
            cases.append(case)
            print(f"\n{case_report(case).text}", flush=True)
    return {
        "duration_ms": DURATION_MS,
        "plan": asdict(plan),
        "left_out": left_out,
        "cases": cases,
    }


def _results(plan: Plan, seed: int, workers: dict[str, PeerWorker]) -> Iterator[dict[str, Any]]:
    for case in tqdm(plan.cases(seed), desc="peers", unit="case"):
        drive = find_drive(case)
        runs = {name: _Run(worker, case, drive, plan) for name, worker in workers.items()}
        for _ in range(plan.repeats):
            for run in runs.values():
                run.once()
        reference = _Reference(case, drive, runs[PROGRAM].counts)
        yield {
            **asdict(case),
            "samples": case.samples,
            "drive_pA": drive,
            "rate_hz": float(reference.counts.mean() / DURATION_MS * 1e3),
            "peers": {name: run.result(reference) for name, run in runs.items()},
        }


class _Reference:
    """What this program counts, of any number of liquids and samples of a case."""

    def __init__(self, case: Case, drive: float, counts: NDArray[Any] | None) -> None:
        self.counts = counts_of(case, drive, 1, 2) if counts is None else counts
        # Kept: another peer may have as many lanes.
        self._counts_of = cache(partial(counts_of, case, drive))

    def first(self, liquids: int, samples: int) -> NDArray[np.int64]:
        inside = liquids <= self.counts.shape[0] and samples <= self.counts.shape[1]
        counts = self.counts if inside else self._counts_of(liquids, samples)
        return counts[:liquids, :samples].astype(np.int64)


class _Run:
    """A peer at a case: made ready, then run some times."""

    def __init__(self, worker: PeerWorker, case: Case, drive: float, plan: Plan) -> None:
        self.worker, self.case, self.drive, self.plan = worker, case, drive, plan
        peer = worker.peer
        self.liquids, self.samples = (
            (case.liquids, case.samples)
            if peer.neurons is None
            else case.within(peer.neurons, peer.many_liquids)
        )
        self.seconds: list[float] = []
        self.spent = 0.0
        self.counts: Any = None
        self.ended: dict[str, Any] = {}
        try:
            if worker.cold:  # what is imported and compiled once is nobody's time
                worker.prepare(replace(case, neurons=20, most_samples=1), drive, (1, 1), _FIRST_S)
                worker.run(_FIRST_S)
            self._prepare()
        except (RuntimeError, TooSlowError) as error:
            self.ended = {"failed": f"preparing: {error or f'more than {PREPARE_S:g} s'}"}

    def _prepare(self) -> None:
        start = time.perf_counter()
        shape = self.liquids, self.samples
        self.worker.prepare(self.case, self.drive, shape, PREPARE_S)
        self.prepared = True
        self.spent += time.perf_counter() - start

    def once(self) -> None:
        """Run once more, where that is possible and worth while."""
        if self.ended or (self.seconds and self.spent > _ENOUGH_S):
            return
        try:
            if not self.prepared:
                self._prepare()
            self.prepared = not self.worker.peer.once
            seconds, self.counts = self.worker.run(self.plan.limit_s)
            self.seconds.append(seconds)
            self.spent += seconds
        except TooSlowError:
            lanes = self.liquids * self.samples
            self.ended = {"more_than_ms": 1e3 * self.plan.limit_s / lanes}
        except RuntimeError as error:
            self.ended = {"failed": str(error)}

    def result(self, reference: _Reference) -> dict[str, Any]:
        """What :func:`compare_peers` says of a peer."""
        lanes = {"lanes": (self.liquids, self.samples)}
        if not self.seconds:
            return lanes | self.ended
        result = {"ms": 1e3 * min(self.seconds) / (self.liquids * self.samples), **lanes}
        if self.counts is None:
            return result
        same = reference.first(self.liquids, self.samples)
        apart = np.abs(np.asarray(self.counts, dtype=np.int64) - same)
        return result | {
            "difference": int(apart.max()),
            "share": float(apart.sum() / max(same.sum(), 1)),
        }


def differing(result: dict[str, Any]) -> list[str]:
    """Where the hand-written loop, which rounds as this program does, finds other spikes."""
    return [
        f"the spikes differ: {LOOP}, {case['liquids']} x {case['neurons']} neurons"
        for case in result["cases"]
        if case["peers"].get(LOOP, {}).get("difference")
    ]


def _measure(settings: BenchmarkSettings, results: Results) -> dict[str, Any]:
    peers = [MODULES[name] for name in settings.peers]
    compared = compare_peers(settings.size(FULL, QUICK), settings.seed, peers)
    for name, figure in plot_peers(compared).items():
        results.figure(name, figure, settings.pictures)
    return compared


PART = BenchmarkPart("Beside others", "peers", _measure, peers_report, differing)
