"""Pictures of decisions in time."""

import numpy as np
import pytest

from lsm.estimators import EarlyReadouts
from lsm.plots import plot_decisions

EARLY = EarlyReadouts(
    every_ms=10.0,
    readouts=[None, None],
    temperatures=np.ones(2),
    accuracies=np.array([0.4, 0.6]),
    mean_times_ms=np.array([10.0, 19.0]),
    thresholds=np.array([0.5, 2.0, np.inf]),
    confidences=np.array([0.7, 0.95, 0.0]),
    policy_accuracies=np.array([0.65, 0.8, 0.82]),
    policy_times_ms=np.array([12.0, 22.0, 30.0]),
)


def test_accuracy_rises_with_the_time_that_confidence_takes(axes):
    assert plot_decisions(axes, EARLY, confidences=(0.7, 0.9, 0.99), color="k") is axes
    sure, at_once, *dots = axes.lines
    np.testing.assert_array_equal(sure.get_xydata(), [[12, 0.65], [22, 0.8], [30, 0.82]])
    np.testing.assert_array_equal(at_once.get_xydata(), [[10, 0.4], [19, 0.6], [30, 0.82]])
    # A confidence that was never reached waits for the end.
    assert [tuple(dot.get_xydata()[0]) for dot in dots] == [(12, 0.65), (22, 0.8), (30, 0.82)]
    assert [text.get_text() for text in axes.texts] == ["0.7", "0.9", "0.99"]
    axes.figure.draw_without_rendering()


def test_a_confidence_is_no_percentage(axes):
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1, got 95"):
        plot_decisions(axes, EARLY, confidences=(95,))
