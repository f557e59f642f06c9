"""Two ways to hold a state, and how either is wired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.machines.table import TransitionTable
from lsm.neurons import LIF_EI
from lsm.reservoir import Reservoir
from lsm.topology import MatrixInputs, MatrixWiring, ShortTermPlasticity

Groups = NDArray[np.intp]

#: Neurons of a group, at most and at least: as many as there is room for without sharing.
MOST_GROUP, LEAST_GROUP = 5, 3
EXCITATORY = 0.8


@dataclass(frozen=True, kw_only=True)
class Form:
    """Weights, neurons and times of machines.

    Weights among groups are shares of `weight_pA`: what a neuron gets when all neurons of a group
    fire. Those `to_inhibition_pA` are of a group too, `from_inhibition_pA` of all inhibitory
    neurons; those of channels are of one spike.
    """

    weight_pA: float
    within_state: float = 0.0
    within_edge: float = 0.0
    to_edge: float
    onward: float
    #: Until the target of an edge hears it.
    onward_delay_ms: float = 1.0
    to_inhibition_pA: float
    from_inhibition_pA: float
    #: Whether states excite inhibition, as edges do.
    states_inhibit: bool
    #: Whether an input that leaves a state as it is has an edge.
    loops: bool
    from_input_pA: float
    start_pA: float
    recall_pA: float | None = None
    #: Of excitatory neurons, then of inhibitory ones.
    neurons: Mapping[str, tuple[float, float]]
    threshold_spread_mV: float = 0.0
    short_term: ShortTermPlasticity | None = None
    #: Spikes of the channel that starts a machine, and when the first input begins.
    start: tuple[float, ...]
    start_ms: float
    #: From the beginning of an input to its end, to the recall, and until the state is read.
    input_ms: float
    recall_ms: float = 0.0
    settled_ms: float
    #: From an input to the next, where nothing else is asked for.
    period_ms: float

    def wire(
        self, table: TransitionTable, n: int, rng: Generator, weight_cv: float
    ) -> tuple[Reservoir, Groups]:
        """A reservoir of n neurons, and the groups of its states, (states, neurons)."""
        n_inputs, n_states = table.next_state.shape
        excitatory = np.arange(n) < round(EXCITATORY * n)
        n_e = int(excitatory.sum())
        size = int(np.clip(n_e // (n_states * (1 + n_inputs)), LEAST_GROUP, MOST_GROUP))
        groups = _sample_groups(n_states * (1 + n_inputs), size, n_e, rng)
        states, *edges = groups.reshape(1 + n_inputs, n_states, size)
        shares, delays = np.zeros((n, n)), np.ones((n, n))

        def connect(source: Groups, target: Groups, share: float, delay_ms: float = 1.0) -> None:
            where = np.ix_(source, target)
            shares[where] = np.maximum(shares[where], share)
            delays[where] = np.maximum(delays[where], delay_ms)

        inhibiting = np.ones(n_e, dtype=bool)
        inhibiting[states] = self.states_inhibit
        for s, state in enumerate(states):
            connect(state, state, self.within_state)
            for k, target in enumerate(table.next_state[:, s]):
                if target == s and not self.loops:
                    continue
                edge = edges[k][s]
                inhibiting[edge] = True
                connect(edge, edge, self.within_edge)
                connect(state, edge, self.to_edge)
                connect(edge, states[target], self.onward, self.onward_delay_ms)
        np.fill_diagonal(shares, 0.0)
        weights = self.weight_pA / size * shares
        weights[:n_e, n_e:] = self.to_inhibition_pA / size * inhibiting[:, None]
        weights[n_e:, :n_e] = -self.from_inhibition_pA / (n - n_e)
        weights *= np.maximum(0.0, 1 + weight_cv * rng.standard_normal((n, n)))
        channels = np.zeros((n_inputs + 1 + (self.recall_pA is not None), n))
        for k in range(n_inputs):
            channels[k, edges[k]] = self.from_input_pA
        channels[n_inputs, states[0]] = self.start_pA
        if self.recall_pA is not None:
            channels[n_inputs + 1, states] = self.recall_pA
        spread = self.threshold_spread_mV
        reservoir = Reservoir(
            model=LIF_EI,
            parameters={
                **{name: np.where(excitatory, *values) for name, values in self.neurons.items()},
                "v_threshold_mV": rng.uniform(-60 - spread, -60 + spread, n),
            },
            excitatory=excitatory,
            positions=np.zeros((n, 2)),
            keys=np.arange(n, dtype=np.uint64),
            wiring=MatrixWiring(weights, delays),
            inputs=MatrixInputs(channels),
            short_term=self.short_term,
        )
        return reservoir, states


def _sample_groups(n_groups: int, size: int, n: int, rng: Generator) -> Groups:
    """Random groups (groups, size), in which all neurons are about equally often."""
    used = np.zeros(n, dtype=np.int64)
    groups = []
    for _ in range(n_groups):
        group = np.lexsort((rng.random(n), used))[:size]
        used[group] += 1
        groups.append(group)
    return np.array(groups)


#: A state's neurons fire until an edge wins, and an edge's as long as its input is there. Shares
#: are thirds: two bits. Sought on machines of seeds that no page reports.
PERSISTENT = Form(
    weight_pA=403.2,
    within_state=1.0,
    within_edge=2 / 3,
    to_edge=1 / 3,
    onward=1.0,
    to_inhibition_pA=1696.0,
    from_inhibition_pA=1680.0,
    states_inhibit=True,
    loops=False,
    from_input_pA=31.3,
    start_pA=40.0,
    neurons={
        "tau_m_ms": (10.0, 10.0),
        "tau_syn_e_ms": (55.0, 5.0),
        "tau_syn_i_ms": (1.95, 1.95),
        "t_ref_ms": (7.0, 1.0),
        "i_background_pA": (0.0, 231.0),
    },
    threshold_spread_mV=0.5,  # alike neurons would fire together
    start=tuple(np.arange(0.0, 50.0, 2.0)),
    start_ms=150.0,
    input_ms=100.0,
    settled_ms=200.0,
    period_ms=250.0,
)

#: Nothing fires between inputs. The recall makes all states fire once; synapses from the state that
#: fired last are facilitated, so that its edge wins by some ms while the current of the input
#: rises. An edge fires once too, and its target some ten times, when the input is over. Short-term
#: plasticity as Mongillo, Barak & Tsodyks have it (2008, Science 319:1543).
PHASIC = Form(
    weight_pA=12800.0,
    to_edge=1 / 80,
    onward=1.0,
    onward_delay_ms=180.0,
    to_inhibition_pA=1600.0,
    from_inhibition_pA=3600.0,
    states_inhibit=False,
    loops=True,
    from_input_pA=9.7,
    start_pA=2000.0,
    recall_pA=408.0,
    neurons={
        "tau_m_ms": (10.0, 10.0),
        "tau_syn_e_ms": (55.0, 5.0),
        "tau_syn_i_ms": (13.0, 13.0),
        "t_ref_ms": (4.0, 1.0),
        "i_background_pA": (0.0, 180.0),
    },
    short_term=ShortTermPlasticity(
        utilisation=(0.2, 1.0, 1.0, 1.0),
        recovery_ms=(200.0, 0.0, 0.0, 0.0),
        facilitation_ms=(1500.0, 0.0, 0.0, 0.0),
    ),
    start=(0.0,),
    start_ms=500.0,
    input_ms=150.0,
    recall_ms=40.0,
    settled_ms=200.0,
    period_ms=1000.0,
)
