"""Copying: each symbol once, and the same again behind a delay."""

import numpy as np
import pytest

from tasks import make_task
from tests.tasks.test_cues import rates, shown


def test_targets_are_the_symbols_in_their_order():
    task = make_task("Copy4", random_state=0, samples_per_class=20, delay_ms=200)
    symbols = shown(task.spikes, 50 * np.arange(4), 50)
    np.testing.assert_array_equal(np.sort(symbols, axis=1), np.tile(np.arange(4), (80, 1)))
    np.testing.assert_array_equal(task.labels, symbols[:, 0])
    np.testing.assert_array_equal(task.targets.values >= 0, np.tile(np.arange(600) >= 400, (80, 1)))
    recalled = task.targets.values[:, 400:].reshape(80, 4, 50)
    np.testing.assert_array_equal(recalled, np.repeat(symbols[:, :, np.newaxis], 50, axis=2))
    assert not rates(task.spikes, 200, 400)[:5].any()


def test_all_orders_are_as_likely():
    task = make_task("Copy4", random_state=0, samples_per_class=400, n_symbols=3)
    assert task.name == "Copy3"
    orders = task.targets.values[:, -150::50]
    frequency = np.unique(orders, axis=0, return_counts=True)[1] / len(orders)
    np.testing.assert_allclose(frequency, np.full(6, 1 / 6), atol=0.04)


def test_one_symbol_has_no_order():
    with pytest.raises(ValueError, match="n_symbols must be at least 2, to have an order; got 1"):
        make_task("Copy4", n_symbols=1)
