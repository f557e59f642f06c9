"""Integrate and fire: when a channel fires, and what its spikes say of the signal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lsm.encoders import GaussianPopulation, IntegrateAndFire, integrate_and_fire


def slow_sine(n_steps=1000, period=250):
    return np.sin(2 * np.pi * np.arange(n_steps) / period)[np.newaxis, np.newaxis]


def nrmse(encoder, X):
    """Root mean square error of the inverse, in standard deviations of the signal."""
    back = encoder.inverse_transform(encoder.fit_transform(X))
    return np.sqrt(np.mean((back - X) ** 2)) / X.std()


# The function


def test_a_constant_signal_fires_regularly():
    spikes = integrate_and_fire([np.full((1, 10), 0.8)], step_ms=5, spikes_per_ms=0.5)
    np.testing.assert_allclose(spikes.times_ms, (np.arange(20) + 0.5) / 0.4)
    np.testing.assert_array_equal(spikes.durations_ms, [50])


def test_many_spikes_a_millisecond_are_kept():
    spikes = integrate_and_fire([np.ones((2, 3))], step_ms=1, spikes_per_ms=4)
    np.testing.assert_array_equal(spikes.to_dense(1.0), np.full((1, 2, 3), 4))


def test_a_channel_waits_for_its_integral():
    signal = np.array([[0, 0.25, 0, 0.25, 0, 1], [0, 0, 0, 0.125, 0, 0]])
    spikes = integrate_and_fire([signal], step_ms=2, silence_ms=7)
    # 2 x .25 fills the half that the first spike needs; the end of a step belongs to the next.
    assert spikes.to_lists()[0][0].tolist() == [4.0, 10.5, 11.5]
    assert spikes.counts().tolist() == [[3, 0]]
    assert spikes.durations_ms.tolist() == [19]


@settings(deadline=None)
@given(
    signal=arrays(
        float, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.floats(0, 3)
    ),
    step_ms=st.sampled_from([0.1, 1, 5]),
)
def test_counts_follow_the_integral(signal, step_ms):
    spikes = integrate_and_fire([signal, signal], step_ms=step_ms)
    charge = np.cumsum(signal * step_ms, axis=1)
    for channel, times in enumerate(spikes[1].to_lists()[0]):
        for k, total in enumerate(charge[channel]):
            fired = np.searchsorted(times, (k + 1) * step_ms * (1 + 1e-9))
            assert abs(fired - total) <= 0.5 + 1e-6
    assert spikes[0] == spikes[1]


def spike_by_spike(signal, step_ms, spikes_per_ms):
    """Times and channels in the order of time, one spike after another."""
    fired = []
    for channel, values in enumerate(signal):
        total = 0.0
        for step, charge in enumerate(values * (spikes_per_ms * step_ms)):
            before, total = np.floor(total + 0.5), total + charge
            for later in reversed(range(int(np.floor(total + 0.5) - before))):
                beyond = total + 0.5 - np.floor(total + 0.5) + later
                fired.append(((step + 1 - beyond / charge) * step_ms, channel))
    return np.array(sorted(fired))


def test_spikes_are_those_of_a_slow_reference_to_the_last_bit():
    rng = np.random.default_rng(0)
    signals = [np.maximum(rng.normal(size=(7, n)), 0) for n in (1, 40, 300, 40)]
    signals.append(np.repeat(rng.integers(0, 2, (1, 50)), 7, axis=0) * 0.5)  # all at once
    spikes = integrate_and_fire(signals, step_ms=5, spikes_per_ms=0.7, silence_ms=1)
    for sample, signal in zip(spikes, signals, strict=True):
        reference = spike_by_spike(signal, 5, 0.7)
        np.testing.assert_array_equal(sample.times_ms, reference[:, 0])
        np.testing.assert_array_equal(sample.channels, reference[:, 1])


def test_a_spike_at_the_very_end_belongs_to_its_sample():
    spikes = integrate_and_fire([np.full((1, 1), 0.5)], step_ms=1)
    assert spikes.steps(1.0).tolist() == [0]


def test_samples_of_different_lengths():
    one, two = np.ones((3, 4)), np.ones((3, 9))
    spikes = integrate_and_fire([one, two], step_ms=5, spikes_per_ms=0.2)
    assert spikes.shape == (2, 3)
    assert spikes.durations_ms.tolist() == [20, 45]
    assert spikes.counts().tolist() == [[4] * 3, [9] * 3]
    assert spikes[0] == integrate_and_fire(one[np.newaxis], step_ms=5, spikes_per_ms=0.2)


@pytest.mark.parametrize(
    ("signals", "message"),
    [
        ([], "signals must hold at least one sample"),
        ([np.ones(3)], r"arrays \(channels, steps\) .* got \(3,\) in sample 0"),
        ([np.ones((2, 3)), np.ones((3, 3))], r"same channels, got \(3, 3\) in sample 1"),
        ([np.ones((2, 0))], r"got \(2, 0\) in sample 0"),
        ([np.ones((2, 3)), np.full((2, 3), np.nan)], "finite and not below 0; .* in sample 1"),
        ([-np.ones((2, 3))], "not below 0; .* in sample 0"),
    ],
)
def test_other_signals_are_refused(signals, message):
    with pytest.raises(ValueError, match=message):
        integrate_and_fire(signals, step_ms=1)


@pytest.mark.parametrize(
    "wrong", [{"step_ms": 0}, {"spikes_per_ms": -1}, {"silence_ms": -1}, {"silence_ms": np.inf}]
)
def test_other_settings_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"{name} must be finite"):
        integrate_and_fire([np.ones((1, 1))], **{"step_ms": 1} | wrong)
    with pytest.raises(TypeError, match=f"{name} must be a number"):
        integrate_and_fire([np.ones((1, 1))], **{"step_ms": 1} | {name: "fast"})


# The encoder


def test_rate_is_the_distance_from_the_mean():
    """One standard deviation fires at the rate, by its sign on one of two channels."""
    X = np.array([[[0.0] * 100 + [2.0] * 100]])
    encoder = IntegrateAndFire(rate_Hz=50, step_ms=2).fit(X)
    np.testing.assert_allclose([encoder.offset_, encoder.scale_], 1)
    above, below = encoder.transform(X).to_lists()[0]
    # A half of a charge unit is 10 ms.
    np.testing.assert_allclose(below, 10 + 20 * np.arange(10), rtol=1e-5)
    np.testing.assert_allclose(above, 210 + 20 * np.arange(10))


def test_counts_of_the_encoder_are_those_of_the_function():
    X = np.random.default_rng(0).normal(size=(4, 3, 80))
    encoder = IntegrateAndFire(rate_Hz=700, step_ms=3, silence_ms=5).fit(X)
    z = (X - X.mean(axis=(0, 2))[:, np.newaxis]) / X.std(axis=(0, 2))[:, np.newaxis]
    split = np.maximum(np.concatenate([z, -z], axis=1), 0)
    expected = integrate_and_fire(split, step_ms=3, spikes_per_ms=0.7, silence_ms=5)
    spikes = encoder.transform(X)
    np.testing.assert_array_equal(spikes.counts(), expected.counts())
    np.testing.assert_allclose(spikes.times_ms, expected.times_ms)


def test_slopes_are_changes_in_units_of_their_own():
    """A triangle rises and falls evenly: its slopes fire at the rate, and level is as without."""
    triangle = np.concatenate([np.arange(0, 100), np.arange(100, 0, -1)])
    X = np.tile(triangle, 2).astype(float)[np.newaxis, np.newaxis]
    encoder = IntegrateAndFire(rate_Hz=100, slopes=True)
    spikes = encoder.fit_transform(X)
    *level, rise, fall = spikes.to_lists()[0]
    np.testing.assert_allclose(np.diff(rise)[np.diff(rise) < 20], 10, rtol=0.01)
    assert set(rise // 100) == {0, 2}
    assert set(fall // 100) == {1, 3}
    plain = IntegrateAndFire(rate_Hz=100).fit_transform(X).to_lists()[0]
    for train, same in zip(level, plain, strict=True):
        np.testing.assert_array_equal(train, same)


def test_slopes_of_samples_of_one_step_are_no_trouble():
    spikes = IntegrateAndFire(rate_Hz=2000, slopes=True).fit_transform(np.ones((3, 2, 1)))
    assert spikes.counts().sum() == 0


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from([50, 300, 3000]))
def test_integral_of_the_inverse_is_within_a_spike(seed, rate_Hz):
    """Of the parts above and below the mean each: two spikes together."""
    X = np.random.default_rng(seed).normal(size=(1, 1, 60)).cumsum(axis=2)
    encoder = IntegrateAndFire(rate_Hz=rate_Hz)
    back = encoder.inverse_transform(encoder.fit_transform(X))
    off = np.cumsum(back - X, axis=2) / encoder.scale_ * rate_Hz / 1000
    assert np.abs(off).max() <= 2 + 1e-9


def test_inverse_follows_a_sine_the_closer_the_more_spikes():
    errors = [nrmse(IntegrateAndFire(rate_Hz=rate), slow_sine()) for rate in (100, 400, 1600)]
    assert errors[0] < 0.25
    assert errors[1] < 0.1
    assert errors[2] < 0.05


def test_inverse_of_a_constant_rate_is_exact():
    X = np.array([[[-1.0] * 200], [[1.0] * 200]])
    encoder = IntegrateAndFire(rate_Hz=100)
    np.testing.assert_allclose(encoder.inverse_transform(encoder.fit_transform(X)), X, rtol=1e-5)


# Population


@pytest.mark.parametrize("n_fields", [3, 8])
def test_fields_lie_where_the_paper_has_them(n_fields):
    """Each value's counts are those of Bohte's activations, up to a spike."""
    low, high, beta = -3.0, 5.0, 1.5
    values = np.array([low, -1.234, 2.0, high])
    X = np.repeat(values, 1000).reshape(4, 1, 1000)
    encoder = GaussianPopulation(n_fields=n_fields, beta=beta, max_rate_Hz=500)
    counts = encoder.fit_transform(X).counts()
    i = np.arange(1, n_fields + 1)
    centre = low + (2 * i - 3) / 2 * (high - low) / (n_fields - 2)
    width = (high - low) / (n_fields - 2) / beta
    expected = 500 * np.exp(-((values[:, np.newaxis] - centre) ** 2) / (2 * width**2))
    np.testing.assert_allclose(counts, expected, atol=0.5 + 1e-9)


def test_beyond_the_range_is_its_end():
    encoder = GaussianPopulation().fit([[0.0, 1.0]])
    np.testing.assert_array_equal(
        *(encoder.transform([np.full(500, end)]).counts() for end in (1.0, 7.0))
    )


def test_inverse_of_a_population_follows_a_sine():
    assert nrmse(GaussianPopulation(max_rate_Hz=1000), slow_sine()) < 0.1
    assert nrmse(GaussianPopulation(max_rate_Hz=200), slow_sine()) < 0.25


def test_silent_population_says_the_middle():
    encoder = GaussianPopulation(max_rate_Hz=0.1).fit(np.array([[[-2.0, 4.0]]]))
    spikes = encoder.transform([np.zeros(5)])
    assert not len(spikes.times_ms)
    np.testing.assert_array_equal(encoder.inverse_transform(spikes), np.ones((1, 1, 5)))


def test_a_signal_that_would_fire_on_and_on_is_refused():
    assert integrate_and_fire([[[1000.0]]], step_ms=1).counts().sum() == 1000
    with pytest.raises(ValueError, match=r"integrate_and_fire: channel 1 would fire 1e.200 times"):
        integrate_and_fire([[[1.0], [1e200]]], step_ms=1)
    with pytest.raises(ValueError, match=r"IntegrateAndFire: channel 0 would fire .* lower rate"):
        IntegrateAndFire(rate_Hz=1e9).fit_transform([[-1.0, 1.0]])
    with pytest.raises(ValueError, match="GaussianPopulation: channel"):
        GaussianPopulation(max_rate_Hz=1e9).fit_transform([[-1.0, 1.0]])
