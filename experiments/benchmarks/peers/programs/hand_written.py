"""The hand-written event-driven loop (numba), timed without any preparation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from experiments.benchmarks.event_loop import EventLoop
from experiments.benchmarks.peers.cases import Work


def prepare(work: Work) -> Callable[[], Any]:
    """The loop over events, ready to run."""
    return EventLoop(work.reservoirs, work.spikes, work.dt_ms).run
