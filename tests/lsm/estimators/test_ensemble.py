"""An ensemble: members with other liquids, whose probabilities or states are combined."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm import (
    DistanceWiring,
    LiquidTransformer,
    LSMClassifier,
    NoWiring,
    RandomLiquid,
    Reservoir,
)
from lsm.estimators.ensemble import LSMEnsemble
from readouts import RidgeReadout
from tests.lsm.estimators.data import pitches, ramps

pytestmark = pytest.mark.usefixtures("cache")

BASE = LSMClassifier(20)


@parametrize_with_checks(
    [
        LSMEnsemble(BASE, n_liquids=2, random_state=0),
        LSMEnsemble(BASE, n_liquids=1, combine="states", random_state=0),
    ]
)
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


def test_one_readout_sees_the_states_of_all_members():
    X, y = pitches(40)
    new, _ = pitches(20, seed=1)
    ensemble = LSMEnsemble(BASE, n_liquids=3, combine="states", random_state=0).fit(X, y)
    by_hand = [
        LiquidTransformer(20, random_state=member.random_state).fit(X)
        for member in ensemble.estimators_
    ]
    states, new_states = (
        np.hstack([liquid.transform(spikes) for liquid in by_hand]) for spikes in (X, new)
    )
    readout = RidgeReadout().fit(states, y)
    assert ensemble.readout_.n_features_in_ == 3 * 3 * 20
    np.testing.assert_array_equal(ensemble.predict(new), readout.predict(new_states))
    np.testing.assert_allclose(ensemble.predict_proba(new), readout.predict_proba(new_states))
    # The members are those whose probabilities would be averaged.
    apart = LSMEnsemble(BASE, n_liquids=3, random_state=0).fit(X, y)
    for member, other in zip(ensemble.estimators_, apart.estimators_, strict=True):
        assert member.reservoir_ == other.reservoir_


@pytest.mark.parametrize("combine", ["probabilities", "states"])
def test_members_can_differ_and_are_taken_in_turn(combine):
    X, y = pitches(30)
    short, alone = (
        LSMClassifier(RandomLiquid(20, wiring=wiring))
        for wiring in (DistanceWiring(longest=2.0), NoWiring())
    )
    ensemble = LSMEnsemble([short, alone], combine=combine, random_state=0).fit(X, y)
    wirings = [type(member.reservoir_.wiring) for member in ensemble.estimators_]
    assert wirings == [DistanceWiring, NoWiring]
    more = clone(ensemble).set_params(n_liquids=3).fit(X, y)
    assert [type(member.reservoir_.wiring) for member in more.estimators_] == [
        *wirings,
        DistanceWiring,
    ]
    keys = [member.reservoir_.keys for member in more.estimators_]
    assert not np.array_equal(keys[0], keys[2])
    assert ensemble.score(X, y) > 0.8


def test_combined_states_need_no_probabilities():
    X, y = pitches(30)
    base = LSMClassifier(20, readout="perceptron")
    ensemble = LSMEnsemble(base, n_liquids=2, combine="states", random_state=0).fit(X, y)
    assert ensemble.score(X, y) > 0.8
    assert not hasattr(ensemble, "predict_proba")
    assert ensemble.set_params(combine="probabilities", estimator=BASE).fit(X, y).predict_proba(X)[
        0
    ].sum() == pytest.approx(1)


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
        ({"combine": "counts"}, ValueError, "combine must be 'probabilities' or 'states', got"),
        ({"estimator": []}, ValueError, "a list of one or more; got none"),
        ({"estimator": [BASE, 3]}, TypeError, "an LSMClassifier, or a list of them; got 3"),
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
