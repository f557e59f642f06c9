"""Spike trains to probe with, and the distance between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid

from lsm.metrics import (
    at_distance,
    displaced,
    end_to_end,
    joined,
    poisson_spikes,
    spike_distances,
)
from lsm.spikes import SpikeTrains

TAU = 5.0


def by_quadrature(u, v, tau_ms):
    """The distance of two samples as the definition says, on a fine grid."""
    t = np.arange(-100, u.durations_ms[0] + 100, 0.02)
    squares = []
    for a, b in zip(u.to_lists()[0], v.to_lists()[0], strict=True):
        difference = np.zeros(len(t))
        for sign, times in ((1, a), (-1, b)):
            for spike in times:
                difference += sign * np.exp(-(((t - spike) / tau_ms) ** 2))
        squares.append(trapezoid(difference**2, t / 1000))
    return np.sqrt(np.mean(squares)) / (u.durations_ms[0] / 1000)


def test_poisson_spikes_have_their_rate_and_any_time():
    spikes = poisson_spikes(50, 4, rate_Hz=40, duration_ms=2000, random_state=0)
    assert spikes.shape == (50, 4)
    counts = spikes.counts()
    assert counts.mean() == pytest.approx(80, rel=0.03)
    assert counts.var() == pytest.approx(80, rel=0.25)
    halves = np.bincount((spikes.times_ms > 1000).astype(int))
    assert halves[0] / halves[1] == pytest.approx(1, abs=0.05)
    assert spikes == poisson_spikes(50, 4, rate_Hz=40, duration_ms=2000, random_state=0)


def test_channels_may_have_a_rate_each():
    counts = poisson_spikes(400, 3, rate_Hz=[0, 10, 80], random_state=0).counts()
    np.testing.assert_allclose(counts.mean(axis=0), [0, 5, 40], rtol=0.05)
    with pytest.raises(ValueError, match="rate_Hz must be finite and not below 0"):
        poisson_spikes(2, 2, rate_Hz=[3, -1])


@pytest.mark.parametrize("tau_ms", [2.0, 5.0, 20.0])
def test_distance_is_the_one_defined(tau_ms):
    u = poisson_spikes(6, 3, rate_Hz=60, duration_ms=300, random_state=1)
    v = poisson_spikes(6, 3, rate_Hz=60, duration_ms=300, random_state=2)
    expected = [by_quadrature(a, b, tau_ms) for a, b in zip(u, v, strict=True)]
    np.testing.assert_allclose(spike_distances(u, v, tau_ms=tau_ms), expected, rtol=1e-6)


def test_distance_of_one_moved_spike():
    u = SpikeTrains.from_lists([[[100.0]]] * 3, duration_ms=500)
    v = SpikeTrains.from_lists([[[100.0]], [[105.0]], [[400.0]]], duration_ms=500)
    energy = 0.005 * np.sqrt(np.pi / 2)
    expected = np.sqrt(2 * energy * (1 - np.exp([0, -0.5, -1800]))) / 0.5
    np.testing.assert_allclose(spike_distances(u, v, tau_ms=TAU), expected, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_channels=st.integers(1, 4))
def test_distance_is_a_metric(seed, n_channels):
    rng = np.random.default_rng(seed)
    u, v, w = (poisson_spikes(3, n_channels, rate_Hz=30, random_state=rng) for _ in range(3))
    np.testing.assert_allclose(spike_distances(u, u), 0, atol=1e-6)
    np.testing.assert_allclose(spike_distances(u, v), spike_distances(v, u), rtol=1e-9)
    assert np.all(spike_distances(u, w) <= spike_distances(u, v) + spike_distances(v, w) + 1e-9)


@pytest.mark.parametrize("distance", [0.05, 0.1, 0.4])
def test_twins_are_at_the_distance_and_keep_their_counts(distance):
    spikes = poisson_spikes(40, 3, rate_Hz=50, duration_ms=500, random_state=3)
    twins = at_distance(spikes, distance, random_state=4)
    np.testing.assert_allclose(spike_distances(spikes, twins), distance, rtol=1e-5)
    np.testing.assert_array_equal(twins.counts(), spikes.counts())
    assert twins == at_distance(spikes, distance, random_state=4)
    assert twins != at_distance(spikes, distance, random_state=5)


def test_a_distance_beyond_reach_is_refused():
    spikes = SpikeTrains.from_lists([[np.arange(5, 500, 20.0)], [[250.0]]], duration_ms=500)
    with pytest.raises(ValueError, match=r"distance 0\.5 is more than sample 1 can be moved by"):
        at_distance(spikes, 0.5, random_state=0)


def test_displaced_spikes_are_normally_displaced_and_stay_inside():
    middle = SpikeTrains.from_lists([[np.full(4000, 500.0)]], duration_ms=1000)
    moved = displaced(middle, sd_ms=30, random_state=0)
    assert moved.times_ms.mean() == pytest.approx(500, abs=2)
    assert moved.times_ms.std() == pytest.approx(30, rel=0.05)
    # Those that would leave bounce off: a uniform density stays uniform.
    uniform = poisson_spikes(1, 1, rate_Hz=1e5, duration_ms=100, random_state=1)
    far = displaced(uniform, sd_ms=70, random_state=2)
    counts, _ = np.histogram(far.times_ms, bins=10, range=(0, 100))
    np.testing.assert_allclose(counts, len(far.times_ms) / 10, rtol=0.12)


def test_joined_keeps_all_samples_in_order():
    a = poisson_spikes(3, 2, duration_ms=100, random_state=0)
    b = poisson_spikes(2, 2, duration_ms=200, random_state=1)
    both = joined([a, b])
    assert len(both) == 5
    assert both[:3] == a
    assert both[3:] == b
    with pytest.raises(ValueError, match=r"spikes must have one number of channels, got \[2, 3\]"):
        joined([a, poisson_spikes(1, 3)])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda u: poisson_spikes(0, 2), ValueError, "n_samples must be at least 1"),
        (lambda u: poisson_spikes(1, 2, rate_Hz=-1), ValueError, "rate_Hz must be finite and abo"),
        (lambda u: displaced(u, sd_ms=0), ValueError, "sd_ms must be finite and above 0"),
        (lambda u: at_distance(u, 0), ValueError, "distance must be finite and above 0"),
        (lambda u: spike_distances(u, u[:1]), ValueError, "u and v must have the same samples"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(poisson_spikes(2, 2, random_state=0))


def test_end_to_end_samples_keep_their_spikes_and_their_order():
    spikes = SpikeTrains.from_lists([[[1.0, 3.0], [2.0]], [[], [4.0]]], duration_ms=[5.0, 10.0])
    long = end_to_end(spikes)
    assert len(long) == 1
    assert long.durations_ms.tolist() == [15.0]
    assert [times.tolist() for times in long.to_lists()[0]] == [[1.0, 3.0], [2.0, 9.0]]
