"""The closed loop: a reservoir whose readout is fed back and learns while the simulation runs.

The sibling of the path through samples: the same neuron models, wiring and generated code, but one
reservoir, one run, and a state to go on from. :mod:`lsm.force` is what users meet.
"""

from lsm.simulation.loop.program import run
from lsm.simulation.loop.state import (
    Loop,
    Recorded,
    State,
    covariance,
    currents,
    filter_constants,
    padded,
    start_state,
    stored,
)

__all__ = [
    "Loop",
    "Recorded",
    "State",
    "covariance",
    "currents",
    "filter_constants",
    "padded",
    "run",
    "start_state",
    "stored",
]
