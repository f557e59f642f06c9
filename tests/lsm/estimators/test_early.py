"""Decisions before a sample's end: as right as they claim to be, at their times, on streams too."""

from copy import deepcopy

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from lsm import LSMClassifier, SpikeTrains
from lsm.encoders import BensSpiker
from lsm.estimators import early
from readouts import make_readout
from tests.lsm.estimators.data import pitches, ramps
from tests.lsm.liquids import liquid, part

LIQUID = liquid(0)
EVERY_MS, N_TIMES = 10.0, 6
TIMES_MS = EVERY_MS * np.arange(1, N_TIMES + 1)


def evidence(n, seed):
    """States (times, samples, 3) that drift towards one of three classes, and the classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=n)
    drift = rng.uniform(0.2, 1.5, (n, 1)) * np.eye(3)[y]
    return (drift + rng.normal(size=(N_TIMES + 1, n, 3))).cumsum(axis=0).astype(np.float32), y


def calibrated(states, y, durations_ms, **options):
    return early.fit_early(
        lambda: make_readout("ridge"),
        states[:-1],
        states[-1].astype(float),
        y,
        every_ms=EVERY_MS,
        durations_ms=durations_ms,
        **options,
    )


@pytest.fixture(scope="module")
def fitted():
    states, y = evidence(900, seed=0)
    return calibrated(states, y, np.full(900, 70.0))


def test_so_many_early_decisions_are_right(fitted):
    states, y = evidence(6000, seed=1)
    for confidence in (0.7, 0.8, 0.9, 0.95):
        threshold, undecided = fitted.threshold(confidence), np.ones(6000, dtype=bool)
        right = []
        for k in range(N_TIMES):
            sureness, labels = fitted.sureness(k, states[k].astype(float))
            now = undecided & (sureness >= threshold)
            right.extend(labels[now] == y[now])
            undecided &= ~now
        assert len(right) > 1500
        assert confidence - 0.02 < np.mean(right) < confidence + 0.05


def test_what_is_said_of_thresholds_is_what_comes_of_them():
    rng = np.random.default_rng(0)
    sureness, right = rng.normal(size=(3, 20)), rng.random((4, 20)) < 0.7
    durations, times = rng.uniform(5, 40, 20), np.array([10.0, 20.0, 30.0])
    thresholds, confidences, accuracies, means = early._policies(sureness, right, times, durations)
    assert np.isinf(thresholds[-1])
    for threshold, *found in zip(thresholds, confidences, accuracies, means, strict=True):
        hits, wrong, when = [], 0, []
        for i, duration in enumerate(durations):
            hit, at = right[3, i], duration
            for k, time in enumerate(times):
                if time <= duration and sureness[k, i] >= threshold:
                    hit, at = right[k, i], time
                    wrong += not hit
                    break
            hits.append(hit)
            when.append(at)
        # One that ends before the first decision time can't be early.
        n_early = sum(
            any(sureness[k, i] >= threshold for k in range(3) if times[k] <= durations[i])
            for i in range(20)
        )
        confidence = 1 - (1 + wrong) / n_early if n_early else 0.0
        np.testing.assert_allclose(found, [confidence, np.mean(hits), np.mean(when)])


def test_decision_values_become_probabilities():
    rng = np.random.default_rng(0)
    logits = 2 * rng.normal(size=(20_000, 3))
    codes = (log_softmax(logits, axis=1) + rng.gumbel(size=logits.shape)).argmax(axis=1)
    assert early._temperature(5 * logits, codes) == pytest.approx(5, rel=0.05)
    best, odds = early._most_probable(logits)
    probability = np.exp(log_softmax(logits, axis=1).max(axis=1))
    np.testing.assert_allclose(odds, np.log(probability / (1 - probability)))
    np.testing.assert_array_equal(best, logits.argmax(axis=1))


def test_samples_without_weight_do_not_count():
    states, y = evidence(300, seed=0)
    strange = states.copy()
    strange[:, :50] *= -9
    weight = np.r_[np.zeros(50), np.ones(250)]
    durations = np.full(300, 70.0)
    found, wanted = (calibrated(s, y, durations, sample_weight=weight) for s in (strange, states))
    np.testing.assert_allclose(found.confidences, wanted.confidences)
    assert len(found.readouts) == N_TIMES


def test_readouts_before_the_end_keep_no_samples(fitted):
    assert all(readout._equations is None and readout._rows is None for readout in fitted.readouts)


def test_groups_are_left_out_as_a_whole():
    """What tells a group's own samples from each other is of no use for another group."""
    rng = np.random.default_rng(0)
    group, y = np.repeat(np.arange(10), 60), np.tile([0, 1], 300)
    own = rng.normal(size=(10, 2, 20))[group, y]
    states = np.tile(own + 0.1 * rng.normal(size=own.shape), (N_TIMES + 1, 1, 1))
    durations = np.full(600, 70.0)
    torn, whole = (
        calibrated(states.astype(np.float32), y, durations, groups=groups)
        for groups in (None, group)
    )
    assert torn.accuracies.min() > whole.accuracies.max() + 0.1
    with pytest.raises(ValueError, match="at least 5 groups, got 2"):
        LSMClassifier(LIQUID, decide_every_ms=5.0).fit(*pitches(30), groups=np.arange(30) % 2)


