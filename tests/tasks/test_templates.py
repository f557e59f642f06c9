"""Templates and jitter."""

import numpy as np
import pytest

from tasks.templates import distinct_times, jitter, jitter_to_free, spike_trains


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_distinct_times_are_sorted_and_in_range(rng):
    times = distinct_times((50, 8), 7, 5, 94, rng)
    assert times.shape == (50, 8, 7)
    assert (np.diff(times) > 0).all()
    assert set(times.ravel()) == set(range(5, 95))


def test_jitter_is_the_integer_part_of_a_normal_deviate(rng):
    moves = jitter(np.zeros(20000), 5.0, rng)
    assert (moves == np.round(moves)).all()
    # Truncation keeps P(|N(0, 5)| < 1) = 0.159 in place; rounding would keep 0.080.
    assert np.mean(moves == 0) == pytest.approx(0.159, abs=0.01)
    assert np.mean(moves) == pytest.approx(0, abs=0.15)


def test_jitter_to_free_keeps_inside_and_apart(rng):
    # Crowded, so that many moves must be redrawn: 7 spikes share one time next to the end.
    moved = jitter_to_free(np.full((40, 2, 7), 9.0), 3.0, 10.0, rng)
    assert moved.shape == (40, 2, 7)
    assert set(moved.ravel()) == set(range(1, 10))
    assert (np.diff(np.sort(moved)) > 0).all()


def test_jitter_to_free_is_jitter_where_there_is_room(rng):
    moves = jitter_to_free(np.full((20000, 1), 500.0), 5.0, 1000.0, rng) - 500
    assert np.mean(moves == 0) == pytest.approx(0.159, abs=0.01)
    assert np.std(moves) == pytest.approx(np.std(np.trunc(rng.normal(0, 5, 20000))), rel=0.03)


def test_spike_trains_leave_out_nan():
    times = np.array([[[1, 3, np.nan], [np.nan] * 3], [[np.nan] * 3, [5, 5, 2]]])
    spikes = spike_trains(times, duration_ms=6)
    assert [[train.tolist() for train in sample] for sample in spikes.to_lists()] == [
        [[1, 3], []],
        [[], [2, 5, 5]],
    ]
