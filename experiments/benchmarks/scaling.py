"""How time and memory grow: with samples, neurons, synapses, channels, liquids and jobs.

Every point is a process of its own that does nothing else, so that its peak of memory is its own.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from experiments.benchmarks.apart import apart, timed
from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
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
FEW, MANY = 1000, 100_000
REPEATS = 5


def scaling(*, quick: bool = False) -> dict[str, Any]:
    """Measure every axis, and see what so many samples cost in memory.

    Returns
    -------
    dict
        ``axes``: by name its ``points`` (time and peak of memory with the work's numbers),
        ``slope`` (of the logarithm of time over that of the value, least squares) and
        ``doubling`` (the largest ratio of times for twice the value); ``memory``.
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
    many = 20 * FEW if quick else MANY
    peaks = [_apart(replace(small, samples=samples), 1) for samples in (FEW, many)]
    return {"axes": grown, "memory": {"few": FEW, "many": many, "peaks": peaks}}


def _apart(work: Work, repeats: int) -> dict[str, float]:
    return apart(measure, work, repeats)


def measure(work: Work, repeats: int) -> dict[str, float]:
    """Least time of several and peak of this process's memory meanwhile.

    A program holds less than the chunk that is written for it. The bytes of the input and of the
    states, which a user holds in any case, stand beside it.
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
    _forget_peak()
    run = partial(simulate, reservoirs, spikes, n_jobs=work.jobs)
    seconds, states = min((timed(run) for _ in range(repeats)), key=lambda each: each[0])
    return {
        "seconds": seconds,
        "rate_Hz": float(states.mean() / 0.3),
        "peak_MiB": _peak(),
        "states_MiB": states.nbytes / MIB,
        "spikes_MiB": (spikes.times_ms.nbytes + spikes.channels.nbytes) / MIB,
    }


def _forget_peak() -> None:
    """Let the peak of memory begin anew: drawing the samples took more. Linux alone can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """In MiB."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def scaling_report(result: Mapping[str, Any]) -> list[Part]:
    """A table of the axes with all their points, and what memory many samples take."""
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
    memory = result["memory"]
    few, many = memory["peaks"]
    held = [each["peak_MiB"] - each["states_MiB"] - each["spikes_MiB"] for each in (few, many)]
    remark = (
        f"{memory['few']:,} and {memory['many']:,} samples: peaks of {few['peak_MiB']:.0f} and "
        f"{many['peak_MiB']:.0f} MiB; less states and input {held[0]:.0f} and {held[1]:.0f} MiB"
    )
    return [table_of(columns, rows), note(remark)]


PART = BenchmarkPart(
    "How it grows",
    lambda settings, _: scaling(quick=settings.quick),
    scaling_report,
)
