"""Tables of transitions: states, inputs, and which state follows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.base.reprs import short_repr

MOST_DRAWS = 1000


@short_repr
@dataclass(frozen=True)
class TransitionTable:
    """A state machine: in each state, each input leads to one state.

    Parameters
    ----------
    edges : iterable of (state, input, next state)
        Names, or anything else that can be hashed; kept as a tuple without repetitions. A machine
        starts in the first state. An input that changes nothing in a state leads to it.

    Raises
    ------
    ValueError
        Edges that aren't triples, or none; two targets or none for an input in a state; states
        that no walk from the first one reaches.

    Examples
    --------
    >>> table = TransitionTable(
    ...     [("red", "go", "green"), ("red", "stop", "red"),
    ...      ("green", "go", "green"), ("green", "stop", "red")]
    ... )
    >>> table.walk(["go", "go", "stop"])
    ['red', 'green', 'green', 'red']
    """

    edges: Iterable[Sequence[object]]

    def __post_init__(self) -> None:
        edges = tuple(dict.fromkeys(_triple(edge) for edge in self.edges))
        if not edges:
            raise ValueError("edges must hold at least one (state, input, next state), got none")
        object.__setattr__(self, "edges", edges)
        following: dict[tuple[object, object], object] = {}
        for state, name, target in edges:
            if following.setdefault((state, name), target) != target:
                raise ValueError(
                    f"edges have two targets for the input {name} in the state {state}: "
                    f"{following[state, name]} and {target}"
                )
        for state in self.states:
            for name in self.inputs:
                if following.get((state, name)) not in self.states:
                    raise ValueError(
                        f"edges: the input {name} must lead from the state {state} to one of "
                        f"{', '.join(map(str, self.states))}, got {following.get((state, name))}"
                    )
        if unreached := set(self.states) - _reached(edges):
            names = ", ".join(str(state) for state in self.states if state in unreached)
            raise ValueError(f"edges: no walk from {self.states[0]} reaches {names}")

    @classmethod
    def random(
        cls,
        n_states: int,
        n_inputs: int,
        *,
        random_state: int | np.random.Generator | None = None,
    ) -> TransitionTable:
        """A machine of numbered states and inputs, drawn until all states can be reached.

        Raises
        ------
        ValueError
            None of 1000 could: there are many states and one input.
        """
        positive_int(n_states, "n_states")
        positive_int(n_inputs, "n_inputs")
        rng = np.random.default_rng(random_state)
        for _ in range(MOST_DRAWS):
            drawn = rng.integers(0, n_states, (n_inputs, n_states))
            edges = [(s, k, int(drawn[k, s])) for s in range(n_states) for k in range(n_inputs)]
            if len(_reached(edges)) == n_states:
                return cls(edges)
        raise ValueError(
            f"n_inputs must be more for {n_states} states, got {n_inputs}: no walk reaches them all"
        )

    @classmethod
    def from_csv(cls, path: str | Path) -> TransitionTable:
        """Read the columns state, input and next of a CSV.

        Raises
        ------
        OSError, ValueError
            No such file or columns, or no machine.
        """
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if not rows or not {"state", "input", "next"} <= set(rows[0]):
            raise ValueError(f"{path} must have the columns state, input and next")
        try:
            return cls((row["state"], row["input"], row["next"]) for row in rows)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    @cached_property
    def states(self) -> tuple[object, ...]:
        """All states in the order in which edges leave them."""
        return tuple(dict.fromkeys(state for state, _, _ in self.edges))

    @cached_property
    def inputs(self) -> tuple[object, ...]:
        """All inputs in the order of the edges."""
        return tuple(dict.fromkeys(name for _, name, _ in self.edges))

    @cached_property
    def next_state(self) -> NDArray[np.int64]:
        """The number of the state that follows, (inputs, states)."""
        table = np.empty((len(self.inputs), len(self.states)), dtype=np.int64)
        for state, name, target in self.edges:
            table[self.inputs.index(name), self.states.index(state)] = self.states.index(target)
        table.flags.writeable = False
        return table

    def walk(self, inputs: Iterable[object]) -> list[object]:
        """The states before the first of the inputs and after each.

        Raises
        ------
        ValueError
            An input that the table doesn't have.
        """
        places = [0]
        for k in self.places(inputs):
            places.append(int(self.next_state[k, places[-1]]))
        return [self.states[place] for place in places]

    def places(self, inputs: Iterable[object]) -> list[int]:
        """The number of each of the inputs; ValueError for one that the table doesn't have."""
        names = list(inputs)
        for name in names:
            if name not in self.inputs:
                known = ", ".join(map(str, self.inputs))
                raise ValueError(f"inputs must be of {known}, got {name!r}")
        return [self.inputs.index(name) for name in names]

    def steps_right(self, inputs: Iterable[object], walk: Iterable[object]) -> float:
        """Share of the inputs that lead, in a walk, to the state that follows the one before.

        Parameters
        ----------
        inputs : iterable (inputs,)
        walk : iterable (inputs + 1,)
            States before the first input and after each.
        """
        edges, steps = set(self.edges), zip(inputs, pairwise(walk), strict=True)
        return float(np.mean([(state, name, after) in edges for name, (state, after) in steps]))


def _reached(edges: Sequence[tuple[object, object, object]]) -> set[object]:
    """States that can be reached from the first."""
    reached: set[object] = set()
    new = {edges[0][0]}
    while new:
        reached |= new
        new = {target for state, _, target in edges if state in new} - reached
    return reached


def _triple(edge: Sequence[object]) -> tuple[object, object, object]:
    if isinstance(edge, str) or not isinstance(edge, Sequence) or len(edge) != 3:
        raise ValueError(f"edges must be triples of state, input and next state, got {edge!r}")
    state, name, target = edge
    return state, name, target
