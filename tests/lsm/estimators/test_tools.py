"""scikit-learn's tools work on the estimators, and nothing is compiled between candidates."""

import os
import shutil

import numpy as np
import pytest
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    HalvingRandomSearchCV,
    cross_val_predict,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor, compilations
from lsm.encoders import IntegrateAndFire
from lsm.simulation.cache import cache_folder
from tests.lsm.estimators.data import gestures, pitches, ragged, ramps
from tests.lsm.liquids import liquid

SPIKES, Y = pitches(40)
SIGNALS, Y_SIGNALS = ramps(40)
EVENTS, Y_EVENTS = gestures(40)
LIQUID = liquid(0)
KINDS = pytest.mark.parametrize(
    ("X", "y"),
    [(SPIKES, Y), (SIGNALS, Y_SIGNALS), (ragged(SIGNALS), Y_SIGNALS), (EVENTS, Y_EVENTS)],
    ids=["spikes", "signals", "ragged", "events"],
)


@pytest.fixture(autouse=True)
def built_once(cache):
    """Whatever a test does, it builds nothing."""
    LSMClassifier(LIQUID).fit(SPIKES, Y)
    built = compilations()
    yield
    assert compilations() == built


@pytest.fixture
def built_nowhere(built_once, tmp_path, monkeypatch):
    """Neither is anything built by other processes, in a cache that other tests don't fill."""
    shutil.copytree(
        cache_folder() / "programs",
        tmp_path / "programs",
        copy_function=os.link,
        ignore=shutil.ignore_patterns("*.tmp"),
    )
    monkeypatch.setenv("LSM_CACHE", str(tmp_path))

    def programs():
        return {path.name for path in (tmp_path / "programs").iterdir()}

    before = programs()
    yield
    assert programs() <= before


# Pipelines


def test_encoder_and_classifier():
    encoder = IntegrateAndFire(rate_Hz=500.0, step_ms=2.0)
    piped = make_pipeline(encoder, LSMClassifier(20, random_state=0)).fit(SIGNALS, Y_SIGNALS)
    alone = LSMClassifier(20, encoder=encoder, random_state=0).fit(SIGNALS, Y_SIGNALS)
    np.testing.assert_array_equal(piped.predict_proba(SIGNALS), alone.predict_proba(SIGNALS))
    assert piped[-1].input_kind_ == "spikes"


def test_transformer_scaler_and_logistic_regression():
    pandas = pytest.importorskip("pandas")
    model = make_pipeline(
        LiquidTransformer(20, random_state=0), StandardScaler(), LogisticRegression()
    ).set_output(transform="pandas")
    model.fit(SIGNALS, Y_SIGNALS)
    assert isinstance(model[:-1].transform(SIGNALS), pandas.DataFrame)
    names = model[0].get_feature_names_out()
    for named in (model[:-1].get_feature_names_out(), model[-1].feature_names_in_):
        np.testing.assert_array_equal(named, names)
    assert model.score(SIGNALS, Y_SIGNALS) > 0.9


def test_a_pipeline_may_keep_its_states_on_disk(tmp_path):
    def model():
        return make_pipeline(
            LiquidTransformer(LIQUID), LogisticRegression(), memory=str(tmp_path), verbose=False
        )

    first = model().fit(SPIKES, Y)
    kept = sorted(path.name for path in tmp_path.rglob("output.pkl"))
    again = model().fit(SPIKES, Y)
    assert sorted(path.name for path in tmp_path.rglob("output.pkl")) == kept != []
    np.testing.assert_array_equal(again.predict_proba(SPIKES), first.predict_proba(SPIKES))


# Validation


@KINDS
def test_cross_validation_keeps_the_order_of_samples(X, y):
    model = LSMClassifier(20, random_state=0)
    assert cross_val_score(model, X, y, cv=3).mean() > 0.9
    predicted = cross_val_predict(model, X, y, cv=3)
    # In any other order about half of them would agree.
    assert np.mean(predicted == y) > 0.9


def test_groups():
    groups = np.arange(40) // 10
    scores = cross_val_score(LSMClassifier(LIQUID), SPIKES, Y, groups=groups, cv=GroupKFold(4))
    assert scores.shape == (4,)
    assert scores.mean() > 0.8


# Searches


