"""Ben's Spiker against its definition, and how well its filter makes the signal again."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.signal import freqz

from lsm.encoders import BensSpiker


def as_defined(x, h, threshold):
    """Schrauwen & Van Campenhout 2003, one number after the other; x in 0..1."""
    left = [*x, *[x[-1]] * (len(h) - 1)]
    steps = []
    for k in range(len(x)):
        with_spike = sum(abs(left[k + i] - h[i]) for i in range(len(h)))
        without = sum(abs(left[k + i]) for i in range(len(h)))
        if with_spike <= without - threshold:
            steps.append(k)
            for i in range(len(h)):
                left[k + i] -= h[i]
    return steps


def slow(n_steps=1000, seed=0):
    """A sine and smoothed noise, (1, 2, steps)."""
    sine = np.sin(2 * np.pi * np.arange(n_steps) / 250)
    noise = gaussian_filter1d(np.random.default_rng(seed).normal(size=n_steps), 20)
    return np.stack([sine, noise])[np.newaxis]


@pytest.mark.parametrize("threshold", [0.6, 0.9])
def test_fires_as_defined(threshold):
    X = slow(200)
    encoder = BensSpiker(n_taps=12, threshold=threshold, step_ms=4)
    trains = encoder.fit_transform(X).to_lists()[0]
    low, high = X.min(axis=2), X.max(axis=2)
    for c, train in enumerate(trains):
        x = (X[0, c] - low[0, c]) / (high - low)[0, c]
        expected = as_defined(x, encoder.impulse_response(), threshold)
        assert 20 < len(expected) < 190
        np.testing.assert_allclose(train, 4 * np.array(expected))


def test_the_filter_is_low_pass_and_of_sum_1():
    encoder = BensSpiker(n_taps=101, cutoff=0.2)
    frequencies, gain = freqz(encoder.impulse_response())
    np.testing.assert_allclose(encoder.impulse_response().sum(), 1)
    assert np.abs(gain[frequencies > 0.25 * np.pi]).max() < 0.01
    np.testing.assert_allclose(np.abs(gain[frequencies < 0.15 * np.pi]), 1, atol=0.01)


def test_a_spike_in_each_step_is_the_high_end():
    encoder = BensSpiker().fit(np.array([[[0.0, 1.0]]]))
    spikes = encoder.transform([np.ones(60), np.full(60, 5.0), np.zeros(60)])
    assert spikes.counts()[:, 0].tolist() == [60, 60, 0]
    np.testing.assert_allclose(encoder.inverse_transform(spikes)[0, 0, 24:], 1)


def test_inverse_follows_slow_signals():
    """As soon as the filter has settled; errors in standard deviations of the signal."""
    X = slow()
    encoder = BensSpiker()
    off = (encoder.inverse_transform(encoder.fit_transform(X)) - X)[..., encoder.n_taps :]
    sine, noise = np.sqrt((off**2).mean(axis=(0, 2))) / X.std(axis=(0, 2))
    assert sine < 0.07
    assert noise < 0.12
