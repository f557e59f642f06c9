"""LSMSeriesRegressor: a prediction at every step, and series that go on by themselves."""

import pickle
from functools import partial

import numpy as np
import pytest
from scipy.signal import lfilter
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils import estimator_checks

from lsm import LSMSeriesRegressor, SpikeTrains, trajectories
from lsm.encoders import BensSpiker, IntegrateAndFire, LevelCrossing
from tests.lsm.estimators.data import gestures, pitches
from tests.lsm.liquids import liquid

ENCODER = IntegrateAndFire(rate_Hz=1000.0, step_ms=5.0)
MODEL = LSMSeriesRegressor(30, encoder=ENCODER, random_state=0)


def noise(n_samples=3, n_steps=120, *, n_channels=None, seed=0):
    shape = (n_samples, n_steps) if n_channels is None else (n_samples, n_channels, n_steps)
    return np.random.default_rng(seed).uniform(-1, 1, size=shape)


def smooth(x):
    """An exponential average over 5 steps."""
    return lfilter([0.2], [1, -0.8], x, axis=-1)


def waves(n_samples=3, n_steps=90):
    t = np.arange(n_steps)
    return np.array([np.sin(2 * np.pi * (t / 15 + k / n_samples)) for k in range(n_samples)])


X = noise()
RAGGED = [noise(1, n, n_channels=2, seed=n)[0] for n in (60, 90, 75)]


# What is learned


def test_remembers_what_a_linear_model_of_the_present_cannot_know():
    train, test = noise(4, 500), noise(4, 500, seed=1)
    model = clone(MODEL).set_params(reservoir=100, washout=20).fit(train, smooth(train))
    present = LinearRegression().fit(train.reshape(-1, 1), smooth(train).ravel())
    linear = present.score(test.reshape(-1, 1), smooth(test).ravel())
    assert model.score(test, smooth(test)) > 0.8 > linear + 0.3


def test_is_the_trajectory_with_a_readout_on_top():
    reservoir = liquid(0)
    model = LSMSeriesRegressor(
        reservoir, encoder=ENCODER, state="traces:20", washout=7, readout=LinearRegression()
    ).fit(X, smooth(X))
    paths = trajectories(
        reservoir, ENCODER.fit_transform(X), every_ms=ENCODER.step_ms, state="traces:20"
    )
    states = np.concatenate([path[0, 7:] for path in paths]).astype(float)
    by_hand = LinearRegression().fit(states, smooth(X)[:, 7:].ravel())
    np.testing.assert_allclose(
        model.predict(X)[:, 7:].ravel(), by_hand.predict(states), rtol=1e-9, atol=1e-9
    )
    assert model.score(X, smooth(X)) == pytest.approx(
        r2_score(smooth(X)[:, 7:].ravel(), by_hand.predict(states))
    )


def test_without_targets_the_next_value_is_predicted():
    series = waves()
    forecast = clone(MODEL).fit(series)
    given = clone(MODEL).fit(series[:, :-1], series[:, 1:])
    # The scale of the encoder has seen one value more.
    np.testing.assert_allclose(forecast.predict(series), given.predict(series), atol=0.05)
    assert forecast.score(series) > 0.9
    assert forecast.score(series) == pytest.approx(
        r2_score(series[:, 1:].ravel(), forecast.predict(series)[:, :-1].ravel())
    )


def test_steps_of_the_washout_neither_train_nor_score():
    wrong = smooth(X)
    wrong[:, :20] = 1e3
    model = clone(MODEL).set_params(washout=20)
    by_wrong, by_right = (clone(model).fit(X, y) for y in (wrong, smooth(X)))
    np.testing.assert_array_equal(by_wrong.predict(X), by_right.predict(X))
    assert by_wrong.score(X, wrong) == by_right.score(X, smooth(X))


