"""An ensemble: members with other liquids, whose probabilities are averaged."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm import LSMClassifier, Reservoir
from lsm.estimators.ensemble import LSMEnsemble
from tests.lsm.estimators.data import pitches, ramps

pytestmark = pytest.mark.usefixtures("cache")

BASE = LSMClassifier(20)


@parametrize_with_checks([LSMEnsemble(BASE, n_liquids=2, random_state=0)])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_probabilities_are_the_mean_of_members_fitted_by_hand():
    X, y = pitches(40)
    new, _ = pitches(20, seed=1)
    ensemble = LSMEnsemble(BASE, n_liquids=3, random_state=0).fit(X, y)
    by_hand = [
        clone(BASE).set_params(random_state=member.random_state).fit(X, y)
        for member in ensemble.estimators_
    ]
    mean = np.mean([member.predict_proba(new) for member in by_hand], axis=0)
    np.testing.assert_array_equal(ensemble.predict_proba(new), mean)
    np.testing.assert_array_equal(ensemble.predict(new), ensemble.classes_[mean.argmax(axis=1)])
    assert len({str(member.reservoir_.keys) for member in ensemble.estimators_}) == 3


def test_one_liquid_is_its_only_member():
    X, y = pitches(30)
    ensemble = LSMEnsemble(BASE, n_liquids=1, random_state=0).fit(X, y)
    np.testing.assert_array_equal(
        ensemble.predict_proba(X), ensemble.estimators_[0].predict_proba(X)
    )


def test_it_learns_signals_as_its_members_do():
    X, y = ramps(40)
    assert cross_val_score(LSMEnsemble(BASE, random_state=0), X, y, cv=2).mean() > 0.8


def test_the_seed_decides():
    X, y = pitches(30)
    first, again, other = (
        LSMEnsemble(BASE, n_liquids=2, random_state=seed).fit(X, y).predict_proba(X)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_liquids": 0}, ValueError, "n_liquids must be at least 1, got 0"),
        ({"n_liquids": 2.5}, TypeError, "n_liquids must be an integer, got 2.5"),
        (
            {"estimator": LSMClassifier(readout="perceptron")},
            TypeError,
            "estimator must have predict_proba",
        ),
        (
            {"estimator": LSMClassifier(Reservoir.random(20, random_state=0))},
            ValueError,
            "estimator must draw its liquid",
        ),
    ],
)
def test_bad_parameters_are_refused(parameters, error, message, no_simulation):
    X, y = pitches(10)
    with pytest.raises(error, match=message):
        LSMEnsemble(**parameters).fit(X, y)
