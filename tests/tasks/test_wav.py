"""WAV files: every format that recorders write, other rates and channels, and what is cut off."""

import struct

import numpy as np
import pytest
from scipy.io import wavfile

from lsm import LoadError
from tasks import read_wav

EXTENSIBLE = 0xFFFE
PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")


def write_24_bits(path, table, rate):
    """A file as a field recorder writes it: 24 bits, extensible format, with a chunk before."""
    n_channels = table.shape[1]
    data = b"".join(int(x).to_bytes(3, "little", signed=True) for x in table.ravel())
    form = struct.pack(
        "<HHIIHH", EXTENSIBLE, n_channels, rate, rate * 3 * n_channels, 3 * n_channels, 24
    )
    form += struct.pack("<HHI", 22, 24, 3) + PCM_GUID
    chunks = [(b"bext", b"field recorder "), (b"fmt ", form), (b"data", data)]
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in chunks
    )
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)


def tone(frequency, rate, seconds=0.25):
    return np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize(
    ("dtype", "scale", "offset"),
    [("u1", 2**7, 128), ("<i2", 2**15, 0), ("<i4", 2**31, 0), ("<f4", 1, 0), ("<f8", 1, 0)],
)
def test_numbers_of_every_kind_are_between_minus_1_and_1(tmp_path, dtype, scale, offset):
    expected = np.array([-1.0, -0.5, 0.0, 0.25, 0.5])
    wavfile.write(tmp_path / "a.wav", 8000, (expected * scale + offset).astype(dtype))
    np.testing.assert_array_equal(read_wav(tmp_path / "a.wav", rate_Hz=8000), expected)


def test_24_bits_in_the_extensible_format(tmp_path):
    """On every Python, where the module `wave` refuses it up to 3.11."""
    samples = np.array([[0], [1], [-1], [2**22], [-(2**23)], [2**23 - 1]])
    write_24_bits(tmp_path / "a.wav", samples, 8000)
    found = read_wav(tmp_path / "a.wav", rate_Hz=8000)
    np.testing.assert_array_equal(found, samples[:, 0] / 2**23)
    soundfile = pytest.importorskip("soundfile")  # libsndfile reads the same
    np.testing.assert_array_equal(found, soundfile.read(tmp_path / "a.wav")[0])


def test_a_stereo_recording_of_44100_hz_becomes_one_channel_of_8000_hz(tmp_path):
    """A tone that 8 kHz can carry stays itself, one that it can't is gone and makes no other."""
    left, right = tone(440, 44100), tone(5000, 44100)
    table = np.round(2**22 * np.stack([left, right], axis=1))
    write_24_bits(tmp_path / "a.wav", table, 44100)
    with pytest.raises(LoadError, match=r"a\.wav: expected one channel of 8000 Hz, got 2 of 44100"):
        read_wav(tmp_path / "a.wav", rate_Hz=8000)
    found = read_wav(tmp_path / "a.wav", rate_Hz=8000, resample=True)
    assert len(found) == 2000
    middle = slice(100, -100)
    np.testing.assert_allclose(found[middle], tone(440, 8000)[middle] / 4, atol=2e-3)


@pytest.mark.parametrize(
    ("cut", "why"),
    [
        (0, "not understood"),
        (20, "cut off after 0 of 16 bytes"),
        (-1, "cut off after 799 of 800 bytes"),
        (-500, "300 of"),
    ],
)
def test_what_is_cut_off_is_refused(tmp_path, cut, why):
    path = tmp_path / "a.wav"
    wavfile.write(path, 8000, np.zeros(400, np.int16))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(LoadError, match=rf"a\.wav is not a WAV file: .*{why}"):
        read_wav(path, rate_Hz=8000)


def test_rates_that_no_recording_has_are_refused_before_a_filter_is_made(tmp_path):
    for rate in (1, 999, 2**31 - 1):
        wavfile.write(tmp_path / "a.wav", rate, np.zeros(4, np.uint8))
        with pytest.raises(LoadError, match=rf"a\.wav: {rate} Hz can't be resampled to 8000 Hz"):
            read_wav(tmp_path / "a.wav", rate_Hz=8000, resample=True)


def test_samples_that_are_no_numbers_are_refused(tmp_path):
    wavfile.write(tmp_path / "a.wav", 8000, np.array([0.0, np.nan], np.float32))
    with pytest.raises(LoadError, match=r"a\.wav .* no numbers"):
        read_wav(tmp_path / "a.wav", rate_Hz=8000)


def test_the_home_folder_may_be_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    wavfile.write(tmp_path / "a.wav", 8000, np.zeros(4, np.uint8))
    assert len(read_wav("~/a.wav", rate_Hz=8000)) == 4
