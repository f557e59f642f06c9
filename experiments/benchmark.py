"""What a liquid costs, and whether it is what others have: the claims that a machine can check.

``python experiments/benchmark.py`` has nine parts (``--parts`` chooses); ``--against FOLDER`` sets
processor times beside those of another checkout instead, in turns:

costs     A sample in a liquid: this program, a hand-written loop, and Brian2 the naive way, in one
          run on one machine, one thread each, in turns; the least of several times. This program is
          timed as a user calls it, with its files and processes, once its programs are built. The
          hand-written loop (``event_loop.py``) computes the same spikes and is timed without any
          preparation. The naive way makes a network and runs it for each sample.
peers     The same liquids and samples here and with what else runs on the machine: Brian2,
          snnTorch, Norse, PyTorch, NEST, reservoirpy (``peers/``); the spikes are compared.
scaling   Time and peak of memory against samples, neurons, synapses, channels, liquids and jobs.
breakdown What the time is made of: of a generation of evolution, and of samples in liquids.
networks  Presets against plain Brian2 programs (``plain_brian2.py``): rates and CV over seeds, and
          how long the spikes are identical where the plain program is given the preset's wiring.
size      Time and peak of memory of a large reservoir.
metrics   Ranks, separation and memory capacity of many reservoirs: one call, one program.
loop      FORCE in a closed loop: this program, plain NumPy and a hand-written loop, in one run.
balance   Spoken digits (FSDD, where found): what the tuner and inhibitory plasticity make of
          the currents, on takes that neither has heard (``tuning.py``).
"""

from __future__ import annotations

if __name__ == "__main__":
    from experiments.lab.interrupts import end_quietly

    end_quietly()

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.benchmarks.against import against_report, beside
from experiments.benchmarks.breakdown import breakdown, breakdown_report, draw_breakdown
from experiments.benchmarks.claims import large, networks, quality
from experiments.benchmarks.force_loop import has_numba
from experiments.benchmarks.loop_costs import FULL_LOOP, QUICK_LOOP, loop_costs, loop_report
from experiments.benchmarks.peers import (
    FULL_PEERS,
    MODULES,
    QUICK_PEERS,
    compare_peers,
    differing,
)
from experiments.benchmarks.peers.report import draw_peers, peers_report
from experiments.benchmarks.sample_costs import costs_report, differences, sample_costs
from experiments.benchmarks.scaling import scaling, scaling_report
from experiments.benchmarks.tuning import Row
from experiments.benchmarks.tuning_report import tuned_on_speech, tuning_report
from experiments.lab import command
from experiments.lab.configuration import configuration, kept, read_options
from experiments.lab.page import write_page
from experiments.lab.results import output_folder, versions, write_json, write_text
from lsm.base.files import expanded
from lsm.metrics import LiquidQuality
from tasks import fsdd

REPEATS, QUICK_REPEATS = 15, 3
PARTS = (
    "costs",
    "peers",
    "scaling",
    "breakdown",
    "networks",
    "size",
    "metrics",
    "loop",
    "balance",
)

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
    p.add_argument(
        "--out", type=expanded, default=Path("results/benchmark"), help="folder for results"
    )
    p.add_argument("--quick", action="store_true", help="less of everything")
    p.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="by default all")
    p.add_argument(
        "--against",
        type=Path,
        metavar="FOLDER",
        help="a checkout: time a generation of PR12 and a fit of FSDD here and there, no part else",
    )
    p.add_argument("--peers", nargs="+", choices=MODULES, default=[*MODULES], help="by default all")
    return p


def main(arguments: list[str] | None = None) -> int:
    status = 0

    def work() -> None:
        nonlocal status
        options = read_options(parser, sys.argv[1:] if arguments is None else arguments)
        file = output_folder(options["out"]) / "config.yaml"
        with kept(file, configuration(parser(), options, None, {})):
            status = run(options.pop("out"), **options)

    ended = command.run("benchmark.py", work, again="start it again")
    return ended or status


