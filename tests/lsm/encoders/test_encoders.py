"""What all encoders keep: scikit-learn's contract, samples for themselves, inverses."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm.encoders import (
    ENCODERS,
    BensSpiker,
    Encoder,
    Fired,
    GaussianPopulation,
    IntegrateAndFire,
    Latency,
    LevelCrossing,
    PoissonRate,
    StepForward,
    make_encoder,
)
from lsm.spikes import SpikeTrains
from lsm.spikes.arrays import SpikeArrays
from tests.lsm.encoders.cases import ENCODERS_THAT_FIRE, every, signals, without_chance


@pytest.fixture
def spikes_that_are_arrays(monkeypatch):
    """scikit-learn's checks compare outputs as arrays, which SpikeTrains refuse to become."""

    def dense(spikes, dtype=None, copy=None):
        return spikes.to_dense(0.5).reshape(len(spikes), -1).astype(dtype)

    monkeypatch.setattr(SpikeTrains, "__array__", dense)
    monkeypatch.delattr(SpikeArrays, "__array_function__")


@pytest.mark.usefixtures("spikes_that_are_arrays")
@parametrize_with_checks(
    [encoder() for encoder in ENCODERS.values()] + ENCODERS_THAT_FIRE,
    expected_failed_checks=lambda encoder: {
        # Where SCIPY_ARRAY_API is set, or else skipped.
        "check_array_api_input": "the output is SpikeTrains, an array of no namespace"
    },
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def test_every_encoder_is_tested_here():
    assert {type(encoder) for encoder in ENCODERS_THAT_FIRE} == set(ENCODERS.values())


# Output


@every
def test_kinds_of_channels_and_durations(encoder):
    X = signals()
    ragged = [X[0], X[1][:, :7]]
    encoder = clone(encoder).fit(X)
    assert (encoder.n_features_in_, encoder.n_channels_in_) == (3, 3)
    spikes = encoder.transform(ragged)
    assert spikes.shape == (2, encoder.n_channels_out_)
    assert encoder.n_channels_out_ % 3 == 0
    np.testing.assert_allclose(
        spikes.durations_ms, np.array([40, 7]) * encoder.step_ms + encoder.silence_ms
    )
    assert spikes.counts().any(axis=1).all()


@without_chance
def test_channels_of_one_kind_lie_together(encoder):
    """Channel c of kind k fires as the only channel of kind k does when it is encoded alone."""
    X = signals()
    spikes = encoder.fit_transform(X).to_lists()[0]
    for c in range(3):
        alone = encoder.fit_transform(X[:, c : c + 1]).to_lists()[0]
        for k, train in enumerate(alone):
            np.testing.assert_allclose(spikes[3 * k + c], train, rtol=1e-12)


@every
def test_a_sample_stands_alone(encoder):
    X = [signal[:, : 5 + 7 * i] for i, signal in enumerate(signals())]
    encoder = clone(encoder).fit(X)
    together = encoder.transform(X)
    backwards = encoder.transform(X[::-1])
    for i, signal in enumerate(X):
        assert together[i] == backwards[len(X) - 1 - i] == encoder.transform([signal])


@every
def test_batches_make_no_difference(encoder, monkeypatch):
    X = [signal[:, : 5 + 7 * i] for i, signal in enumerate(signals())]
    at_once = clone(encoder).fit_transform(X)
    monkeypatch.setattr("lsm.encoders.base._BATCH", 100)
    assert clone(encoder).fit_transform(X) == at_once


@every
def test_pickle_and_clone_encode_alike(encoder):
    X = signals()
    fitted = clone(encoder).fit(X)
    assert pickle.loads(pickle.dumps(fitted)).transform(X) == fitted.transform(X)
    assert clone(fitted).fit_transform(X) == fitted.transform(X)


@every
def test_table_list_and_array_of_univariate_signals_are_encoded_alike(encoder):
    X = signals(n_channels=1)
    spikes = clone(encoder).fit_transform(X)
    assert clone(encoder).fit_transform(X[:, 0]) == spikes
    assert clone(encoder).fit_transform(list(X[:, 0])) == spikes
    assert clone(encoder).fit_transform(X[:, 0].tolist()) == spikes


# Scale


@without_chance
def test_unit_and_origin_of_a_channel_make_no_difference(encoder):
    X = signals()
    scale, origin = np.array([[2.0], [40], [0.3]]), np.array([[8.0], [-60], [0]])
    spikes, same = (clone(encoder).fit_transform(given) for given in (X, scale * X + origin))
    # Rounding may shift a spike over a step.
    assert abs(spikes.counts() - same.counts()).sum() <= 0.01 * spikes.counts().sum()
    assert len(spikes.times_ms) > 200


@every
def test_weights_count_samples(encoder):
    """A sample of weight 0 leaves no trace, not even in a range; one of weight 2 is two."""
    X = [signal[:, : 10 + 5 * i] for i, signal in enumerate(signals())]
    X[0] = X[0] * 100
    weight = [0, 1, 2, 1, 0.0, 3]
    weighted = clone(encoder).fit(X, sample_weight=weight)
    repeated = clone(encoder).fit([X[1], *X[2:4], X[2], *[X[5]] * 3])
    for name in ("offset_", "scale_"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name))
    assert not np.allclose(clone(encoder).fit(X).scale_, weighted.scale_)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1, 2], "sample_weight.shape"),
        ([1, 1, -1], "Negative values"),
        ([0, 0, 0], "Sample weights must contain at least one non-zero number"),
        ([1, 1, np.nan], "NaN"),
    ],
)
def test_other_weights_are_refused(weight, message):
    with pytest.raises(ValueError, match=message):
        IntegrateAndFire().fit(signals(3), sample_weight=weight)


