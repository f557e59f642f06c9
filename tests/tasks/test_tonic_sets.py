"""SHD and DVS Gesture: small sets in the files that tonic reads."""

from functools import partial

import numpy as np
import pytest

from tasks import group_names, make_task
from tasks.tonic_sets import dvs_gesture, shd

pytest.importorskip("tonic.datasets")
h5py = pytest.importorskip("h5py")

WORDS = [b"zero", b"one", b"null", b"eins"]


def write_shd(folder, part, speakers):
    """Each speaker says each word twice: a band of the 700 channels sweeps."""
    rng = np.random.default_rng(len(speakers))
    labels, said_by, times, units = [], [], [], []
    for speaker in speakers:
        for label in np.repeat(np.arange(4), 2):
            n = 40 + int(rng.integers(20))
            labels.append(label)
            said_by.append(speaker)
            times.append(np.sort(rng.uniform(0, 0.8, n)).astype(np.float16))
            units.append(rng.integers(175 * label, 175 * (label + 1), n))
    (folder / "SHD").mkdir(exist_ok=True)
    # tonic asks whether its archive is there too.
    (folder / "SHD" / f"shd_{part}.h5.zip").touch()
    with h5py.File(folder / "SHD" / f"shd_{part}.h5", "w") as file:
        for name, dtype, rows in (("times", np.float16, times), ("units", np.uint16, units)):
            column = file.create_dataset(
                f"spikes/{name}", (len(rows),), dtype=h5py.vlen_dtype(np.dtype(dtype))
            )
            for i, row in enumerate(rows):
                column[i] = row.astype(dtype)
        file["labels"] = np.array(labels, np.uint16)
        file["extra/speaker"] = np.array(said_by, np.uint16)
        file["extra/keys"] = np.array(WORDS)


@pytest.fixture
def heard(tmp_path):
    write_shd(tmp_path, "train", [0, 2, 10])
    write_shd(tmp_path, "test", [2, 4])
    return tmp_path


