"""Encoded recordings on disk: kept where that is asked for, and never other ones."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.io import wavfile

from lsm import SpikeTrains
from tasks import encoded, make_task
from tasks.encoded import kept_spikes

RECORDINGS = [np.arange(6.0), np.arange(6).reshape(2, 3)]


class Encoding:
    """Spikes that count how often they were made."""

    def __init__(self, seconds=0.0):
        self.times, self.seconds = 0, seconds

    def __call__(self):
        self.times += 1
        time.sleep(self.seconds)
        rng = np.random.default_rng(0)
        return SpikeTrains(rng.random(50) * 9, rng.integers(0, 3, 50), [0, 20, 20, 50], [9] * 3, 3)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LSM_ENCODED", str(tmp_path / "new" / "folder"))
    encoded._encoded_by.cache_clear()
    yield tmp_path / "new" / "folder"
    encoded._encoded_by.cache_clear()


@pytest.fixture
def recordings(tmp_path):
    """A folder of spoken digits, one of events and one of gestures, by their tasks."""
    rng = np.random.default_rng(0)
    for name in ("FSDD", "NMNIST/recordings", "EMG"):
        (tmp_path / name).mkdir(parents=True)
    for take in range(12):
        for digit in (0, 7):
            wave = rng.integers(-9000, 9000, 400, dtype=np.int16)
            wavfile.write(tmp_path / "FSDD" / f"{digit}_ada_{take}.wav", 8000, wave)
        event = bytes([take % 34, 3, 0x80, 1, take])
        (tmp_path / "NMNIST" / "recordings" / f"{take}.bin").write_bytes(event * 3)
    rows = "\n".join(f"{take},{take % 2}" for take in range(12))
    (tmp_path / "NMNIST" / "labels.csv").write_text(f"recording,digit\n{rows}\n")
    sessions = {}
    for session in (1, 2, 3):
        for gesture in (1, 2):
            readings = rng.integers(-128, 128, (700, 9), dtype=np.int16)
            readings[:, 8] = gesture
            sessions[f"left__ada-{session}__{gesture}"] = readings
    np.savez(tmp_path / "EMG" / "sessions.npz", **sessions)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "encoder"),
    [
        ("FSDD", "lsm.encoders.integrate_and_fire"),
        ("EMG", "lsm.encoders.integrate_and_fire"),
        ("NMNIST", "tasks.nmnist.pooled_spikes"),
    ],
)
def test_recorded_tasks_start_from_what_is_kept(recordings, monkeypatch, name, encoder):
    monkeypatch.delenv("LSM_ENCODED", raising=False)
    task = make_task(name, random_state=0, data=recordings / name)
    monkeypatch.setenv("LSM_ENCODED", str(recordings / "kept"))
    first = make_task(name, random_state=0, data=recordings / name)
    # Not again, for another split; but again where one recording has changed.
    with monkeypatch.context() as patch:
        patch.setattr(encoder, lambda *_, **__: pytest.fail("it must not be encoded again"))
        again = make_task(name, random_state=1, data=recordings / name)
    assert task.spikes == first.spikes == again.spikes
    file = sorted(path for path in (recordings / name).rglob("*.*") if path.suffix != ".csv")[0]
    if name == "EMG":
        with np.load(file) as arrays:
            changed = {key: array.copy() for key, array in arrays.items()}
        changed["left__ada-2__1"][300, 0] = 127 - changed["left__ada-2__1"][300, 0] // 2
        np.savez(file, **changed)
    else:
        content = bytearray(file.read_bytes())
        content[-1] ^= 32
        file.write_bytes(content)
    other = make_task(name, random_state=0, data=recordings / name)
    assert other.spikes != task.spikes
    assert len(files(recordings / "kept")) == 2


def files(folder):
    return sorted(folder.glob("*.npz"))


def test_nothing_is_kept_unless_a_folder_is_named(monkeypatch):
    monkeypatch.delenv("LSM_ENCODED", raising=False)
    unread = (pytest.fail("no recording needs to be read") for _ in range(1))
    encode = Encoding()
    assert kept_spikes(encode, unread) == kept_spikes(encode, unread)
    assert encode.times == 2


def test_the_same_is_encoded_once(folder):
    encode = Encoding()
    first = kept_spikes(encode, RECORDINGS, step_ms=5.0)
    again = kept_spikes(encode, iter(RECORDINGS), step_ms=5.0)
    assert encode.times == 1
    assert first == again == Encoding()()
    assert again.channels.dtype == np.int32
    assert not again.times_ms.flags.writeable
    assert len(files(folder)) == 1


@pytest.mark.parametrize(
    ("recordings", "parameters"),
    [
        (RECORDINGS[::-1], {"step_ms": 5.0}),
        (RECORDINGS[:1], {"step_ms": 5.0}),
        ([RECORDINGS[0].astype(np.float32), RECORDINGS[1]], {"step_ms": 5.0}),
        ([RECORDINGS[0], RECORDINGS[1].reshape(3, 2)], {"step_ms": 5.0}),
        ([RECORDINGS[0], RECORDINGS[1] + (np.arange(3) == 2)], {"step_ms": 5.0}),
        (RECORDINGS, {"step_ms": 5.5}),
        (RECORDINGS, {"step_ms": None}),
        (RECORDINGS, {"step_ms": 5.0, "pool": 2}),
    ],
)
def test_other_recordings_or_parameters_are_encoded(folder, recordings, parameters):
    encode = Encoding()
    kept_spikes(encode, RECORDINGS, step_ms=5.0)
    kept_spikes(encode, recordings, **parameters)
    assert encode.times == 2
    assert len(files(folder)) == 2


def test_other_code_and_libraries_encode_again(folder, monkeypatch):
    encode = Encoding()
    kept_spikes(encode, RECORDINGS)
    for name, value in (("numpy", "0"), ("code", "0"), ("blas", [])):
        by = encoded._encoded_by() | {name: value}
        monkeypatch.setattr(encoded, "_encoded_by", lambda by=by: by)
        kept_spikes(encode, RECORDINGS)
        monkeypatch.undo()
        monkeypatch.setenv("LSM_ENCODED", str(folder))
    assert encode.times == 4


def test_what_was_imported_before_changes_nothing():
    texts = [
        subprocess.run(
            [
                sys.executable,
                "-c",
                f"{before}from tasks import encoded; print(encoded._key([], {{}}))",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for before in ("", "import scipy.linalg, sklearn.svm; ")
    ]
    assert texts[0] == texts[1] != ""


def cut(content):
    return content[: len(content) // 2]


def turned(content):
    place = len(content) // 3  # within the times
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize("damage", [cut, turned, lambda _: b"", lambda _: b"no archive"])
def test_a_damaged_file_is_encoded_again(folder, damage):
    encode = Encoding()
    spikes = kept_spikes(encode, RECORDINGS)
    (file,) = files(folder)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.warns(UserWarning, match=f"{file.name}.*; the recordings are encoded again"):
        assert kept_spikes(encode, RECORDINGS) == spikes
    assert encode.times == 2
    assert kept_spikes(encode, RECORDINGS) == spikes
    assert encode.times == 2


def test_a_file_of_other_recordings_is_not_taken_for_these(folder):
    encode = Encoding()
    kept_spikes(encode, RECORDINGS)
    (file,) = files(folder)
    kept_spikes(encode, RECORDINGS[:1])
    (other,) = set(files(folder)) - {file}
    os.replace(other, file)
    with pytest.warns(UserWarning, match="it is of other recordings"):
        kept_spikes(encode, RECORDINGS)
    assert encode.times == 3


def test_who_comes_at_the_same_time_waits_and_reads(folder):
    encode = Encoding(seconds=0.3)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: kept_spikes(encode, RECORDINGS), range(4)))
    assert encode.times == 1
    assert all(spikes == results[0] for spikes in results)


def test_an_error_of_encoding_keeps_nothing(folder):
    def fail():
        raise OSError("no such recording")

    with pytest.raises(OSError, match="no such recording"):
        kept_spikes(fail, RECORDINGS)
    assert not files(folder)
    encode = Encoding()
    kept_spikes(encode, RECORDINGS)
    assert encode.times == 1


def test_a_folder_that_cannot_be_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LSM_ENCODED", str(tmp_path / "file"))
    encode = Encoding()
    with pytest.raises(ValueError, match="LSM_ENCODED must name a folder that can be written to"):
        kept_spikes(encode, RECORDINGS)
    assert not encode.times


def test_spikes_that_cannot_be_kept_are_given(folder, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(encoded, "write_archive", full)
    with pytest.warns(UserWarning, match="could not be kept in .*: no space left"):
        assert kept_spikes(Encoding(), RECORDINGS) == Encoding()()


def test_what_was_not_used_for_longest_goes_first(folder, monkeypatch):
    encode = Encoding()
    for k in range(3):
        kept_spikes(encode, RECORDINGS, k=k)
    size = files(folder)[0].stat().st_size
    monkeypatch.setattr(encoded, "MOST_BYTES", 3.5 * size)
    for second, file in enumerate(files(folder)):
        os.utime(file, (second, second))
    oldest, *others = files(folder)
    kept_spikes(encode, RECORDINGS, k=3)
    assert len(files(folder)) == 3
    assert not oldest.exists()
    assert all(other.exists() for other in others)
    monkeypatch.setattr(encoded, "MOST_BYTES", 1)
    kept_spikes(encode, RECORDINGS, k=4)
    assert len(files(folder)) == 1  # the newest stays
    kept_spikes(encode, RECORDINGS, k=4)
    assert encode.times == 5
