"""A sample in a liquid: this program, a hand-written loop, and Brian2 the naive way, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from experiments.benchmarks.force_loop import has_numba
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.programs.brian2_naive import one_sample
from experiments.benchmarks.peers.table import LOOP, NAIVE, PROGRAM
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from lsm import InputWiring, Reservoir, SpikeTrains, compilations, simulate
from tasks import make_task

DT_MS = 1.0
#: Driven so that neurons fire at 20 to 80 Hz.
RANGES = {"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -60.0)}
INPUTS = InputWiring(weight_pA=200.0, weight_sd_pA=8.0)


@dataclass(frozen=True)
class Case:
    """So many liquids of so many neurons hear so many samples."""

    liquids: int
    neurons: int
    samples: int

    def __str__(self) -> str:
        return f"{self.liquids} x {self.neurons} neurons, {self.samples} samples"


#: The least of so many times counts.
REPEATS, QUICK_REPEATS = 15, 3
_COLUMNS = {
    "ms a sample and liquid": "{ms:.4g}",
    "times the loop": "{loop}",
    "cheaper than naive": "{cheaper:,.0f}",
    "largest difference": "{difference:g}",
}
CASES = (Case(50, 20, 1000), Case(1, 20, 2000), Case(1, 300, 1000))


def sample_costs(seed: int, repeats: int) -> dict[str, Any]:
    """Time every case in every way, and see by how many spikes the ways differ."""
    needed = max(case.samples for case in CASES)
    spikes = make_task("PR12", random_state=seed, samples_per_class=-(-needed // 12)).spikes
    if not has_numba():
        print(f"{LOOP}: left out, as numba is not installed (pip install 'liquidstate[benchmark]')")
    runs = [_Runs(case, spikes[: case.samples], seed) for case in CASES]
    for _ in range(repeats):
        for each in runs:
            each.measure()
    results = [each.result() for each in runs]
    return {
        "task": f"PR12, seed {seed}",
        "dt_ms": DT_MS,
        "repeats": repeats,
        "cases": [asdict(c) | r for c, r in zip(CASES, results, strict=True)],
        "compilations": compilations(),
    }


class _Runs:
    """The ways to run one case, with the least time that each has taken."""

    def __init__(self, case: Case, spikes: SpikeTrains, seed: int) -> None:
        self.spikes = spikes
        rng = np.random.default_rng([seed, case.neurons])
        self.reservoirs = [
            Reservoir.random(
                case.neurons,
                random_state=rng,
                ranges=RANGES,
                parameters={"tau_syn_ms": 5.0},
                inputs=INPUTS,
            )
            for _ in range(case.liquids)
        ]
        self.ways: dict[str, Callable[[], Any]] = {
            PROGRAM: lambda: simulate(self.reservoirs, spikes, dt_ms=DT_MS, n_jobs=1)
        }
        if has_numba():
            from experiments.benchmarks.event_loop import EventLoop

            self.ways[LOOP] = EventLoop(self.reservoirs, spikes, DT_MS).run
        self.naive_sample = 0
        self.ways[NAIVE] = lambda: one_sample(self.reservoirs[0], spikes[self.naive_sample], DT_MS)
        # Whatever is built or compiled is so before the first time is taken.
        self.counts = {name: way() for name, way in self.ways.items()}
        self.difference = {name: 0.0 for name in list(self.ways)[1:]}
        self.seconds = {name: np.inf for name in self.ways}
        self._compare()

    def measure(self) -> None:
        """Run each way once."""
        self.naive_sample = (self.naive_sample + 1) % min(5, len(self.spikes))
        for name, way in self.ways.items():
            start = time.perf_counter()
            self.counts[name] = way()
            self.seconds[name] = min(self.seconds[name], time.perf_counter() - start)
        self._compare()

    def _compare(self) -> None:
        expected = {LOOP: self.counts[PROGRAM], NAIVE: self.counts[PROGRAM][0, self.naive_sample]}
        for name, largest in self.difference.items():
            now = float(np.abs(self.counts[name] - expected[name]).max())
            self.difference[name] = max(largest, now)

    def result(self) -> dict[str, Any]:
        number = len(self.reservoirs) * len(self.spikes)
        ms = {
            name: 1e3 * seconds / (1 if name == NAIVE else number)
            for name, seconds in self.seconds.items()
        }
        return {
            "rate_hz": float(self.counts[PROGRAM].mean() / self.spikes.durations_ms.mean() * 1e3),
            "ms": ms,
            "times_the_loop": {k: v / ms[LOOP] for k, v in ms.items()} if LOOP in ms else None,
            "times_cheaper_than_naive": {k: ms[NAIVE] / v for k, v in ms.items()},
            "difference": self.difference,
        }


def costs_report(costs: Mapping[str, Any]) -> list[Part]:
    """A table for each case."""
    parts = [
        note(
            f"{costs['task']}, dt {costs['dt_ms']:g} ms; the least of {costs['repeats']} times, "
            "one thread"
        )
    ]
    for case in costs["cases"]:
        loop = case["times_the_loop"]
        rows = [
            {
                "name": name,
                "ms": ms,
                "loop": f"{loop[name]:.3g}" if loop else "-",
                "cheaper": case["times_cheaper_than_naive"][name],
                "difference": case["difference"].get(name, 0),
            }
            for name, ms in case["ms"].items()
        ]
        columns = {f"{_case(case)}, {case['rate_hz']:.0f} Hz": "{name}"}
        parts.append(table_of(columns | _COLUMNS, rows))
    return parts


def differences(costs: Mapping[str, Any]) -> list[str]:
    """Where the hand-written loop has other spikes."""
    wrong = [case for case in costs["cases"] if case["difference"].get(LOOP)]
    return [f"the spikes differ: {_case(case)}" for case in wrong]


def _case(case: Mapping[str, Any]) -> Case:
    return Case(case["liquids"], case["neurons"], case["samples"])


PART = BenchmarkPart(
    "A sample in a liquid",
    "cases",
    lambda settings, _: sample_costs(settings.seed, settings.size(REPEATS, QUICK_REPEATS)),
    costs_report,
    differences,
    spread=True,
)
