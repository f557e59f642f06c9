"""FSDD: split, speakers, and every recording that is none."""

import shutil
import wave

import numpy as np
import pytest

from lsm import LoadError
from tasks.base import Task
from tasks.data import data_folder
from tasks.fsdd import front_end, fsdd, speakers


def write(path, *, channels=1, width=2, rate=8000, n_samples=1600, frequency=440.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(n_samples) / rate
    sound = np.sin(2 * np.pi * frequency * t) * np.hanning(n_samples)
    samples = np.repeat(20000 * sound, channels).astype("<i2" if width == 2 else "i1")
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


@pytest.fixture
def folder(tmp_path):
    """Two digits, three speakers, takes 3..11: tones of the digit's frequency."""
    for digit in (0, 7):
        for speaker in ("ada", "bob", "cy"):
            for take in range(3, 12):
                write(
                    tmp_path / f"{digit}_{speaker}_{take}.wav",
                    frequency=300 + 200 * digit,
                    n_samples=1200 + 80 * take,
                )
    return tmp_path


def test_task(folder):
    task = fsdd(0, folder)
    assert isinstance(task, Task)
    assert task.name == "FSDD"
    assert task.spikes.shape == (54, 96)
    assert np.bincount(task.labels)[[0, 7]].tolist() == [27, 27]
    assert np.unique(task.groups).tolist() == ["ada", "bob", "cy"]
    assert task.licence == "CC BY-SA 4.0"
    assert "test: takes 3, 4, 5, 6, 7" in task.description


def test_each_recording_is_its_own(folder):
    """Sorted by digit, speaker and take, whatever the file system's order."""
    spikes = fsdd(0, folder, trim=0.0).spikes
    takes = np.tile(np.arange(3, 12), 6)
    # Frames of 5 ms from the first sample to the last, and 40 ms of silence.
    n_samples = 1200 + 80 * takes
    np.testing.assert_allclose(spikes.durations_ms, 5 * (1 + n_samples // 40) + 40)
    loudest = spikes.counts()[:, : front_end().n_bands].argmax(axis=1)
    assert loudest[:27].max() < loudest[27:].min()


def test_signals_are_the_waveforms(folder):
    task = fsdd(0, folder)
    assert task.step_ms == 0.125
    for signal, path in zip(task.signals, sorted(folder.glob("0_ada_?.wav")), strict=False):
        with wave.open(str(path), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        np.testing.assert_array_equal(signal * 2**15, samples[np.newaxis])
    np.testing.assert_array_equal(task.metadata["take"], np.tile(np.arange(3, 12), 6))


def test_five_lowest_takes_are_the_test_set(folder):
    takes = np.tile(np.arange(3, 12), 6)
    task = fsdd(0, folder)
    np.testing.assert_array_equal(task.test, np.flatnonzero(takes < 8))
    np.testing.assert_array_equal(
        np.sort(np.concatenate([task.train, task.fitness])), np.flatnonzero(takes >= 8)
    )
    fitness_takes = set(takes[task.fitness])
    assert len(fitness_takes) == 1
    assert not fitness_takes & set(takes[task.train])
    write(folder / "0_ada_0.wav")
    assert "test: takes 0, 3, 4, 5, 6" in fsdd(0, folder).description


def test_one_speaker_left_out(folder):
    task = fsdd(0, folder, group="bob")
    np.testing.assert_array_equal(task.test, np.flatnonzero(task.groups == "bob"))
    judges, teachers = set(task.groups[task.fitness]), set(task.groups[task.train])
    assert judges | teachers == {"ada", "cy"}
    assert len(judges) == len(teachers) == 1
    assert "test: speaker bob" in task.description


def test_speakers_of_a_folder(folder):
    assert speakers(folder) == ["ada", "bob", "cy"]


def test_only_the_lowest_takes(folder):
    task = fsdd(0, folder, takes=7)
    assert len(task.spikes) == 6 * 7
    assert "test: takes 3, 4, 5, 6, 7" in task.description
    with pytest.raises(ValueError, match="takes must be at least 1, got 0"):
        fsdd(0, folder, takes=0)


def test_the_seed_decides_training_and_fitness_only(folder):
    one, same, other = (fsdd(seed, folder) for seed in (7, 7, 8))
    np.testing.assert_array_equal(one.train, same.train)
    assert not np.array_equal(one.train, other.train)
    np.testing.assert_array_equal(one.test, other.test)
    assert one.spikes == other.spikes


def test_recordings_may_lie_in_their_own_folder(folder, tmp_path_factory):
    clone = tmp_path_factory.mktemp("clone")
    folder.rename(clone / "recordings")
    assert len(fsdd(0, str(clone)).labels) == 54


# Bad input


@pytest.fixture
def no_encoding(monkeypatch):
    """Errors must come before the first recording is encoded."""

    def fail(self, waveform):
        raise AssertionError("encoded a recording before all were checked")

    monkeypatch.setattr(type(front_end()), "__call__", fail)


@pytest.mark.usefixtures("no_encoding")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"channels": 2}, "expected one channel of 8000 Hz, got 2 of 8000 Hz; resample=True"),
        ({"rate": 16000}, "expected one channel of 8000 Hz, got 1 of 16000 Hz; resample=True"),
        ({"n_samples": 0}, "it has no samples"),
    ],
)
def test_other_recordings_are_refused(folder, wrong, message):
    write(folder / "9_zoe_49.wav", **wrong)
    with pytest.raises(LoadError, match=rf"9_zoe_49\.wav.*{message}"):
        fsdd(0, folder)


