"""LSMClassifier: a scikit-learn estimator like any other, on spike trains."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

from lsm import FilteredTraces, LSMClassifier, Reservoir, SpikeTrains, compilations, simulate
from readouts import RidgeReadout
from tests.lsm.liquids import liquid

LABELS = np.array(["left", "right"])


def pitches(n, *, n_channels=4, seed=0):
    """Samples of 30 ms where two of the channels are busy, the lower or the upper ones."""
    rng = np.random.default_rng(seed)
    which = rng.permutation(np.arange(n) % 2)
    number = np.where(np.arange(n_channels) // (n_channels // 2) == which[:, None], 6, 1)
    trains = [[rng.uniform(0, 30, k) for k in sample] for sample in number]
    return SpikeTrains.from_lists(trains, duration_ms=30), LABELS[which]


X, Y = pitches(60)
X_NEW, Y_NEW = pitches(40, seed=1)
LIQUID = liquid(0)


@pytest.fixture(scope="module")
def fitted(cache):
    return LSMClassifier(LIQUID).fit(X, Y)


def test_learns_to_tell_spike_trains_apart(fitted):
    predicted = fitted.predict(X_NEW)
    assert set(predicted) <= set(LABELS)
    assert fitted.score(X_NEW, Y_NEW) == np.mean(predicted == Y_NEW) > 0.9
    assert list(fitted.classes_) == list(LABELS)
    assert (fitted.n_features_in_, fitted.reservoir_) == (4, LIQUID)


def test_is_the_simulation_with_a_readout_on_top():
    state = FilteredTraces(tau_ms=(10, 30), neurons="excitatory")
    model = LSMClassifier(LIQUID, state=state, dt_ms=0.5).fit(X, Y)
    train, new = (simulate(LIQUID, x, state=state, dt_ms=0.5)[0].astype(float) for x in (X, X_NEW))
    by_hand = RidgeReadout().fit(train, Y)
    np.testing.assert_array_equal(model.predict(X_NEW), by_hand.predict(new))
    assert model.readout_.coef_.shape[1] == 2 * LIQUID.excitatory.sum()


def test_readouts_by_name_and_by_estimator():
    given = LogisticRegression(C=0.1)
    model = LSMClassifier(LIQUID, readout=given).fit(X, Y)
    assert model.readout_.C == 0.1
    assert not hasattr(given, "coef_")  # it was cloned
    assert model.score(X_NEW, Y_NEW) > 0.9
    assert type(LSMClassifier(LIQUID, readout="perceptron").fit(X, Y).readout_).__name__ == (
        "Perceptron"
    )


def test_clones_and_takes_parameters():
    model = LSMClassifier(LIQUID, state="bins", n_jobs=2)
    assert model.get_params() == {
        "reservoir": LIQUID,
        "state": "bins",
        "readout": "ridge",
        "dt_ms": 1.0,
        "target": "auto",
        "random_state": None,
        "n_jobs": 2,
    }
    assert clone(model).get_params() == model.get_params()
    assert clone(model).set_params(dt_ms=0.5, reservoir=20).reservoir == 20
    assert "Reservoir(lif, 20 neurons" in repr(model)


def test_fit_leaves_the_parameters_alone():
    model = LSMClassifier(LIQUID, random_state=0)
    before = model.get_params()
    model.fit(X, Y)
    assert model.get_params() == before


def test_a_fitted_one_pickles(fitted):
    copy = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copy.predict(X_NEW), fitted.predict(X_NEW))
    assert copy.reservoir_ == LIQUID


def test_cross_validation_and_grid_search_build_nothing(fitted):
    built = compilations()
    assert cross_val_score(LSMClassifier(LIQUID), X, Y, cv=3).mean() > 0.9
    quiet = LIQUID.replace(inputs=LIQUID.inputs.__class__(weight_pA=0.0, weight_sd_pA=0.0))
    candidates = [quiet, LIQUID, liquid(1, n=13)]
    search = GridSearchCV(LSMClassifier(), {"reservoir": candidates, "state": ["counts"]}, cv=2)
    search.fit(X, Y)
    # Deaf to its inputs, the first can only guess.
    assert search.cv_results_["mean_test_score"][0] < 0.7 < search.best_score_
    assert search.best_params_["reservoir"] in candidates[1:]
    assert search.score(X_NEW, Y_NEW) > 0.9
    assert compilations() == built


def test_same_predictions_for_any_number_of_jobs(fitted):
    parallel = LSMClassifier(LIQUID, n_jobs=2).fit(X, Y)
    np.testing.assert_array_equal(parallel.readout_.coef_, fitted.readout_.coef_)
    np.testing.assert_array_equal(parallel.predict(X_NEW), fitted.predict(X_NEW))


def test_a_prediction_does_not_depend_on_the_samples_beside_it(fitted):
    alone = [fitted.predict(sample)[0] for sample in X_NEW[:5]]
    np.testing.assert_array_equal(alone, fitted.predict(X_NEW)[:5])


@pytest.mark.filterwarnings("ignore:no neuron")
def test_draws_a_reservoir_from_the_random_state():
    first, same, other = (
        LSMClassifier(12, random_state=seed).fit(X, Y).reservoir_ for seed in (3, 3, 4)
    )
    assert first == same == Reservoir.random(12, random_state=3)
    assert first != other
    assert first.n_neurons == 12


def test_a_silent_liquid_is_pointed_out():
    silent = LIQUID.replace(parameters={"v_threshold_mV": 1000.0})
    with pytest.warns(UserWarning, match="no neuron of .* fires in any of the samples"):
        model = LSMClassifier(silent).fit(X[:7], Y[:7])
    most_frequent = max(LABELS, key=list(Y[:7]).count)
    assert set(model.predict(X_NEW)) == {most_frequent}


def test_needs_spike_trains_and_one_label_each(fitted):
    dense = X.to_dense(1.0)
    with pytest.raises(TypeError, match="X must be SpikeTrains, got ndarray"):
        LSMClassifier(LIQUID).fit(dense, Y)
    with pytest.raises(TypeError, match="X must be SpikeTrains, got ndarray"):
        fitted.predict(dense)
    with pytest.raises(ValueError, match=r"y must have shape \(60,\).* got \(59,\)"):
        LSMClassifier(LIQUID).fit(X, Y[1:])
    with pytest.raises(ValueError, match=r"y must have shape \(60,\).* got \(60, 1\)"):
        LSMClassifier(LIQUID).fit(X, Y[:, None])


def test_predicts_only_what_it_was_fitted_for(fitted):
    with pytest.raises(NotFittedError):
        LSMClassifier(LIQUID).predict(X)
    wider, _ = pitches(3, n_channels=6)
    with pytest.raises(ValueError, match=r"X has 6 channels, but .* expecting 4"):
        fitted.predict(wider)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"reservoir": "big"}, TypeError, "reservoir must be a Reservoir or .* got 'big'"),
        ({"reservoir": 0}, TypeError, "reservoir must be a Reservoir or .* got 0"),
        ({"state": "rates"}, ValueError, "unknown state 'rates'; known are counts"),
        ({"readout": "rigde"}, ValueError, "did you mean 'ridge'"),
        ({"dt_ms": 0.0}, ValueError, "dt_ms must be finite and above 0"),
        ({"target": "gpu"}, ValueError, "target must be .* got 'gpu'"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    with pytest.raises(error, match=message):
        LSMClassifier(**{"reservoir": LIQUID, **parameters}).fit(X, Y)
