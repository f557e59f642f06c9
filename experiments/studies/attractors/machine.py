"""A table of transitions as the wiring of spiking neurons.

A group of excitatory neurons stands for each state, and one for each edge, a transition by an
input; inhibition lets one group win. A state excites the edges that leave it, too little to fire.
An input excites all of its edges, which is too little as well; the edge that hears both wins, and
stays as long as the input does: what it has of itself and of the input is more than it gives its
target. When the input ends, the target wins. (The idea of edge states, at which an input that is
held stops, is Cotteret et al.'s, arXiv 2212.01196, for binary neurons; the wiring is our own.) All
weights between groups are 0, 1, 2 or 3 thirds, two bits, and no neuron has both signs.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from lsm import Reservoir, SpikeTrains
from lsm.neurons import LIF_EI
from lsm.topology import MatrixInputs, MatrixWiring

Table = NDArray[np.int64]

#: Neurons of a group, at most and at least; as many as there is room for without sharing.
MOST_GROUP, LEAST_GROUP = 5, 3
EXCITATORY = 0.8
#: Weights among groups, as shares of that within a state's: within an edge, from a state to its
#: edges, from an edge to its target. Sought on machines of seeds that are walked on nowhere else.
WITHIN_EDGE, TO_EDGE, ONWARD = 2 / 3, 1 / 3, 1.0
#: In pA, of a group of 16 neurons; a smaller one has larger weights.
WEIGHT_PA, FROM_INPUT_PA, START_PA = 25.2, 31.3, 40.0
TO_INHIBITION_PA, FROM_INHIBITION_PA = 106.0, 1680.0
NEURONS = {"tau_m_ms": 10.0, "tau_syn_i_ms": 1.95}
TAU_E_MS, TAU_TO_INHIBITION_MS = 55.0, 5.0
#: An input lasts so long, and as long as it takes to settle follows.
START_MS, ON_MS, OFF_MS, EVERY_MS = 150.0, 100.0, 150.0, 2.0
PERIOD_MS = ON_MS + OFF_MS


class Machine(NamedTuple):
    """A reservoir that is a machine.

    Attributes
    ----------
    table : int array (inputs, states)
        The state that follows.
    reservoir : Reservoir
        Its channels are the inputs, and one that starts in state 0.
    groups : int array (states, neurons of a group)
    """

    table: Table
    reservoir: Reservoir
    groups: NDArray[np.intp]


def sample_table(n_states: int, n_inputs: int, rng: Generator) -> Table:
    """A machine whose states all can be reached from state 0, (inputs, states)."""
    while True:
        table = rng.integers(0, n_states, (n_inputs, n_states))
        if len(_reached(table)) == n_states:
            return table


def read_table(path: Path) -> Table:
    """A machine from a CSV with the columns state, input, next; the first state is where it starts.

    Raises
    ------
    InputError
        No such file or columns, two targets or none for an input in a state, states that are never
        reached.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise InputError(f"--table {path} can't be read: {error.strerror}") from error
    if not rows or not {"state", "input", "next"} <= set(rows[0]):
        raise InputError(f"--table {path} must have the columns state, input and next")
    edges: dict[tuple[str, str], str] = {}
    for row in rows:
        key = row["state"], row["input"]
        if edges.setdefault(key, row["next"]) != row["next"]:
            raise InputError(
                f"--table {path} has two targets for the input {key[1]} in the state {key[0]}: "
                f"{edges[key]} and {row['next']}"
            )
    states, inputs = (list(dict.fromkeys(key[k] for key in edges)) for k in (0, 1))
    for state in states:
        for name in inputs:
            if edges.get((state, name)) not in states:
                raise InputError(
                    f"--table {path}: the input {name} must lead from the state {state} to one of "
                    f"{', '.join(states)}, got {edges.get((state, name))}"
                )
    table = np.array([[states.index(edges[s, i]) for s in states] for i in inputs])
    if unreached := set(range(len(states))) - _reached(table):
        names = ", ".join(states[k] for k in sorted(unreached))
        raise InputError(f"--table {path}: no walk from {states[0]} reaches {names}")
    return table


