"""Intervals and verdicts of numbers by seed, against Student's t by hand."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from lsm.metrics.statistics import (
    CONTRADICTED,
    SUPPORTED,
    UNDECIDED,
    column_means,
    effect,
    factorial_effects,
    interval,
    mean_and_interval,
    within,
)

#: Half of the 95 % interval of 1, 2, 3: the quantile of t at 2 degrees of freedom.
HALF = 4.302652729749464 / np.sqrt(3)


def test_an_interval_is_that_of_a_t_test():
    values = np.random.default_rng(0).normal(3, 2, 12)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    np.testing.assert_allclose(interval(values), expected)
    assert interval(np.full(4, 0.5)) == [0.5, 0.5]


def test_a_mean_has_an_interval_from_three_runs_on():
    assert mean_and_interval(np.array([1.0, 2.0])) == {"mean": 1.5, "interval": None}
    spread = mean_and_interval(np.array([1.0, 2.0, 3.0]))
    assert spread == {"mean": 2.0, "interval": pytest.approx([2 - HALF, 2 + HALF])}


def test_an_effect_has_a_t_interval_and_its_size():
    measured = effect([1.0, 2.0, 3.0, np.nan])
    assert (measured.mean, measured.n, measured.d) == (2, 3, 2)
    assert measured.interval == pytest.approx([2 - HALF, 2 + HALF])
    assert effect([1.0, 2.0]).verdict == UNDECIDED
    assert effect([np.nan]).plain() == {
        **dict.fromkeys(("mean", "interval", "d")),
        "n": 0,
        "verdict": UNDECIDED,
    }


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1.0, 1.1, 1.2], SUPPORTED),
        ([-1.0, -1.1, -1.2], CONTRADICTED),
        ([-1.0, 1.0, 1.5], UNDECIDED),
        ([2.0, 2.0, 2.0], SUPPORTED),
        ([0.0, 0.0, 0.0], UNDECIDED),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_a_side(values, verdict):
    assert effect(values).verdict == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([0.98, 1.0, 1.02], SUPPORTED),
        ([0.5, 0.51, 0.52], CONTRADICTED),
        ([1.5, 1.51, 1.52], CONTRADICTED),
        ([0.8, 0.9, 1.1], UNDECIDED),
        ([1.0, 1.0], UNDECIDED),
    ],
)
def test_within_needs_the_whole_interval(values, verdict):
    assert within(values, 0.9, 1.1).verdict == verdict


def test_column_means_leave_out_what_is_missing():
    values = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]])
    np.testing.assert_array_equal(column_means(values), [2.0, 5.0, np.nan])


def test_a_single_value_has_no_interval():
    with pytest.raises(ValueError, match="values must be at least two, got 1"):
        interval(np.array([1.0]))


CELLS = list(product((False, True), repeat=4))
FACTORS = ("a", "b", "c", "d")


def test_effects_are_what_scores_are_made_of():
    codes = 2.0 * np.array(CELLS) - 1
    base = np.array([[0.5], [0.7]])  # of two repeats, which have no part in effects
    scores = base + 0.05 * codes[:, 1] - 0.02 * codes[:, 0] * codes[:, 2]
    effects = factorial_effects(scores, CELLS, names=FACTORS)
    assert list(effects) == [*FACTORS, "a x b", "a x c", "a x d", "b x c", "b x d", "c x d"]
    expected = {"b": 0.1, "a x c": -0.04}
    for name, values in effects.items():
        np.testing.assert_allclose(values, expected.get(name, 0.0), atol=1e-12)


def test_a_main_effect_is_the_difference_of_the_means_of_both_halves():
    scores = np.random.default_rng(0).random((1, len(CELLS)))
    on = np.array(CELLS)[:, 3]
    effects = factorial_effects(scores, CELLS, names=FACTORS)
    assert effects["d"][0] == pytest.approx(scores[0, on].mean() - scores[0, ~on].mean())


@pytest.mark.parametrize(
    ("scores", "cells", "message"),
    [
        (np.ones(16), CELLS, r"shapes \(repeats, cells\) and \(cells, factors\), .* got \(16,\)"),
        (np.ones((2, 15)), CELLS, r"with 4 factors, got \(2, 15\) and \(16, 4\)"),
        (np.ones((2, 8)), CELLS[:8], "cells must tell a, b, .* apart, got 8 cells with"),
    ],
)
def test_designs_that_tell_nothing_apart_are_refused(scores, cells, message):
    with pytest.raises(ValueError, match=message):
        factorial_effects(scores, cells, names=FACTORS)