# In a classifier


@pytest.fixture(scope="module")
def model(cache):
    return LSMClassifier(LIQUID, state="traces:20", decide_every_ms=5.0).fit(*pitches(60))


def test_a_decision_is_made_where_it_is_sure(model):
    spikes, y = pitches(40, seed=1)
    labels, times_ms, sure = model.predict_when_sure(spikes, confidence=0.8)
    threshold = model.early_.threshold(0.8)
    for k, sample in enumerate(spikes):
        for time_ms in model.early_.times_ms:
            cut = part(sample, 0, time_ms)
            place = round(time_ms / 5) - 1
            sureness, label = model.early_.sureness(place, model._states(cut))
            if sureness >= threshold:
                assert (labels[k], times_ms[k], sure[k]) == (label, time_ms, True)
                break
        else:
            assert (labels[k], times_ms[k], sure[k]) == (model.predict(sample)[0], 30.0, False)
    assert (labels == y).mean() > 0.9
    assert 5 < times_ms[sure].mean() < 20


def test_what_is_never_sure_waits_for_the_end(model):
    spikes, _ = pitches(40, seed=1)
    labels, times_ms, sure = model.predict_when_sure(spikes, confidence=0.9999)
    np.testing.assert_array_equal(labels, model.predict(spikes))
    assert not sure.any()
    assert (times_ms == 30).all()


@pytest.mark.parametrize("chunk_ms", [1.0, 5.0])
def test_a_stream_decides_as_the_whole_does(model, chunk_ms):
    spikes, _ = pitches(10, seed=2)
    labels, times_ms, sure = model.predict_when_sure(spikes, confidence=0.9)
    assert sure.any()
    with model.stream() as live:
        for k, sample in enumerate(spikes):
            live.restart()
            assert live.predict_when_sure(confidence=0.9) is None
            for start in np.arange(0, 30, chunk_ms):
                live.push(part(sample, start, start + chunk_ms))
                label = live.predict_when_sure(confidence=0.9)
                if label is not None:
                    break
            assert (label is not None) == sure[k]
            assert (live.predict() if label is None else label) == labels[k]
            assert times_ms[k] == start + chunk_ms


def test_a_chunk_that_goes_on_is_judged_by_its_last_decision_time(model):
    spikes, _ = pitches(10, seed=2)
    with model.stream() as live:
        for sample in spikes:
            live.restart()
            live.push(part(sample, 0, 13))
            state = model._states(part(sample, 0, 10))
            sureness, label = model.early_.sureness(1, state)
            expected = label[0] if sureness[0] >= model.early_.threshold(0.9) else None
            assert live.predict_when_sure(confidence=0.9) == expected
            np.testing.assert_array_equal(live.state(), model._states(part(sample, 0, 13))[0])


def test_bins_of_samples_of_any_length(cache):
    """A sample is decided on before its end, or at it."""
    spikes, y = pitches(60)
    rng = np.random.default_rng(0)
    cut = [
        part(sample, 0, float(ms))
        for sample, ms in zip(spikes, rng.integers(8, 31, 60), strict=True)
    ]
    ragged = SpikeTrains.from_lists(
        [sample.to_lists()[0] for sample in cut],
        duration_ms=np.concatenate([sample.durations_ms for sample in cut]),
    )
    model = LSMClassifier(LIQUID, state="bins:2", decide_every_ms=4).fit(ragged, y)
    labels, times_ms, sure = model.predict_when_sure(ragged, confidence=0.8)
    assert (times_ms[sure] % 4 == 0).all()
    assert (times_ms <= ragged.durations_ms).all()
    np.testing.assert_array_equal(times_ms[~sure], ragged.durations_ms[~sure])
    # Nine in ten samples last no longer.
    assert model.early_.times_ms[-1] <= np.percentile(ragged.durations_ms, 90)
    assert len(labels) == 60


