"""LSMClassifier: a simulation with a readout on top, a classifier like any other."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import StackingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from lsm import (
    LIF,
    FilteredTraces,
    LiquidTransformer,
    LSMClassifier,
    Reservoir,
    compilations,
    simulate,
)
from lsm.encoders import IntegrateAndFire
from lsm.neurons import MODELS
from lsm.plasticity.calibration import liquid_for
from readouts import RidgeReadout
from tests.lsm.estimators.data import LABELS, pitches, ramps
from tests.lsm.liquids import liquid

X, Y = pitches(60)
X_NEW, Y_NEW = pitches(40, seed=1)
LIQUID = liquid(0)


def halved(parameters, dt_ms):
    """The constants of LIF neurons, but thresholds are half as high."""
    constants = LIF.constants(parameters, dt_ms)
    return constants | {"theta": constants["theta"] / 2}


#: A user's own model, in no registry. Its program is LIF's: only numbers differ.
OWN = replace(LIF, name="own", constants=halved)


@pytest.fixture(scope="module")
def fitted(cache):
    return LSMClassifier(LIQUID).fit(X, Y)


def test_learns_to_tell_spike_trains_apart(fitted):
    predicted = fitted.predict(X_NEW)
    assert set(predicted) <= set(LABELS)
    assert fitted.score(X_NEW, Y_NEW) == np.mean(predicted == Y_NEW) > 0.9
    assert list(fitted.classes_) == list(LABELS)
    assert (fitted.n_features_in_, fitted.reservoir_, fitted.input_kind_) == (4, LIQUID, "spikes")


def test_is_the_simulation_with_a_readout_on_top():
    state = FilteredTraces(tau_ms=(10, 30), neurons="excitatory")
    model = LSMClassifier(LIQUID, state=state, dt_ms=0.5).fit(X, Y)
    train, new = (simulate(LIQUID, x, state=state, dt_ms=0.5)[0].astype(float) for x in (X, X_NEW))
    by_hand = RidgeReadout().fit(train, Y)
    for method in ("predict", "decision_function", "predict_proba"):
        np.testing.assert_array_equal(getattr(model, method)(X_NEW), getattr(by_hand, method)(new))
    assert model.readout_.coef_.shape[1] == 2 * LIQUID.excitatory.sum()


def test_a_number_of_neurons_is_a_liquid_drawn_for_the_training_data():
    model = LSMClassifier(15, rate_Hz=30, random_state=3).fit(X, Y)
    assert model.reservoir_ == liquid_for(X, n_neurons=15, rate_Hz=30, random_state=3)
    assert model.score(X_NEW, Y_NEW) > 0.9


def test_readouts_by_name_and_by_estimator():
    given = LogisticRegression(C=0.1)
    model = LSMClassifier(LIQUID, readout=given).fit(X, Y)
    assert model.readout_.C == 0.1
    assert not hasattr(given, "coef_")  # it was cloned
    assert model.score(X_NEW, Y_NEW) > 0.9
    assert type(LSMClassifier(LIQUID, readout="perceptron").fit(X, Y).readout_).__name__ == (
        "Perceptron"
    )


def test_a_stack_of_classifiers_may_be_the_readout():
    """scikit-learn 1.9's has no `predict` before it is fitted."""
    stack = StackingClassifier([("tree", DecisionTreeClassifier(random_state=0))], cv=2)
    model = LSMClassifier(LIQUID, readout=stack).fit(X, Y)
    states = LiquidTransformer(LIQUID).fit_transform(X)
    np.testing.assert_array_equal(
        model.predict_proba(X), clone(stack).fit(states, Y).predict_proba(states)
    )
    assert model.score(X_NEW, Y_NEW) > 0.7


@pytest.mark.parametrize(
    ("readout", "has"),
    [
        ("ridge", {"decision_function", "predict_proba", "partial_fit"}),
        ("logistic", {"decision_function", "predict_proba"}),
        ("perceptron", {"decision_function", "partial_fit"}),
        (RidgeClassifier(), {"decision_function"}),
        (DummyClassifier(), {"predict_proba"}),
        ("no such readout", set()),
    ],
)
def test_has_the_methods_that_its_readout_has(readout, has):
    model = LSMClassifier(LIQUID, readout=readout)
    for method in ("decision_function", "predict_proba", "partial_fit"):
        assert hasattr(model, method) == (method in has)
    assert hasattr(model, "predict")


