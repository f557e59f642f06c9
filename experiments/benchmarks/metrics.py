"""Ranks, separation and memory capacity of many reservoirs: one call, one program.

A number of compilations belongs to a process, so this is one of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from experiments.benchmarks.apart import apart
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.page.figures import listing
from experiments.lab.results import Results
from lsm import Reservoir, compilations
from lsm.base.temporary import temporary_folder
from lsm.metrics import LiquidQuality, liquid_quality, poisson_spikes

FULL, QUICK = {"liquids": 50, "neurons": 100}, {"liquids": 50, "neurons": 20}


def quality(*, liquids: int, neurons: int) -> dict[str, Any]:
    """Rank, separation and memory capacity of many reservoirs in a call, without any program."""
    with temporary_folder("cache") as cache:
        return apart(_quality, liquids, neurons, str(cache))


def _quality(liquids: int, neurons: int, cache: str) -> dict[str, Any]:
    os.environ["LSM_CACHE"] = cache
    reservoirs = [Reservoir.random(neurons, random_state=seed) for seed in range(liquids)]
    spikes = poisson_spikes(neurons, 10, rate_Hz=20, duration_ms=300, random_state=0)
    start = time.perf_counter()
    measured = liquid_quality(reservoirs, spikes, random_state=0, n_jobs=1)
    return {
        "liquids": liquids,
        "neurons": neurons,
        "seconds": time.perf_counter() - start,
        "compilations": compilations(),
        **{
            name: {"mean": float(values.mean()), "sd": float(values.std(ddof=1))}
            for name, values in measured._asdict().items()
        },
    }


def metrics_report(result: Mapping[str, Any]) -> str:
    """Mean and deviation of each metric over reservoirs."""
    head = (
        f"{result['liquids']} reservoirs of {result['neurons']} neurons, one call: "
        f"{result['seconds']:.1f} s, programs built: {result['compilations']}"
    )
    rows = ((name, result[name]) for name in LiquidQuality._fields)
    lines = [f"  {name:<38}{row['mean']:>10.2f} +- {row['sd']:.2f}" for name, row in rows]
    return "\n".join([head, *lines])


def _measure(settings: BenchmarkSettings, results: Results) -> dict[str, Any]:
    return {"metrics": quality(**(QUICK if settings.quick else FULL))}


PART = BenchmarkPart(
    "Metrics",
    "metrics",
    _measure,
    lambda summary: [listing(metrics_report(summary["metrics"]))],
)
