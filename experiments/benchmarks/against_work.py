"""The work of ``against.py``, done by one checkout: ``against_work.py SEED QUICK``.

Says which pieces of work there are, then does the one whose name it reads from a line, and answers
with a line of JSON, until nobody asks any more; ``memory NAME`` asks for peaks of memory instead of
the time. Run by path, with the checkout in ``PYTHONPATH``: it must run in older checkouts too, so
it uses nothing but public names.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import resource
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from evolution import RECIPES
from lsm import InputWiring, LSMClassifier, Reservoir, SpikeTrains, simulate
from lsm.neurons import get_model
from lsm.topology import DistanceWiring, FixedInDegree
from readouts import fit_each
from tasks import make_task


class Generation:
    """A generation: 50 liquids of 20 neurons hear PR12, and each gets a readout."""

    def __init__(self, seed: int, *, quick: bool) -> None:
        per_class = 20 if quick else 1000
        self.task = task = make_task("PR12", random_state=seed, samples_per_class=per_class)
        samples, rng = np.concatenate([task.train, task.fitness]), np.random.default_rng(seed)
        self.spikes, self.labels = task.spikes[samples], task.labels[samples]
        self.n_train = len(task.train)
        self.recipe = RECIPES["driven"]
        self.space = self.recipe.space(20, encode="both", dimensions=2)
        self.genomes = [self.space.random(rng) for _ in range(50)]

    def reservoirs(self) -> list[Reservoir]:
        """The liquids, as the genomes have them."""
        return [self.recipe.reservoir(genome) for genome in self.genomes]

    def scores(self, states: NDArray[np.float32]) -> NDArray[np.float64]:
        """Train a readout for each liquid, and score it."""
        n, labels = self.n_train, self.labels
        with threadpool_limits(1):
            fitted = fit_each("ridge", (s[:n] for s in states), labels[:n])
            return np.array(
                [r.score(s[n:], labels[n:]) for r, s in zip(fitted, states, strict=True)]
            )

    def work(self) -> NDArray[np.float64]:
        """All of it."""
        return self.scores(simulate(self.reservoirs(), self.spikes, n_jobs=1))


def fsdd(seed: int, *, quick: bool) -> NDArray[np.float64]:
    """Spoken digits from their files to a fitted ``LSMClassifier(300)``, and its scores."""
    with threadpool_limits(1):
        task = make_task("FSDD", random_state=seed, takes=7 if quick else None)
        spikes, labels = task.spikes[task.training], task.labels[task.training]
        model = LSMClassifier(300, random_state=seed).fit(spikes, labels)
        return np.asarray(model.decision_function(task.spikes[task.test]))


#: Neurons, step in ms, mean weight of an input synapse in pA, with which leaky neurons fire at 5 or
#: 100 Hz, and how many liquids there are.
LIQUIDS = {
    "20 neurons, 5 Hz": (20, 1.0, 123.0, 1),
    "100 neurons, 5 Hz": (100, 1.0, 128.0, 1),
    "300 neurons, 5 Hz": (300, 1.0, 89.0, 1),
    "1000 neurons, 5 Hz": (1000, 1.0, 107.0, 1),
    "50 x 20 neurons, 5 Hz": (20, 1.0, 123.0, 50),
    "20 neurons, 100 Hz": (20, 1.0, 460.0, 1),
    "100 neurons, 100 Hz": (100, 1.0, 491.0, 1),
    "300 neurons, 100 Hz": (300, 1.0, 346.0, 1),
    "1000 neurons, 100 Hz": (1000, 1.0, 396.0, 1),
    "50 x 20 neurons, 100 Hz": (20, 1.0, 460.0, 50),
    "300 neurons, 5 Hz, dt .1 ms": (300, 0.1, 85.0, 1),
    "300 neurons, 100 Hz, dt .1 ms": (300, 0.1, 192.0, 1),
}
#: What a line begins with that asks for memory instead of time.
MEMORY = "memory "
#: Neurons and steps of a work in all.
NEURON_STEPS = 1e8
#: Models beside the leaky one with one current, 300 neurons, 20 channels at 20 Hz.
MODELS = ("izhikevich", "lif_adaptive", "lif_cond", "lif_ei")


class Simulation:
    """Liquids as :mod:`experiments.benchmarks.peers.cases` has them hear noise, and are counted."""

    def __init__(self, seed: int, n: int, dt_ms: float, drive_pA: float, liquids: int) -> None:
        rng = np.random.default_rng([seed, n])
        delay_ms, busy_pA = (dt_ms,) * 4, (50.0, 50.0, -200.0, -200.0)
        wiring = (
            FixedInDegree((24, 24, 6, 6), weight_pA=busy_pA, delay_ms=delay_ms)
            if n > 100
            else DistanceWiring(delay_ms=delay_ms)
        )
        self.dt_ms = dt_ms
        self.spikes = noise(seed, int(NEURON_STEPS * dt_ms / (300 * n * liquids)), dt_ms)
        self.reservoirs = [
            Reservoir.random(
                n,
                random_state=rng,
                ranges={"tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-66.0, -60.0)},
                parameters={"t_ref_ms": 0.0},
                excitatory=np.arange(n) < 0.8 * n,
                wiring=wiring,
                inputs=InputWiring(weight_pA=drive_pA, weight_sd_pA=drive_pA / 4, neurons="all"),
            )
            for _ in range(liquids)
        ]

    def work(self) -> NDArray[np.float32]:
        """Spike counts."""
        return simulate(self.reservoirs, self.spikes, dt_ms=self.dt_ms, n_jobs=1)


def noise(seed: int, n_samples: int, dt_ms: float) -> SpikeTrains:
    """Samples of 300 ms of 20 channels that fire at 20 Hz."""
    rng = np.random.default_rng([seed, 1])
    counts = rng.poisson(20 * 20 * 0.3, n_samples)
    times_ms = rng.uniform(0, 300, counts.sum())
    sample = np.repeat(np.arange(n_samples), counts)
    return SpikeTrains(
        times_ms[np.lexsort([times_ms, sample])],
        rng.integers(20, size=counts.sum()).astype(np.int32),
        np.concatenate([[0], np.cumsum(counts)]),
        np.full(n_samples, 300.0),
        20,
    )


def of_model(seed: int, name: str) -> NDArray[np.float32]:
    """Spike counts of a liquid of 300 neurons of a model."""
    reservoir = Reservoir.random(300, random_state=seed, model=get_model(name))
    return simulate(reservoir, noise(seed, 500, 1.0), n_jobs=1)


def processor_seconds() -> float:
    """What this process and its children that have ended have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


