"""Features less the mean of whom they come from."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from lsm import GroupCentring

RNG = np.random.default_rng(0)
EARLIER, WHOSE = RNG.normal(size=(30, 4)), np.repeat(["ada", "bob", "cy"], 10)


def test_each_groups_own_mean_is_taken_away():
    centring = GroupCentring().fit(EARLIER, WHOSE)
    for name in ("ada", "bob", "cy"):
        mean = EARLIER[name == WHOSE].mean(axis=0)
        np.testing.assert_allclose(centring.transform([mean + 1], [name]), np.ones((1, 4)))


def test_no_sample_changes_another_and_their_order_does_not_matter():
    later, whose = RNG.normal(size=(6, 4)), np.array(["cy", "ada", "cy", "bob", "ada", "cy"])
    shuffled = RNG.permutation(30)
    centring = GroupCentring().fit(EARLIER[shuffled], WHOSE[shuffled])
    together = centring.transform(later, whose)
    alone = [centring.transform(later[[i]], whose[[i]])[0] for i in range(6)]
    np.testing.assert_array_equal(together, alone)


def test_what_differs_between_groups_alone_is_gone():
    offsets = {"ada": 3.0, "bob": -5.0, "cy": 0.5}
    shifted = EARLIER + np.array([offsets[name] for name in WHOSE])[:, np.newaxis]
    of_shifted = GroupCentring().fit(shifted, WHOSE).transform(shifted, WHOSE)
    np.testing.assert_allclose(
        of_shifted, GroupCentring().fit(EARLIER, WHOSE).transform(EARLIER, WHOSE)
    )


@pytest.mark.parametrize(
    ("X", "groups", "message"),
    [
        (EARLIER[:2], ["ada", "eve"], "some of those that were fitted, ada, bob, cy; got eve"),
        (EARLIER[:2, :3], ["ada", "bob"], "X has 3 features, but GroupCentring is expecting 4"),
        (EARLIER[:2], ["ada"], "inconsistent numbers of samples"),
        (np.full((1, 4), np.nan), ["ada"], "contains NaN"),
    ],
)
def test_other_groups_and_features_are_refused(X, groups, message):
    with pytest.raises(ValueError, match=message):
        GroupCentring().fit(EARLIER, WHOSE).transform(X, groups)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (None, r"groups must have the shape \(samples,\), got \(\)"),
        ([["ada"]] * 30, r"groups must have the shape \(samples,\), got \(30, 1\)"),
        ([np.nan] * 30, "none missing; got float"),
        (np.array([None, *WHOSE[1:]], dtype=object), "of one kind, and none missing; got NoneType"),
        (pd.Series([pd.NA, *WHOSE[1:]], dtype="string"), "none missing; got NAType, str"),
    ],
)
def test_groups_that_are_missing_are_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        GroupCentring().fit(EARLIER, groups)


def test_of_many_groups_an_error_names_some():
    centring = GroupCentring().fit(EARLIER, np.arange(30))
    with pytest.raises(ValueError, match=r"fitted, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\.; got 99"):
        centring.transform(EARLIER[:1], [99])


def test_nothing_is_taken_away_before_means_are_known():
    with pytest.raises(NotFittedError):
        GroupCentring().transform(EARLIER, WHOSE)
