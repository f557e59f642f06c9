"""Labels as a regression's targets."""

import numpy as np
import pytest

from readouts.labels import LabelTargets, classes_to_come


def test_targets_are_of_sorted_classes():
    targets = LabelTargets.of(np.array(["b", "a", "c", "b"]))
    assert targets.classes.tolist() == ["a", "b", "c"]
    assert targets.codes.tolist() == [1, 0, 2, 1]
    assert targets.indicators[0].tolist() == [-1, 1, -1]
    assert targets.class_weight(None).tolist() == [1, 2, 1]
    assert targets.class_weight(np.array([0.5, 2.0, 0.0, 1.0])).tolist() == [2, 1.5, 0]


def test_labels_of_a_batch_may_lack_classes_but_have_no_others():
    classes = np.array([2, 4, 6])
    targets = LabelTargets.among(classes, np.array([6, 2]))
    assert targets.indicators.tolist() == [[-1, -1, 1], [1, -1, -1]]
    with pytest.raises(ValueError, match=r"label\(s\) \[5\] in y do not exist"):
        LabelTargets.among(classes, np.array([5, 6]))


def test_classes_are_passed_first_and_stay():
    classes = classes_to_come([3, 1], None)
    assert classes.tolist() == [1, 3]
    assert classes_to_come(None, classes) is classes
    for call, earlier, message in [
        (None, None, "on the first call"),
        ([1, 2, 3], classes, "not the same as on last call"),
        ([1, 1], None, "at least two classes"),
    ]:
        with pytest.raises(ValueError, match=message):
            classes_to_come(call, earlier)
