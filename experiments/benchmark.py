"""What a liquid costs, and whether it is what others have: the claims that a machine can check.

``python experiments/benchmark.py`` has six parts (``--parts`` chooses):

costs     A sample in a liquid: this program, a hand-written loop, and Brian2 the naive way, in one
          run on one machine, one thread each, in turns; the least of several times. This program is
          timed as a user calls it, with its files and processes, once its programs are built. The
          hand-written loop (``event_loop.py``) computes the same spikes and is timed without any
          preparation: it is the limit. The naive way makes a network and runs it for each sample.
networks  Presets against plain Brian2 programs (``plain_brian2.py``): rates and CV over seeds, and
          how long the spikes are identical where the plain program is given the preset's wiring.
size      Time and peak of memory of a large reservoir.
metrics   Ranks, separation and memory capacity of many reservoirs: one call, one program.
loop      FORCE in a closed loop: this program, plain NumPy and a hand-written loop, in one run.
balance   Spoken digits (FSDD, where found): what the tuner and inhibitory plasticity make of
          the currents, on takes that neither has heard (``tuning.py``).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.common.claims import large, networks, quality
from experiments.common.configuration import configuration, kept, read_options
from experiments.common.force_loop import has_numba
from experiments.common.loop_costs import FULL, QUICK, loop_costs, loop_report
from experiments.common.results import output_folder, versions, write_json
from experiments.common.tuning import Row
from experiments.common.tuning_report import tuned_on_speech, tuning_report
from lsm import InputWiring, Reservoir, SimulationError, SpikeTrains, compilations, simulate
from lsm.metrics import LiquidQuality
from tasks import fsdd, make_task

DT_MS = 1.0
#: Driven so that neurons fire at 20 to 80 Hz.
RANGES = {"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -60.0)}
INPUTS = InputWiring(weight_pA=200.0, weight_sd_pA=8.0)

PROGRAM, LOOP = "this program", "hand-written loop (numba)"
#: For runs so short NumPy is the faster of Brian2's runtime targets, and compiles nothing.
NAIVE = "Brian2, a run for each sample (numpy)"


@dataclass(frozen=True)
class Case:
    """So many liquids of so many neurons hear so many samples."""

    liquids: int
    neurons: int
    samples: int

    def __str__(self) -> str:
        return f"{self.liquids} x {self.neurons} neurons, {self.samples} samples"


CASES = (Case(50, 20, 1000), Case(1, 20, 2000), Case(1, 300, 1000))
REPEATS, QUICK_REPEATS = 15, 3
PARTS = ("costs", "networks", "size", "metrics", "loop", "balance")

NETWORKS: tuple[dict[str, Any], ...] = (
    {"name": "cuba", "n": 4000, "seeds": 5, "duration_ms": 1200.0, "start_ms": 200.0},
    {"name": "coba", "n": 4000, "seeds": 5, "duration_ms": 1200.0, "start_ms": 200.0},
    {"name": "maass2002", "n": 135, "seeds": 5, "duration_ms": 2000.0, "start_ms": 0.0},
)
QUICK_NETWORKS = tuple(
    each | {"n": min(each["n"], 400), "seeds": 2, "duration_ms": 500.0} for each in NETWORKS
)
LARGE: dict[str, Any] = {
    "neurons": 10_000,
    "synapses": 1_000_000,
    "samples": 100,
    "duration_ms": 300.0,
}
QUICK_LARGE = LARGE | {"neurons": 1000, "synapses": 20_000, "samples": 10}
BALANCE: dict[str, Any] = {"liquids": 5, "neurons": 200, "heard": 100, "unseen": 60}
QUICK_BALANCE = {"liquids": 2, "neurons": 60, "heard": 20, "unseen": 10}
METRICS, QUICK_METRICS = {"liquids": 50, "neurons": 100}, {"liquids": 50, "neurons": 20}


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="benchmark.py", description=__doc__.splitlines()[0])
    p.add_argument("--seed", type=int, default=0, help="decides liquids and samples")
    p.add_argument("--out", type=Path, default=Path("results/benchmark"), help="for summary.json")
    p.add_argument("--quick", action="store_true", help="less of everything")
    p.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="by default all")
    return p


def main(arguments: list[str] | None = None) -> int:
    try:
        options = read_options(parser, sys.argv[1:] if arguments is None else arguments)
        file = output_folder(options["out"]) / "config.yaml"
        with kept(file, configuration(parser(), options, None, {})):
            return run(options.pop("out"), **options)
    except (ValueError, OSError, SimulationError) as error:
        print(f"benchmark.py: error: {error}", file=sys.stderr)
        return 2


def run(folder: Path, *, seed: int, quick: bool, parts: Sequence[str]) -> int:
    """Measure, print, and write ``summary.json``; 1 if the ways to the same result differ."""
    summary: dict[str, Any] = {"experiment": "benchmark", "seed": seed, "quick": quick}
    wrong: list[str] = []
    if "costs" in parts:
        costs = _costs(seed, QUICK_REPEATS if quick else REPEATS)
        summary |= costs
        found = zip(CASES, costs["cases"], strict=True)
        wrong += [f"the spikes differ: {c}" for c, r in found if r["difference"].get(LOOP)]
    if "networks" in parts:
        compared = []
        for options in QUICK_NETWORKS if quick else NETWORKS:
            compared.append(networks(**options))
            _print_network(compared[-1], options)
        summary["networks"] = compared
    if "size" in parts:
        summary["size"] = large(**(QUICK_LARGE if quick else LARGE))
        _print_size(summary["size"])
    if "metrics" in parts:
        summary["metrics"] = quality(**(QUICK_METRICS if quick else METRICS))
        _print_metrics(summary["metrics"])
    if "loop" in parts:
        summary["loop"] = loop_costs(**(QUICK if quick else FULL), seed=seed, numba=has_numba())
        print("\n" + loop_report(summary["loop"]), flush=True)
        wrong += [summary["loop"]["wrong"]] * bool(summary["loop"]["wrong"])
    if "balance" in parts:
        summary["balance"] = _balance(folder, seed, QUICK_BALANCE if quick else BALANCE)
    numba = {"numba": version("numba")} if has_numba() else {}
    write_json(folder / "summary.json", summary | {"versions": versions() | numba})
    if wrong:
        print(f"benchmark.py: error: {wrong[0]}", file=sys.stderr)
    return 1 if wrong else 0


def _balance(folder: Path, seed: int, options: dict[str, Any]) -> list[Row] | None:
    try:
        fsdd.speakers()
    except ValueError as error:
        print(f"balance: left out: {error}")
        return None
    rows = tuned_on_speech(folder, seed=seed, **options)
    print("\n" + tuning_report(rows))
    return rows


def _costs(seed: int, repeats: int) -> dict[str, Any]:
    needed = max(case.samples for case in CASES)
    spikes = make_task("PR12", random_state=seed, samples_per_class=-(-needed // 12)).spikes
    if not has_numba():
        print(f"{LOOP}: left out, as numba is not installed (pip install 'liquidstate[benchmark]')")
    runs = [_Runs(case, spikes[: case.samples], seed) for case in CASES]
    for _ in range(repeats):
        for each in runs:
            each.measure()
    results = [each.result() for each in runs]
    print(f"PR12, seed {seed}, dt {DT_MS:g} ms; the least of {repeats} times, one thread")
    for case, result in zip(CASES, results, strict=True):
        _print(case, result)
    return {
        "task": "PR12",
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
            from experiments.common.event_loop import EventLoop

            self.ways[LOOP] = EventLoop(self.reservoirs, spikes, DT_MS).run
        self.ways[NAIVE] = self._naive
        self.naive_sample = 0
        # Whatever is built or compiled is so before the first time is taken.
        self.counts = {name: way() for name, way in self.ways.items()}
        self.difference = {name: 0.0 for name in list(self.ways)[1:]}
        self.seconds = {name: np.inf for name in self.ways}
        self._compare()

    def _naive(self) -> NDArray[Any]:
        """A network and a run for one sample in one liquid."""
        from brian2 import SpikeMonitor, ms, prefs

        prefs.codegen.target = "numpy"
        sample = self.spikes[self.naive_sample]
        plain = self.reservoirs[0].to_brian2(sample, dt_ms=DT_MS)
        monitor = SpikeMonitor(plain.neurons, record=False)
        plain.network.add(monitor)
        plain.network.run(sample.durations_ms[0] * ms)
        return np.array(monitor.count)

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


def _print(case: Case, result: dict[str, Any]) -> None:
    title = f"{case}, {result['rate_hz']:.0f} Hz"
    print(f"\n{title:<40}{'ms a sample':>14}{'times':>10}{'cheaper':>12}{'largest':>12}")
    print(f"{'':<40}{'and liquid':>14}{'the loop':>10}{'than naive':>12}{'difference':>12}")
    for name, ms in result["ms"].items():
        loop = result["times_the_loop"]
        times = f"{loop[name]:.3g}" if loop else "-"
        cheaper = f"{result['times_cheaper_than_naive'][name]:,.0f}"
        difference = f"{result['difference'].get(name, 0):g}"
        print(f"  {name:<38}{ms:>14.4g}{times:>10}{cheaper:>12}{difference:>12}")


def _print_network(result: dict[str, Any], options: dict[str, Any]) -> None:
    title = f"{result['network']}, {result['neurons']} neurons"
    print(f"\n{title:<40}{'rate in Hz':>16}{'CV':>16}   {options['seeds']} seeds, mean and SD")
    for key, name in (("ours", "the preset"), ("theirs", "plain Brian2")):
        one = result[key]
        rate, cv = (f"{one[x]:.2f} +- {one[y]:.2f}" for x, y in _MEANS)
        print(f"  {name:<38}{rate:>16}{cv:>16}")
    shared = result["shared"]
    how = "all" if shared["identical"] else f"to {shared['identical_ms']:.1f} ms"
    print(
        f"  with the preset's wiring, identical spikes: {how} "
        f"({shared['identical_spikes']} of {shared['spikes']})",
        flush=True,
    )


_MEANS = (("rate_hz", "rate_sd"), ("cv", "cv_sd"))


def _print_size(result: dict[str, Any]) -> None:
    print(
        f"\n{result['neurons']:,} neurons, {result['synapses']:,} synapses, {result['samples']} "
        f"samples of {result['duration_ms']:g} ms at {result['rate_hz']:.0f} Hz:\n"
        f"  {result['seconds']:.1f} s ({result['seconds_with_building']:.1f} s the first time), "
        f"peak of memory {result['peak_gib']:.2f} GiB with all processes"
    )


def _print_metrics(result: dict[str, Any]) -> None:
    print(
        f"\n{result['liquids']} reservoirs of {result['neurons']} neurons, one call: "
        f"{result['seconds']:.1f} s, programs built: {result['compilations']}"
    )
    for name in LiquidQuality._fields:
        print(f"  {name:<38}{result[name]['mean']:>10.2f} +- {result[name]['sd']:.2f}")


if __name__ == "__main__":
    sys.exit(main())
