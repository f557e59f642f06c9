"""How time and memory grow: with samples, neurons, synapses, channels, liquids and jobs.

Every point is a process of its own that does nothing else, so that its peak of memory is its own.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from tqdm.auto import tqdm

from experiments.benchmarks.apart import apart
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.figures import panels
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from experiments.lab.results import Results
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


@dataclass(frozen=True)
class Axis:
    """What grows, and through which values; everything else is `base`'s."""

    name: str
    values: tuple[int, ...]
    base: Work = Work()

    @property
    def works(self) -> list[Work]:
        """The work at each of its values."""
        return [replace(self.base, **{self.name: value}) for value in self.values]


AXES = (
    Axis("samples", (250, 500, 1000, 2000, 4000)),
    Axis("neurons", (125, 250, 500, 1000, 2000), Work(liquids=1)),
    Axis("in_degree", (10, 20, 40, 80, 160)),
    Axis("channels", (10, 20, 40, 80, 160)),
    Axis("liquids", (2, 4, 8, 16, 32)),
    Axis("jobs", (1, 2), Work(samples=4000)),
)
QUICK = tuple(
    replace(axis, values=axis.values[:2], base=replace(axis.base, samples=50)) for axis in AXES
)
#: Samples of the two runs whose peaks of memory should differ by states and spikes alone.
FEW, MANY = 1000, 100_000
REPEATS = 5
_COLUMNS = {
    "twice the": "{name}",
    "times the time, at most": "{doubling:.2f}",
    "slope": "{slope:.2f}",
    "peaks of memory, MiB": "{peaks}",
}


def scaling(*, quick: bool = False) -> dict[str, Any]:
    """Measure every axis, and see what so many samples cost in memory.

    Returns
    -------
    dict
        ``axes``: by name its ``points`` (time and peak of memory with the work's numbers),
        ``slope`` (of the logarithm of time over that of the value, least squares) and
        ``doubling`` (the largest ratio of times for twice the value); ``memory``.
    """
    axes, repeats = QUICK if quick else AXES, 1 if quick else REPEATS
    grown: dict[str, Any] = {}
    with tqdm(total=sum(len(axis.values) for axis in axes) + 2, unit="point") as bar:
        for axis in axes:
            points = []
            for work in axis.works:
                points.append(asdict(work) | _apart(work, repeats))
                bar.update()
            grown[axis.name] = {"points": points} | _growth(axis, points)
        small = Work(neurons=20, in_degree=10, liquids=1)
        many = 20 * FEW if quick else MANY
        peaks = []
        for samples in (FEW, many):
            peaks.append(_apart(replace(small, samples=samples), 1))
            bar.update()
    memory = {"few": FEW, "many": many, "peaks": peaks}
    return {"axes": grown, "memory": memory}


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
    reservoirs = [
        Reservoir.random(
            work.neurons,
            random_state=rng,
            wiring=wiring,
            inputs=InputWiring(fraction=0.3, weight_pA=6000.0 / work.channels),
        )
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
    seconds = []
    _forget_peak()
    for _ in range(repeats):
        start = time.perf_counter()
        states = simulate(reservoirs, spikes, n_jobs=work.jobs)
        seconds.append(time.perf_counter() - start)
    return {
        "seconds": min(seconds),
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


def _growth(axis: Axis, points: list[dict[str, Any]]) -> dict[str, float]:
    seconds = [point["seconds"] for point in points]
    return {
        "slope": float(np.polyfit(np.log(axis.values), np.log(seconds), 1)[0]),
        "doubling": max(later / earlier for earlier, later in pairwise(seconds)),
    }


def plot_scaling(axes: Mapping[str, Any]) -> Figure:
    """Time and peak of memory along each axis."""
    figure, places = panels(len(axes), width=3.7, height=3)
    for place, (name, axis) in zip(places, axes.items(), strict=True):
        values = [point[name] for point in axis["points"]]
        seconds = [point["seconds"] for point in axis["points"]]
        place.loglog(values, seconds, "o-", color="C0")
        place.set_xticks(values, [f"{value:,}" for value in values])
        place.set_yticks(seconds, [f"{value:.2g}" for value in seconds])
        place.minorticks_off()
        place.set_xlabel(name.replace("_", "-"))
        place.set_ylabel("time (s)", color="C0")
        place.set_title(f"slope {axis['slope']:.2f}")
        beside = place.twinx()
        peaks = [point["peak_MiB"] for point in axis["points"]]
        beside.plot(values, peaks, "s--", color="C1")
        beside.set_ylabel("peak of memory (MiB)", color="C1")
        beside.set_ylim(0, 1.1 * max(peaks))
        beside.grid(visible=False)
    return figure


def scaling_report(result: Mapping[str, Any]) -> list[Part]:
    """A table of the axes, and what memory many samples take."""
    rows = [
        {
            "name": name.replace("_", "-"),
            "peaks": " ".join(f"{point['peak_MiB']:.0f}" for point in axis["points"]),
            **axis,
        }
        for name, axis in result["axes"].items()
    ]
    memory = result["memory"]
    few, many = memory["peaks"]
    held = [each["peak_MiB"] - each["states_MiB"] - each["spikes_MiB"] for each in (few, many)]
    remark = (
        f"{memory['few']:,} and {memory['many']:,} samples: peaks of {few['peak_MiB']:.0f} and "
        f"{many['peak_MiB']:.0f} MiB; less states and input {held[0]:.0f} and {held[1]:.0f} MiB"
    )
    return [table_of(_COLUMNS, rows), note(remark)]


def _measure(settings: BenchmarkSettings, results: Results) -> dict[str, Any]:
    result = scaling(quick=settings.quick)
    results.figure("scaling", plot_scaling(result["axes"]), settings.pictures)
    return result


PART = BenchmarkPart("How it grows", "scaling", _measure, scaling_report)
