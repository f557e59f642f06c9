"""Data, sensors and encoders that can't be are refused before anything is simulated."""

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor
from lsm.encoders import LevelCrossing
from lsm.signals import FORMS
from tests.lsm.estimators.data import gestures, pitches, ragged, ramps
from tests.lsm.liquids import liquid

SPIKES, Y = pitches(30)
SIGNALS, Y_SIGNALS = ramps(30)
RAGGED = ragged(SIGNALS)
TABLE = SIGNALS[:, 0]
EVENTS, Y_EVENTS = gestures(30)
WIDER, _ = gestures(2, sensor_size=(6, 3, 2))
ROWS = np.stack([EVENTS[0][name].astype(float) for name in "xytp"], axis=1)


def in_units_of(unit, kind=float):
    """The same events with times of another unit than microseconds."""
    dtype = [("x", int), ("y", int), ("t", kind), ("p", int)]
    return [
        np.array([(e["x"], e["y"], e["t"] * unit, e["p"]) for e in sample], dtype=dtype)
        for sample in EVENTS
    ]


estimators = pytest.mark.parametrize("estimator", [LiquidTransformer, LSMClassifier, LSMRegressor])


def set_at(X, place, value):
    X = X.copy()
    X[place] = value
    return X


@pytest.mark.usefixtures("no_simulation")
@estimators
@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (set_at(SIGNALS, (2, 1, 3), np.nan), ValueError, "Input X contains NaN"),
        (set_at(SIGNALS, (2, 1, 3), np.inf), ValueError, "Input X contains infinity"),
        (set_at(TABLE, (2, 1), np.nan), ValueError, "Input X contains NaN"),
        ([*RAGGED[:-1], RAGGED[-1][:1]], ValueError, "same channels, got 2 in sample 0 and 1 in"),
        ([*RAGGED[:-1], RAGGED[-1][:, :0]], ValueError, r"0 step\(s\) .* in sample 29"),
        (SIGNALS[..., :0], ValueError, r"0 step\(s\)"),
        (TABLE.astype(str), ValueError, "X must be signals, arrays of numbers; got strings"),
        (["left"] * 30, ValueError, "got strings"),
        ([[sample] for sample in EVENTS], TypeError, "sample 0 of X must be signals, got events"),
        ([TABLE[0], *EVENTS[1:]], TypeError, "sample 1 of X must be signals, got events"),
        ([*EVENTS[:-1], TABLE[0]], ValueError, r"samples\[29\] must be a structured array"),
        ([*EVENTS[:-1], EVENTS[-1][::-1]], ValueError, r"samples\[29\] must be sorted .* field t"),
        ([s[["x", "y"]] for s in EVENTS], ValueError, r"fields \['t', .* got \['x', 'y'\]"),
        (EVENTS[0][:30], TypeError, "a list of structured arrays, one a sample; got a single one"),
        (np.stack(EVENTS), TypeError, r"got an array \(30, 40\) of them, not list\(array\)"),
        (TABLE[:, :1], ValueError, "each of 30 samples has one step"),
        ([ROWS] * 30, TypeError, "looks like rows of events"),
        (in_units_of(1e-6), ValueError, "t must be in units .* fractions .*time_unit_ms=1000"),
        (in_units_of(1e-3), ValueError, "t must be in units .* milliseconds, time_unit_ms=1"),
        (
            in_units_of(0.001, int),
            ValueError,
            "all events of X come within a millisecond, .*t = 39",
        ),
    ],
)
def test_bad_data_is_refused_before_anything_is_simulated(estimator, X, error, message):
    with pytest.raises(error, match=message):
        estimator(10).fit(X, np.arange(30) % 2)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize("X", [SPIKES[:0], SIGNALS[:0], TABLE[:0], []])
def test_no_samples_are_refused(X):
    with pytest.raises(ValueError, match=r"Found array with (0 sample|shape)|0 sample\(s\)"):
        LiquidTransformer(10).fit(X)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    "X", [TABLE[0], EVENTS[0], [SPIKES] * 30, ["a.wav"], [[EVENTS[0], EVENTS[1]]], {"x": 1}]
)
def test_refusals_name_what_is_taken(X):
    with pytest.raises((TypeError, ValueError)) as refused:
        LiquidTransformer(10).fit(X)
    assert FORMS in str(refused.value)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize("X", [np.array(5.0), np.zeros(())])
