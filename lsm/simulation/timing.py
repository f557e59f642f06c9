"""What a call of :func:`lsm.simulate` is made of, in seconds of one thread, and what is idle.

The steps are taken apart by a twin of the compiled program that times itself (``timed.h``). Reading
the clock costs a few nanoseconds a part and step, which are taken off; what the program itself
needs beside these parts is the rest.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from lsm.base.checks import positive
from lsm.base.temporary import temporary_folder
from lsm.reservoir import Reservoir
from lsm.simulation import programs
from lsm.simulation.chunks import sample_parts
from lsm.simulation.engine import WIDE_SAMPLES, program_for
from lsm.simulation.job import Job
from lsm.simulation.programs import Program
from lsm.spikes import SpikeTrains
from lsm.states import SpikeCounts, read_steps

#: The parts of a step by what timed.h calls them. Thresholds are compared within the update, as
#: part of it; those that are over are collected after it. Where many samples are side by side, all
#: of this and resets are one pass, the update.
STEP = {
    "state update": ("update",),
    "threshold": ("threshold",),
    "reset": ("reset",),
    "synapses": ("queue", "synapses"),
    "input": ("input",),
    "recording": ("recording",),
}
#: What timed.h times without taking off what the clock costs.
_WITH_CLOCK = ("update", "threshold", "queue", "synapses", "reset")


def time_parts(
    reservoirs: Sequence[Reservoir], spikes: SpikeTrains, *, dt_ms: float = 1.0, repeats: int = 3
) -> dict[str, float]:
    """Seconds of each part of a simulation, the least of several, in the order in which they come.

    Parameters
    ----------
    reservoirs : sequence of Reservoir
        As many as fit one program.
    spikes : SpikeTrains
    dt_ms : float
    repeats : int

    Raises
    ------
    ValueError
        Too many reservoirs for one program.
    SimulationError
        No C++ compiler.
    """
    dt_ms = positive(dt_ms, "dt_ms")
    plain, size, _, noisy, plastic = _fitting(reservoirs, dt_ms)
    twin = _timed(plain)
    twin.command()  # built before a time is taken
    state, once = SpikeCounts(), np.ones(len(spikes), dtype=np.int64)
    ends = read_steps(state, spikes.n_steps(dt_ms)).ravel()
    clocks, times = [], []
    for _ in range(repeats):
        job = Job(
            *(plain, size, reservoirs, spikes, state, ends, once, dt_ms, noisy, plastic),
            wide=len(spikes) >= WIDE_SAMPLES,
        )
        with temporary_folder("job") as folder:
            clock = [time.perf_counter()]
            for work in (
                partial(job.write, folder),
                partial(programs.run, plain.command(), folder),
                partial(job.read, folder),
                partial(programs.run, twin.command(), folder),
            ):
                work()
                clock.append(time.perf_counter())
            times.append(_read_times(folder))
        clocks.append(np.diff(clock))
    write, run, read, _ = np.min(clocks, axis=0).tolist()
    start = min(clock[3] - ticks["seconds"] for clock, ticks in zip(clocks, times, strict=True))
    steps = max(run - start, 0.0)
    return {
        "writing the job": write,
        "start of the program": run - steps,
        **step_parts(min(times, key=lambda ticks: ticks["seconds"]), steps),
        "reading results": read,
    }


def idle_share(
    reservoirs: Sequence[Reservoir], spikes: SpikeTrains, *, dt_ms: float = 1.0
) -> float:
    """Share of the steps of all lanes in which a lane has no sample, as the program has counted.

    Every chunk of ``simulate(reservoirs, spikes, n_jobs=1)`` is run, with its first reservoir
    alone: which sample a lane takes doesn't depend on reservoirs.

    Parameters
    ----------
    reservoirs : sequence of Reservoir
        As many as fit one program.
    spikes : SpikeTrains
        So many samples that they are simulated side by side.
    dt_ms : float

    Raises
    ------
    ValueError
        Too many reservoirs for one program, too few samples.
    SimulationError
        No C++ compiler.
    """
    dt_ms = positive(dt_ms, "dt_ms")
    if len(spikes) < WIDE_SAMPLES:
        raise ValueError(f"spikes must hold {WIDE_SAMPLES} samples at least, got {len(spikes)}")
    plain, size, blocks, noisy, plastic = _fitting(reservoirs, dt_ms)
    state, n_steps = SpikeCounts(), spikes.n_steps(dt_ms)
    ends, once = read_steps(state, n_steps).ravel(), np.ones(len(spikes), dtype=np.int64)
    numbers, together = len(spikes) * reservoirs[0].n_neurons, [slice(0, len(reservoirs))]
    lane_steps = 0.0
    for part in sample_parts(spikes, n_steps, numbers, together, blocks, 1, wide=True):
        job = Job(
            *(_timed(plain), size, reservoirs[:1], spikes[part], state, ends[part], once[part]),
            *(dt_ms, noisy, plastic),
            wide=True,
        )
        with temporary_folder("job") as folder:
            job.write(folder)
            programs.run(job.program.command(), folder)
            times = _read_times(folder)
        lane_steps += times["steps"] * times["lanes"]
    return float(1 - n_steps.sum() / lane_steps)


def _fitting(reservoirs: Sequence[Reservoir], dt_ms: float) -> tuple[Program, int, int, bool, bool]:
    built = program_for(reservoirs, dt_ms, "cpp")
    if len(reservoirs) > (blocks := built[2]):
        raise ValueError(
            f"reservoirs must fit one program, {blocks} of them, got {len(reservoirs)}"
        )
    return built


def _timed(plain: Program) -> Program:
    """The twin of a program that times itself."""
    return Program(plain.description | {"flags": [*programs.FLAGS, programs.TIMED]}, "cpp")


def _read_times(folder: Path) -> dict[str, float]:
    """What the twin has left in the folder of its job."""
    lines = (line.split() for line in (folder / "times").read_text().splitlines())
    return {name: float(value) for name, value in lines}


def step_parts(times: Mapping[str, float], seconds: float) -> dict[str, float]:
    """Divide the seconds that all steps take without a clock, by what the twin has timed."""
    tick, clock = times["seconds"] / times["ticks"], times["nothing"] * times["steps"]
    own = {**times, **{name: max(times.get(name, 0.0) - clock, 0.0) for name in _WITH_CLOCK}}
    parts = {part: tick * sum(own[name] for name in names) for part, names in STEP.items()}
    known = sum(parts.values())
    fitting = min(1.0, seconds / known)  # the twin may have been the slower one, by chance
    parts = {part: fitting * value for part, value in parts.items()}
    return parts | {"rest of the step": seconds - fitting * known}
