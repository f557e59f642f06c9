"""What an iteration of learning costs: this program, plain NumPy, PyTorch and NEST, in one run.

Everyone makes forward passes of a batch of evidence accumulation, gradients and an update by Adam
(``learners/accumulation.py``), in turns, with one thread each. Seconds are those of a processor,
which suffer less from a busy machine than time on the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from experiments.benchmarks.apart import Worker
from experiments.benchmarks.learners.accumulation import Iteration
from experiments.benchmarks.parts import BenchmarkPart
from experiments.benchmarks.peers.table import NEST, PROGRAM, Peer, leave_out
from experiments.benchmarks.peers.worker import peak, prepare_module, run, start_worker
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of


@dataclass(frozen=True)
class Learner(Peer):
    """A program that does the iteration.

    Attributes
    ----------
    samples : int, optional
        It takes samples one after the other: so many are measured, and scaled to the batch.
    """

    samples: int | None = None


LEARNERS = {
    PROGRAM: Learner("engine"),
    "NumPy, backwards": Learner("sweep"),
    "NumPy, traces": Learner("traces"),
    "PyTorch": Learner("pytorch", ("torch",)),
    NEST: Learner("nest_eprop", ("nest",), once=True, samples=8),
}
FULL = Iteration(), (500, 1000, 2250, 4500)
QUICK = Iteration(samples=8, steps=500), (500, 1000)
#: Turns; the least of their times counts.
REPEATS = 4
#: Runs in a turn, as iterations of a training follow each other at once: what is cold costs more.
_AT_ONCE = 2
#: How far losses may be apart: in another precision some spike comes a step later.
APART = 0.01


def learning_costs(work: Iteration, steps: Sequence[int], *, repeats: int) -> dict[str, Any]:
    """Time an iteration by everyone who is installed, and by this program with other lengths.

    Returns
    -------
    dict
        ``work``; ``left_out`` (packages missing, by name); ``learners``, of each ``seconds`` for
        the whole batch, ``peak_MiB``, ``loss``, ``expected`` (this program's loss of the same
        samples) and the number of ``samples``, or ``failed`` with the reason; ``growth``: ``steps``
        and ``seconds``, with the ``slope`` of their logarithms.
    """
    left_out = leave_out(LEARNERS)
    with ExitStack() as stack:
        runs = {
            name: _Run(learner, stack.enter_context(start_worker()), work)
            for name, learner in LEARNERS.items()
            if name not in left_out
        }
        for _ in tqdm(range(1 + repeats), desc="learning", unit="turn"):
            for each in runs.values():
                each.once()
        learners = {name: each.result(work.samples) for name, each in runs.items()}
        ours = runs[PROGRAM].worker
        for result in learners.values():
            if "failed" not in result:
                same = replace(work, samples=result["samples"])
                result["expected"] = _time(ours, same, 1)[1]
        seconds = [_time(ours, replace(work, steps=each), repeats)[0] for each in steps]
    return {
        "work": asdict(work),
        "repeats": repeats,
        "left_out": left_out,
        "learners": learners,
        "growth": {
            "steps": list(steps),
            "seconds": seconds,
            "slope": float(np.polyfit(np.log(steps), np.log(seconds), 1)[0]),
        },
    }


class _Run:
    """A learner at the work: the first run, which builds and imports, doesn't count."""

    def __init__(self, learner: Learner, worker: Worker, work: Iteration) -> None:
        self.learner, self.worker = learner, worker
        self.work = replace(work, samples=min(work.samples, learner.samples or work.samples))
        self.seconds: list[float] = []
        self.loss = np.nan
        self.failed = ""

    def once(self) -> None:
        if self.failed:
            return
        try:
            self._prepare()
            for _ in range(1 if self.learner.once else _AT_ONCE):
                seconds, (self.loss, _) = self.worker.call(run)
                self.seconds.append(seconds)
        except RuntimeError as error:
            self.failed = str(error)

    def _prepare(self) -> None:
        if not self.seconds or self.learner.once:
            self.worker.call(prepare_module, _module(self.learner), self.work)

    def result(self, samples: int) -> dict[str, Any]:
        if self.failed:
            return {"failed": self.failed}
        self._prepare()
        scale = samples / self.work.samples
        return {
            "samples": self.work.samples,
            "seconds": scale * min(self.seconds[1:]),
            "loss": self.loss,
            "peak_MiB": self.worker.call(peak),
        }


def _module(learner: Learner) -> str:
    return f"experiments.benchmarks.learners.{learner.module}"


def _time(worker: Worker, work: Iteration, repeats: int) -> tuple[float, float]:
    """The least of some processor seconds of this program, after a first run, and its loss."""
    worker.call(prepare_module, _module(LEARNERS[PROGRAM]), work)
    seconds, results = zip(*(worker.call(run) for _ in range(1 + repeats)), strict=True)
    return min(seconds[1:]), results[0][0]


def _wrong(result: Mapping[str, Any]) -> list[str]:
    """Who computes another loss, so does other work."""
    return [
        f"{name} has the loss {learner['loss']:.4g}, and should have {learner['expected']:.4g}"
        for name, learner in result["learners"].items()
        if "failed" not in learner and not abs(learner["loss"] - learner["expected"]) < APART
    ]


def learning_report(result: Mapping[str, Any]) -> list[Part]:
    """Seconds, memory and losses of each, and how seconds grow with steps."""
    work, growth = result["work"], result["growth"]
    ours = result["learners"][PROGRAM].get("seconds", np.nan)
    columns = {
        f"an iteration, {work['samples']} samples of {work['steps']} steps": "{name}",
        "processor, s": "{seconds}",
        "times this program": "{ratio}",
        "peak, MiB": "{peak}",
        "loss": "{loss}",
        "measured samples": "{samples}",
    }
    rows = []
    for name, learner in result["learners"].items():
        cells = dict.fromkeys(("ratio", "peak", "loss", "samples"), "-") | {"name": name}
        if "failed" in learner:
            rows.append(cells | {"seconds": f"failed: {learner['failed']}"})
            continue
        rows.append(
            cells
            | {
                "seconds": f"{learner['seconds']:.3g}",
                "ratio": f"{learner['seconds'] / ours:.3g}",
                "peak": f"{learner['peak_MiB']:.0f}",
                "loss": f"{learner['loss']:.6f}",
                "samples": learner["samples"],
            }
        )
    pairs = zip(growth["steps"], growth["seconds"], strict=True)
    grown = ", ".join(f"{steps}: {seconds:.3g} s" for steps, seconds in pairs)
    remark = f"This program by steps: {grown}; slope of the logarithms {growth['slope']:.2f}."
    return [table_of(columns, rows), note(remark)]


def _measure(settings: Any, _: Any) -> dict[str, Any]:
    work, steps = settings.size(FULL, QUICK)
    repeats = settings.size(REPEATS, 1)
    return learning_costs(replace(work, seed=settings.seed), steps, repeats=repeats)


PART = BenchmarkPart("An iteration of learning", _measure, learning_report, _wrong)
