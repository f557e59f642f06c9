"""Brian2 the naive way: a network and a run for each sample.

For runs so short NumPy is the faster of Brian2's runtime targets, and compiles nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from brian2 import SpikeMonitor, ms, prefs
from numpy.typing import NDArray

from experiments.benchmarks.peers.cases import Work
from lsm import Reservoir, SpikeTrains


def prepare(work: Work) -> Callable[[], Any]:
    """A function that builds and runs a network for each sample."""
    prefs.codegen.target = "numpy"
    return lambda: np.array(
        [[_counts(r, sample, work.dt_ms) for sample in work.spikes] for r in work.reservoirs]
    )


def _counts(reservoir: Reservoir, sample: SpikeTrains, dt_ms: float) -> NDArray[Any]:
    plain = reservoir.to_brian2(sample, dt_ms=dt_ms)
    monitor = SpikeMonitor(plain.neurons, record=False)
    plain.network.add(monitor)
    plain.network.run(sample.durations_ms[0] * ms)
    return np.array(monitor.count)
