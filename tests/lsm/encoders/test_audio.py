"""Audio front ends: what each bank hears, what they keep and what they remove."""

import numpy as np
import pytest
from scipy.signal import get_window
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from lsm.encoders import (
    AudioFrontEnd,
    IntegrateAndFire,
    MelFrontEnd,
    erb_centres,
    erb_number,
    gammatone_filters,
    mel,
    mel_bank,
)
from lsm.encoders.banks import gammatone_power, mel_power

RATE_HZ = 8000
both_banks = pytest.mark.parametrize("bank", ["mel", "gammatone"])
both_compressions = pytest.mark.parametrize("compression", ["log", "power"])


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


@pytest.mark.parametrize(("window", "hop"), [(320, 40), (64, 100), (1, 1), (320, 41)])
def test_power_is_that_of_windows_cut_out_of_the_sound_to_the_last_bit(window, hop):
    rng = np.random.default_rng(0)
    n_fft = 1 << (window - 1).bit_length()
    weights = rng.random((32, n_fft // 2 + 1))
    hann = get_window("hann", window, fftbins=False)
    for n in (1, 39, 400, 3333):
        x = rng.normal(size=n)
        padded = np.concatenate([np.zeros(window // 2), x, np.zeros(window + hop)])
        cut = np.array([padded[i * hop : i * hop + window] for i in range(1 + n // hop)])
        power = mel_power(x, weights, window=window, hop=hop)
        with threadpool_limits(1):
            expected = weights @ (np.abs(np.fft.rfft(cut * hann, n_fft)) ** 2).T
        np.testing.assert_array_equal(power, expected)
        # A filter that lets all through, a sample late.
        power = gammatone_power(x, np.array([[0.0, 1.0]]), window=window, hop=hop)
        delayed = np.concatenate([np.zeros(window // 2 + 1), x, np.zeros(window + hop)])
        cut = np.array([delayed[i * hop : i * hop + window] for i in range(1 + n // hop)])
        np.testing.assert_allclose(power[0], cut**2 @ hann, atol=1e-12)


def test_bands_do_not_depend_on_the_threads_of_products():
    sound = np.random.default_rng(0).normal(size=20_000)
    bands = []
    for n in (1, 2, 4):
        with threadpool_limits(n):
            bands.append(MelFrontEnd(RATE_HZ)(sound))
    np.testing.assert_array_equal(bands[1:], [bands[0]] * 2)


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


@both_compressions
def test_what_is_soft_before_and_after_a_word_is_cut_off(compression):
    noise = 0.003 * np.random.default_rng(0).normal(size=8000)
    word = np.concatenate([tone(1000, 200), np.zeros(400), tone(400, 150)])  # and a pause inside
    sound = noise.copy()
    sound[3000 : 3000 + len(word)] += word
    heard = AudioFrontEnd(RATE_HZ, trim=0.5, compression=compression, mean_subtraction=0.0)(sound)
    whole = AudioFrontEnd(RATE_HZ, compression=compression, mean_subtraction=0.0)(sound)
    # Frames of 5 ms from 375 ms to 775, windows of 40 and a slope's reach of 25 beside them.
    first = next(k for k in range(200) if np.array_equal(whole[:, k], heard[:, 0]))
    assert 75 - 9 <= first <= 75 - 1
    assert 155 + 1 <= first + heard.shape[1] <= 155 + 9
    np.testing.assert_array_equal(heard, whole[:, first : first + heard.shape[1]])


def test_a_longer_silence_around_a_word_makes_no_difference():
    front_end = MelFrontEnd(RATE_HZ, trim=0.25)
    word = tone(800, 200)
    short, long = (
        front_end(np.concatenate([np.zeros(n), word, np.zeros(2 * n)])) for n in (1200, 4000)
    )
    np.testing.assert_allclose(short, long)


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
        ({"trim": -0.1}, "trim must be finite and not below 0"),
        ({"trim": 1.5}, "trim must be at most 1, got 1.5"),
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


# Gammatone bank


def test_erb_numbers_and_centres():
    # Glasberg & Moore 1990: 15.6 at 1 kHz; a step of 1 is one bandwidth wide.
    np.testing.assert_allclose(erb_number([0, 1000]), [0, 15.62], atol=0.01)
    centres = erb_centres(30, low_Hz=100, high_Hz=4000)
    assert len(centres) == 30
    steps = np.diff(erb_number([100, *centres, 4000]))
    np.testing.assert_allclose(steps, steps[0])


def test_gammatone_filters_have_unit_gain_and_the_bandwidth_of_hearing():
    """Equivalent rectangular bandwidth: integral of the power gain over its top."""
    filters = gammatone_filters(20, rate_Hz=16000, low_Hz=100, high_Hz=6000)
    centres = erb_centres(20, low_Hz=100, high_Hz=6000)
    frequencies = np.fft.rfftfreq(2**16, 1 / 16000)
    gain = np.abs(np.fft.rfft(filters, 2**16))
    np.testing.assert_allclose(frequencies[gain.argmax(axis=1)], centres, rtol=0.01)
    np.testing.assert_allclose(gain.max(axis=1), 1, atol=2e-3)
    width = (gain**2).sum(axis=1) * frequencies[1] / gain.max(axis=1) ** 2
    np.testing.assert_allclose(width, 24.7 * (4.37 * centres / 1000 + 1), rtol=0.01)


def test_gammatone_power_of_tones_is_known():
    """Tones in the middle of far bands: 20 dB between them is 0.6 of 50 dB, and 0.01 to a power."""
    loud, soft = erb_centres(32, low_Hz=150, high_Hz=3200)[[4, 27]]
    sound = tone(loud, 600) + 0.1 * tone(soft, 600)
    for parameters, expected in [
        ({"floor_dB": 50}, 0.6),
        ({"compression": "power"}, 0.01 ** (1 / 3)),
        ({"compression": "power", "exponent": 0.5}, 0.1),
    ]:
        front_end = AudioFrontEnd(RATE_HZ, bank="gammatone", mean_subtraction=0, **parameters)
        level = front_end(sound)[[4, 27], 40:-40]
        np.testing.assert_allclose(level[0], 1, atol=0.01)
        np.testing.assert_allclose(level[1], expected, rtol=0.02)


@both_banks
@both_compressions
def test_every_front_end_hears_a_tone_in_its_band_when_it_sounds(bank, compression):
    front_end = AudioFrontEnd(RATE_HZ, bank=bank, compression=compression)
    sound = np.concatenate([np.zeros(1600), tone(1000, 200), np.zeros(1600)])
    channels = front_end(sound)
    assert channels.shape == (96, 1 + len(sound) // 40)
    level, rise, fall = np.split(channels, 3)
    scale = mel if bank == "mel" else erb_number
    centres = np.linspace(scale(150), scale(3200), 34)
    assert abs(centres[1 + level.mean(axis=1).argmax()] - scale(1000)) <= 1.5 * np.diff(centres)[0]
    band = level.mean(axis=1).argmax()
    assert 40 < level[band].argmax() < 80
    assert abs(rise[band].argmax() - 40) <= 5
    assert abs(fall[band].argmax() - 80) <= 5
    np.testing.assert_allclose(front_end(1000 * sound), channels, atol=1e-9)
    assert not front_end(np.zeros(800)).any()


# As a transformer


@parametrize_with_checks(
    [AudioFrontEnd(RATE_HZ), AudioFrontEnd(16000, bank="gammatone", compression="power")]
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def words():
    rng = np.random.default_rng(0)
    return [rng.normal(size=n) for n in (1600, 2000, 1600)]


def test_defaults_are_the_mel_front_end():
    mel_front_end, front_end = MelFrontEnd(RATE_HZ), AudioFrontEnd(RATE_HZ).fit(words())
    assert front_end.step_ms == mel_front_end.step_ms
    assert front_end.n_channels_out_ == front_end.n_channels == mel_front_end.n_channels
    for word, signal in zip(words(), front_end.transform(words()), strict=True):
        np.testing.assert_array_equal(signal, mel_front_end(word))
        np.testing.assert_array_equal(signal, front_end(word))


def test_recordings_of_one_length_become_an_array():
    front_end = AudioFrontEnd(RATE_HZ)
    signals = front_end.fit_transform(words()[::2])
    assert signals.shape == (2, 96, 41)
    np.testing.assert_array_equal(signals, front_end.fit_transform(np.array(words()[::2])))
    assert [signal.shape for signal in front_end.fit_transform(words())] == [
        (96, 41),
        (96, 51),
        (96, 41),
    ]


def test_recordings_go_through_a_front_end_and_an_encoder():
    front_end = AudioFrontEnd(RATE_HZ, bank="gammatone", n_bands=10)
    model = make_pipeline(front_end, IntegrateAndFire(step_ms=front_end.step_ms))
    spikes = model.fit_transform(words())
    assert spikes.shape == (3, 60)
    assert spikes.durations_ms.tolist() == [41 * 5, 51 * 5, 41 * 5]
    assert clone(model).set_params(audiofrontend__n_bands=5).fit_transform(words()).shape == (3, 30)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bank": "bark"}, r"bank must be one of \('mel', 'gammatone'\), got 'bark'"),
        ({"compression": "none"}, r"compression must be one of \('log', 'power'\), got 'none'"),
        ({"exponent": 0}, "exponent must be finite and above 0"),
        ({"high_Hz": 4001}, "high_Hz must not exceed half of rate_Hz, 4000"),
        ({"bank": "gammatone", "low_Hz": 3300}, "0 <= low_Hz < high_Hz, got 3300 and 3200"),
        ({"bank": "gammatone", "n_bands": 0}, "n_bands must be at least 1"),
    ],
)
def test_transformer_refuses_impossible_parameters_when_used(parameters, message):
    front_end = AudioFrontEnd(RATE_HZ, **parameters)
    with pytest.raises(ValueError, match=message):
        front_end.fit(words())
    with pytest.raises(ValueError, match=message):
        front_end(words()[0])


def test_recordings_have_one_channel():
    with pytest.raises(ValueError, match="X must be recordings of 1 channel, got 2"):
        AudioFrontEnd(RATE_HZ).fit(np.ones((3, 2, 100)))


@both_banks
@pytest.mark.parametrize("factor", [1e-320, 1e-200, 1e160, 1e200])
def test_a_sound_of_no_possible_scale_is_refused(bank, factor):
    # Its power is 0 or infinite: it was taken for silence, or gave NaN.
    front_end = AudioFrontEnd(RATE_HZ, bank=bank)
    heard = front_end(tone(500))
    for well in (1e-90, 1e90):
        np.testing.assert_allclose(front_end(tone(500) * well), heard, atol=1e-9)
    for encode in (front_end, lambda x: front_end.fit_transform([x])):
        with pytest.raises(ValueError, match="waveform must be of a scale from 1e-100"):
            encode(tone(500) * factor)
    assert not front_end(np.zeros(2000)).any()
