"""Liquids that pre-training has trained with y: what they hear, and what they are worth."""

from functools import partial

import numpy as np
import pytest
from sklearn.model_selection import KFold, cross_val_predict

from lsm import (
    LiquidTransformer,
    LSMClassifier,
    LSMRegressor,
    LSMSeriesRegressor,
    RandomLiquid,
    simulate,
)
from lsm.learning import Adam, Trainer, eprop
from tests.lsm.estimators.data import parity, pitches, ramps

SHORT = Trainer(optimizer=Adam(0.05), batch_size=10, iterations=3)
BRIEF = partial(eprop, trainer=SHORT)
X, Y = pitches(40)


def test_a_trained_liquid_tells_what_the_drawn_one_does_not():
    data, labels = parity(256, 0)
    new, new_labels = parity(200, 1)
    trainer = Trainer(optimizer=Adam(0.05), batch_size=32, iterations=60, window_ms=20.0)
    drawn = LSMClassifier(30, random_state=0).fit(data, labels)
    trained = LSMClassifier(30, pretraining=partial(eprop, trainer=trainer), random_state=0).fit(
        data, labels
    )
    assert trained.score(new, new_labels) > drawn.score(new, new_labels) + 0.05


def test_the_name_is_the_rule_with_all_samples_and_codes_of_their_labels():
    model = LSMClassifier(15, pretraining=["stdp", BRIEF], random_state=0)
    assert type(model.fit(X, Y).reservoir_.wiring).__name__ == "MatrixWiring"
    seen = []

    def rule(reservoir, spikes, y):
        seen.append((spikes, y))
        return reservoir

    model.set_params(pretraining=rule).fit(X, Y)
    ((spikes, y),) = seen
    np.testing.assert_array_equal(spikes.times_ms, X.times_ms)
    np.testing.assert_array_equal(y, Y == "right")
    weight = np.arange(40) < 30
    model.fit(X, Y, sample_weight=weight)
    assert len(seen[1][0]) == len(seen[1][1]) == 30


def test_no_test_label_is_seen_in_cross_validation():
    folds = KFold(4)
    model = LSMClassifier(15, pretraining=BRIEF, random_state=0)
    predicted = cross_val_predict(model, X, Y, cv=folds, method="decision_function")
    for _, test in folds.split(np.arange(40)):
        others = Y.copy()
        others[test] = others[test][::-1]
        again = cross_val_predict(model, X, others, cv=folds, method="decision_function")
        np.testing.assert_array_equal(again[test], predicted[test])
        break
    assert not np.array_equal(again, predicted)


def test_numbers_train_a_liquid_too():
    numbers = 300.0 + 50 * (Y == "right")
    model = LSMRegressor(15, pretraining=BRIEF, random_state=0).fit(X, numbers)
    drawn = LSMRegressor(15, random_state=0).fit(X, numbers)
    assert model.reservoir_ != drawn.reservoir_
    moved = LSMRegressor(15, pretraining=BRIEF, random_state=0).fit(X, numbers / 50)
    difference = model.reservoir_.synapses.weight_pA - moved.reservoir_.synapses.weight_pA
    assert np.abs(difference).max() < 1e-6  # standardised


def test_series_train_a_liquid_at_every_step_behind_the_washout():
    signals, _ = ramps(12)
    seen = []

    def rule(reservoir, spikes, y, *, dt_ms, target, random_state):
        seen.append(y)
        return BRIEF(reservoir, spikes, y, dt_ms=dt_ms, target=target, random_state=random_state)

    model = LSMSeriesRegressor(RandomLiquid(15), pretraining=rule, washout=2, random_state=0).fit(
        signals
    )
    (targets,) = seen
    assert targets.shape == (12, 200, 2)  # steps of 10 ms
    assert np.isnan(targets[:, :20]).all()
    assert np.isnan(targets[:, 190:]).all()  # nothing comes after the last value
    np.testing.assert_array_equal(targets[:, 20:190:10], signals[:, :, 3:].swapaxes(1, 2))
    np.testing.assert_array_equal(targets[:, 29:190:10], targets[:, 20:190:10])
    assert type(model.reservoir_.wiring).__name__ == "MatrixWiring"
    assert simulate(model.reservoir_, model.encode(signals)).sum() > 0


@pytest.mark.usefixtures("no_simulation")
def test_where_there_are_no_targets_nothing_is_trained():
    with pytest.raises(ValueError, match=r"'eprop' learns from targets, .* LiquidTransformer does"):
        LiquidTransformer(15, pretraining="eprop").fit(X)
