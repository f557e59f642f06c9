"""How time and memory grow: with samples, neurons, synapses, channels, liquids and jobs.

Every point is a process of its own that does nothing else, so that its peak of memory is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from experiments.benchmarks.against_work import Memory
from experiments.benchmarks.apart import apart, timed
from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import table_of
from lsm import InputWiring, Reservoir, simulate
from lsm.metrics import poisson_spikes
from lsm.topology import FixedInDegree

MIB = 2**20


@dataclass(frozen=True)
class Work:
    """So many liquids hear so many samples.

    Every neuron has `in_degree` recurrent synapses; samples last 300 ms, in steps of 1 ms, and
    their channels together have 400 spikes a second, however many they are.
    """

    samples: int = 400
    neurons: int = 200
    in_degree: int = 30
    channels: int = 20
    liquids: int = 4
    jobs: int = 1


#: What grows, through which values, and where everything else stays.
AXES = {
    "samples": ((250, 500, 1000, 2000, 4000), Work()),
    "neurons": ((125, 250, 500, 1000, 2000), Work(liquids=1)),
    "in_degree": ((10, 20, 40, 80, 160), Work()),
    "channels": ((10, 20, 40, 80, 160), Work()),
    "liquids": ((2, 4, 8, 16, 32), Work()),
    "jobs": ((1, 2), Work(samples=4000)),
}
QUICK = {name: (values[:2], replace(base, samples=50)) for name, (values, base) in AXES.items()}
#: Samples of the two runs whose peaks of memory should differ by states and spikes alone.
FEW, MANY = 10_000, 100_000
REPEATS = 5


def scaling(*, quick: bool = False) -> dict[str, Any]:
    """Measure every axis, and see what so many samples cost in memory.

    Returns
    -------
    dict
        ``axes``: by name its ``points`` (time and peak of memory with the work's numbers),
        ``slope`` (of the logarithm of time over that of the value, least squares) and
        ``doubling`` (the largest ratio of times for twice the value); ``memory``, two points.
    """
    repeats = 1 if quick else REPEATS
    grown: dict[str, Any] = {}
    for name, (values, base) in (QUICK if quick else AXES).items():
        works = [replace(base, **{name: value}) for value in values]
        points = [asdict(work) | _apart(work, repeats) for work in tqdm(works, name, unit="point")]
        seconds = [point["seconds"] for point in points]
        grown[name] = {
            "points": points,
            "slope": float(np.polyfit(np.log(values), np.log(seconds), 1)[0]),
            "doubling": max(later / earlier for earlier, later in pairwise(seconds)),
        }
    small = Work(neurons=20, in_degree=10, liquids=1)
    less = 50 if quick else 1
    works = [replace(small, samples=samples // less) for samples in (FEW, MANY)]
    return {"axes": grown, "memory": [asdict(work) | _apart(work, 1) for work in works]}


def _apart(work: Work, repeats: int) -> dict[str, float]:
    return apart(measure, work, repeats)


def measure(work: Work, repeats: int) -> dict[str, float]:
    """Least time of several, and peaks of memory of this process and its largest program meanwhile.

    The bytes of the input and of the states, which a user holds in any case, stand beside them.
    """
    rng = np.random.default_rng(0)
    excitatory, inhibitory = work.in_degree * 4 // 5, work.in_degree // 5
    wiring = FixedInDegree(
        (excitatory, excitatory, inhibitory, inhibitory), weight_pA=(6.0, 6.0, -30.0, -30.0)
    )
    inputs = InputWiring(fraction=0.3, weight_pA=6000.0 / work.channels)
    reservoirs = [
        Reservoir.random(work.neurons, random_state=rng, wiring=wiring, inputs=inputs)
        for _ in range(work.liquids)
    ]
    spikes = poisson_spikes(
        work.samples,
        work.channels,
        rate_Hz=400 / work.channels,
        duration_ms=300.0,
        random_state=0,
    )
    simulate(reservoirs, spikes[:1])  # builds the program where there is none
    run = partial(simulate, reservoirs, spikes, n_jobs=work.jobs)
    with Memory() as memory:  # drawing the samples took more
        seconds, states = min((timed(run) for _ in range(repeats)), key=lambda each: each[0])
    return {
        "seconds": seconds,
        "rate_Hz": float(states.mean() / 0.3),
        "peak_MiB": memory.process_MiB,
        "program_MiB": memory.program_MiB,
        "states_MiB": states.nbytes / MIB,
        "spikes_MiB": (spikes.times_ms.nbytes + spikes.channels.nbytes) / MIB,
    }


def scaling_report(result: Mapping[str, Any]) -> list[Part]:
    """A table of the axes with all their points, and one of the memory that many samples take."""
    rows = [
        {
            **axis,
            "name": name.replace("_", "-"),
            "values": " ".join(str(point[name]) for point in axis["points"]),
            "seconds": " ".join(f"{point['seconds']:.2g}" for point in axis["points"]),
            "peaks": " ".join(f"{point['peak_MiB']:.0f}" for point in axis["points"]),
        }
        for name, axis in result["axes"].items()
    ]
    columns = {
        "twice the": "{name}",
        "times the time, at most": "{doubling:.2f}",
        "slope": "{slope:.2f}",
        "from": "{values}",
        "time, s": "{seconds}",
        "peaks of memory, MiB": "{peaks}",
    }
    held = ("spikes_MiB", "states_MiB")
    peaks = [
        {**point, "rest": point["peak_MiB"] - sum(point[name] for name in held)}
        for point in result["memory"]
    ]
    memory_columns = {
        "samples": "{samples:,}",
        "memory, MiB": "{peak_MiB:.0f}",
        "of which input": "{spikes_MiB:.0f}",
        "states": "{states_MiB:.0f}",
        "the rest": "{rest:.0f}",
        "largest program, MiB": "{program_MiB:.0f}",
    }
    return [table_of(columns, rows), table_of(memory_columns, peaks)]


PART = BenchmarkPart(
    "How it grows",
    lambda settings, _: scaling(quick=settings.quick),
    scaling_report,
)
