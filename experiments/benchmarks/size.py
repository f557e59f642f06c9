"""Time and peak of memory of a large reservoir, in a process that does nothing else."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from typing import Any

from experiments.benchmarks.apart import apart
from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note
from lsm import InputWiring, Reservoir, simulate
from lsm.metrics import poisson_spikes
from lsm.topology import RandomWiring

FULL: dict[str, Any] = {
    "neurons": 10_000,
    "synapses": 1_000_000,
    "samples": 100,
    "duration_ms": 300.0,
}
QUICK = FULL | {"neurons": 1000, "synapses": 20_000, "samples": 10}


def large(*, neurons: int, synapses: int, samples: int, duration_ms: float) -> dict[str, Any]:
    """Time and memory of one large reservoir, in a process that does nothing else."""
    return apart(_large, neurons, synapses, samples, duration_ms)


def _large(neurons: int, synapses: int, samples: int, duration_ms: float) -> dict[str, Any]:
    p = synapses / neurons / (neurons - 1)
    reservoir = Reservoir.random(
        neurons,
        random_state=0,
        wiring=RandomWiring((p, p, p, p), weight_pA=(6, 6, -30, -30)),
        inputs=InputWiring(fraction=0.3, weight_pA=300.0),
    )
    spikes = poisson_spikes(samples, 20, rate_Hz=20, duration_ms=duration_ms, random_state=0)
    seconds = []
    for _ in range(2):  # the first may have to build the program
        start = time.perf_counter()
        counts = simulate(reservoir, spikes, n_jobs=1)
        seconds.append(time.perf_counter() - start)
    # The largest child's; Linux counts a child's parent in, so that this is an upper bound.
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peaks = [resource.getrusage(who).ru_maxrss for who in processes]
    return {
        "neurons": neurons,
        "synapses": len(reservoir.synapses),
        "samples": samples,
        "duration_ms": duration_ms,
        "rate_hz": float(counts.mean() / duration_ms * 1000),
        "seconds": seconds[1],
        "seconds_with_building": seconds[0],
        "peak_gib": sum(peaks) / 2**20,
    }


def size_report(result: Mapping[str, Any]) -> list[Part]:
    """Time and peak of memory."""
    return [
        note(
            f"{result['neurons']:,} neurons, {result['synapses']:,} synapses, {result['samples']} "
            f"samples of {result['duration_ms']:g} ms at {result['rate_hz']:.0f} Hz: "
            f"{result['seconds']:.1f} s ({result['seconds_with_building']:.1f} s the first time), "
            f"peak of memory {result['peak_gib']:.2f} GiB with all processes"
        )
    ]


PART = BenchmarkPart(
    "A large reservoir",
    "size",
    lambda settings, _: large(**settings.size(FULL, QUICK)),
    size_report,
)
