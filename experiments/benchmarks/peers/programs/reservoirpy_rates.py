"""reservoirpy: a rate reservoir of the same size, in-degree and number of steps.

It computes something else, so there are no spikes to compare. Single precision; samples one after
another, as its nodes take them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.benchmarks.peers.cases import Work
from tasks.data import optional

Reservoir = optional("reservoirpy.nodes", "peers").Reservoir


def prepare(work: Work) -> Callable[[], Any]:
    """Reservoirs of rate units, of the same sizes; a function that runs them."""
    n, channels = work.reservoirs[0].n_neurons, work.spikes.n_channels
    nodes = [
        Reservoir(
            n,
            lr=0.3,
            sr=0.9,
            input_connectivity=0.3,
            rc_connectivity=min(1.0, max(len(synapses) / n**2, 1 / n)),
            seed=k,
            dtype=np.float32,
        )
        for k, synapses in enumerate(work.recurrent)
    ]
    signals = np.zeros((len(work.spikes), work.steps, channels), dtype=np.float32)
    signals[work.spikes.sample_indices(), work.spikes.steps(work.dt_ms), work.spikes.channels] = 1.0

    def run() -> None:
        for node in nodes:
            for signal in signals:
                if node.initialized:
                    node.reset()
                node.run(signal)

    return run
