"""State machines in spiking neurons: a table of transitions becomes a reservoir that walks on it.

A group of excitatory neurons stands for each state, and one for each edge, a transition by an
input; inhibition lets one group win. A state excites the edges that leave it, and an input all of
its edges; neither is enough, and the edge that hears both wins and excites its target. A state is
held by neurons that fire, or by facilitated synapses of neurons that don't.

- :class:`TransitionTable`: states, inputs, and which state follows; refuses what is no machine.
- :class:`StateMachine`: the table in a reservoir, the spikes of a walk, and which states come.
"""

from lsm.machines.machine import READ_MS, StateMachine
from lsm.machines.table import TransitionTable

__all__ = ["READ_MS", "StateMachine", "TransitionTable"]
