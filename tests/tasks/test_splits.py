"""Splits: whole units, equal shares, nothing lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tasks.splits import by_units, leave_out, stratified, thin

LABELS = hnp.arrays(np.int64, st.integers(10, 80), elements=st.integers(0, 3))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def together(division):
    return np.sort(np.concatenate(division))


def test_units_are_kept_whole_and_30_percent_of_the_others_judge_fitness(rng):
    units = np.arange(60) % 20
    division = train, fitness, test = by_units(units, np.arange(10), rng, what="takes")
    np.testing.assert_array_equal(together(division), np.arange(60))
    assert set(units[test]) == set(range(10))
    assert len(set(units[fitness])) == 3
    assert not set(units[fitness]) & set(units[train])


def test_two_units_must_be_left(rng):
    with pytest.raises(ValueError, match=r"two takes, .* the test set, 1, 2; 1 of 3 are left"):
        by_units(np.array([1, 2, 3, 3]), np.array([1, 2]), rng, what="takes")


def test_one_group_is_left_out_whatever_its_type(rng):
    groups = np.repeat([3, 11, 20], 4)
    for group in (11, "11"):
        train, fitness, test = leave_out(groups, group, rng, what="people")
        np.testing.assert_array_equal(test, np.arange(4, 8))
        assert len(train) == len(fitness) == 4
    with pytest.raises(ValueError, match="one of the people 3, 11, 20; got 4"):
        leave_out(groups, 4, rng, what="people")


@given(LABELS, st.integers(0, 99))
def test_classes_have_their_shares_in_each_part(labels, seed):
    division = _, fitness, test = stratified(labels, np.random.default_rng(seed))
    np.testing.assert_array_equal(together(division), np.arange(len(labels)))
    assert len(test) == len(labels) * 3 // 10
    assert len(fitness) == (len(labels) - len(test)) * 3 // 10
    for label in np.unique(labels):
        n, n_test, n_fitness = (np.sum(labels[p] == label) for p in (..., test, fitness))
        assert abs(n_test - 0.3 * n) < 1
        assert abs(n_fitness - 0.3 * (n - n_test)) < 1


@given(LABELS, st.integers(0, 99), st.data())
def test_a_given_test_set_is_taken_as_it_is(labels, seed, data):
    tested = data.draw(hnp.arrays(bool, len(labels)))
    rng = np.random.default_rng(seed)
    if tested.any() and (~tested).sum() >= 4:
        division = stratified(labels, rng, tested=tested)
        np.testing.assert_array_equal(together(division), np.arange(len(labels)))
        np.testing.assert_array_equal(division[2], np.flatnonzero(tested))
    else:
        with pytest.raises(ValueError, match="some samples to test and four others"):
            stratified(labels, rng, tested=tested)


def test_the_draw_is_random_within_a_class():
    labels = np.repeat([0, 1], 50)
    one, same, other = (stratified(labels, np.random.default_rng(s))[2] for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@given(LABELS, st.integers(1, 12))
def test_thinned_cells_have_at_most_so_many_samples(labels, most):
    parts = np.arange(len(labels)) % 2
    kept = thin(labels, parts, most)
    assert (np.diff(kept) > 0).all()
    for part in (0, 1):
        for label in np.unique(labels):
            there = np.sum((labels == label) & (parts == part))
            assert np.sum((labels[kept] == label) & (parts[kept] == part)) == min(there, most)


def test_thinning_spreads_evenly_and_may_do_nothing():
    labels = np.zeros(100, int)
    np.testing.assert_array_equal(thin(labels, labels, 4), [0, 33, 66, 99])
    np.testing.assert_array_equal(thin(labels, labels, None), np.arange(100))
    with pytest.raises(ValueError, match="samples_per_class must be at least 1, got 0"):
        thin(labels, labels, 0)
