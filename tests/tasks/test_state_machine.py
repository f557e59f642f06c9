"""Walks on a finite-state machine: states by a slow reference, and machines whose order matters."""

import numpy as np
import pytest

from tasks import make_task
from tasks.base import streams
from tasks.state_machine import sample_machine, walk
from tests.tasks.test_cues import shown


def test_targets_are_the_states_of_the_machine():
    task = make_task("Machine4", random_state=3, samples_per_class=20, length=6)
    table = sample_machine(4, 2, 6, streams(3)[0])
    symbols = shown(task.spikes, 100 * np.arange(6), 50)
    for sample, given in enumerate(symbols):
        state = 0
        for k, symbol in enumerate(given):
            state = table[symbol, state]
            assert set(task.targets.values[sample, 100 * k : 100 * k + 50]) == {-1}
            assert set(task.targets.values[sample, 100 * k + 50 : 100 * k + 100]) == {state}
        assert task.labels[sample] == state
        assert set(task.targets.values[sample, 600:]) == {state}


@pytest.mark.parametrize(("n_states", "n_symbols"), [(4, 2), (8, 2), (8, 4)])
def test_order_matters_and_all_states_are_reached(n_states, n_symbols):
    rng = np.random.default_rng(0)
    table = sample_machine(n_states, n_symbols, 8, rng)
    np.testing.assert_array_equal(
        np.sort(table, axis=1), np.tile(np.arange(n_states), (n_symbols, 1))
    )
    assert (table[0][table[1]] != table[1][table[0]]).any()
    ends = walk(table, rng.integers(0, n_symbols, (4000, 8)))[:, -1]
    assert np.bincount(ends, minlength=n_states).min() > 0.4 * 4000 / n_states


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_states": 2}, "n_states must be at least 3, .* got 2"),
        ({"n_symbols": 1}, "n_symbols must be at least 2"),
        ({"length": 1}, "length must be enough to end in each of 4 states"),
        # All six permutations of three states, of which the identity commutes with any.
        ({"n_states": 3, "n_symbols": 6}, "n_symbols few enough that no two commute; got 8 and 6"),
        ({"n_states": 300}, "n_states must be at most 100, got 300"),
        ({"n_symbols": 10**7}, "n_symbols must be at most 100, got 10000000"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(ValueError, match=message):
        make_task("Machine4", **options)
