"""What a generation and a call of ``simulate`` are made of, in seconds of one thread.

The steps are taken apart by a twin of the compiled program that times itself (``timed.h``). Reading
the clock costs a few nanoseconds a part and step, which are taken off; what the program itself
needs beside these parts is the rest.
"""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evolution import RECIPES, Genome, evolve
from evolution.judge import Judge
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.cases import Case, find_drive, make_work
from experiments.benchmarks.settings import BenchmarkSettings
from experiments.lab.figures import panels
from experiments.lab.page import Part
from experiments.lab.page.figures import table_of
from experiments.lab.results import Results
from lsm import Reservoir, SpikeTrains
from lsm.base.temporary import temporary_folder
from lsm.simulation import programs
from lsm.simulation.engine import program_for
from lsm.simulation.job import Job
from lsm.simulation.programs import Program
from lsm.states import SpikeCounts, State, read_steps
from tasks import make_task

#: In the order in which they come, with what a step is made of in the middle.
PARTS = (
    "evolution",
    "writing the job",
    "start of the program",
    "state update",
    "threshold",
    "reset",
    "synapses",
    "input",
    "recording",
    "rest of the step",
    "reading results",
    "readout",
)
#: The parts of a step by what timed.h calls them. Thresholds are compared within the update, as
#: part of it; those that are over are collected after it.
STEP = {
    "state update": ("update",),
    "threshold": ("threshold",),
    "reset": ("reset",),
    "synapses": ("queue", "synapses"),
    "input": ("input",),
    "recording": ("recording",),
}

CASES = (
    Case(300, 1, "quiet", 1.0),
    Case(300, 1, "busy", 1.0),
    Case(300, 1, "quiet", 0.1),
    Case(300, 1, "busy", 0.1),
    Case(1000, 1, "quiet", 1.0),
    Case(1000, 1, "busy", 1.0),
    Case(20, 50, "busy", 1.0),
)
QUICK_CASES = (Case(300, 1, "busy", 1.0, most_samples=20),)
REPEATS, QUICK_REPEATS = 7, 2
#: Of the generation: liquids, and samples of a class of PR12.
POPULATION, SAMPLES_PER_CLASS = 50, 1000
QUICK_SAMPLES_PER_CLASS = 20

Parts = dict[str, float]


@dataclass(frozen=True)
class Breakdown:
    """Seconds of each of :data:`PARTS` that there is, and at which rate neurons fired."""

    title: str
    rate_hz: float
    seconds: Parts

    @property
    def total(self) -> float:
        """Seconds of all parts together."""
        return sum(self.seconds.values())


def breakdown(seed: int, *, quick: bool) -> list[Breakdown]:
    """Take a generation of PR12 and calls of ``simulate`` apart."""
    repeats = QUICK_REPEATS if quick else REPEATS
    per_class = QUICK_SAMPLES_PER_CLASS if quick else SAMPLES_PER_CLASS
    taken = [generation(seed, samples_per_class=per_class, repeats=repeats)]
    for case in QUICK_CASES if quick else CASES:
        work = make_work(case, find_drive(case), case.liquids, case.samples)
        seconds, states = simulation(work.reservoirs, work.spikes, work.dt_ms, repeats=repeats)
        taken.append(Breakdown(_title(case), _rate(states, work.spikes), seconds))
    return taken


def generation(seed: int, *, samples_per_class: int, repeats: int) -> Breakdown:
    """A generation of PR12, 50 liquids of 20 neurons: evolution, simulation, readouts."""
    task = make_task("PR12", random_state=seed, samples_per_class=samples_per_class)
    recipe = RECIPES["driven"]
    space = recipe.space(20, encode="both", dimensions=2)
    rng = np.random.default_rng(seed)

    def unjudged(genomes: list[Genome], _: int) -> NDArray[np.float64]:
        for genome in genomes:
            recipe.reservoir(genome)
        return rng.random(len(genomes))

    generations = 4
    evolution = timeit.repeat(
        lambda: evolve(space, unjudged, random_state=seed, generations=generations, target=2.0),
        number=1,
        repeat=repeats,
    )
    reservoirs = [recipe.reservoir(space.random(rng)) for _ in range(POPULATION)]
    spikes = task.spikes[np.concatenate([task.train, task.fitness])]
    seconds, states = simulation(reservoirs, spikes, 1.0, repeats=repeats)
    judge = _Given(
        task.spikes,
        task.labels,
        train_samples=task.train,
        fitness_samples=task.fitness,
        states=states,
    )
    seconds |= {
        "evolution": min(evolution) / (generations + 1),
        "readout": min(timeit.repeat(lambda: judge.fitness(reservoirs), number=1, repeat=repeats)),
    }
    title = f"a generation of {task.name}: {POPULATION} x 20 neurons, {len(spikes)} samples"
    return Breakdown(title, _rate(states, spikes), seconds)


@dataclass(frozen=True)
class _Given(Judge):
    """A judge to whom states are given, so that only readouts take time."""

    states: NDArray[np.float32] = field(kw_only=True)

    def _simulate(
        self, reservoirs: Sequence[Reservoir], spikes: SpikeTrains, state: State
    ) -> NDArray[np.float32]:
        return self.states