def test_a_prediction_knows_nothing_of_what_comes_later():
    model = clone(MODEL).fit(X, smooth(X))
    changed = X.copy()
    changed[:, 60:] = 0.9
    np.testing.assert_allclose(model.predict(changed)[:, :60], model.predict(X)[:, :60])
    assert not np.allclose(model.predict(changed)[:, 60:], model.predict(X)[:, 60:])


# Shapes


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_three_dimensions(n_outputs):
    signals = noise(n_channels=2)
    model = clone(MODEL).fit(signals, smooth(signals)[:, :n_outputs])
    assert model.predict(signals).shape == (3, n_outputs, 120)
    assert (model.n_outputs_, model.n_channels_in_) == (n_outputs, 2)
    assert model.predict([signals[0, :, :50]]).shape == (1, n_outputs, 50)


@pytest.mark.parametrize("series", [X, X.tolist(), list(X), tuple(X)])
def test_tables(series):
    for model in (clone(MODEL).fit(series), clone(MODEL).fit(series, series)):
        assert model.predict(series).shape == (3, 120)
        # A series has no columns: it may be longer than those that were learned.
        assert model.predict(noise(2, 130)).shape == (2, 130)


def test_ragged_lists():
    model = clone(MODEL).fit(RAGGED, [smooth(signal) for signal in RAGGED])
    predicted = model.predict(RAGGED)
    assert [one.shape for one in predicted] == [(2, 60), (2, 90), (2, 75)]
    for signal, one in zip(RAGGED, predicted, strict=True):
        np.testing.assert_allclose(model.predict([signal])[0], one)
    assert clone(MODEL).fit(RAGGED).score(RAGGED) <= 1
    rows = [signal[0] for signal in RAGGED]
    for model in (clone(MODEL).fit(rows), clone(MODEL).fit(rows, rows)):
        assert [one.shape for one in model.predict(rows)] == [(60,), (90,), (75,)]
        assert [one.shape for one in model.predict(rows[:1])] == [(60,)]


def test_data_frames():
    pandas = pytest.importorskip("pandas")
    frame, targets = pandas.DataFrame(X), pandas.DataFrame(smooth(X))
    frame.columns = targets.columns = [f"t{k}" for k in range(120)]
    by_frame, by_array = clone(MODEL).fit(frame, targets), clone(MODEL).fit(X, smooth(X))
    np.testing.assert_array_equal(by_frame.predict(frame), by_array.predict(X))


def test_silence_behind_a_sample_is_no_step():
    quiet = IntegrateAndFire(rate_Hz=1000.0, step_ms=5.0, silence_ms=40.0)
    with_silence = clone(MODEL).set_params(encoder=quiet, reservoir=liquid(0)).fit(X, smooth(X))
    without = clone(MODEL).set_params(reservoir=liquid(0)).fit(X, smooth(X))
    np.testing.assert_allclose(with_silence.predict(X), without.predict(X))
    assert with_silence.score(X, smooth(X)) == pytest.approx(without.score(X, smooth(X)))


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_any_regressor_may_be_the_readout(n_outputs):
    # It would warn of a column where it expects a row.
    forest = RandomForestRegressor(3, random_state=0)
    signals = noise(n_channels=n_outputs)
    model = clone(MODEL).set_params(readout=forest).fit(signals)
    assert model.predict(signals).shape == (3, n_outputs, 120)
    assert model.forecast(signals, 4).shape == (3, n_outputs, 4)


# Going on


@pytest.mark.parametrize(
    "signals", [waves(), waves()[:, np.newaxis], [np.array([row, -row]) for row in waves(2)]]
)
def test_a_forecast_is_a_prediction_on_the_growing_signal_again_and_again(signals):
    model = clone(MODEL).fit(signals)
    future = model.forecast(signals, 6)
    grown = [np.atleast_2d(signal) for signal in signals]
    for _ in range(6):
        told = [np.atleast_2d(one)[:, -1:] for one in model.predict(grown)]
        grown = [
            np.append(signal, value, axis=1) for signal, value in zip(grown, told, strict=True)
        ]
    expected = np.stack([signal[:, -6:] for signal in grown])
    np.testing.assert_allclose(future, expected.reshape(np.shape(future)), rtol=1e-6)
    assert np.shape(future) == (*np.shape(signals)[:-1], 6)