def test_a_single_number_is_refused(X):
    with pytest.raises(ValueError, match="Expected 2D array, got scalar array instead"):
        LiquidTransformer(10).fit(X)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("sensor_size", "error", "message"),
    [
        ((4, 3), ValueError, r"sensor_size must be \(width, height, polarities\), got \(4, 3\)"),
        (12, ValueError, r"sensor_size must be \(width, height, polarities\), got \(12,\)"),
        ((4, 0, 2), ValueError, "sensor_size must be at least 1, got 0"),
        ((4.0, 3.0, 2.0), TypeError, "sensor_size must be an integer, got 4.0"),
        ((3, 3, 2), ValueError, r"field x must lie in 0\.\.2 .*, got 3"),
    ],
)
def test_sensors_that_cannot_be_are_refused(sensor_size, error, message):
    with pytest.raises(error, match=message):
        LSMClassifier(10, sensor_size=sensor_size).fit(EVENTS, Y_EVENTS)


@pytest.fixture(scope="module")
def fitted(cache):
    return {
        "spikes": LSMClassifier(liquid(0)).fit(SPIKES, Y),
        "signals": LSMClassifier(liquid(0)).fit(SIGNALS, Y_SIGNALS),
        "table": LSMClassifier(liquid(0)).fit(TABLE, Y_SIGNALS),
        "events": LSMClassifier(liquid(0)).fit(EVENTS, Y_EVENTS),
    }


@pytest.mark.parametrize(
    ("kind", "X", "error", "message"),
    [
        ("spikes", SIGNALS, TypeError, "X must be SpikeTrains, as when .* fitted; got signals"),
        ("spikes", EVENTS, TypeError, "must be SpikeTrains.* got a list of structured arrays"),
        ("signals", SPIKES, TypeError, "must be signals, as when .* fitted; got SpikeTrains"),
        ("signals", EVENTS, TypeError, "must be signals.* got a list of structured arrays"),
        ("events", SPIKES, TypeError, "must be a list of structured arrays.* got SpikeTrains"),
        ("events", SIGNALS, TypeError, "must be a list of structured arrays.* got signals"),
        ("spikes", SPIKES[:0], ValueError, "at least one sample"),
        ("signals", SIGNALS[:, :1], ValueError, "X has 1 channels, but LSMClassifier is expecting"),
        ("signals", TABLE, ValueError, "X has 1 channels, but LSMClassifier is expecting 2"),
        ("signals", set_at(SIGNALS, (0, 0, 0), np.nan), ValueError, "Input X contains NaN"),
        ("signals", SIGNALS[..., :0], ValueError, r"0 step\(s\)"),
        ("table", TABLE[:, :5], ValueError, "X has 5 features, but LSMClassifier is expecting 20"),
        ("table", TABLE.astype(str), ValueError, "got strings"),
        ("events", WIDER, ValueError, r"field x must lie in 0\.\.3"),
        ("events", [EVENTS[0][::-1]], ValueError, r"samples\[0\] must be sorted by the field t"),
    ],
)
def test_other_data_than_in_fit_is_refused(fitted, kind, X, error, message, request):
    request.getfixturevalue("no_simulation")  # what was fitted before may simulate
    for method in ("predict", "predict_proba", "decision_function"):
        with pytest.raises(error, match=message):
            getattr(fitted[kind], method)(X)


def test_a_table_may_be_followed_by_signals_of_its_one_channel(fitted):
    longer = [np.tile(row, 2) for row in TABLE]
    assert fitted["table"].predict(longer).shape == (30,)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("encoder", "error", "message"),
    [
        ("morse", ValueError, "encoder must be one of .* did you mean"),
        (7, TypeError, "encoder must be a name or a transformer"),
        (LevelCrossing(threshold=0), ValueError, "threshold must be finite and above 0"),
        (FunctionTransformer(), TypeError, "encoder must turn signals into SpikeTrains, got list"),
    ],
)
def test_encoders_that_are_none_are_refused(encoder, error, message):
    with pytest.raises(error, match=message):
        LSMClassifier(10, encoder=encoder).fit(RAGGED, Y_SIGNALS)
