"""A liquid whose inputs come over delay lines."""

from __future__ import annotations

import numpy as np

from lsm.base.checks import positive_int
from lsm.presets.sampling import RandomState
from lsm.reservoir import VARIED_RANGES, Reservoir
from lsm.topology import InputWiring, LogUniformDelays, NoWiring

#: Delays of the inputs' synapses.
DELAYS = LogUniformDelays(5.0, 1000.0)


def delay_lines(
    n: int = 1000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """A liquid without recurrence that hears each input after a delay: for patterns of a second.

    Numbers of our own. Every synapse of an input channel has a delay of its own from 5 ms to 1 s,
    uniform on a logarithmic scale, so that a neuron fires where what came on some channels goes
    together with what came earlier on others. Neurons are those of default liquids, but that all
    are excitatory and hear inputs. Nothing comes back: memory is in the delays and the membranes.

    Parameters
    ----------
    n : int
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    return Reservoir.random(
        positive_int(n, "n"),
        random_state=random_state,
        excitatory=np.ones(n, dtype=bool),
        ranges=VARIED_RANGES,
        wiring=NoWiring(),
        inputs=inputs or InputWiring(delay_ms=DELAYS),
    )
