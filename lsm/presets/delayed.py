"""A liquid whose spikes come back up to seconds later."""

from __future__ import annotations

import numpy as np

from lsm.base.checks import number_of_neurons
from lsm.presets.sampling import RandomState, polarities
from lsm.reservoir import VARIED_RANGES, Reservoir
from lsm.topology import FixedInDegree, InputWiring, LogUniformDelays

#: Delays of the axons.
DELAYS = LogUniformDelays(200.0, 1500.0, per="source")


def delayed(
    n: int = 1000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """A liquid that hears now what it heard before: axons of 0.2 to 1.5 s, for tasks with memory.

    Numbers of our own. Each neuron hears two excitatory neurons and an inhibitory one, so few that
    what they tell isn't averaged away, beside its inputs: it fires most where what comes now goes
    together with what they heard some time ago. Each axon has one delay, uniform on a logarithmic
    scale. Currents decay slowly (50 ms), so that the two needn't meet to the ms; membranes,
    thresholds and refractory times are those of default liquids.

    It is a delay line that is read through threshold neurons: brains have delays of tens of ms, and
    remember seconds by other means.

    Parameters
    ----------
    n : int
        8 at least, so that there are two inhibitory ones.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    if number_of_neurons(n, "n") < 8:
        raise ValueError(f"n must be at least 8, two of them inhibitory, got {n}")
    rng = np.random.default_rng(random_state)
    return Reservoir.random(
        n,
        random_state=rng,
        excitatory=polarities(n, rng),
        ranges=VARIED_RANGES,
        parameters={"tau_syn_ms": 50.0},
        wiring=FixedInDegree((2, 2, 1, 1), weight_pA=(18.0, 18.0, -36.0, -36.0), delay_ms=DELAYS),
        inputs=inputs or InputWiring(),
    )