def test_clones_and_takes_parameters():
    model = LSMClassifier(LIQUID, state="bins", n_jobs=2)
    assert model.get_params() == {
        "reservoir": LIQUID,
        "pretraining": None,
        "readout": "ridge",
        "decide_every_ms": None,
        "encoder": "auto",
        "state": "bins",
        "rate_Hz": 40.0,
        "sensor_size": None,
        "dt_ms": 1.0,
        "target": "auto",
        "random_state": None,
        "n_jobs": 2,
        "verbose": False,
    }
    assert clone(model).get_params() == model.get_params()
    assert clone(model).set_params(dt_ms=0.5, reservoir=20).reservoir == 20
    assert "Reservoir(lif, 20 neurons" in repr(model)
    assert "Reservoir(lif, 20 neurons" in model._repr_html_()


def test_parameters_nest():
    parts = {"encoder": IntegrateAndFire(), "readout": LogisticRegression()}
    model = LSMClassifier(20, **parts, random_state=0)
    model.set_params(encoder__step_ms=4.0, readout__C=0.5)
    copy = clone(make_pipeline(model))
    params = copy.get_params()
    assert params["lsmclassifier__encoder__step_ms"] == 4.0
    assert params["lsmclassifier__readout__C"] == 0.5
    copy.set_params(lsmclassifier__encoder__step_ms=3.0, lsmclassifier__readout__C=2.0)
    assert (model.encoder.step_ms, model.readout.C) == (4.0, 0.5)
    fitted = copy.fit(*ramps(12))[0]
    assert (fitted.encoder_.step_ms, fitted.readout_.C) == (3.0, 2.0)


def test_fit_leaves_the_parameters_alone():
    encoder, readout = IntegrateAndFire(step_ms=2.0), LogisticRegression()
    generator = np.random.RandomState(0)
    model = LSMClassifier(20, encoder=encoder, readout=readout, random_state=generator)
    before = model.get_params()
    model.fit(*ramps(20))
    after = model.get_params()
    assert all(after[name] is before[name] for name in before)
    for given in (encoder, readout):
        assert not [name for name in vars(given) if name.endswith("_")]


@pytest.mark.parametrize("copied", ["pickle", "joblib"])
@pytest.mark.parametrize("reservoir", [20, Reservoir.random(20, model=OWN, random_state=0)])
def test_a_fitted_one_comes_back_from_a_file(reservoir, copied, tmp_path):
    X, y = ramps(30)
    model = LSMClassifier(reservoir, random_state=0).fit(X, y)
    if copied == "pickle":
        back = pickle.loads(pickle.dumps(model))
    else:
        joblib.dump(model, tmp_path / "model")
        back = joblib.load(tmp_path / "model")
    X_new, _ = ramps(20, seed=1)
    np.testing.assert_array_equal(back.predict_proba(X_new), model.predict_proba(X_new))
    assert back.reservoir_ == model.reservoir_
    assert back.get_params().keys() == model.get_params().keys()


def test_a_neuron_model_of_ones_own_is_in_no_registry_and_does_something():
    assert OWN.name not in MODELS
    built = compilations()
    mine = Reservoir.random(20, model=OWN, random_state=0)
    theirs = Reservoir.random(20, random_state=0)
    n_mine, n_theirs = (simulate(r, X).sum() for r in (mine, theirs))
    assert n_mine > 1.5 * n_theirs > 0
    assert compilations() == built


def test_same_predictions_for_any_number_of_jobs(fitted):
    parallel = LSMClassifier(LIQUID, n_jobs=2).fit(X, Y)
    np.testing.assert_array_equal(parallel.readout_.coef_, fitted.readout_.coef_)
    np.testing.assert_array_equal(parallel.predict(X_NEW), fitted.predict(X_NEW))


def test_threads_can_share_a_fitted_one(fitted):
    expected = fitted.decision_function(X_NEW)
    with ThreadPoolExecutor(4) as pool:
        for said in pool.map(fitted.decision_function, [X_NEW] * 8):
            np.testing.assert_array_equal(said, expected)


def test_a_prediction_does_not_depend_on_the_samples_beside_it(fitted):
    alone = [fitted.predict(sample)[0] for sample in X_NEW[:5]]
    np.testing.assert_array_equal(alone, fitted.predict(X_NEW)[:5])


def test_predicting_a_sample_builds_nothing(fitted):
    built = compilations()
    fitted.predict(X_NEW[0])
    assert compilations() == built


