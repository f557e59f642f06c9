"""Sample weights and batches: as if samples were repeated, and as if they had come at once."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    RidgeClassifier,
    SGDRegressor,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor
from lsm.encoders import IntegrateAndFire
from tests.lsm.estimators.data import LABELS, gestures, pitches, ragged, ramps
from tests.lsm.liquids import liquid

SPIKES, Y = pitches(60)
SIGNALS, Y_SIGNALS = ramps(60)
EVENTS, Y_EVENTS = gestures(60)
RAGGED = ragged(SIGNALS)
LIQUID = liquid(0)
WEIGHT = np.random.default_rng(3).integers(0, 3, size=60)
NONE = np.zeros(60)
TWICE = np.repeat(np.arange(60), WEIGHT)


def at(X, places):
    return [X[k] for k in places] if isinstance(X, list) else X[places]


# Weights


@pytest.mark.parametrize(
    ("X", "y"),
    [(SPIKES, Y), (SIGNALS, Y_SIGNALS), (RAGGED, Y_SIGNALS), (EVENTS, Y_EVENTS)],
    ids=["spikes", "signals", "ragged", "events"],
)
def test_weights_of_zero_and_two_are_leaving_out_and_repeating(X, y):
    model = LSMClassifier(10, state="counts", random_state=0)
    weighted = clone(model).fit(X, y, sample_weight=WEIGHT)
    repeated = clone(model).fit(at(X, TWICE), at(y, TWICE))
    assert weighted.reservoir_ == repeated.reservoir_
    np.testing.assert_allclose(
        weighted.decision_function(X), repeated.decision_function(X), rtol=1e-7, atol=1e-7
    )
    plain = clone(model).fit(X, y)
    assert np.abs(weighted.decision_function(X) - plain.decision_function(X)).max() > 0.1


def test_the_transformer_looks_at_samples_with_weight_only():
    outlier = SIGNALS.copy()
    outlier[WEIGHT == 0] *= 1000
    model = LiquidTransformer(20, random_state=0)
    weighted = clone(model).fit(outlier, sample_weight=WEIGHT)
    repeated = clone(model).fit(SIGNALS[TWICE])
    assert weighted.reservoir_ == repeated.reservoir_
    np.testing.assert_allclose(weighted.encoder_.scale_, repeated.encoder_.scale_)
    np.testing.assert_array_equal(
        weighted.fit_transform(outlier, sample_weight=WEIGHT), weighted.transform(outlier)
    )


def test_regressors_take_weights():
    y = SIGNALS[..., :10].mean(axis=(1, 2))
    model = LSMRegressor(10, state="counts", random_state=0)
    weighted = clone(model).fit(SIGNALS, y, sample_weight=WEIGHT)
    repeated = clone(model).fit(SIGNALS[TWICE], y[TWICE])
    np.testing.assert_allclose(weighted.predict(SIGNALS), repeated.predict(SIGNALS), rtol=1e-7)


@pytest.mark.parametrize(
    "readout",
    [
        "logistic",
        LogisticRegression(),
        make_pipeline(make_pipeline(StandardScaler()), Perceptron()),
    ],
)
def test_a_pipeline_as_a_readout_hands_weights_to_its_steps(readout):
    weighted = LSMClassifier(LIQUID, readout=readout).fit(SPIKES, Y, sample_weight=WEIGHT)
    left_out = LSMClassifier(LIQUID, readout=readout).fit(SPIKES[WEIGHT > 0], Y[WEIGHT > 0])
    repeated = LSMClassifier(LIQUID, readout=readout).fit(SPIKES[TWICE], Y[TWICE])
    first = getattr(weighted.readout_, "steps", [(None, None)])[0][1]
    if isinstance(first, StandardScaler):
        np.testing.assert_allclose(first.mean_, repeated.readout_.steps[0][1].mean_)
        assert not np.allclose(first.mean_, left_out.readout_.steps[0][1].mean_)
    assert weighted.score(SPIKES, Y) > 0.9


def test_a_pipeline_as_an_encoder_hands_weights_to_its_steps():
    encoder = make_pipeline(FunctionTransformer(), IntegrateAndFire())
    model = LiquidTransformer(LIQUID, encoder=encoder)
    weighted = clone(model).fit(SIGNALS, sample_weight=WEIGHT).encoder_[-1]
    repeated = clone(model).fit(SIGNALS[TWICE]).encoder_[-1]
    np.testing.assert_allclose(weighted.scale_, repeated.scale_)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.ones(59), r"sample_weight.shape == \(59,\), expected \(60,\)"),
        (-np.ones(60), "Negative values in data passed to `sample_weight`"),
        (np.full(60, np.nan), "Input sample_weight contains NaN"),
        (np.ones((60, 1)), "Sample weights must be 1D array or scalar"),
        (NONE, "Sample weights must contain at least one non-zero number"),
    ],
)
@pytest.mark.parametrize(("X", "y"), [(SPIKES, Y), (SIGNALS, Y_SIGNALS), (EVENTS, Y_EVENTS)])
def test_weights_that_are_none_are_refused(X, y, weight, message):
    with pytest.raises(ValueError, match=message):
        LSMClassifier(10).fit(X, y, sample_weight=weight)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    "readout", [KNeighborsClassifier(), make_pipeline(StandardScaler(), KNeighborsClassifier())]
)
def test_a_readout_that_takes_no_weights_is_refused_them(readout):
    with pytest.raises(ValueError, match=r"(?s)readout .*KNeighbors.* takes no sample_weight"):
        LSMClassifier(LIQUID, readout=readout).fit(SPIKES, Y, sample_weight=WEIGHT)


# Batches


def batches():
    for start in range(0, 60, 20):
        part = slice(start, start + 20)
        yield SPIKES[part], Y[part], WEIGHT[part]


@pytest.mark.parametrize("weighted", [False, True])
def test_batches_are_as_good_as_all_at_once(weighted):
    whole = LSMClassifier(LIQUID, state="counts")
    model = clone(whole)
    whole.fit(SPIKES, Y, sample_weight=WEIGHT if weighted else None)
    for X, y, weight in batches():
        # In the first batch as in later ones.
        model.partial_fit(X, y, classes=LABELS, sample_weight=weight if weighted else None)
    np.testing.assert_allclose(
        model.decision_function(SPIKES), whole.decision_function(SPIKES), rtol=1e-6, atol=1e-6
    )
    assert (model.n_features_in_, list(model.classes_)) == (4, list(LABELS))


def test_batches_of_numbers_are_as_good_as_all_at_once():
    y = SPIKES.counts()[:, :2].astype(float)
    whole = LSMRegressor(LIQUID, state="counts").fit(SPIKES, y)
    model = LSMRegressor(LIQUID, state="counts")
    for k in range(0, 60, 20):
        model.partial_fit(SPIKES[k : k + 20], y[k : k + 20])
    np.testing.assert_allclose(model.predict(SPIKES), whole.predict(SPIKES), rtol=1e-6)


def test_a_fit_may_be_followed_by_batches():
    whole = LSMClassifier(LIQUID, state="counts").fit(SPIKES, Y)
    model = LSMClassifier(LIQUID, state="counts").fit(SPIKES[:30], Y[:30])
    model.partial_fit(SPIKES[30:], Y[30:])
    np.testing.assert_allclose(
        model.decision_function(SPIKES), whole.decision_function(SPIKES), rtol=1e-6, atol=1e-6
    )


def test_the_first_batch_decides_encoding_and_liquid():
    model = LSMClassifier(20, random_state=0).partial_fit(
        SIGNALS[:20], Y_SIGNALS[:20], classes=LABELS
    )
    encoder, reservoir = model.encoder_, model.reservoir_
    model.partial_fit(100 * SIGNALS[20:], Y_SIGNALS[20:])
    assert model.encoder_ is encoder
    assert model.reservoir_ is reservoir
    assert reservoir == LiquidTransformer(20, random_state=0).fit(SIGNALS[:20]).reservoir_


def test_a_batch_may_have_one_class_and_no_weight():
    model = LSMClassifier(LIQUID, state="counts").partial_fit(SPIKES[:30], Y[:30], classes=LABELS)
    before = model.decision_function(SPIKES)
    left = SPIKES[Y == "left"]
    model.partial_fit(left, np.full(len(left), "left"), sample_weight=np.zeros(len(left)))
    np.testing.assert_allclose(model.decision_function(SPIKES), before, rtol=1e-6)
    model.partial_fit(left, np.full(len(left), "left"))
    assert np.mean(model.decision_function(SPIKES)) < np.mean(before)


def test_readouts_that_learn_online_are_welcome():
    y = SPIKES.counts()[:, 0] / 10
    model = LSMRegressor(LIQUID, readout=SGDRegressor(eta0=1e-4), state="counts")
    for _ in range(3):
        model.partial_fit(SPIKES, y)
    assert model.readout_.t_ == 1 + 3 * 60
    assert not hasattr(LSMClassifier(LIQUID, readout=RidgeClassifier()), "partial_fit")
    with pytest.raises(AttributeError, match="has no attribute 'partial_fit'"):
        _ = LSMClassifier(LIQUID, readout="logistic").partial_fit


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("y", "keywords", "message"),
    [
        (Y, {}, "classes must be passed on the first call to partial_fit"),
        (Y, {"classes": ["left"]}, "classes must hold at least two classes, got one class"),
        (Y, {"classes": ["left", "wrong"]}, r"label\(s\) \['right'\] in y do not exist"),
        (Y[1:], {"classes": LABELS}, "inconsistent numbers of samples"),
        (None, {"classes": LABELS}, "requires y to be passed"),
        (Y, {"classes": LABELS, "sample_weight": -np.ones(60)}, "Negative values"),
    ],
)
def test_first_batches_that_cannot_be_are_refused_and_leave_nothing(y, keywords, message):
    model = LSMClassifier(LIQUID)
    with pytest.raises(ValueError, match=message):
        model.partial_fit(SPIKES, y, **keywords)
    assert not hasattr(model, "classes_")


@pytest.mark.parametrize(
    ("X", "y", "keywords", "message"),
    [
        (SPIKES, Y, {"classes": ["left", "up"]}, "is not the same as on last call to partial_fit"),
        (SPIKES, np.full(60, "up"), {}, r"label\(s\) \['up'\] in y do not exist in the initial"),
        (SPIKES, Y, {"sample_weight": np.ones(3)}, "sample_weight.shape"),
        (pitches(60, n_channels=6)[0], Y, {}, "X has 6 channels, but .* expecting 4"),
    ],
)
def test_later_batches_that_cannot_be_are_refused(X, y, keywords, message, request):
    model = LSMClassifier(LIQUID).partial_fit(SPIKES, Y, classes=LABELS)
    before = model.decision_function(SPIKES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lsm.simulation.state_cache.simulate", None)
        with pytest.raises(ValueError, match=message):
            model.partial_fit(X, y, **keywords)
    np.testing.assert_array_equal(model.decision_function(SPIKES), before)