@every
def test_a_constant_channel_is_no_trouble(encoder):
    X = signals()
    X[:, 1] = 0.1
    encoder = clone(encoder).fit(X)
    assert encoder.scale_[1] == 1
    back = encoder.inverse_transform(encoder.transform(X))
    tolerance = 0.3 if isinstance(encoder, BensSpiker | GaussianPopulation) else 1e-12
    np.testing.assert_allclose(back[:, 1], 0.1, atol=tolerance)


# Inverse


@every
def test_the_inverse_has_the_shape_of_the_signals(encoder):
    X = signals(n_channels=1)
    encoder = clone(encoder).fit(X)
    assert encoder.inverse_transform(encoder.transform(X)).shape == X.shape
    ragged = [X[0], X[1][:, :7]]
    back = encoder.inverse_transform(encoder.transform(ragged))
    assert [signal.shape for signal in back] == [(1, 40), (1, 7)]
    encoder = clone(encoder).fit(X[:, 0])
    assert encoder.inverse_transform(encoder.transform(X[:, 0])).shape == X[:, 0].shape


def test_other_spikes_have_no_inverse():
    encoder = LevelCrossing(step_ms=5, silence_ms=1).fit(signals())
    with pytest.raises(TypeError, match="X must be SpikeTrains, got ndarray"):
        encoder.inverse_transform(signals())
    two = SpikeTrains.from_lists([[[], []]], duration_ms=11)
    with pytest.raises(ValueError, match="X has 2 channels, but LevelCrossing is expecting 6"):
        encoder.inverse_transform(two)
    for duration in (12, 1):
        spikes = SpikeTrains.from_lists([[[]] * 6], duration_ms=duration)
        with pytest.raises(ValueError, match=f"whole number of steps of 5 ms .* {duration} ms"):
            encoder.inverse_transform(spikes)
    with pytest.raises(ValueError, match="X must hold at least one sample"):
        encoder.inverse_transform(spikes[:0])


# Parameters


