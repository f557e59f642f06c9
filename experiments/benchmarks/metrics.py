"""Ranks, separation and memory capacity of many reservoirs: one call, one program.

A number of compilations belongs to a process, so this is one of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from experiments.benchmarks.apart import apart, timed
from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from lsm import Reservoir, compilations
from lsm.base.temporary import temporary_folder
from lsm.metrics import LiquidQuality, liquid_quality, poisson_spikes

FULL, QUICK = {"liquids": 50, "neurons": 100}, {"liquids": 50, "neurons": 20}


def quality(*, liquids: int, neurons: int) -> dict[str, Any]:
    """Rank, separation and memory capacity of many reservoirs in a call, without any program."""
    reservoirs = [Reservoir.random(neurons, random_state=seed) for seed in range(liquids)]
    spikes = poisson_spikes(neurons, 10, rate_Hz=20, duration_ms=300, random_state=0)
    with temporary_folder("cache") as cache:
        os.environ["LSM_CACHE"] = str(cache)
        seconds, values = timed(
            lambda: liquid_quality(reservoirs, spikes, random_state=0, n_jobs=1)
        )
    return {
        "liquids": liquids,
        "neurons": neurons,
        "seconds": seconds,
        "compilations": compilations(),
        **{
            name: {"mean": float(each.mean()), "sd": float(each.std(ddof=1))}
            for name, each in values._asdict().items()
        },
    }


def metrics_report(result: Mapping[str, Any]) -> list[Part]:
    """Mean and deviation of each metric over reservoirs."""
    head = (
        "{liquids} reservoirs of {neurons} neurons, one call: {seconds:.1f} s, "
        "programs built: {compilations}"
    )
    rows = [{"name": name, **result[name]} for name in LiquidQuality._fields]
    columns = {"": "{name}", "mean": "{mean:.2f}", "SD": "{sd:.2f}"}
    return [note(head.format_map(result)), table_of(columns, rows)]


PART = BenchmarkPart(
    "Metrics",
    lambda settings, _: apart(partial(quality, **settings.size(FULL, QUICK))),
    metrics_report,
)
