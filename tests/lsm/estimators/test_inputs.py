"""Each kind of input: the same as doing by hand what the estimator does, and clear refusals."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor, SpikeTrains
from lsm.encoders import IntegrateAndFire, LevelCrossing, PoissonRate
from lsm.signals import FORMS, validate_signals
from tests.lsm.estimators.data import SENSOR, gestures, pitches, ragged, ramps
from tests.lsm.liquids import liquid

SPIKES, Y = pitches(30)
SIGNALS, Y_SIGNALS = ramps(30)
RAGGED = ragged(SIGNALS)
TABLE = SIGNALS[:, 0]
EVENTS, Y_EVENTS = gestures(30)
WIDER, _ = gestures(2, sensor_size=(6, 3, 2))
ENCODER = IntegrateAndFire(rate_Hz=500.0, step_ms=3.0)


def states(X, **parameters):
    return LiquidTransformer(20, random_state=0, **parameters).fit_transform(X)


# The same as by hand


@pytest.mark.parametrize("X", [SIGNALS, RAGGED, TABLE, list(TABLE), tuple(RAGGED)])
def test_signals_are_heard_as_the_encoders_spikes(X):
    by_hand = ENCODER.fit_transform(X)
    found = states(X, encoder=ENCODER)
    np.testing.assert_array_equal(found, states(by_hand))
    assert found.any()


def test_one_channel_may_come_as_a_table_or_in_three_dimensions_or_as_a_list():
    expected = states(TABLE)
    for X in (TABLE[:, np.newaxis], list(TABLE), list(TABLE[:, np.newaxis]), TABLE.tolist()):
        np.testing.assert_array_equal(states(X), expected)


@pytest.mark.parametrize("holder", [list, tuple, lambda X: np.array([*X, None], dtype=object)[:-1]])
def test_samples_of_one_length_in_a_list_are_as_an_array(holder):
    np.testing.assert_array_equal(states(holder(SIGNALS)), states(SIGNALS))


def test_signals_of_any_length_stand_for_themselves():
    model = LiquidTransformer(20, random_state=0).fit(RAGGED)
    alone = [model.transform([signal])[0] for signal in RAGGED[:5]]
    np.testing.assert_array_equal(alone, model.transform(RAGGED)[:5])


@pytest.mark.parametrize("sensor_size", [None, SENSOR, list(SENSOR), (6, 3, 2)])
def test_events_are_heard_as_spikes_on_the_places_of_the_sensor(sensor_size):
    by_hand = SpikeTrains.from_events(EVENTS, sensor_size=sensor_size or SENSOR)
    model = LiquidTransformer(20, sensor_size=sensor_size, random_state=0)
    np.testing.assert_array_equal(model.fit_transform(EVENTS), states(by_hand))
    assert model.sensor_size_ == tuple(sensor_size or SENSOR)
    assert model.n_features_in_ == by_hand.n_channels


def test_the_default_sensor_is_the_smallest_that_has_the_training_events():
    cut = [sample[sample["x"] < 3] for sample in EVENTS]
    assert LiquidTransformer(10, random_state=0).fit(cut).sensor_size_ == (3, 3, 2)
    audio = [sample[["t", "x"]] for sample in EVENTS]
    assert LiquidTransformer(10, random_state=0).fit(audio).sensor_size_ == (4, 1, 1)


@pytest.mark.parametrize(
    ("train", "test", "kind"),
    [
        (pitches(40), pitches(40, seed=1), "spikes"),
        (ramps(40), ramps(40, seed=1), "signals"),
        (gestures(40), gestures(40, seed=1), "events"),
    ],
    ids=["spikes", "signals", "events"],
)
def test_the_defaults_learn_each_kind_and_show_what_was_chosen(train, test, kind):
    model = LSMClassifier(random_state=0).fit(*train)
    assert model.score(*test) > 0.9
    assert model.input_kind_ == kind
    assert model.reservoir_.n_neurons == 100
    assert model.target_ == "cpp"
    assert hasattr(model, "encoder_") == (kind == "signals")
    assert hasattr(model, "sensor_size_") == (kind == "events")


@pytest.mark.parametrize("X", [SIGNALS, RAGGED, TABLE], ids=["array", "list", "table"])
def test_the_rate_that_was_asked_for_is_reached_on_signals(X):
    counts = states(X, state="excitatory", rate_Hz=60)
    heard = LiquidTransformer(20, random_state=0).fit(X)
    seconds = heard.encoder_.transform(validate_signals(heard, X, reset=False)).durations_ms / 1000
    assert 60 <= counts.mean(axis=1).sum() / seconds.sum() < 75


def test_an_encoder_may_be_a_pipeline_that_ends_in_one():
    doubled = make_pipeline(FunctionTransformer(lambda signals: [2 * s for s in signals]), ENCODER)
    found = LSMClassifier(20, encoder=doubled, random_state=0).fit(RAGGED, Y_SIGNALS)
    by_hand = LSMClassifier(20, encoder=ENCODER, random_state=0)
    by_hand.fit([2 * signal for signal in RAGGED], Y_SIGNALS)
    np.testing.assert_array_equal(
        found.predict_proba(RAGGED), by_hand.predict_proba([2 * signal for signal in RAGGED])
    )


def test_an_encoder_may_scale_a_table_with_scikit_learns_own():
    """Standardised step by step, across samples: what a pipeline's first step makes of a table."""
    encoder = make_pipeline(StandardScaler(), PoissonRate(max_rate_Hz=500.0, random_state=0))
    found = LSMClassifier(20, encoder=encoder, random_state=0).fit(TABLE, Y_SIGNALS)
    scaled = StandardScaler().fit_transform(TABLE)
    by_hand = LSMClassifier(20, encoder=encoder[-1], random_state=0).fit(scaled, Y_SIGNALS)
    np.testing.assert_array_equal(found.predict_proba(TABLE), by_hand.predict_proba(scaled))
    np.testing.assert_array_equal(found.predict(TABLE[:3]), by_hand.predict(scaled[:3]))
    weight = np.arange(30) % 3
    weighted = clone(found).fit(TABLE, Y_SIGNALS, sample_weight=weight)
    np.testing.assert_allclose(
        weighted.encoder_[0].mean_, np.average(TABLE, axis=0, weights=weight)
    )
    with pytest.raises(ValueError, match="StandardScaler"):  # not the 3-D array it doesn't take
        clone(found).fit(SIGNALS, Y_SIGNALS)