def test_shd(heard):
    task = make_task("SHD", random_state=0, data=heard)
    assert task.spikes.shape == (40, 70)
    np.testing.assert_array_equal(task.test, np.arange(24, 40))
    np.testing.assert_array_equal(task.labels, np.tile(np.repeat(np.arange(4), 2), 5))
    np.testing.assert_array_equal(task.groups, np.repeat([0, 2, 10, 2, 4], 8))
    assert task.classes == ("zero", "one", "null", "eins")
    assert task.licence == "CC BY 4.0"
    # Times in ms, and 10 neighbours on a channel.
    with h5py.File(heard / "SHD" / "shd_test.h5") as file:
        at = np.sort(file["spikes/times"][3].astype(float) * 1000)
        neurons = file["spikes/units"][3]
    one = task.spikes[24 + 3]
    np.testing.assert_allclose(one.times_ms, at, atol=2e-3)
    np.testing.assert_array_equal(one.counts()[0], np.bincount(neurons // 10, minlength=70))


def test_one_speaker_is_the_test_set(heard):
    assert group_names("SHD", heard) == ["0", "2", "4", "10"]
    task = shd(0, heard, group="2")
    np.testing.assert_array_equal(task.test, np.r_[8:16, 24:32])
    assert len(set(task.groups[task.train]) | set(task.groups[task.fitness])) == 3
    with pytest.raises(ValueError, match="one of the speakers 0, 2, 4, 10; got '3'"):
        shd(0, heard, group="3")


def test_options_of_shd(heard):
    task = shd(0, heard, pool=50, duration_ms=300.0, samples_per_class=2)
    assert task.spikes.shape == (16, 14)
    assert (len(task.training), len(task.test)) == (8, 8)
    np.testing.assert_array_equal(task.spikes.durations_ms, 300)


def write_gestures(folder, part, users):
    """11 gestures of each user: events on a row that says the gesture; t in ms, as tonic has it."""
    rng = np.random.default_rng(0)
    (folder / "DVSGesture").mkdir(exist_ok=True)
    (folder / "DVSGesture" / f"ibmGesture{part.title()}.tar.gz").touch()
    for user in users:
        at = folder / "DVSGesture" / f"ibmGesture{part.title()}" / f"user{user:02}_led"
        at.mkdir(parents=True)
        for label in range(11):
            n = 30
            t = np.sort(rng.integers(0, 3000, n))
            rows = np.stack(
                [rng.integers(0, 128, n), np.full(n, 11 * label), rng.integers(0, 2, n)]
            )
            np.save(at / f"{label}.npy", np.vstack([rows, t]).T)


@pytest.fixture(scope="module")
def waved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waved")
    write_gestures(folder, "train", range(1, 11))  # tonic wants 100 files at least
    write_gestures(folder, "test", range(24, 34))
    return folder


def test_dvs_gesture(waved):
    task = make_task("DVSGesture", random_state=0, data=waved)
    assert task.spikes.shape == (220, 16 * 16 * 2)
    np.testing.assert_array_equal(task.test, np.arange(110, 220))
    np.testing.assert_array_equal(np.unique(task.groups), np.r_[1:11, 24:34])
    assert not set(task.groups[task.test]) & set(task.groups[task.training])
    assert task.classes[7] == "Arm roll"
    # The first 1.5 s, in whole ms, a row of channels for each gesture.
    np.testing.assert_array_equal(task.spikes.durations_ms, 1500)
    assert (task.spikes.times_ms % 1 == 0).all()
    rows = task.spikes.counts().reshape(220, 2, 16, 16).sum(axis=(1, 3)).argmax(axis=1)
    np.testing.assert_array_equal(rows, 11 * task.labels // 8)


def test_dvs_gesture_does_not_depend_on_the_order_of_the_file_system(waved, monkeypatch):
    import os

    walk = os.walk

    def backwards(top):
        yield from reversed(list(walk(top)))

    one = dvs_gesture(0, waved, samples_per_class=3)
    monkeypatch.setattr(os, "walk", backwards)
    other = dvs_gesture(0, waved, samples_per_class=3)
    assert one.spikes == other.spikes
    np.testing.assert_array_equal(one.groups, other.groups)


def test_one_person_is_the_test_set(waved):
    assert group_names("DVSGesture", waved)[:3] == ["1", "2", "3"]
    task = dvs_gesture(0, waved, group="24", duration_ms=None, bin_ms=None, merge_polarities=True)
    assert set(task.groups[task.test]) == {24}
    assert task.spikes.counts().sum() == 220 * 30


@pytest.fixture(params=["SHD", "DVSGesture"])
def both_sets(request, tmp_path):
    """A set's name, its folder and one of its files."""
    if request.param == "SHD":
        write_shd(tmp_path, "train", [0, 2, 10])
        write_shd(tmp_path, "test", [2, 4])
        return request.param, tmp_path, tmp_path / "SHD" / "shd_test.h5"
    write_gestures(tmp_path, "train", range(1, 11))
    write_gestures(tmp_path, "test", range(24, 34))
    folder = tmp_path / "DVSGesture" / "ibmGestureTest" / "user24_led"
    return request.param, tmp_path, folder / "0.npy"


def change(file):
    """One event is elsewhere."""
    if file.suffix == ".npy":
        events = np.load(file)
        events[0, 0] = (events[0, 0] + 64) % 128
        np.save(file, events)
        return
    with h5py.File(file, "r+") as content:
        units = content["spikes/units"][0]
        units[0] = (units[0] + 10) % 700
        content["spikes/units"][0] = units


def test_sets_start_from_what_is_kept(both_sets, monkeypatch):
    name, folder, file = both_sets
    monkeypatch.delenv("LSM_ENCODED", raising=False)
    make = partial(make_task, name, data=folder)
    task, few = make(random_state=0), make(random_state=0, samples_per_class=2)
    monkeypatch.setenv("LSM_ENCODED", str(folder / "kept"))
    first = make(random_state=0)
    with monkeypatch.context() as patch:
        patch.setattr("tasks.tonic_sets.pooled_spikes", lambda *_, **__: pytest.fail("once more"))
        again = make(random_state=1)
    assert task.spikes == first.spikes == again.spikes
    # Other samples of the same files, or another pool, are others.
    assert make(random_state=0, samples_per_class=2).spikes == few.spikes != task.spikes
    assert make(random_state=0, pool=20).spikes.n_channels != task.spikes.n_channels
    change(file)
    assert make(random_state=0).spikes != task.spikes
    assert len(list((folder / "kept").glob("*.npz"))) == 4


@pytest.mark.parametrize("name", ["SHD", "DVSGesture"])
def test_nothing_is_downloaded_unasked(name, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise AssertionError("downloaded")

    monkeypatch.setattr("tonic.dataset.download_and_extract_archive", fail)
    for make in (make_task, group_names):
        with pytest.raises(ValueError, match=rf"folder {name}, complete .* download=True"):
            make(name, data=tmp_path)


@pytest.mark.parametrize("name", ["SHD", "DVSGesture", "NMNIST"])
def test_no_network(name, tmp_path, monkeypatch):
    def unreachable(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr("tonic.dataset.download_and_extract_archive", unreachable)
    with pytest.raises(OSError, match=rf"{name} cannot be downloaded .*new: no route to host"):
        make_task(name, data=tmp_path / "new", download=True)
