"""What the process of a peer does: what it imports and sets stays there, and it can be stopped."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

from experiments.benchmarks.against_work import Memory, processor_seconds
from experiments.benchmarks.apart import Worker
from experiments.benchmarks.peers.cases import Case, make_work

_ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMBA", "NUMEXPR")
}
#: In the process of a peer: what it has prepared.
_prepared: dict[str, Any] = {}


def start_worker() -> Worker:
    """The process of a peer, of which nothing that it prints is shown."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return Worker(env=os.environ | _ONE_THREAD, **silent)


def prepare(module: str, case: Case, drive_pA: float, liquids: int, samples: int) -> None:
    """Make the first liquids and samples of a case ready, after all that is imported and compiled.

    Raises
    ------
    RuntimeError
        Whatever the peer raises.
    """
    with _readable():
        program = import_module(f"experiments.benchmarks.peers.programs.{module}")
        if not _prepared:
            small = replace(case, neurons=20, most_samples=1)
            program.prepare(make_work(small, drive_pA, 1, 1))()
        _prepared["run"] = program.prepare(make_work(case, drive_pA, liquids, samples))


def prepare_module(module: str, work: Any) -> None:
    """Make work ready by a module's ``prepare``; raises RuntimeError, as :func:`prepare` does."""
    with _readable():
        _prepared["run"] = import_module(module).prepare(work)


def peak() -> float:
    """Peak of memory of this process and its largest program, in MiB, in a run."""
    with Memory() as memory:
        run()
    return memory.process_MiB + memory.program_MiB


def run() -> tuple[float, Any]:
    """Processor seconds, and what it gives (of a case counts or None), of what was prepared.

    One thread is at work, so that these are seconds on the clock of a quiet machine.

    Raises
    ------
    RuntimeError
        Whatever the peer raises.
    """
    with _readable():
        start = processor_seconds()
        counts = _prepared["run"]()
        return processor_seconds() - start, counts


@contextmanager
def _readable() -> Iterator[None]:
    """Raise what a peer raises as an error that this program can read without the peer."""
    try:
        yield
    except Exception as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from None