class DataSet:
    """(events, label) pairs one by one, as tonic's and PyTorch's data sets give them."""

    def __init__(self, events, labels):
        self.pairs = list(zip(events, labels, strict=True))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, i):
        return self.pairs[i]


def held_by_tonic(events, labels):
    tonic = pytest.importorskip("tonic")
    bases = (DataSet, tonic.dataset.Dataset)
    return type("Kept", bases, {"sensor_size": SENSOR})(events, labels)


def held_by_pandas(events, labels):
    return pytest.importorskip("pandas").Series(events, index=np.arange(len(events))[::-1])


@pytest.mark.parametrize(
    "holder",
    [
        lambda events, labels: list(zip(events, labels, strict=True)),
        lambda events, labels: [[*pair] for pair in zip(events, labels, strict=True)],
        DataSet,
        held_by_tonic,
        held_by_pandas,
        lambda events, labels: np.array([*events, None], dtype=object)[:-1],
    ],
    ids=["pairs", "lists", "data set", "tonic", "Series", "objects"],
)
def test_events_may_come_with_their_labels(holder):
    X, X_new = holder(EVENTS[:20], Y_EVENTS[:20]), holder(EVENTS[20:], Y_EVENTS[20:])
    expected = LSMClassifier(20, random_state=0).fit(EVENTS[:20], Y_EVENTS[:20])
    found = LSMClassifier(20, random_state=0).fit(X, Y_EVENTS[:20])
    assert found.input_kind_ == "events"
    np.testing.assert_array_equal(found.predict_proba(X_new), expected.predict_proba(EVENTS[20:]))


def test_a_data_set_is_split_by_scikit_learn():
    model = LSMClassifier(20, random_state=0)
    found, expected = (
        cross_val_score(model, X, Y_EVENTS, cv=2) for X in (DataSet(EVENTS, Y_EVENTS), EVENTS)
    )
    assert found.tolist() == expected.tolist()
    assert found.min() > 0.8


def test_frames_may_hold_a_channel_in_each_column():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([list(signal) for signal in RAGGED], columns=["left", "right"])
    model = LSMClassifier(20, random_state=0).fit(frame, Y_SIGNALS)
    by_hand = LSMClassifier(20, random_state=0).fit(RAGGED, Y_SIGNALS)
    np.testing.assert_array_equal(model.predict_proba(frame), by_hand.predict_proba(RAGGED))
    np.testing.assert_array_equal(
        states(pandas.Series(RAGGED, index=np.arange(30)[::-1])), states(RAGGED)
    )


def test_columns_have_names_where_they_are_given():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(TABLE, columns=[f"t{k}" for k in range(TABLE.shape[1])])
    model = LiquidTransformer(20, random_state=0).fit(frame)
    np.testing.assert_array_equal(model.transform(frame), states(TABLE))
    assert list(model.feature_names_in_) == list(frame.columns)
    with pytest.raises(ValueError, match="feature names should match"):
        model.transform(frame[frame.columns[::-1]])


# Refusals

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
