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
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
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


def metrics_report(result: Mapping[str, Any]) -> list[Part]:
    """Mean and deviation of each metric over reservoirs."""
    head = (
        f"{result['liquids']} reservoirs of {result['neurons']} neurons, one call: "
        f"{result['seconds']:.1f} s, programs built: {result['compilations']}"
    )
    rows = [{"name": name, **result[name]} for name in LiquidQuality._fields]
    return [note(head), table_of({"": "{name}", "mean": "{mean:.2f}", "SD": "{sd:.2f}"}, rows)]


PART = BenchmarkPart(
    "Metrics", "metrics", lambda settings, _: quality(**settings.size(FULL, QUICK)), metrics_report
)
