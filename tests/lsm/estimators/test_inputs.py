"""Each kind of input: the same as doing by hand what the estimator does."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from lsm import LiquidTransformer, LSMClassifier, SpikeTrains
from lsm.encoders import IntegrateAndFire, PoissonRate
from lsm.signals import validate_signals
from tests.lsm.estimators.data import SENSOR, gestures, pitches, ragged, ramps

SIGNALS, Y_SIGNALS = ramps(30)
RAGGED = ragged(SIGNALS)
TABLE = SIGNALS[:, 0]
EVENTS, Y_EVENTS = gestures(30)
ENCODER = IntegrateAndFire(rate_Hz=500.0, step_ms=3.0)


def states(X, **parameters):
    return LiquidTransformer(20, random_state=0, **parameters).fit_transform(X)


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
