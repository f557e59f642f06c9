"""Envelopes of random sums of electrodes: what they are, and what they don't depend on."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm import LSMClassifier
from lsm.encoders import EnvelopeFrontEnd, IntegrateAndFire

RATE_HZ = 200


def noise(n=6, channels=4, steps=60, seed=0):
    return np.random.default_rng(seed).normal(size=(n, channels, steps))


@parametrize_with_checks([EnvelopeFrontEnd(RATE_HZ, n_filters=5, random_state=0)])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def test_envelopes_are_those_of_windows_one_by_one():
    X = 30 * noise(steps=47)
    front_end = EnvelopeFrontEnd(
        RATE_HZ, n_filters=7, window_ms=100, hop_ms=50, floor_dB=30, random_state=1
    )
    envelopes = front_end.fit(X).transform(X)
    assert front_end.step_ms == 50
    assert front_end.scale_ == pytest.approx(np.sqrt(np.mean(X**2)))
    assert envelopes.shape == (6, 7, 5)
    for i in range(5):
        first, end = max(0, 10 * i - 5), min(47, 10 * i + 15)
        rectified = np.abs(front_end.filters_ @ X[:, :, first:end]).mean(axis=2)
        expected = 20 * np.log10(rectified / front_end.scale_ + 10 ** (-30 / 20))
        np.testing.assert_allclose(envelopes[:, :, i], expected)


def test_windows_shorter_than_a_hop_leave_none_empty():
    X = noise(steps=21)
    front_end = EnvelopeFrontEnd(RATE_HZ, window_ms=10, hop_ms=100, random_state=0)
    envelopes = front_end.fit(X).transform(X)
    assert envelopes.shape == (6, 200, 2)
    last = np.abs(front_end.filters_ @ X[:, :, 20:]) / front_end.scale_
    np.testing.assert_allclose(envelopes[:, :, 1:], 20 * np.log10(last + 0.01))


def test_filters_sum_a_few_electrodes_with_unit_norm():
    X = noise(channels=8)
    filters = EnvelopeFrontEnd(RATE_HZ, n_filters=400, random_state=0).fit(X).filters_
    assert np.all((filters != 0).sum(axis=1) == 3)
    np.testing.assert_allclose(np.linalg.norm(filters, axis=1), 1)
    # Each electrode as often as chance has it, with both signs.
    often = (filters != 0).sum(axis=0)
    assert np.all(np.abs(often - 150) < 4 * np.sqrt(400 * 3 / 8 * 5 / 8))
    assert abs((filters > 0).sum() - 600) < 4 * np.sqrt(300)
    few = EnvelopeFrontEnd(RATE_HZ, n_filters=4, random_state=0).fit(X[:, :2]).filters_
    assert np.all(few)


def test_the_unit_of_signals_does_not_matter_and_samples_are_for_themselves():
    X = noise()
    front_end = EnvelopeFrontEnd(RATE_HZ, n_filters=9, random_state=3).fit(X)
    whole = front_end.transform(X)
    microvolts = EnvelopeFrontEnd(RATE_HZ, n_filters=9, random_state=3).fit(1e6 * X)
    np.testing.assert_allclose(microvolts.transform(1e6 * X), whole)
    np.testing.assert_array_equal(front_end.transform(X[2:3]), whole[2:3])
    ragged = front_end.transform([X[0], X[1, :, :30]])
    np.testing.assert_array_equal(ragged[0], whole[0])
    assert [e.shape[1] for e in ragged] == [3, 2]


def test_silence_is_at_the_floor():
    X = np.zeros((2, 4, 60))
    silent = EnvelopeFrontEnd(RATE_HZ, floor_dB=35, random_state=0).fit(X).transform(X)
    np.testing.assert_allclose(silent, -35)


def test_samples_without_weight_decide_nothing():
    X = noise()
    few = EnvelopeFrontEnd(RATE_HZ, random_state=0).fit(X[:3])
    weighted = EnvelopeFrontEnd(RATE_HZ, random_state=0).fit(X, sample_weight=[1, 1, 1, 0, 0, 0])
    assert weighted.scale_ == pytest.approx(few.scale_)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_filters": 0}, "n_filters must be"),
        ({"n_electrodes": 1.5}, "n_electrodes must be"),
        ({"floor_dB": -1}, "floor_dB must be"),
        ({"hop_ms": 1}, "hop_ms must last one sample at least, got 1 at 200 Hz"),
        ({"window_ms": np.inf}, "window_ms must be"),
    ],
)
def test_impossible_parameters_are_refused(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        EnvelopeFrontEnd(RATE_HZ, **options).fit(noise())


def test_a_liquid_hears_gestures_that_single_electrodes_do_not_tell():
    # Two gestures whose electrodes are as loud, but go together with one sign or the other.
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = rng.normal(size=(60, 2, 200))
    X[:, 1] = np.where(y, 1, -1)[:, None] * X[:, 0] + 0.5 * X[:, 1]
    front_end = EnvelopeFrontEnd(RATE_HZ, n_filters=20, random_state=0)
    encoder = make_pipeline(front_end, IntegrateAndFire(rate_Hz=200, step_ms=50))
    model = LSMClassifier(60, encoder=encoder, state="counts", random_state=0)
    assert model.fit(X[:40], y[:40]).score(X[40:], y[40:]) == 1
