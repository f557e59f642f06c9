"""Machine: a walk on a finite-state machine, whose inputs are symbols. In which state is it?"""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.learning import Targets
from tasks.base import RandomState, Task, TaskKind, refuse_data, refuse_too_large, streams
from tasks.cues import BURST_MS, Timing, cue_task

GAP_MS = 50
#: Machines that are drawn before it is given up.
_TRIES = 1000
#: States, and inputs, of a machine at most.
_MOST = 100

Table = NDArray[np.int64]


def machine(
    random_state: RandomState = None,
    data: None = None,
    *,
    n_states: int,
    n_symbols: int = 2,
    length: int = 8,
    samples_per_class: int = 500,
) -> Task:
    """Machine4, Machine8: symbols drive a machine of so many states; where does it end?

    Each symbol permutes the states, and no two symbols do so in any order, so that it isn't enough
    to count them. The machine is a template: another seed draws another one. Walks begin in state
    0. A symbol is a burst of 50 ms on its ten channels, and 50 ms of silence follow; then the
    recall, 50 ms.

    `Task.targets` names the state that has been reached, in the silence behind each symbol and in
    the recall; the label is the last one.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    n_states : int
        3 to 100.
    n_symbols : int
        Inputs of the machine, 2 or more; few enough that no two need to commute.
    length : int
        Symbols of a walk.
    samples_per_class : int
        Walks that end in each state.

    Raises
    ------
    TypeError, ValueError
        An argument is not as described, or walks are too short to end in each state about equally
        often.
    """
    n, each = (
        positive_int(n_states, "n_states"),
        positive_int(samples_per_class, "samples_per_class"),
    )
    n_symbols, length = positive_int(n_symbols, "n_symbols"), positive_int(length, "length")
    if n < 3:
        raise ValueError(f"n_states must be at least 3, for symbols whose order matters; got {n}")
    if n_symbols < 2:
        raise ValueError(f"n_symbols must be at least 2, to have an order; got {n_symbols}")
    for option, value in (("n_states", n), ("n_symbols", n_symbols)):
        if value > _MOST:
            raise ValueError(f"{option} must be at most {_MOST}, got {value}")
    period = BURST_MS + GAP_MS
    recall = length * period
    refuse_too_large(n * each, (n_symbols + 2) * (recall + BURST_MS))
    name = f"Machine{n}"
    refuse_data(name, data)
    templates, rng, division = streams(random_state)
    table = sample_machine(n, n_symbols, length, templates)
    symbols, states = _walks(table, length, each, rng)
    timing = Timing(period * np.arange(length), BURST_MS, recall, recall + BURST_MS)
    # A symbol's state is the one behind it, and that of the recall the last.
    step = np.arange(timing.n_steps)
    answering = (step >= recall) | (step % period >= BURST_MS)
    values = np.where(answering, states[:, np.minimum(step // period, length - 1)], -1)
    return cue_task(
        symbols,
        states[:, -1],
        timing,
        n_symbols=n_symbols,
        rng=rng,
        division=division,
        targets=Targets(values),
        name=name,
        description=f"walks of {length} symbols on a machine of {n} states with {n_symbols} inputs",
        source="this project",
    )


def sample_machine(n_states: int, n_symbols: int, length: int, rng: Generator) -> Table:
    """The state that follows each state, by symbol: shape (symbols, states).

    Each row is a permutation, no two rows commute, and walks of this length from state 0, of
    equally probable symbols, end in each state at least half as often as in the others on average.

    Raises
    ------
    ValueError
        Where there seems to be no such machine.
    """
    for _ in range(_TRIES):
        table = rng.permuted(np.tile(np.arange(n_states), (n_symbols, 1)), axis=1)
        if any((a[b] == b[a]).all() for a, b in combinations(table, 2)):
            continue
        transition = np.zeros((n_states, n_states))
        np.add.at(transition, (np.arange(n_states), table), 1 / n_symbols)
        if np.linalg.matrix_power(transition, length)[0].min() >= 1 / (2 * n_states):
            return table
    raise ValueError(
        f"length must be enough to end in each of {n_states} states about equally often, and "
        f"n_symbols few enough that no two commute; got {length} and {n_symbols}"
    )


def walk(table: Table, symbols: NDArray[np.int64]) -> NDArray[np.int64]:
    """The state after each symbol, from state 0, (samples, symbols)."""
    states = np.empty_like(symbols)
    state = np.zeros(len(symbols), np.int64)
    for k, symbol in enumerate(symbols.T):
        state = states[:, k] = table[symbol, state]
    return states


def _walks(
    table: Table, length: int, each: int, rng: Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Symbols and states of as many walks to each state, in any order."""
    n_symbols, n_states = table.shape
    # Four times the walks that are wanted on average, for the rarest end.
    symbols = rng.integers(0, n_symbols, (n_states * (4 * each + 50), length))
    states = walk(table, symbols)
    of_each_end = [np.flatnonzero(states[:, -1] == end)[:each] for end in range(n_states)]
    indices = rng.permutation(np.concatenate(of_each_end))
    return symbols[indices], states[indices]


MACHINE4 = TaskKind(partial(machine, n_states=4))
MACHINE8 = TaskKind(partial(machine, n_states=8))