@pytest.mark.usefixtures("no_encoding")
def test_what_is_no_wav_is_refused(folder):
    (folder / "9_zoe_49.WAV").write_bytes(b"not a recording at all, but some text")
    with pytest.raises(LoadError, match=r"9_zoe_49\.WAV is not a WAV file"):
        fsdd(0, folder)


def test_endings_in_capitals_are_recordings_too(folder):
    expected = fsdd(0, folder)
    for path in list(folder.iterdir())[::2]:
        path.rename(path.with_suffix(".WAV"))
    assert fsdd(0, folder).spikes == expected.spikes
    assert speakers(folder) == ["ada", "bob", "cy"]


def test_other_rates_and_channels_are_mixed_and_resampled_where_that_is_asked_for(folder):
    expected = fsdd(0, folder)
    for path in folder.glob("*_ada_*"):
        take = int(path.stem.rpartition("_")[2])
        form = {"channels": 2, "rate": 16000, "n_samples": 2 * (1200 + 80 * take)}
        write(path, frequency=300 + 200 * int(path.name[0]), **form)
    found = fsdd(0, folder, resample=True)
    assert [len(s[0]) for s in found.signals] == [len(s[0]) for s in expected.signals]
    for signal, same in zip(found.signals, expected.signals, strict=True):
        np.testing.assert_allclose(signal, same, atol=0.01)
    others = np.flatnonzero(expected.groups != "ada")
    assert found.spikes[others] == expected.spikes[others]


@pytest.mark.usefixtures("no_encoding")
@pytest.mark.parametrize("name", ["zoe_3.wav", "12_zoe_3.wav", "1_zoe.wav", "1_zoe_x.wav"])
def test_other_names_are_refused(folder, name):
    write(folder / name)
    with pytest.raises(
        ValueError, match=rf"named {{digit}}_{{speaker}}_{{take}}.wav.* got .*{name}"
    ):
        fsdd(0, folder)


@pytest.mark.usefixtures("no_encoding")
def test_unknown_speaker(folder):
    with pytest.raises(
        ValueError, match="group must be one of the speakers ada, bob, cy; got 'zoe'"
    ):
        fsdd(0, folder, group="zoe")


@pytest.mark.usefixtures("no_encoding")
def test_something_must_be_left_for_training(tmp_path):
    for take in range(5):
        write(tmp_path / f"1_ada_{take}.wav")
    with pytest.raises(
        ValueError, match=r"two takes, .* beside the test set, 0, 1, 2, 3, 4; 0 of 5 are left"
    ):
        fsdd(0, tmp_path)
    with pytest.raises(ValueError, match=r"two speakers, .* the test set, ada; 0 of 1 are left"):
        fsdd(0, tmp_path, group="ada")


def test_folder_without_recordings(tmp_path):
    with pytest.raises(ValueError, match=r"there is none in .*To get them: git clone"):
        fsdd(0, tmp_path)


# The recordings themselves


def test_real_recordings(tmp_path):
    try:
        folder = data_folder("fsdd", obtain="")
    except ValueError:
        pytest.skip("no FSDD recordings: set LSM_DATA to the folder that holds the folder fsdd")
    for path in folder.rglob("[0-2]_*_1?.wav"):
        shutil.copy(path, tmp_path)
    task = fsdd(0, tmp_path)
    assert "test: takes 10, 11, 12, 13, 14" in task.description
    assert len(np.unique(task.groups)) == 6
    # Nearest class by the encoder's counts alone: far above chance, 33 %.
    counts = np.sqrt(task.spikes.counts())
    rest = np.concatenate([task.train, task.fitness])
    means = np.stack([counts[rest][task.labels[rest] == digit].mean(axis=0) for digit in range(3)])
    distance = ((counts[task.test][:, np.newaxis] - means) ** 2).sum(axis=2)
    assert np.mean(distance.argmin(axis=1) == task.labels[task.test]) > 0.6