@pytest.mark.parametrize(
    ("encoder", "wrong"),
    [
        (IntegrateAndFire, {"step_ms": 0}),
        (IntegrateAndFire, {"silence_ms": -1}),
        (IntegrateAndFire, {"rate_Hz": np.inf}),
        (GaussianPopulation, {"n_fields": 2}),
        (GaussianPopulation, {"beta": 0}),
        (GaussianPopulation, {"max_rate_Hz": -1}),
        (PoissonRate, {"max_rate_Hz": 0}),
        (Latency, {"step_ms": np.nan}),
        (StepForward, {"threshold": 0}),
        (LevelCrossing, {"threshold": -1}),
        (BensSpiker, {"n_taps": 0}),
        (BensSpiker, {"cutoff": 1}),
        (BensSpiker, {"threshold": 1.5}),
    ],
)
def test_impossible_parameters_are_refused_when_fitted(encoder, wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{name} must be .*, got {value}"):
        encoder(**wrong).fit(signals())
    with pytest.raises(TypeError, match=f"{name} must be an? (number|integer), got 'much'"):
        encoder(**{name: "much"}).fit(signals())


def test_slopes_are_a_choice():
    with pytest.raises(TypeError, match="slopes must be True or False, got 'yes'"):
        IntegrateAndFire(slopes="yes").fit(signals())


# By name


@pytest.mark.parametrize("name", ENCODERS)
def test_encoder_by_name(name):
    assert type(make_encoder(name)) is ENCODERS[name]


def test_encoder_as_object_is_cloned():
    given_one = LevelCrossing(threshold=2).fit(signals())
    made = make_encoder(given_one)
    assert made is not given_one
    assert made.threshold == 2
    assert not hasattr(made, "scale_")
    assert isinstance(make_encoder(), IntegrateAndFire)


def test_unknown_encoders_are_refused():
    with pytest.raises(ValueError, match=r"'poisson', .* got 'poison'; did you mean 'poisson'"):
        make_encoder("poison")
    for wrong in (3, LevelCrossing):
        with pytest.raises(TypeError, match="encoder must be a name or a transformer"):
            make_encoder(wrong)


# In use


def test_in_a_pipeline_and_a_grid_search():
    """The class is the variance: crossings count it where levels are near enough."""
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    X = rng.normal(size=(40, 2, 50)) * (1 + y[:, np.newaxis, np.newaxis])
    model = make_pipeline(
        LevelCrossing(), FunctionTransformer(SpikeTrains.counts), LogisticRegression()
    )
    search = GridSearchCV(model, {"levelcrossing__threshold": [0.5, 100]}, cv=3).fit(X, y)
    assert search.best_params_ == {"levelcrossing__threshold": 0.5}
    assert search.best_score_ > 0.9


class Onset(Encoder):
    """One spike where each channel of a sample starts; nothing to learn, and no inverse."""

    @staticmethod
    def _learn_scale(signals, weight):
        return np.zeros(len(signals[0])), np.ones(len(signals[0]))

    def _encode(self, signals, first, carry):
        sample, channel = np.nonzero(np.full(signals.shape[:2], first == 0))
        step = np.zeros_like(sample)
        return Fired(sample, channel, step, step.astype(float)), None


def test_an_encoder_of_ones_own():
    encoder = Onset(step_ms=2).fit(signals())
    spikes = encoder.transform(signals())
    assert spikes.to_lists() == [[[0.0]] * 3] * 6
    assert spikes.durations_ms.tolist() == [80] * 6
    assert not hasattr(encoder, "inverse_transform")
    stream = encoder.stream()
    assert [len(stream.push(np.ones((3, 2)))[0]) for _ in range(2)] == [3, 0]


@every
@pytest.mark.parametrize("factor", [1e-320, 1e-200, 1e160, 1e300])
def test_signals_of_no_possible_scale_are_refused(encoder, factor):
    # Their variance is 0 or infinite: spikes came in every step, or in none.
    X = signals()
    X[:, 1] *= factor
    with pytest.raises(ValueError, match=r"X, the signals, must be of a scale .* in channel 1"):
        clone(encoder).fit(X)


@without_chance
@pytest.mark.parametrize("factor", [1e-90, 1e90])
def test_any_other_scale_is_as_good_as_1(encoder, factor):
    X = signals()
    one, other = (clone(encoder).fit_transform(X * each) for each in (1, factor))
    assert len(one.times_ms) > 100
    assert one.shape == other.shape
    # Rounding moves a value across a threshold here and there.
    assert np.abs(one.counts() - other.counts()).sum() <= 0.01 * len(one.times_ms)
