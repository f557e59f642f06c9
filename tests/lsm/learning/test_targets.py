"""Targets of samples and of their steps: losses and errors, against plain loops."""

import numpy as np
import pytest
from scipy.special import logsumexp, softmax

from lsm.learning import Targets
from lsm.learning.pretraining import standardised

N_STEPS = np.array([9, 7, 9])
RNG = np.random.default_rng(0)
OUTPUTS = RNG.normal(size=(9, 3, 4))
CLASSES = RNG.integers(-1, 4, (3, 9))


def test_losses_and_errors_of_a_class_at_each_step():
    compared = Targets(CLASSES).compare(OUTPUTS, N_STEPS, 1.0)
    for k, labels in enumerate(CLASSES):
        asked = [t for t in range(N_STEPS[k]) if labels[t] >= 0]
        losses = [logsumexp(OUTPUTS[t, k]) - OUTPUTS[t, k, labels[t]] for t in asked]
        wrong = [OUTPUTS[t, k].argmax() != labels[t] for t in asked]
        assert compared.losses[k] == pytest.approx(np.mean(losses))
        assert compared.wrong[k] == np.mean(wrong)
        assert compared.window_steps[k] == len(asked)
        for t in range(9):
            error = np.zeros(4)
            if t in asked:
                error = (softmax(OUTPUTS[t, k]) - np.eye(4)[labels[t]]) / len(asked)
            np.testing.assert_allclose(compared.errors[t, k], error)
    np.testing.assert_array_equal(compared.predicted, OUTPUTS.argmax(axis=2).T)


def test_a_class_that_stays_is_compared_as_the_class_of_the_sample():
    """Only what is wrong is another thing: of the mean output, or of each step."""
    labels = np.array([3, 0, 2])
    whole, steps = (
        Targets(values, window_ms=4.0).compare(OUTPUTS, N_STEPS, 1.0)
        for values in (labels, np.tile(labels[:, None], 9))
    )
    np.testing.assert_array_equal(whole.losses, steps.losses)
    np.testing.assert_array_equal(whole.errors, steps.errors)
    means = [OUTPUTS[n - 4 : n, k].mean(axis=0) for k, n in enumerate(N_STEPS)]
    np.testing.assert_array_equal(whole.predicted, np.argmax(means, axis=1))
    np.testing.assert_array_equal(whole.wrong, whole.predicted != labels)


def test_the_error_of_outputs_is_by_the_deviation_of_all_targets():
    values = RNG.normal(size=(3, 9, 4))
    values[:, ::2] = np.nan
    targets = Targets(values, "squared_error")
    compared = targets[:2].compare(OUTPUTS[:, :2], N_STEPS[:2], 1.0)
    squares = [
        np.mean([np.sum((OUTPUTS[t, k] - values[k, t]) ** 2) for t in range(1, N_STEPS[k], 2)])
        for k in range(2)
    ]
    np.testing.assert_allclose(compared.wrong, squares)
    variance = values[:, 1::2].var(axis=(0, 1)).sum()
    assert targets.error(compared.wrong) == pytest.approx(np.sqrt(np.mean(squares) / variance))


def test_targets_of_some_samples():
    targets = Targets(np.arange(24.0).reshape(3, 4, 2), "squared_error", 2.0)
    assert len(targets) == 3
    for some in (targets[1:], targets[[1, 2]], targets[np.array([False, True, True])]):
        np.testing.assert_array_equal(some.values, targets.values[1:])
        assert (some.loss, some.window_ms) == ("squared_error", 2.0)


def test_targets_say_what_they_are():
    assert str(Targets([0, 1])) == "a class"
    assert str(Targets([0, 1], window_ms=20)) == "a class in the last 20 ms"
    assert str(Targets([[-1, 1, 0]])) == "a class at 2 of 3 steps"
    assert str(Targets(np.zeros((1, 3, 2)), "squared_error")) == "2 values at 3 of 3 steps"


@pytest.mark.parametrize(
    ("values", "window_ms", "message"),
    [
        (CLASSES[:2], None, "targets must be 3, one a sample, got 2"),
        (CLASSES[:, :8], None, "targets must have 9 steps, as the longest sample, got 8"),
        (np.where(CLASSES == 1, 2, CLASSES), None, "targets: no sample is of class 1"),
        (np.where(np.arange(9) < 8, -1, [[0], [1], [2]]), None, "ask for nothing in sample 1"),
        (
            np.where(np.arange(9) < 3, [[0], [1], [2]], -1),
            4.0,
            "in sample 0, or its window",
        ),
    ],
)
def test_targets_that_do_not_fit_samples_are_refused(values, window_ms, message):
    with pytest.raises(ValueError, match=message):
        Targets(values, window_ms=window_ms).check(N_STEPS, 1.0)


def test_an_output_that_is_always_the_same_stays_so():
    """Rounding leaves a deviation of three times .1, by which nothing is to be divided."""
    y = np.column_stack([np.full(3, 0.1), [0.0, 3.0, np.nan]])
    standard, mean, deviation = standardised(y)
    np.testing.assert_allclose(standard[:, 0], 0, atol=1e-15)
    np.testing.assert_allclose((mean[0], deviation[0]), (0.1, 1.0))
    np.testing.assert_array_equal(standard[:, 1], [-1, 1, np.nan])


def test_an_error_by_no_deviation_is_infinite():
    assert Targets(np.zeros((2, 3, 1)), "squared_error").error(np.ones(2)) == np.inf
