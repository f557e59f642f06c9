"""The closed loop: a reservoir whose readout is fed back and learns while the simulation runs.

The sibling of the path through samples: the same neuron models, wiring and generated code, but one
reservoir, one run, and a state to go on from. :mod:`lsm.force` is what users meet.
"""

from lsm.simulation.loop.blocks import change, dot, pad
from lsm.simulation.loop.program import run
from lsm.simulation.loop.rules import Rule, rule_of, start_readout
from lsm.simulation.loop.state import (
    Loop,
    Recorded,
    State,
    currents,
    filter_constants,
    start_state,
    within,
)

__all__ = [
    "Loop",
    "Recorded",
    "Rule",
    "State",
    "change",
    "currents",
    "dot",
    "filter_constants",
    "pad",
    "rule_of",
    "run",
    "start_readout",
    "start_state",
    "within",
]