def run(
    folder: Path,
    *,
    seed: int,
    quick: bool,
    parts: Sequence[str],
    peers: Sequence[str],
    against: Path | None,
) -> int:
    """Measure, print, write ``summary.json`` and a page; 1 if ways to a result differ or fail."""
    summary: dict[str, Any] = {"experiment": "benchmark", "seed": seed, "quick": quick}
    wrong: list[str] = []
    page = ["# Benchmark"]

    def say(title: str, text: str, *pictures: Path) -> None:
        print(f"\n{text}", flush=True)
        fenced = text if text.startswith("|") else f"```\n{text}\n```"
        # Pictures first: of the peers there are forty tables.
        page.extend([f"## {title}", *(f"![{title}]({path.name})" for path in pictures), fenced])

    if against is not None:
        parts = ()
        summary["against"] = beside(against, seed, quick=quick)
        say("Beside another checkout", against_report(summary["against"]))
    if "costs" in parts:
        costs = sample_costs(seed, QUICK_REPEATS if quick else REPEATS)
        say("A sample in a liquid", costs_report(costs))
        summary |= costs
        wrong += differences(costs)
    if "peers" in parts:
        chosen = [MODULES[name] for name in peers]
        compared = compare_peers(QUICK_PEERS if quick else FULL_PEERS, seed, chosen)
        say("Beside others", peers_report(compared), *draw_peers(folder, compared))
        summary["peers"] = compared
        wrong += differing(compared)
    if "scaling" in parts:
        summary["scaling"] = scaling(folder, quick=quick)
        say("How it grows", scaling_report(summary["scaling"]), folder / "scaling.png")
    if "breakdown" in parts:
        taken = breakdown(seed, quick=quick)
        draw_breakdown(folder, taken)
        say("What the time is made of", breakdown_report(taken), folder / "breakdown.png")
        summary["breakdown"] = [asdict(one) for one in taken]
    if "networks" in parts:
        summary["networks"] = []
        for options in QUICK_NETWORKS if quick else NETWORKS:
            summary["networks"].append(networks(**options))
            say(f"{options['name']} and plain Brian2", _network(summary["networks"][-1], options))
    if "size" in parts:
        summary["size"] = large(**(QUICK_LARGE if quick else LARGE))
        say("A large reservoir", _size(summary["size"]))
    if "metrics" in parts:
        summary["metrics"] = quality(**(QUICK_METRICS if quick else METRICS))
        say("Metrics", _metrics(summary["metrics"]))
    if "loop" in parts:
        sizes = QUICK_LOOP if quick else FULL_LOOP
        summary["loop"] = loop_costs(**sizes, seed=seed, numba=has_numba())
        say("A closed loop", loop_report(summary["loop"]))
        wrong += [summary["loop"]["wrong"]] * bool(summary["loop"]["wrong"])
    if "balance" in parts:
        rows = _balance(folder, seed, QUICK_BALANCE if quick else BALANCE)
        if rows is not None:
            say("Balance", tuning_report(rows), folder / "balance.png")
        summary["balance"] = rows
    numba = {"numba": version("numba")} if has_numba() else {}
    write_json(folder / "summary.json", summary | {"versions": versions() | numba})
    write_text(folder / "report.md", "\n\n".join(page) + "\n")
    write_page(folder)
    if wrong:
        print(f"benchmark.py: error: {wrong[0]}", file=sys.stderr)
    return 1 if wrong else 0


def _balance(folder: Path, seed: int, options: dict[str, Any]) -> list[Row] | None:
    try:
        fsdd.speakers()
    except ValueError as error:
        print(f"balance: left out: {error}")
        return None
    return tuned_on_speech(folder, seed=seed, **options)


def _network(result: dict[str, Any], options: dict[str, Any]) -> str:
    title = f"{result['network']}, {result['neurons']} neurons"
    lines = [f"{title:<40}{'rate in Hz':>16}{'CV':>16}   {options['seeds']} seeds, mean and SD"]
    for key, name in (("ours", "the preset"), ("theirs", "plain Brian2")):
        one = result[key]
        rate, cv = (f"{one[x]:.2f} +- {one[y]:.2f}" for x, y in _MEANS)
        lines.append(f"  {name:<38}{rate:>16}{cv:>16}")
    shared = result["shared"]
    how = "all" if shared["identical"] else f"to {shared['identical_ms']:.1f} ms"
    lines.append(
        f"  with the preset's wiring, identical spikes: {how} "
        f"({shared['identical_spikes']} of {shared['spikes']})"
    )
    return "\n".join(lines)


_MEANS = (("rate_hz", "rate_sd"), ("cv", "cv_sd"))


def _size(result: dict[str, Any]) -> str:
    return (
        f"{result['neurons']:,} neurons, {result['synapses']:,} synapses, {result['samples']} "
        f"samples of {result['duration_ms']:g} ms at {result['rate_hz']:.0f} Hz:\n"
        f"  {result['seconds']:.1f} s ({result['seconds_with_building']:.1f} s the first time), "
        f"peak of memory {result['peak_gib']:.2f} GiB with all processes"
    )


def _metrics(result: dict[str, Any]) -> str:
    head = (
        f"{result['liquids']} reservoirs of {result['neurons']} neurons, one call: "
        f"{result['seconds']:.1f} s, programs built: {result['compilations']}"
    )
    rows = ((name, result[name]) for name in LiquidQuality._fields)
    return "\n".join([head, *(f"  {n:<38}{r['mean']:>10.2f} +- {r['sd']:.2f}" for n, r in rows)])


if __name__ == "__main__":
    sys.exit(main())
