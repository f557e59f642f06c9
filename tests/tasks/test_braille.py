"""Braille letters: a folder with one NPZ file, and every file that is none."""

import numpy as np
import pytest

from lsm import LoadError
from tasks import make_task
from tasks.braille import braille
from tasks.data import data_folder


def arrays(per_letter=6):
    rng = np.random.default_rng(0)
    letters = np.tile(np.arange(7, dtype=np.int8), per_letter)
    return rng.integers(0, 256, (len(letters), 12, 32), np.uint8), letters


def write(folder, packed, letters):
    np.savez_compressed(folder / "letters.npz", x=packed, y=letters)
    return folder


def test_bits_are_spikes_of_5_ms_steps(tmp_path):
    packed, letters = arrays()
    task = braille(0, write(tmp_path, packed, letters))
    assert task.spikes.shape == (42, 12)
    np.testing.assert_array_equal(task.spikes.durations_ms, 1280)
    np.testing.assert_array_equal(task.labels, letters)
    np.testing.assert_array_equal(task.spikes.to_dense(5.0), np.unpackbits(packed, axis=-1))


def test_the_seed_divides_each_letter(tmp_path):
    folder = write(tmp_path, *arrays(20))
    task, same, other = (braille(seed, folder) for seed in (0, 0, 1))
    np.testing.assert_array_equal(np.bincount(task.labels[task.test]), np.full(7, 6))
    np.testing.assert_array_equal(task.test, same.test)
    assert not np.array_equal(task.test, other.test)
    assert len(braille(0, folder, samples_per_class=5).labels) == 35


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y: (x[:, :11], y), r"x must be uint8 of shape \(recordings, 12, bytes\)"),
        (lambda x, y: (x.astype(int), y), "got int64"),
        (lambda x, y: (x, y[:-1]), r"y must be whole numbers of shape \(42,\)"),
        (lambda x, y: (x, y / 2), "got float64"),
        (lambda x, y: (x, y - 1), "y must hold letters from 0 on, got -1"),
        (lambda x, y: (np.r_[x, x[:3]], np.r_[y, y[:3]]), "each recording once, 3 are there again"),
    ],
)
def test_other_arrays_are_refused(tmp_path, change, message):
    with pytest.raises(LoadError, match=f"letters.npz is not an NPZ file of Braille.*{message}"):
        braille(0, write(tmp_path, *change(*arrays())))


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"be a folder with letters\.npz.* To get it: clo"):
        braille(0, tmp_path)
    with pytest.raises(ValueError, match="there is no folder"):
        braille(0, tmp_path / "nowhere")
    np.savez(tmp_path / "letters.npz", x=arrays()[0])
    with pytest.raises(LoadError, match="'y' is missing"):
        braille(0, tmp_path)


def test_the_recordings():
    try:
        data_folder("braille", obtain="")
    except ValueError as error:
        pytest.skip(f"no Braille letters: {error}")
    task = make_task("Braille", random_state=0)
    np.testing.assert_array_equal(np.bincount(task.labels), np.full(7, 115))
