"""Targets at each step: what they are, and what they refuse."""

import numpy as np
import pytest

from tasks.step_targets import StepTargets


def test_labels_hold_at_each_step_and_take_no_memory():
    labels, counted = np.array([0, 2, 1]), np.arange(5) >= 3
    targets = StepTargets.of_labels(labels, counted)
    assert targets.are_classes
    np.testing.assert_array_equal(targets.values, np.repeat(labels, 5).reshape(3, 5))
    assert targets.values.strides[1] == 0
    assert str(targets) == "a class at 2 of 5 steps of 1 ms"


def test_lists_will_do():
    targets = StepTargets([[-1, 2], [-1, 0]], [False, True])
    np.testing.assert_array_equal(targets.values, [[-1, 2], [-1, 0]])


def test_targets_of_some_samples():
    targets = StepTargets(np.arange(24.0).reshape(3, 4, 2), np.ones(4, bool), 2.0)
    assert len(targets) == 3
    for some in (targets[1:], targets[[1, 2]], targets[np.array([False, True, True])]):
        np.testing.assert_array_equal(some.values, targets.values[1:])
        assert (some.step_ms, some.are_classes) == (2.0, False)
    assert str(targets) == "2 values at 4 of 4 steps of 2 ms"


@pytest.mark.parametrize(
    ("values", "counted", "message"),
    [
        (np.zeros((3, 4)), np.ones(4, bool), r"values must be floats .* float64 of shape \(3, 4\)"),
        (np.zeros((3, 4, 1), int), np.ones(4, bool), r"classes \(samples, steps\), got int64"),
        (np.full((3, 4, 1), np.nan), np.ones(4, bool), "values must be finite"),
        (
            np.zeros((3, 4, 1)),
            np.ones(3, bool),
            r"bool of shape \(4,\), .* got bool of shape \(3,\)",
        ),
        (np.zeros((3, 4, 1)), np.ones(4), "got float64"),
        ("targets", np.ones(4, bool), "values must be floats"),
        (np.full((3, 4), -1), np.ones(4, bool), "classes from 0 on at steps that count"),
        (np.zeros((3, 4, 1)), np.zeros(4, bool), "must have a step that counts, got none"),
    ],
)
def test_other_shapes_are_refused(values, counted, message):
    with pytest.raises(ValueError, match=message):
        StepTargets(values, counted)
    with pytest.raises(ValueError, match="step_ms must be finite and above 0"):
        StepTargets(np.zeros((3, 4, 1)), np.ones(4, bool), 0.0)
