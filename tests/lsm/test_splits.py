"""Samples that are set apart: shares of classes, whole groups, and what can't be divided."""

import numpy as np
import pytest

from lsm.splits import draw_groups, draw_share, fitness_split

LABELS = np.repeat([0, 1], [20, 10])


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_share_of_every_class_is_drawn_of_the_samples_that_are_given():
    index = np.arange(1, 30, 2)
    rest, drawn = draw_share(LABELS, index, rng())
    assert sorted([*rest, *drawn]) == index.tolist()
    assert (np.diff(rest) > 0).all()
    assert np.bincount(LABELS[drawn]).tolist() == [3, 1]


def test_groups_are_drawn_by_name():
    rest, drawn = draw_groups(np.array(["a", "b", "c", "d", "b"]), rng())
    assert sorted([*rest, *drawn]) == ["a", "b", "c", "d"]
    assert len(drawn) == 1
    assert len(draw_groups(np.arange(10), rng())[1]) == 3


def test_samples_choose_by_class_or_by_group():
    train, fitness = fitness_split(LABELS, rng())
    assert np.bincount(LABELS[fitness]).tolist() == [6, 3]
    assert sorted([*train, *fitness]) == list(range(30))
    groups = np.arange(30) % 4
    train, fitness = fitness_split(LABELS, rng(), groups=groups)
    assert not {*groups[train]} & {*groups[fitness]}
    assert sorted([*train, *fitness]) == list(range(30))
    assert any(
        (fitness_split(LABELS, rng(k))[1] != fitness_split(LABELS, rng())[1]).any() for k in (1, 2)
    )


@pytest.mark.parametrize(
    ("labels", "groups", "message"),
    [
        (LABELS, np.zeros(30), "groups must be two at least, got one: 0"),
        (LABELS, [0, 1], r"groups must have shape \(30,\), one a sample; got \(2,\)"),
        ([0, 1], None, "y must leave two classes .* got 2 classes and 0 samples of 2"),
        (LABELS, LABELS, "y must leave two classes .* got 1 classes"),
    ],
)
def test_what_can_not_be_divided_is_refused(labels, groups, message):
    with pytest.raises(ValueError, match=message):
        fitness_split(labels, rng(), groups=groups)
