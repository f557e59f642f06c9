"""Tables of transitions: what follows what, and what is no machine."""

import numpy as np
import pytest

from lsm.machines import TransitionTable

#: Input x goes round, input y back to the start.
ROUND = TransitionTable([tuple(edge) for edge in ("axb", "aya", "bxc", "bya", "cxa", "cya")])


def test_a_walk_follows_the_table():
    assert ROUND.states == ("a", "b", "c")
    assert ROUND.inputs == ("x", "y")
    assert ROUND.next_state.tolist() == [[1, 2, 0], [0, 0, 0]]
    assert ROUND.walk("xxyx") == ["a", "b", "c", "a", "b"]
    with pytest.raises(ValueError, match=r"inputs must be of x, y, got 'z'"):
        ROUND.walk("xz")


def test_an_edge_may_stand_twice():
    assert TransitionTable([*ROUND.edges, ("a", "x", "b")]) == ROUND


def test_steps_are_right_from_the_state_that_was_reached():
    assert ROUND.steps_right("xxy", ["a", "b", "b", "a"]) == pytest.approx(2 / 3)
    assert ROUND.steps_right("xx", ["a", None, None]) == 0


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([], r"edges must hold at least one \(state, input, next state\), got none"),
        (["axb"], "edges must be triples of state, input and next state, got 'axb'"),
        ([("a", "x")], r"edges must be triples of state, input and next state, got \('a', 'x'\)"),
        (
            [("a", "x", "b"), ("b", "x", "a"), ("a", "x", "a")],
            "two targets for the input x in the state a: b and a",
        ),
        ([("a", "x", "b"), ("b", "x", "b"), ("c", "x", "a")], "no walk from a reaches c"),
        (
            [("a", "x", "b"), ("b", "y", "a")],
            "the input y must lead from the state a to one of a, b, got None",
        ),
        ([("a", "x", "z")], "the input x must lead from the state a to one of a, got z"),
    ],
)
def test_what_is_no_machine_is_refused(edges, message):
    with pytest.raises(ValueError, match=message):
        TransitionTable(edges)


def test_all_states_of_a_drawn_machine_are_reached():
    table = TransitionTable.random(6, 2, random_state=1)
    assert table == TransitionTable.random(6, 2, random_state=1)
    reached = {0}
    for _ in range(6):
        reached |= set(table.next_state[:, sorted(reached)].ravel().tolist())
    assert reached == set(range(6))
    assert np.array_equal(table.states, range(6))
    with pytest.raises(ValueError, match="n_inputs must be more for 30 states, got 1"):
        TransitionTable.random(30, 1, random_state=0)


def test_a_csv_is_a_table(tmp_path):
    path = tmp_path / "machine.csv"
    path.write_text("state,input,next\n" + "".join(f"{','.join(edge)}\n" for edge in ROUND.edges))
    assert TransitionTable.from_csv(path) == ROUND
    path.write_text("state,input\n")
    with pytest.raises(ValueError, match="csv must have the columns state, input and next"):
        TransitionTable.from_csv(path)