def test_a_wave_goes_on_as_a_wave():
    series = waves(3, 150)
    model = clone(MODEL).set_params(reservoir=100, washout=20).fit(series[:, :140])
    np.testing.assert_allclose(model.forecast(series[:, :140], 10), series[:, 140:], atol=0.4)


# A scikit-learn estimator like any other


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimators_unfitted,
        estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
        estimator_checks.check_estimators_empty_data_messages,
        estimator_checks.check_estimator_sparse_array,
        estimator_checks.check_complex_data,
        estimator_checks.check_mixin_order,
        estimator_checks.check_valid_tag_types,
    ],
)
def test_scikit_learns_checks_that_give_no_targets_of_one_number_a_sample(check):
    check("LSMSeriesRegressor", LSMSeriesRegressor(20))


def test_searches_and_validation_work_on_series():
    series = waves(6)
    search = GridSearchCV(clone(MODEL), {"encoder__step_ms": [1.0, 5.0], "washout": [0, 10]}, cv=2)
    assert search.fit(series).best_score_ > 0.7
    series = noise(6, 300)
    assert cross_val_score(MODEL, series, smooth(series), cv=3).min() > 0.6


def test_a_fitted_one_pickles():
    model = clone(MODEL).fit(X)
    back = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(back.predict(X), model.predict(X))
    np.testing.assert_array_equal(back.forecast(X, 3), model.forecast(X, 3))


def test_series_may_come_in_the_cells_of_a_frame():
    pandas = pytest.importorskip("pandas")
    two = noise(n_channels=2)
    frame = pandas.DataFrame([list(signal) for signal in two], columns=["left", "right"])
    for y in (None, smooth(two)):
        nested = y if y is None else pandas.DataFrame([list(target) for target in y])
        found, expected = clone(MODEL).fit(frame, nested), clone(MODEL).fit(two, y)
        np.testing.assert_array_equal(found.predict(frame), expected.predict(two))
        assert found.predict(frame).shape == two.shape
        assert found.score(frame, nested) == expected.score(two, y)
    with pytest.raises(ValueError, match="feature names should match"):
        found.predict(frame[["right", "left"]])


def test_columns_of_a_frame_are_steps_of_which_there_may_be_more():
    pandas = pytest.importorskip("pandas")
    series = noise()
    model = clone(MODEL).fit(pandas.DataFrame(series))
    longer = pandas.DataFrame(np.tile(series, 2)).rename(columns=str)
    np.testing.assert_array_equal(
        model.predict(longer), clone(MODEL).fit(series).predict(np.tile(series, 2))
    )


