"""Watch: windows of exercises, subjects left out, and every file that is none."""

import numpy as np
import pytest

from lsm import LoadError
from tasks import group_names, make_task
from tasks.data import data_folder
from tasks.watch import watch

NAMES = [f"exercise {k}" for k in range(7)]


def contents(subjects=(1, 2, 3, 10), steps=50):
    """A dict as seglearn has it; the direction of gravity tells the exercise."""
    rng = np.random.default_rng(0)
    y, subject, side = np.meshgrid(np.arange(7), subjects, [0.0, 1.0], indexing="ij")
    X = [rng.normal(scale=0.1, size=(steps + k % 3, 6)) for k in range(y.size)]
    for signal, label in zip(X, y.ravel(), strict=True):
        signal[:, label % 3] += 1 if label < 3 else -1
    columns = {"y": y.ravel(), "subject": subject.ravel(), "side": side.ravel()}
    return {"X": X, "X_labels": ["ax", "ay", "az", "wx", "wy", "wz"], "y_labels": NAMES} | columns


def write(folder, content):
    folder.mkdir(exist_ok=True)
    np.save(folder / "watch_dataset.npy", np.array(content, dtype=object), allow_pickle=True)
    return folder


def test_windows_follow_each_other(tmp_path):
    content = contents()
    task = watch(0, write(tmp_path, content), window=25)
    assert task.signals.shape == (2 * 56, 6, 25)
    np.testing.assert_array_equal(task.signals[2], content["X"][1][:25].T)
    np.testing.assert_array_equal(task.signals[3], content["X"][1][25:50].T)
    np.testing.assert_array_equal(task.labels, np.repeat(content["y"], 2))
    np.testing.assert_array_equal(task.groups, np.repeat(content["subject"], 2))
    np.testing.assert_array_equal(task.metadata["recording"], np.repeat(np.arange(56), 2))
    np.testing.assert_array_equal(task.metadata["side"], np.repeat(content["side"], 2))
    assert (task.step_ms, task.classes, {*task.spikes.durations_ms}) == (20, tuple(NAMES), {50.0})
    assert len(watch(0, tmp_path, window=25, samples_per_class=2).labels) == 2 * 7 * 4


def test_the_direction_of_gravity_is_heard(tmp_path):
    task = watch(0, write(tmp_path, contents()), window=50)
    counts = task.spikes.counts()
    for label, channel in enumerate([0, 1, 2, 6, 7, 8]):  # above 0, then below
        np.testing.assert_array_equal(counts[task.labels == label].argmax(axis=1), channel)


def test_subjects_are_never_torn_apart(tmp_path):
    task = watch(0, write(tmp_path, contents()), window=25)
    parts = (task.train, task.fitness, task.test)
    assert [len({*task.groups[part]}) for part in parts] == [2, 1, 1]
    assert len({*np.concatenate([task.groups[part] for part in parts])}) == 4
    for train, test in task.folds(n_splits=2):
        assert not {*task.groups[train]} & {*task.groups[test]}
    assert group_names("Watch", tmp_path) == ["1", "10", "2", "3"]
    assert [*task.named_folds("group")] == ["1", "2", "3", "10"]
    alone = make_task("Watch", data=tmp_path, group="10", window=25)
    assert {*alone.groups[alone.test]} == {10}
    with pytest.raises(ValueError, match="group must be one of the subjects 1, 2, 3, 10; got 4"):
        watch(0, tmp_path, window=25, group=4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": contents()["X"][:-1]}, "y must be 55 whole numbers, one a recording; got int64 of"),
        ({"y": contents()["y"] + 0.5}, "y must be 56 whole numbers"),
        ({"y": contents()["y"] + 1}, "expected y from 0 to 6, one of y_labels"),
        ({"X": [np.zeros((50, 5))] * 56}, r"X\[0\] must be numbers of shape \(steps, 6\), got"),
        ({"X": [np.full((50, 6), np.nan)] * 56}, r"X\[0\] must be finite"),
        ({"X": [], "y": [], "subject": [], "side": []}, "expected recordings, got none"),
    ],
)
def test_other_contents_are_refused(tmp_path, change, message):
    with pytest.raises(LoadError, match=rf"watch_dataset\.npy.*: {message}"):
        watch(0, write(tmp_path, contents() | change))


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(
        ValueError, match=r"a folder with watch_dataset\.npy.* To get it: make_task"
    ):
        watch(0, tmp_path)
    content = contents()
    del content["side"]
    with pytest.raises(LoadError, match="'side' is missing"):
        watch(0, write(tmp_path, content))
    with pytest.raises(LoadError, match="expected a dict, got str"):
        watch(0, write(tmp_path, "exercises"))


def test_a_window_beyond_all_recordings(tmp_path):
    with pytest.raises(
        ValueError, match="window must be at most 52, the longest recording; got 53"
    ):
        watch(0, write(tmp_path, contents()), window=53)


def test_the_recordings():
    try:
        folder = data_folder("watch", obtain="")
    except ValueError as error:
        pytest.skip(f"no exercises of seglearn: {error}")
    task = make_task("Watch", random_state=0, data=folder)
    assert (len(np.unique(task.groups)), task.n_classes) == (10, 7)
    assert task.signals.shape == (1149, 6, 200)