def simulation(
    reservoirs: Sequence[Reservoir], spikes: SpikeTrains, dt_ms: float, *, repeats: int
) -> tuple[Parts, NDArray[np.float32]]:
    """Seconds of the parts of one job, each the least of several, and counts
    (reservoirs, samples, neurons).

    Raises
    ------
    SimulationError
        No C++ compiler.
    """
    plain, size, blocks, noisy, plastic = program_for(reservoirs, dt_ms, "cpp")
    if len(reservoirs) > blocks:
        raise ValueError(
            f"reservoirs must fit one program, {blocks} of them, got {len(reservoirs)}"
        )
    timed = Program(plain.description | {"flags": [*programs.FLAGS, programs.TIMED]}, "cpp")
    state, best, times = SpikeCounts(), dict[str, float](), Parts()

    def least(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        best[name] = min(best.get(name, np.inf), time.perf_counter() - start)
        return result

    timed.command()  # built before a time is taken
    for _ in range(repeats):
        ends = read_steps(state, spikes.n_steps(dt_ms)).ravel()
        once = np.ones(len(spikes), dtype=np.int64)
        job = Job(plain, size, reservoirs, spikes, state, ends, once, dt_ms, noisy, plastic)
        with temporary_folder("job") as folder:
            least("write", partial(job.write, folder))
            least("run", partial(programs.run, plain.command(), folder))
            states = least("read", partial(job.read, folder))["states"]
            start = time.perf_counter()
            programs.run(timed.command(), folder)
            whole = time.perf_counter() - start
            now = _times(folder / "times")
        if now["seconds"] < times.get("seconds", np.inf):
            times = now
        best["start"] = min(best.get("start", np.inf), whole - now["seconds"])
    steps = max(best["run"] - best["start"], 0.0)
    seconds = {
        "writing the job": best["write"],
        "start of the program": best["run"] - steps,
        **_step_parts(times, steps),
        "reading results": best["read"],
    }
    return seconds, states


def _times(file: Path) -> Parts:
    lines = (line.split() for line in file.read_text().splitlines())
    return {name: float(value) for name, value in lines}


def _step_parts(times: Parts, seconds: float) -> Parts:
    """The parts of all steps, which take the program so many seconds without a clock."""
    tick, clock = times["seconds"] / times["ticks"], times["nothing"] * times["steps"]
    own = {name: times[name] for name in ("input", "recording")}
    for name in ("update", "threshold", "queue", "synapses", "reset"):
        own[name] = max(times[name] - clock, 0.0)
    parts = {part: tick * sum(own[name] for name in names) for part, names in STEP.items()}
    known = sum(parts.values())
    fitting = min(1.0, seconds / known)  # the twin may have been the slower one, by chance
    parts = {part: fitting * value for part, value in parts.items()}
    return parts | {"rest of the step": seconds - fitting * known}


def _title(case: Case) -> str:
    return f"{case.liquids} x {case.neurons} neurons, {case.activity}, dt {case.dt_ms:g} ms"


def _rate(counts: NDArray[np.float32], spikes: SpikeTrains) -> float:
    return float(counts.mean() / spikes.durations_ms.mean() * 1e3)


def breakdown_report(rows: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Milliseconds and percent of each part."""
    parts = []
    for each in (Breakdown(**row) for row in rows):
        columns = {_headline(each): "{name}", "ms": "{ms:.2f}", "%": "{percent:.1f}"}
        seconds = [(name, each.seconds[name]) for name in PARTS if name in each.seconds]
        cells = [
            {"name": name, "ms": 1e3 * value, "percent": 100 * value / each.total}
            for name, value in seconds
        ]
        parts.append(table_of(columns, cells))
    return parts


def _headline(taken: Breakdown) -> str:
    return f"{taken.title}, {taken.rate_hz:.0f} Hz: {1e3 * taken.total:.1f} ms"


def plot_breakdown(taken: Sequence[Breakdown]) -> Figure:
    """The share of each part, stacked."""
    figure, (axes,) = panels(1, width=9, height=1.5 + 0.5 * len(taken))
    left = np.zeros(len(taken))
    for k, part in enumerate(PARTS):
        share = np.array([100 * each.seconds.get(part, 0.0) / each.total for each in taken])
        axes.barh(
            range(len(taken)),
            share,
            left=left,
            label=part,
            color=f"C{k % 10}",
            hatch="//" if k >= 10 else None,
            edgecolor="white",
        )
        left += share
    titles = [f"{each.title}\n{each.rate_hz:.0f} Hz, {1e3 * each.total:.0f} ms" for each in taken]
    axes.set_yticks(range(len(taken)), titles, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the time")
    axes.set_title("What the time is made of, one thread")
    axes.legend(ncols=4, fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.4, -0.15))
    return figure


def _measure(settings: BenchmarkSettings, results: Results) -> list[dict[str, Any]]:
    taken = breakdown(settings.seed, quick=settings.quick)
    results.figure("breakdown", plot_breakdown(taken), settings.pictures)
    return [asdict(each) for each in taken]


PART = BenchmarkPart("What the time is made of", "breakdown", _measure, breakdown_report)