def test_signals_and_two_classes_by_any_linear_readout(cache):
    X, y = ramps(60)
    model = LSMClassifier(20, decide_every_ms=20, readout=RidgeClassifier(), random_state=0).fit(
        X, y
    )
    decisions = model.predict_when_sure(X, confidence=0.9)
    assert decisions.sure.any()
    assert set(decisions.labels) == set(y)
    assert "times_ms=<float64 (60,)>" in repr(decisions)


# Refusals


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"decide_every_ms": 0}, ValueError, "decide_every_ms must be finite and above 0, got 0"),
        ({"decide_every_ms": 2.5}, ValueError, "decide_every_ms must be a multiple of dt_ms = 1"),
        ({"decide_every_ms": 30.0}, ValueError, "must be shorter than samples, .* at most 30 ms"),
        ({"readout": KNeighborsClassifier()}, TypeError, "readout with decision_function, got KNe"),
        ({"readout": SVC(decision_function_shape="ovo")}, ValueError, "value for each class, not"),
        ({"pretraining": "eprop"}, ValueError, "hasn't learned from, and pretraining 'eprop'"),
    ],
)
def test_what_can_not_decide_is_refused_before_it_is_simulated(options, error, message):
    model = LSMClassifier(LIQUID, **{"decide_every_ms": 5.0, **options})
    with pytest.raises(error, match=message):
        model.fit(*pitches(30))


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (lambda y: np.where(y == y[0], 0, 1 + np.arange(30) % 5), "there is none without 0"),
        (lambda y: np.arange(30)[:, None], r"groups must have the shape \(samples,\), got"),
        (lambda y: np.array([None, *y[1:]], dtype=object), "groups must be of one kind"),
        (lambda y: np.arange(29), "inconsistent numbers of samples"),
    ],
)
def test_groups_that_can_not_be_left_out_are_refused_before(groups, message):
    X, y = pitches(30)
    with pytest.raises(ValueError, match=message):
        LSMClassifier(LIQUID, decide_every_ms=5.0).fit(X, y, groups=groups(y))


@pytest.mark.usefixtures("no_simulation")
def test_few_samples_and_encoders_that_look_ahead_are_refused():
    with pytest.raises(ValueError, match="at least 5 samples of each class in y, got 4 of left"):
        LSMClassifier(LIQUID, decide_every_ms=5.0).fit(*pitches(8))
    with pytest.raises(ValueError, match=r"encoder BensSpiker.* can't be streamed"):
        LSMClassifier(LIQUID, decide_every_ms=5.0, encoder=BensSpiker()).fit(*ramps(30))
    with pytest.raises(ValueError, match="decide_every_ms needs all samples at once"):
        LSMClassifier(LIQUID, decide_every_ms=5.0).partial_fit(*pitches(30), classes=["a", "b"])


def test_what_learns_more_samples_decides_at_the_end_alone(model):
    more = deepcopy(model).set_params(decide_every_ms=None).partial_fit(*pitches(30))
    with pytest.raises(ValueError, match="has no readouts before a sample's end"):
        more.predict_when_sure(pitches(30)[0])


def test_a_confidence_lies_between_0_and_1(model):
    spikes, y = pitches(30)
    for confidence in (0, 1, 95, -0.1, np.nan):
        with pytest.raises(ValueError, match="confidence must lie between 0 and 1, got"):
            model.predict_when_sure(spikes, confidence=confidence)
    with pytest.raises(NotFittedError):
        LSMClassifier(LIQUID, decide_every_ms=5.0).predict_when_sure(spikes)
    plain = LSMClassifier(LIQUID, state="traces").fit(spikes, y)
    with pytest.raises(ValueError, match="LSMClassifier has no readouts before a sample's end"):
        plain.predict_when_sure(spikes)
    with plain.stream() as live, pytest.raises(ValueError, match="has no readouts before"):
        live.predict_when_sure()
