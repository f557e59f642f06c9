"""The part of the benchmark that sets this program beside others."""

from __future__ import annotations

from typing import Any

from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.report import peers_report, plot_peers
from experiments.benchmarks.peers.running import FULL, QUICK, compare_peers, differing
from experiments.benchmarks.peers.table import MODULES
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.page.figures import listing
from experiments.lab.results import Results


def _measure(settings: BenchmarkSettings, results: Results) -> dict[str, Any]:
    peers = [MODULES[name] for name in settings.peers]
    compared = compare_peers(QUICK if settings.quick else FULL, settings.seed, peers)
    for name, figure in plot_peers(compared).items():
        results.figure(name, figure, settings.pictures)
    return {"peers": compared}


PART = BenchmarkPart(
    "Beside others",
    "peers",
    _measure,
    lambda summary: [listing(peers_report(summary["peers"]))],
    lambda summary: differing(summary["peers"]),
    pictures="peers-*.png",
)