def test_a_grid_of_twelve_candidates_in_two_processes(built_nowhere):
    grid = {
        "rate_Hz": [20.0, 40.0, 60.0],
        "reservoir": [20, 30],
        "encoder__step_ms": [1.0, 2.0],
    }
    model = LSMClassifier(encoder=IntegrateAndFire(rate_Hz=500.0), random_state=0)
    serial, parallel = (
        GridSearchCV(model, grid, cv=2, n_jobs=n_jobs).fit(SIGNALS, Y_SIGNALS) for n_jobs in (1, 2)
    )
    scores = serial.cv_results_["mean_test_score"]
    assert len(scores) == 12
    np.testing.assert_array_equal(scores, parallel.cv_results_["mean_test_score"])
    assert parallel.best_params_ == serial.best_params_
    np.testing.assert_array_equal(parallel.predict_proba(SIGNALS), serial.predict_proba(SIGNALS))
    assert serial.best_score_ > 0.9


def test_a_grid_over_reservoirs():
    deaf = LIQUID.replace(parameters={"v_threshold_mV": 1000.0})
    candidates = [deaf, LIQUID, liquid(1, n=13)]
    search = GridSearchCV(LSMClassifier(), {"reservoir": candidates, "state": ["counts"]}, cv=2)
    with pytest.warns(UserWarning, match="no neuron of .* fires"):
        search.fit(SPIKES, Y)
    # Deaf to its inputs, the first can only guess.
    assert search.cv_results_["mean_test_score"][0] < 0.7 < search.best_score_
    assert search.best_params_["reservoir"] in candidates[1:]


@KINDS
def test_halving(X, y):
    search = HalvingRandomSearchCV(
        LSMClassifier(random_state=0),
        {"reservoir": [10, 20, 30], "state": ["counts", "bins:2"]},
        n_candidates=3,
        min_resources=12,
        cv=2,
        random_state=0,
    ).fit(X, y)
    assert list(search.n_resources_) == [12, 36]
    assert search.score(X, y) > 0.9


# Ensembles


@pytest.mark.parametrize("ensemble", [True, False])
@KINDS
def test_calibrated_probabilities(X, y, ensemble):
    # Fewer features than samples: a readout that fits its samples exactly is sure of everything.
    liquid = LSMClassifier(10, state="counts", random_state=0)
    model = CalibratedClassifierCV(liquid, cv=2, ensemble=ensemble)
    probabilities = model.fit(X, y).predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert np.mean(model.classes_[probabilities.argmax(axis=1)] == y) > 0.9


@KINDS
def test_an_ensemble_of_liquids_votes(X, y):
    liquids = [(f"liquid{k}", LSMClassifier(20, random_state=k)) for k in range(3)]
    model = VotingClassifier(liquids, voting="soft").fit(X, y)
    each = [member.predict_proba(X) for member in model.estimators_]
    np.testing.assert_allclose(model.predict_proba(X), np.mean(each, axis=0))
    assert not np.array_equal(each[0], each[1])
    assert model.score(X, y) > 0.9


def test_an_ensemble_in_two_processes(built_nowhere):
    liquids = [(f"liquid{k}", LSMClassifier(20, random_state=k)) for k in range(2)]
    serial, parallel = (
        VotingClassifier(liquids, voting="soft", n_jobs=n_jobs).fit(EVENTS, Y_EVENTS)
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(parallel.predict_proba(EVENTS), serial.predict_proba(EVENTS))


def test_stacking():
    liquids = [(f"liquid{k}", LSMClassifier(20, random_state=k)) for k in range(2)]
    model = StackingClassifier(liquids, cv=2).fit(SIGNALS, Y_SIGNALS)
    assert model.score(SIGNALS, Y_SIGNALS) > 0.9


def test_regressors_are_searched_too():
    y = SIGNALS[..., :10].mean(axis=(1, 2))
    search = GridSearchCV(LSMRegressor(20, random_state=0), {"rate_Hz": [20.0, 60.0]}, cv=2)
    assert search.fit(SIGNALS, y).best_score_ > 0.8


# Metadata


def test_weights_are_routed():
    weight = np.random.default_rng(0).integers(0, 3, size=40).astype(float)
    plain = LSMClassifier(LIQUID).fit(SPIKES, Y, sample_weight=weight)
    with sklearn.config_context(enable_metadata_routing=True):
        model = make_pipeline(LSMClassifier(LIQUID).set_fit_request(sample_weight=True))
        routed = model.fit(SPIKES, Y, sample_weight=weight)
    np.testing.assert_array_equal(routed.predict_proba(SPIKES), plain.predict_proba(SPIKES))
