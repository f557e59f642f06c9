"""This program, as a user calls it: its files and processes are part of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from experiments.benchmarks.peers.cases import Work
from lsm import simulate


def prepare(work: Work) -> Callable[[], Any]:
    """Build the program; a function that simulates all samples."""
    first = work.spikes[:1]
    simulate(work.reservoirs, first, dt_ms=work.dt_ms, n_jobs=1)  # wires, and builds the program
    return lambda: simulate(work.reservoirs, work.spikes, dt_ms=work.dt_ms, n_jobs=1)
