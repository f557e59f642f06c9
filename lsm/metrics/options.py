"""What metrics that run reservoirs pass on to the simulation, and when they read."""

from __future__ import annotations

from typing import TypedDict

from lsm.base.checks import positive
from lsm.simulation.programs import Target


class Options(TypedDict, total=False):
    """``dt_ms``, ``target``, ``n_jobs``, ``progress``, as :func:`lsm.simulate` has them."""

    dt_ms: float
    target: Target
    n_jobs: int | None
    progress: bool


def readings_in(time_ms: float, every_ms: float, name: str) -> int:
    """A time in readings; ValueError where it isn't a positive whole number of them."""
    readings = positive(time_ms, name) / positive(every_ms, "every_ms")
    if round(readings) < 1 or abs(readings - round(readings)) > 1e-6:
        raise ValueError(f"{name} must be a multiple of every_ms = {every_ms:g}, got {time_ms:g}")
    return round(readings)
