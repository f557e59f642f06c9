"""Bonn EEG: windows of segments that no split tears apart, bands, and every file that is none."""

import numpy as np
import pytest

from lsm import LoadError
from tasks import make_task
from tasks.bonn import BANDS_HZ, CLASSES, RATE_HZ, SETS, band_amplitudes, bonn
from tasks.data import data_folder


def arrays(segments=10, values=300):
    """Segments of noise, whose first two values are their set and number."""
    rng = np.random.default_rng(0)
    sets = {name: rng.integers(-100, 101, (segments, values), np.int16) for name in SETS}
    for number, array in enumerate(sets.values()):
        array[:, 0], array[:, 1] = number, np.arange(segments)
    return sets


def write(folder, sets):
    np.savez_compressed(folder / "recordings.npz", **sets)
    return folder


def test_windows_lie_around_the_middle(tmp_path):
    sets = arrays(values=305)
    write(tmp_path, sets)
    task = bonn(5, 0, tmp_path, window=100)
    assert task.signals.shape == (50, 1, 100)
    np.testing.assert_array_equal(task.signals[:10, 0], sets["A_Z"][:, 102:202])
    np.testing.assert_array_equal(task.spikes.durations_ms, 100)
    assert task.spikes.n_channels == 2 * len(BANDS_HZ)
    task = bonn(5, 0, tmp_path, window=100, windows=3)
    assert task.signals.shape == (150, 1, 100)
    np.testing.assert_array_equal(task.signals[-1, 0], sets["E_S"][-1, 202:302])
    assert [*task.groups[:4], task.groups[-1]] == ["A001", "A001", "A001", "A002", "E010"]


@pytest.mark.parametrize(
    ("n_classes", "expected"), [(2, [120, 30]), (3, [60, 60, 30]), (5, [30] * 5)]
)
def test_classes_join_sets(tmp_path, n_classes, expected):
    task = make_task(f"Bonn{n_classes}", data=write(tmp_path, arrays()), window=100, windows=3)
    assert (task.name, task.classes) == (f"Bonn{n_classes}", CLASSES[n_classes][0])
    np.testing.assert_array_equal(np.bincount(task.labels), expected)
    of_set = dict(zip(task.metadata["set"], task.labels, strict=True))
    assert of_set == dict(zip(SETS, CLASSES[n_classes][1], strict=True))


def test_no_segment_is_on_two_sides(tmp_path):
    task = bonn(5, 0, write(tmp_path, arrays()), window=100, windows=3)
    pairs = [(task.train, task.fitness), (task.training, task.test), *task.folds(random_state=1)]
    for one, other in pairs:
        assert not {*task.groups[one]} & {*task.groups[other]}
    np.testing.assert_array_equal(np.bincount(task.labels[task.test]), [9] * 5)
    for _, test in task.folds():
        np.testing.assert_array_equal(np.bincount(task.labels[test]), [6] * 5)
    first, second = (
        np.concatenate([test for _, test in task.folds(random_state=s)]) for s in (0, 1)
    )
    assert not np.array_equal(first, second)
    assert len(bonn(5, 0, tmp_path, window=100, windows=3, samples_per_class=10).labels) == 50


def test_a_wave_is_in_the_band_of_its_frequency_with_its_amplitude():
    seconds = np.arange(2048) / RATE_HZ
    for band in (3, 7, 10):
        wave = 30 * np.sin(2 * np.pi * BANDS_HZ[band] * seconds)
        amplitudes = band_amplitudes(wave[np.newaxis] + 1000)[0, :, 700:-700]
        assert amplitudes.mean(axis=1).argmax() == band
        np.testing.assert_allclose(amplitudes[band], 30, rtol=0.01)
        assert amplitudes[band - 3].max() < 1


def test_spikes_tell_the_level_of_bands(tmp_path):
    """Ten times the amplitude: more spikes above the usual level, fewer below."""
    loud = arrays()
    loud |= {"E_S": (loud["D_F"] * 10).astype(np.int16)}
    counts = bonn(5, 0, write(tmp_path, loud), window=200).spikes.counts().reshape(50, 2, 12)
    above, below = counts[40:].mean(axis=0) - counts[30:40].mean(axis=0)
    assert (above > 0).all()
    assert (below <= 0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"C_N": np.zeros((3, 400))}, r"C_N must be integers of shape \(segments, values\), got f"),
        ({"C_N": np.zeros(400, np.int16)}, r"C_N must be .* got int16 of shape \(400,\)"),
        ({"C_N": np.zeros((0, 400), np.int16)}, r"C_N must be .* of shape \(0, 400\)"),
    ],
)
def test_other_arrays_are_refused(tmp_path, change, message):
    with pytest.raises(LoadError, match=f"recordings.npz is not an NPZ file of EEG: {message}"):
        bonn(5, 0, write(tmp_path, arrays() | change))


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"be a folder with recordings\.npz.* To get it: clone"):
        bonn(5, 0, tmp_path)
    with pytest.raises(ValueError, match="n_classes must be 2, 3 or 5, got 4"):
        bonn(4, 0, tmp_path)
    sets = arrays()
    del sets["D_F"]
    with pytest.raises(LoadError, match="'D_F' is missing"):
        bonn(5, 0, write(tmp_path, sets))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "window must be at least 1, got 0"),
        ({"windows": 2.5}, "windows must be an integer"),
        ({"window": 200, "windows": 2}, "within the 300 values of a segment of A_Z, got 2 of 200"),
    ],
)
def test_windows_that_no_segment_has(tmp_path, options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        bonn(5, 0, write(tmp_path, arrays()), **options)


def test_the_recordings():
    try:
        data_folder("bonn_eeg", obtain="")
    except ValueError as error:
        pytest.skip(f"no EEG of Bonn: {error}")
    task = make_task("Bonn5", random_state=0)
    assert task.signals.shape[1:] == (1, 512)
    assert len({*np.bincount(task.labels)}) == 1