def test_a_silent_liquid_is_pointed_out():
    silent = LIQUID.replace(parameters={"v_threshold_mV": 1000.0})
    with pytest.warns(UserWarning, match="no neuron of .* fires in any of the samples"):
        model = LSMClassifier(silent).fit(X[:7], Y[:7])
    most_frequent = max(LABELS, key=list(Y[:7]).count)
    assert set(model.predict(X_NEW)) == {most_frequent}


# Random states


def seeded(random_state, encoder="auto"):
    X, y = ramps(20)
    model = LSMClassifier(15, encoder=encoder, random_state=random_state).fit(X, y)
    return model.reservoir_, model.decision_function(X).tolist()


@pytest.mark.parametrize("kind", [int, np.random.RandomState, np.random.default_rng])
def test_the_same_seed_gives_the_same_model(kind):
    assert seeded(kind(5)) == seeded(kind(5))
    assert seeded(kind(5))[0] != seeded(kind(6))[0]


def test_the_seed_reaches_an_encoder_given_by_name():
    assert seeded(5, "poisson") == seeded(5, "poisson")


# Any liquid may come out, also one that inhibition keeps quiet.
@pytest.mark.filterwarnings("ignore:the liquid stays below 40 Hz")
def test_without_a_seed_each_fit_draws_another_liquid_and_global_chance_is_left_alone():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    assert seeded(None)[0] != seeded(None)[0]
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


# What an earlier fit has left


def test_a_fit_forgets_the_one_before():
    model = LSMClassifier(20, random_state=0).fit(*ramps(20))
    model.fit(X, Y)
    fresh = LSMClassifier(20, random_state=0).fit(X, Y)
    learned = {name for name in vars(model) if name.endswith("_")}
    assert learned == {name for name in vars(fresh) if name.endswith("_")}
    np.testing.assert_array_equal(model.predict_proba(X_NEW), fresh.predict_proba(X_NEW))


def test_a_fit_that_fails_leaves_nothing_that_seems_fitted():
    signals, y = ramps(20)
    signals[3, 0, 0] = np.nan
    model = LSMClassifier(20, random_state=0).fit(X, Y)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(signals, y)
    for unfit in (model, LSMClassifier(20)):
        with pytest.raises(NotFittedError):
            unfit.predict(X)


# Bad input


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (Y[1:], r"inconsistent numbers of samples: \[60, 59\]"),
        (None, "requires y to be passed, but the target y is None"),
        (np.full(60, "left"), r"y must hold at least two classes, got one class: \['left'\]"),
        (np.where(np.arange(60) == 3, np.nan, 1.0), "Input y contains NaN"),
        (np.linspace(0, 1, 60), "Unknown label type: continuous"),
        (np.zeros((60, 2), dtype=int), "y should be a 1d array"),
    ],
)
def test_labels_that_are_none_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        LSMClassifier(LIQUID).fit(X, y)


@pytest.mark.usefixtures("no_simulation")
def test_predicts_only_what_it_was_fitted_for(fitted):
    for method in ("predict", "decision_function", "predict_proba", "score"):
        arguments = (X, Y) if method == "score" else (X,)
        with pytest.raises(NotFittedError):
            getattr(LSMClassifier(LIQUID), method)(*arguments)
    with pytest.raises(NotFittedError):
        LSMClassifier(LIQUID).stream()
    wider, _ = pitches(3, n_channels=6)
    with pytest.raises(ValueError, match=r"X has 6 channels, but LSMClassifier is expecting 4"):
        fitted.predict(wider)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"reservoir": [20]}, TypeError, r"reservoir must be a Reservoir or .* got \[20\]"),
        ({"reservoir": 0}, TypeError, "reservoir must be a Reservoir or .* got 0"),
        ({"reservoir": True}, TypeError, "reservoir must be a Reservoir or .* got True"),
        ({"reservoir": 10, "rate_Hz": 0}, ValueError, "rate_Hz must be finite and above 0"),
        ({"state": "rates"}, ValueError, "unknown state 'rates'; known are counts"),
        ({"state": 3}, TypeError, "state must be a name or a liquid state, got int"),
        ({"readout": "rigde"}, ValueError, "did you mean 'ridge'"),
        ({"readout": LinearRegression()}, TypeError, "readout must be a classifier"),
        ({"dt_ms": 0.0}, ValueError, "dt_ms must be finite and above 0"),
        ({"target": "gpu"}, ValueError, "target must be .* got 'gpu'"),
        ({"random_state": "dice"}, ValueError, "random_state must be an integer .* 'dice'"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    with pytest.raises(error, match=message):
        LSMClassifier(**{"reservoir": LIQUID, **parameters}).fit(X, Y)
