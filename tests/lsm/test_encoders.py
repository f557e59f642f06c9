"""Encoders: what the mel front end keeps and what it removes, and when a channel fires."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lsm.encoders import MelFrontEnd, integrate_and_fire, mel, mel_bank

RATE_HZ = 8000


def tone(frequency_Hz, duration_ms=300, rate_Hz=RATE_HZ):
    t = np.arange(round(duration_ms * rate_Hz / 1000)) / rate_Hz
    return np.sin(2 * np.pi * frequency_Hz * t)


# Mel bank


def test_mel_scale():
    np.testing.assert_allclose(mel([0, 1000]), [0, 1000], atol=0.02)


def test_bank_averages_where_it_should():
    frequencies = np.linspace(0, 4000, 4001)
    bank = mel_bank(10, frequencies, low_Hz=200, high_Hz=3500)
    assert bank.shape == (10, 4001)
    np.testing.assert_allclose(bank.sum(axis=1), 1)
    centres = np.linspace(mel(200), mel(3500), 12)
    np.testing.assert_allclose(mel(frequencies[bank.argmax(axis=1)]), centres[1:-1], atol=1)
    # Usual triangles end at their neighbours' centres, so no more than two bands hear a frequency.
    assert (bank > 0).sum(axis=0).max() == 2
    assert not bank[:, frequencies <= 200].any()
    wide = mel_bank(10, frequencies, low_Hz=200, high_Hz=3500, overlap=2.5)
    assert (wide > 0).sum(axis=0).max() == 5


def test_bank_refuses_impossible_bands():
    frequencies = np.linspace(0, 4000, 129)
    with pytest.raises(ValueError, match=r"n_bands must leave each band a frequency .* got 100"):
        mel_bank(100, frequencies, low_Hz=100, high_Hz=3500)
    with pytest.raises(ValueError, match="0 <= low_Hz < high_Hz, got 3000 and 200"):
        mel_bank(10, frequencies, low_Hz=3000, high_Hz=200)


# Mel front end


@pytest.mark.parametrize("frequency_Hz", [300, 800, 2500])
def test_a_tone_is_loudest_in_its_band(frequency_Hz):
    front_end = MelFrontEnd(RATE_HZ, overlap=1)
    level = front_end(tone(frequency_Hz))[: front_end.n_bands].mean(axis=1)
    edges = np.linspace(mel(front_end.low_Hz), mel(front_end.high_Hz), front_end.n_bands + 2)
    assert abs(edges[1 + level.argmax()] - mel(frequency_Hz)) <= edges[1] - edges[0]


def test_one_frame_each_hop():
    front_end = MelFrontEnd(RATE_HZ)
    assert front_end.n_channels == 96
    assert front_end.step_ms == 5
    for n_samples, frames in [(1, 1), (39, 1), (40, 2), (2400, 61)]:
        assert front_end(np.ones(n_samples)).shape == (96, frames)
    assert MelFrontEnd(11025).step_ms == pytest.approx(1000 * 55 / 11025)


def test_loudness_does_not_matter():
    front_end = MelFrontEnd(RATE_HZ)
    word = np.random.default_rng(0).normal(size=4000) * np.hanning(4000)
    np.testing.assert_allclose(front_end(1000 * word), front_end(word), atol=1e-12)


def test_silence_is_silent():
    assert not MelFrontEnd(RATE_HZ)(np.zeros(800)).any()


def test_the_floor_hides_what_is_softer():
    front_end = MelFrontEnd(RATE_HZ, mean_subtraction=0, overlap=1, floor_dB=50)
    high = tone(2500)
    bands = slice(front_end.n_bands * 2 // 3, front_end.n_bands)
    middle = slice(20, 40)
    assert not front_end(tone(300) + 10 ** (-60 / 20) * high)[bands, middle].any()
    heard = front_end(tone(300) + 10 ** (-20 / 20) * high)[bands, middle].max(axis=0)
    # 20 dB of 50 below the loudest; a band's share of its tone differs from band to band.
    np.testing.assert_allclose(heard, 0.6, atol=0.1)


def test_mean_subtraction_removes_what_does_not_change():
    steady = np.random.default_rng(1).normal(size=8000)
    kept, removed = (
        MelFrontEnd(RATE_HZ, mean_subtraction=share)(steady)[:32, 10:-10] for share in (0, 1)
    )
    assert kept.mean() > 5 * removed.mean()
    half = MelFrontEnd(RATE_HZ, mean_subtraction=0.5)(steady)[:32, 10:-10]
    np.testing.assert_allclose(half.mean(), kept.mean() / 2, rtol=0.02)


def test_rise_and_fall_mark_onset_and_offset():
    front_end = MelFrontEnd(RATE_HZ)
    sound = np.concatenate([np.zeros(1600), tone(1000, 200), np.zeros(1600)])
    level, rise, fall = np.split(front_end(sound), 3)
    band = level.mean(axis=1).argmax()
    # Onset at 200 ms, offset at 400 ms; a frame is 5 ms.
    assert abs(rise[band].argmax() - 40) <= 5
    assert abs(fall[band].argmax() - 80) <= 5
    assert not (rise * fall).any()
    assert rise[band, 50:70].max() < 1e-9
    assert not MelFrontEnd(RATE_HZ, slope_gain=0)(sound)[32:].any()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"rate_Hz": 0}, "rate_Hz must be finite and above 0"),
        ({"rate_Hz": 6000}, "high_Hz must not exceed half of rate_Hz, 3000"),
        ({"n_bands": 0}, "n_bands must be at least 1"),
        ({"n_bands": 500}, "n_bands must leave each band a frequency"),
        ({"overlap": 0}, "overlap must be finite and above 0"),
        ({"hop_ms": 0.01}, "hop_ms must last one sample at least"),
        ({"floor_dB": np.nan}, "floor_dB must be finite"),
        ({"mean_subtraction": -1}, "mean_subtraction must be finite and not below 0"),
    ],
)
def test_front_end_refuses_impossible_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        MelFrontEnd(**{"rate_Hz": RATE_HZ} | parameters)


@pytest.mark.parametrize(
    ("waveform", "message"),
    [
        (np.zeros(0), r"waveform must have shape \(samples,\), got \(0,\)"),
        (np.zeros((100, 2)), r"waveform must have shape \(samples,\), got \(100, 2\)"),
        ([0.0, np.nan], "waveform must be finite"),
    ],
)
def test_front_end_refuses_other_waveforms(waveform, message):
    with pytest.raises(ValueError, match=message):
        MelFrontEnd(RATE_HZ)(waveform)


# Integrate and fire


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
