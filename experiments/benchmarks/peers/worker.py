"""A process for a peer: what it imports and sets stays there, and it can be stopped."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from experiments.benchmarks.apart import Worker
from experiments.benchmarks.peers.cases import Case, make_work
from experiments.benchmarks.peers.table import Peer

_ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMBA", "NUMEXPR")
}
#: In the process of a peer: what it has prepared.
_prepared: dict[str, Any] = {}


class PeerWorker(Worker):
    """The process of a peer, of which nothing that it prints is shown.

    What a peer raises, and that its process has died, is a RuntimeError.
    """

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        super().__init__(env=os.environ | _ONE_THREAD, **silent)

    def prepare(self, case: Case, drive_pA: float, shape: tuple[int, int], limit_s: float) -> None:
        """Make ready the first liquids and samples of a case, ``shape`` of them."""
        self.call(_prepare, self.peer.module, case, drive_pA, *shape, limit_s=limit_s)

    def run(self, limit_s: float) -> tuple[float, Any]:
        """Seconds, and counts (liquids, samples, neurons) or None, of what was prepared."""
        return self.call(_run, limit_s=limit_s)


def _prepare(module: str, *work: Any) -> None:
    with _readable():
        program = import_module(f"experiments.benchmarks.peers.programs.{module}")
        _prepared["run"] = program.prepare(make_work(*work))


def _run() -> tuple[float, Any]:
    with _readable():
        start = time.perf_counter()
        counts = _prepared["run"]()
        return time.perf_counter() - start, counts


@contextmanager
def _readable() -> Iterator[None]:
    """Raise what a peer raises as an error that this program can read without the peer."""
    try:
        yield
    except Exception as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from None