# Bad input


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (X, X[:, :-1], ValueError, r"as long as it is; got shapes \[\(1, 119\)"),
        (X, X[:2], ValueError, "y must hold targets .* for every sample of X"),
        (X, X[:, 0], ValueError, "y must hold targets"),
        (X, [*X[:2], np.stack([X[2], X[2]])], ValueError, "y must hold targets"),
        (X, X[:, np.newaxis, np.newaxis], ValueError, "y must hold targets"),
        (X, np.where(X > 0.9, np.nan, X), ValueError, "Input y contains NaN"),
        (X, X.astype(str).tolist()[:1] + [["a"] * 120] * 2, ValueError, "could not convert string"),
        (np.where(X > 0.9, np.nan, X), X, ValueError, "Input X contains NaN"),
        (X[0], None, ValueError, r"single series is one sample. Reshape your data to \(1, 120\)"),
        (X[0], X[0], ValueError, r"single series is one sample. Reshape your data to \(1, 120\)"),
        (X[:1].T, X[:1].T, ValueError, r"each of 120 samples has one step.* it to \(1, 120\)"),
        (
            X.T[..., np.newaxis],
            X.T[..., np.newaxis],
            ValueError,
            "samples of several steps, got 12",
        ),
        ([[v] for v in X[0]], None, ValueError, "each of 120 samples has one step"),
        (X[:, np.newaxis, :1], None, ValueError, "samples of several steps, got 3 of one step"),
        (pitches(4)[0], None, TypeError, "X must be signals.* got SpikeTrains"),
        (gestures(4)[0], None, TypeError, "must be signals, got events"),
    ],
)
def test_bad_series_are_refused_before_anything_is_simulated(X, y, error, message):
    with pytest.raises(error, match=message):
        LSMSeriesRegressor(20).fit(X, y)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"washout": 119}, "leave a step to learn of the 119 .* got 119"),
        ({"washout": -1}, "washout must be a whole number of steps from 0 on.* got -1"),
        ({"washout": 1.5}, r"washout must be a whole number of steps from 0 on.* got 1\.5"),
        ({"state": "bins:3"}, "state must be of all neurons and read once at the end"),
        ({"state": "excitatory"}, "state must be of all neurons"),
        ({"encoder": BensSpiker()}, "encoder must be causal.* got BensSpiker"),
        ({"encoder": LevelCrossing(step_ms=0.5)}, "step_ms must be a multiple of dt_ms = 1"),
        (
            {"readout": "logistic"},
            "readout must be one of 'ridge', 'ridge-blocks', 'force', 'three-factor' or a reg",
        ),
    ],
)
def test_wrong_parameters_are_named(parameters, message):
    with pytest.raises(ValueError, match=message):
        LSMSeriesRegressor(20).set_params(**parameters).fit(X)


def test_what_cannot_be_predicted_is_refused(request):
    two = noise(n_channels=2)
    model = clone(MODEL).fit(two, smooth(two)[:, :1])
    request.getfixturevalue("no_simulation")
    for method in (MODEL.predict, MODEL.score, partial(MODEL.forecast, n_steps=3)):
        with pytest.raises(NotFittedError):
            method(X)
    with pytest.raises(ValueError, match=r"X has 1 channels, but .* expecting 2"):
        model.predict(X)
    with pytest.raises(TypeError, match="got SpikeTrains"):
        model.predict(pitches(3)[0])
    with pytest.raises(ValueError, match="each of 120 samples has one step"):
        model.predict(two[0, :1].T)
    with pytest.raises(ValueError, match="as many outputs as channels; got 1 outputs and 2"):
        model.forecast(two, 3)
    with pytest.raises(ValueError, match="n_steps must be at least 1, got 0"):
        model.forecast(two, 0)
    with pytest.raises(ValueError, match="y must hold targets"):
        model.score(two, smooth(two)[:, :1, :50])


def test_a_spike_train_is_no_series():
    with pytest.raises(TypeError, match="which have steps to predict at; got SpikeTrains"):
        LSMSeriesRegressor(20).fit(SpikeTrains.from_lists([[[1.0]]], duration_ms=5))


def test_neurons_that_hardly_spoke_and_errors_that_go_on_do_not_mislead_it():
    """Where generalised cross-validation and plain scaling fail altogether."""
    x = np.random.default_rng(0).normal(size=(1, 1200))
    y = lfilter([0.1], [1, -0.9], x)
    train, test = slice(0, 800), slice(800, None)
    encoder = IntegrateAndFire(rate_Hz=1000, slopes=True)
    scores = {}
    for readout in ("ridge", "ridge-blocks"):
        model = LSMSeriesRegressor(
            100, encoder=encoder, readout=readout, washout=50, random_state=0
        )
        model.fit(x[:, train], y[:, train])
        scores[readout] = model.score(x[:, test], y[:, test])
    assert scores["ridge"] < 0
    assert scores["ridge-blocks"] > 0.4