def _reached(table: Table) -> set[int]:
    """States that can be reached from state 0."""
    reached, new = {0}, {0}
    while new:
        new = {int(state) for state in table[:, sorted(new)].ravel()} - reached
        reached |= new
    return reached


def walk(table: Table, inputs: NDArray[np.int64]) -> list[int]:
    """States before the first input and behind each."""
    states = [0]
    for k in inputs:
        states.append(int(table[k, states[-1]]))
    return states


def wire(table: Table, n: int, rng: Generator, *, noise: float) -> Machine:
    """A machine in n neurons.

    Parameters
    ----------
    table : int array (inputs, states)
    n : int
    rng : Generator
    noise : float
        Deviation of each weight, as a share of it; none changes its sign.
    """
    n_inputs, n_states = table.shape
    excitatory = np.arange(n) < round(EXCITATORY * n)
    n_e = int(excitatory.sum())
    size = int(np.clip(n_e // (n_states * (1 + n_inputs)), LEAST_GROUP, MOST_GROUP))
    groups = _groups(n_states * (1 + n_inputs), size, n_e, rng).reshape(1 + n_inputs, n_states, -1)
    states, edges = groups[0], groups[1:]
    shares = np.zeros((n, n))

    def connect(source: NDArray[np.intp], target: NDArray[np.intp], share: float) -> None:
        where = np.ix_(source, target)
        shares[where] = np.maximum(shares[where], share)

    for s in range(n_states):
        connect(states[s], states[s], 1.0)
        for k in np.flatnonzero(table[:, s] != s):  # an input that changes nothing needs no edge
            connect(edges[k, s], edges[k, s], WITHIN_EDGE)
            connect(states[s], edges[k, s], TO_EDGE)
            connect(edges[k, s], states[table[k, s]], ONWARD)
    np.fill_diagonal(shares, 0.0)
    weights = WEIGHT_PA * 16 / size * shares
    weights[:n_e, n_e:] = TO_INHIBITION_PA * 16 / size
    weights[n_e:, :n_e] = -FROM_INHIBITION_PA / (n - n_e)
    weights *= np.maximum(0.0, 1 + noise * rng.standard_normal((n, n)))
    channels = np.zeros((n_inputs + 1, n))
    for k in range(n_inputs):
        channels[k, edges[k].ravel()] = FROM_INPUT_PA
    channels[n_inputs, states[0]] = START_PA
    reservoir = Reservoir(
        model=LIF_EI,
        parameters={
            **NEURONS,
            "tau_syn_e_ms": np.where(excitatory, TAU_E_MS, TAU_TO_INHIBITION_MS),
            "t_ref_ms": np.where(excitatory, 7.0, 1.0),
            "i_background_pA": np.where(excitatory, 0.0, 231.0),
            # Alike neurons would fire together.
            "v_threshold_mV": rng.uniform(-60.5, -59.5, n),
        },
        excitatory=excitatory,
        positions=np.zeros((n, 2)),
        keys=np.arange(n, dtype=np.uint64),
        wiring=MatrixWiring(weights),
        inputs=MatrixInputs(channels),
    )
    return Machine(table, reservoir, states)


def _groups(n_groups: int, size: int, n: int, rng: Generator) -> NDArray[np.intp]:
    """Random groups (groups, size), in which all neurons are about equally often."""
    used = np.zeros(n, dtype=np.int64)
    groups = []
    for _ in range(n_groups):
        group = np.lexsort((rng.random(n), used))[:size]
        used[group] += 1
        groups.append(group)
    return np.array(groups)


def walked(inputs: NDArray[np.int64], n_inputs: int) -> SpikeTrains:
    """The sample of a walk: a start, then each input for its time, and time to settle."""
    trains = [np.zeros(0)] * n_inputs + [np.arange(0.0, 50.0, EVERY_MS)]
    begins = START_MS + PERIOD_MS * np.arange(len(inputs))
    for k in range(n_inputs):
        on = begins[inputs == k, None] + np.arange(0.0, ON_MS, EVERY_MS)
        trains[k] = on.ravel()
    return SpikeTrains.from_lists([trains], duration_ms=START_MS + PERIOD_MS * len(inputs))
