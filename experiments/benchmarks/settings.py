"""Options of ``benchmark.py``, and the table of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from experiments.benchmarks.peers.table import MODULES
from experiments.lab.options import Settings, option

T = TypeVar("T")

#: Where each is, in the order in which they are measured.
PARTS = {
    "costs": "experiments.benchmarks.peers.running:COSTS_PART",
    "peers": "experiments.benchmarks.peers.running:PART",
    "scaling": "experiments.benchmarks.scaling:PART",
    "jobs": "experiments.benchmarks.jobs:PART",
    "breakdown": "experiments.benchmarks.breakdown:PART",
    "lanes": "experiments.benchmarks.lanes:PART",
    "networks": "experiments.benchmarks.networks:PART",
    "size": "experiments.benchmarks.size:PART",
    "metrics": "experiments.benchmarks.metrics:PART",
    "loop": "experiments.benchmarks.loop_costs:PART",
    "balance": "experiments.benchmarks.tuning:PART",
    "readouts": "experiments.benchmarks.readouts:PART",
    "kernels": "experiments.benchmarks.kernels:PART",
    "codes": "experiments.benchmarks.codes:PART",
    "learning": "experiments.benchmarks.learning:PART",
}
#: What ``--against`` measures instead.
AGAINST = "against"
EVERY = {AGAINST: "experiments.benchmarks.against:PART"} | PARTS


@dataclass(frozen=True, kw_only=True)
class BenchmarkSettings(Settings):
    """Options of ``benchmark.py``, which doesn't resume."""

    seed: int = option(0, "decides liquids and samples ({default})", least=0)
    out: Path = option(Path("results/benchmark"), "folder of the results ({default})")
    quick: bool = option(False, "less of everything")
    parts: tuple[str, ...] = option(
        tuple(PARTS), f"some of {', '.join(PARTS)} (all)", choices=tuple(PARTS), metavar="PART"
    )
    against: Path | None = option(
        None,
        "a checkout: time a generation of PR12 and a fit of FSDD here and there, no part else",
        metavar="FOLDER",
    )
    peers: tuple[str, ...] = option(
        tuple(MODULES),
        f"some of {', '.join(MODULES)} (all)",
        choices=tuple(MODULES),
        metavar="PEER",
    )
    resume: bool = False

    def size(self, full: T, quick: T) -> T:
        """What is measured, in full or in short."""
        return quick if self.quick else full