class Memory:
    """Peaks of memory while a ``with`` block lasts, in MiB; 0 where it is not Linux.

    Attributes
    ----------
    process_MiB : float
        Of this process.
    program_MiB : float
        The largest of a program that it has run meanwhile; Python's own children don't count. A
        look every millisecond suffices, as the kernel keeps a program's peak.
    """

    process_MiB = program_MiB = 0.0

    def __enter__(self) -> Memory:
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)  # what was freed before is no longer taken
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.process_MiB = _largest("self")

    def _watch(self) -> None:
        while not self._ended.wait(1e-3):
            for children in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):  # the thread, or a child, has ended
                    for child in children.read_text().split():
                        # Until it runs a program of its own it has this one's memory.
                        if os.readlink(f"/proc/{child}/exe") != os.readlink("/proc/self/exe"):
                            self.program_MiB = max(self.program_MiB, _largest(child))


def _largest(process: str) -> float:
    """The peak of a process's memory, in MiB; 0 where it has none any more."""
    status = Path(f"/proc/{process}/status")
    text = status.read_text() if status.exists() else ""
    return int(text.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in text else 0.0


def main() -> None:
    """Do the work that each line of standard input names, and print its time and digest."""
    seed, quick = int(sys.argv[1]), bool(int(sys.argv[2]))
    works: dict[str, Callable[[], NDArray[Any]]] = {
        "a generation of PR12": Generation(seed, quick=quick).work
    }
    for name, (n, dt_ms, drive_pA, liquids) in LIQUIDS.items():
        if not quick or name.startswith("300"):
            works[name] = Simulation(seed, n, dt_ms, drive_pA, liquids).work
    for name in MODELS if not quick else ():
        works[f"300 {name} neurons"] = partial(of_model, seed, name)
    try:
        make_task("FSDD", takes=7)
        # Another liquid each time: the states of one are kept for who asks for them again.
        seeds = count(seed)
        works["a fit of FSDD"] = lambda: fsdd(next(seeds), quick=quick)
    except ValueError as error:
        print(f"FSDD left out: {error}", file=sys.stderr)
    print(json.dumps(list(works)), flush=True)
    for line in sys.stdin:
        if line.startswith(MEMORY):
            with Memory() as memory:
                works[line.removeprefix(MEMORY).strip()]()
            print(json.dumps([memory.process_MiB, memory.program_MiB]), flush=True)
            continue
        before = processor_seconds()
        result = works[line.strip()]()
        seconds = processor_seconds() - before
        digest = hashlib.sha256(np.ascontiguousarray(result).tobytes()).hexdigest()
        print(json.dumps({"seconds": seconds, "digest": digest}), flush=True)


if __name__ == "__main__":
    main()
