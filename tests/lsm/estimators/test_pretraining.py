"""Liquids by a preset's name and pre-trained ones: what they hear, and how they are searched."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from lsm import (
    LiquidTransformer,
    LSMClassifier,
    LSMRegressor,
    LSMSeriesRegressor,
    compilations,
    make_reservoir,
    simulate,
)
from lsm.plasticity import inhibitory, stdp
from lsm.plasticity.calibration import liquid_for
from lsm.plasticity.pretraining import pretrain
from lsm.presets import preset_and_size
from tests.lsm.estimators.data import gestures, pitches, ramps
from tests.lsm.liquids import liquid

X, Y = pitches(40)
X_NEW, Y_NEW = pitches(20, seed=1)
LIQUID = liquid(0)


# By name


def test_a_name_is_the_presets_reservoir_calibrated_on_the_training_data():
    model = LSMClassifier("deckers2022:30", rate_Hz=30, random_state=3).fit(X, Y)
    assert model.reservoir_ == liquid_for(
        X, n_neurons=30, preset="deckers2022", rate_Hz=30, random_state=3
    )
    drawn = make_reservoir("deckers2022", n=30, random_state=3)
    assert model.reservoir_.model == drawn.model
    assert model.reservoir_.synapses.weight_pA.tolist() == drawn.synapses.weight_pA.tolist()
    counts = simulate(model.reservoir_, X, state="excitatory")[0]
    assert 30 <= counts.mean() / 0.030 < 36
    assert model.score(X_NEW, Y_NEW) > 0.9


def test_without_a_number_a_preset_has_its_own():
    assert [preset_and_size(name) for name in ("evolved2026", "maass2002", "deckers2022:30")] == [
        ("evolved2026", 20),
        ("maass2002", 135),
        ("deckers2022", 30),
    ]


def test_every_estimator_takes_names_and_pretraining():
    signals, y = ramps(12)
    events, _ = gestures(12)
    parameters = {"reservoir": "deckers2022:15", "pretraining": "stdp", "random_state": 0}
    for model, data, target in (
        (LiquidTransformer(**parameters), events, None),
        (LSMRegressor(**parameters), signals, np.arange(12.0)),
        (LSMSeriesRegressor(**parameters), signals, None),
        (LSMClassifier(**parameters), signals, y),
    ):
        fitted = model.fit(data, target)
        assert fitted.reservoir_.n_neurons == 15
        assert type(fitted.reservoir_.wiring).__name__ == "MatrixWiring"


# Pre-trained


def test_a_drawn_liquid_is_calibrated_then_pretrained():
    model = LSMClassifier(20, pretraining=["stdp", "inhibitory"], rate_Hz=30, random_state=3)
    drawn = liquid_for(X, n_neurons=20, rate_Hz=30, random_state=3)
    expected = pretrain(drawn, X, [stdp, inhibitory], rate_Hz=30)
    assert model.fit(X, Y).reservoir_ == expected != drawn


def test_a_given_reservoir_is_pretrained_as_it_is_and_stays_itself():
    model = LSMClassifier(LIQUID, pretraining="stdp").fit(X, Y)
    assert model.reservoir_ == pretrain(LIQUID, X, [stdp], rate_Hz=40.0)
    assert model.reservoir is LIQUID


def test_it_is_frozen_and_hears_neither_labels_nor_test_samples():
    heard = []

    def rule(reservoir, spikes):
        heard.append(spikes.times_ms)
        return stdp(reservoir, spikes)

    models = [LSMClassifier(LIQUID, pretraining=rule).fit(X, y) for y in (Y, Y[::-1])]
    assert models[0].reservoir_ == models[1].reservoir_
    learned = models[0].reservoir_
    alone = [models[0].predict(X_NEW[k : k + 1])[0] for k in range(len(X_NEW))]
    np.testing.assert_array_equal(models[0].predict(X_NEW), alone)
    assert models[0].reservoir_ is learned
    assert len(heard) == 2
    assert set(np.concatenate(heard)) <= set(X.times_ms)


def test_rules_that_learn_from_targets_get_groups():
    weight, groups, given = np.arange(40) < 20, np.arange(40) // 5, []

    def rule(reservoir, spikes, y, groups):
        given.append(groups)
        return reservoir

    model = LSMClassifier(LIQUID, pretraining=rule).fit(X, Y, weight, groups)
    np.testing.assert_array_equal(given[0], groups[:20])
    model.fit(X, Y)
    assert given[1] is None
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, Y, groups=groups[:7])


def test_samples_without_weight_are_not_heard():
    weight = np.arange(40) < 20
    weighted = LSMClassifier(LIQUID, pretraining="stdp").fit(X, Y, sample_weight=weight)
    assert (
        weighted.reservoir_
        == LSMClassifier(LIQUID, pretraining="stdp").fit(X[:20], Y[:20]).reservoir_
    )


def test_the_first_batch_pretrains():
    model = LSMClassifier(LIQUID, pretraining="stdp")
    first = model.partial_fit(X[:20], Y[:20], classes=np.unique(Y)).reservoir_
    assert model.partial_fit(X[20:], Y[20:]).reservoir_ is first
    assert first == LSMClassifier(LIQUID, pretraining="stdp").fit(X[:20], Y[:20]).reservoir_


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_one_seed_one_liquid_for_any_number_of_jobs(n_jobs):
    model = LSMClassifier(25, pretraining="critical_stdp", random_state=2)
    expected = clone(model).fit(X, Y)
    again = clone(model).set_params(n_jobs=n_jobs).fit(X, Y)
    assert again.reservoir_ == expected.reservoir_
    np.testing.assert_array_equal(again.decision_function(X), expected.decision_function(X))
    other = clone(model).set_params(random_state=3).fit(X, Y)
    assert other.reservoir_ != expected.reservoir_


def test_a_grid_over_both_compiles_once_a_model():
    grid = {
        "reservoir": [15, "deckers2022:15", "deckers2022:25"],
        "pretraining": [None, "stdp", ["stdp", "calibrate"]],
    }
    built = compilations()
    search = GridSearchCV(LSMClassifier(random_state=0), grid, cv=2).fit(X, Y)
    assert compilations() - built <= 1  # adaptive neurons; the others' program is there
    assert len(search.cv_results_["params"]) == 9
    assert not np.isnan(search.cv_results_["mean_test_score"]).any()
    assert search.best_score_ > 0.9


# Bad input


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        (
            {"reservoir": "maas2002"},
            ValueError,
            "unknown reservoir 'maas2002'; known are maass2002, .* did you mean 'maass2002'",
        ),
        ({"reservoir": "cuba:many"}, ValueError, "number of neurons behind .* got 'cuba:many'"),
        ({"reservoir": "cuba:"}, ValueError, "number of neurons behind the colon, got 'cuba:'"),
        ({"reservoir": "cuba:0"}, ValueError, "n must be at least 1, got 0"),
        ({"reservoir": "maass2002:100"}, ValueError, "n must be a multiple of 9"),
        ({"pretraining": "sdtp"}, ValueError, "unknown pretraining 'sdtp'.* mean 'stdp'"),
        ({"pretraining": 1}, TypeError, "pretraining must be a name, a function, .* got 1"),
    ],
)
def test_wrong_names_are_refused_by_fit_before_any_work(parameters, error, message):
    model = LSMClassifier(**parameters)
    assert clone(model).get_params().items() >= parameters.items()
    with pytest.raises(error, match=message):
        model.fit(X, Y)
