"""Time and peak of memory of a large reservoir, in a process that does nothing else."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from functools import partial
from typing import Any

from experiments.benchmarks.apart import apart, timed
from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note
from lsm import InputWiring, Reservoir, simulate
from lsm.metrics import poisson_spikes
from lsm.topology import RandomWiring

FULL = {"neurons": 10_000, "synapses": 1_000_000, "samples": 100}
QUICK = {"neurons": 1000, "synapses": 20_000, "samples": 10}
DURATION_MS = 300.0


def large(*, neurons: int, synapses: int, samples: int) -> dict[str, Any]:
    """Time and memory of one large reservoir."""
    p = synapses / neurons / (neurons - 1)
    reservoir = Reservoir.random(
        neurons,
        random_state=0,
        wiring=RandomWiring((p, p, p, p), weight_pA=(6, 6, -30, -30)),
        inputs=InputWiring(fraction=0.3, weight_pA=300.0),
    )
    spikes = poisson_spikes(samples, 20, rate_Hz=20, duration_ms=DURATION_MS, random_state=0)
    run = partial(simulate, reservoir, spikes, n_jobs=1)
    building, _ = timed(run)  # the first may have to build the program
    seconds, counts = timed(run)
    # The largest child's; Linux counts a child's parent in, so that this is an upper bound.
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return {
        "neurons": neurons,
        "synapses": len(reservoir.synapses),
        "samples": samples,
        "duration_ms": DURATION_MS,
        "rate_hz": float(counts.mean() / DURATION_MS * 1000),
        "seconds": seconds,
        "seconds_with_building": building,
        "peak_gib": sum(resource.getrusage(who).ru_maxrss for who in processes) / 2**20,
    }


def size_report(result: Mapping[str, Any]) -> list[Part]:
    """Time and peak of memory."""
    remark = (
        "{neurons:,} neurons, {synapses:,} synapses, {samples} samples of {duration_ms:g} ms at "
        "{rate_hz:.0f} Hz: {seconds:.1f} s ({seconds_with_building:.1f} s the first time), peak of "
        "memory {peak_gib:.2f} GiB with all processes"
    )
    return [note(remark.format_map(result))]


PART = BenchmarkPart(
    "A large reservoir",
    lambda settings, _: apart(partial(large, **settings.size(FULL, QUICK))),
    size_report,
)
