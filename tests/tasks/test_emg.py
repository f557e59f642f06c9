"""EMG: windows of gestures, sessions, participants, and every file that is none."""

import numpy as np
import pytest
from sklearn.svm import SVC

from tasks import group_names, make_task
from tasks.data import data_folder
from tasks.emg import GESTURES, emg


def reading(gesture, *, rng, held=500, rest=200, times=4):
    """Rest and gesture in turn; the gesture's electrode is the busiest, and counts the steps."""
    labels = np.tile(np.repeat([0, gesture], [rest, held]), times)
    table = rng.integers(-5, 6, (len(labels), 9))
    if gesture:
        table[:, gesture] = np.where(labels > 0, rng.integers(-100, 101, len(labels)), 0)
    table[:, 8] = labels
    return table.astype(np.int8)


def write(folder, *, people=("ann", "bob", "eve"), sessions=(1, 2), **shape):
    rng = np.random.default_rng(0)
    arrays = {
        f"right_hand__{who}-{session}__{gesture}": reading(gesture, rng=rng, **shape)
        for who in people
        for session in sessions
        for gesture in range(8)
    }
    np.savez(folder / "sessions.npz", **arrays)
    return arrays


def test_windows_leave_out_rest_and_both_ends(tmp_path):
    arrays = write(tmp_path, held=555)
    task = emg(0, tmp_path)
    # Of 555 steps 355 remain: three windows, in each of 4 repetitions, 7 gestures, 2 x 3 sessions.
    assert task.signals.shape == (3 * 4 * 7 * 6, 8, 100)
    np.testing.assert_array_equal(np.bincount(task.labels), np.full(7, 72))
    assert task.classes == GESTURES
    assert (task.step_ms, set(task.spikes.durations_ms)) == (5.0, {1000.0})
    first = task.signals[: 3 * 4].reshape(4, 3, 8, 100)
    table = arrays["right_hand__ann-1__1"]
    for repetition, window in np.ndindex(4, 3):
        begin = 755 * repetition + 200 + 100 + 100 * window
        np.testing.assert_array_equal(first[repetition, window], table[begin : begin + 100, :8].T)
    np.testing.assert_array_equal(task.metadata["repetition"][:12], np.repeat([1, 2, 3, 4], 3))


def test_the_highest_session_is_the_test_set(tmp_path):
    write(tmp_path, sessions=(1, 2, 3))
    task = emg(0, tmp_path)
    session = task.metadata["session"]
    np.testing.assert_array_equal(task.test, np.flatnonzero(session == 3))
    # Another session judges fitness.
    assert {*session[task.train]} | {*session[task.fitness]} == {1, 2}
    assert len({*session[task.fitness]}) == 1
    assert "test: session 3" in task.description


def test_repetitions_judge_fitness_where_one_session_is_left(tmp_path):
    write(tmp_path, times=7)
    task = emg(0, tmp_path)
    session, repetition = task.metadata["session"], task.metadata["repetition"]
    assert {*session[task.test]} == {2}
    judges = {*repetition[task.fitness]}
    assert len(judges) == 2
    assert {*repetition[task.train]} == {*range(1, 8)} - judges


def test_one_session_alone(tmp_path):
    write(tmp_path, sessions=(4,))
    with pytest.raises(ValueError, match=r"two sessions or more, .* got session 4 alone"):
        emg(0, tmp_path)
    assert set(emg(0, tmp_path, group="ann").metadata["session"]) == {4}


def test_one_participant_is_the_test_set(tmp_path):
    write(tmp_path)
    assert group_names("EMG", tmp_path) == ["ann", "bob", "eve"]
    task = emg(0, tmp_path, group="bob")
    np.testing.assert_array_equal(task.test, np.flatnonzero(task.groups == "bob"))
    assert not {*task.groups[task.train]} & {*task.groups[task.fitness]}
    with pytest.raises(ValueError, match="one of the participants ann, bob, eve; got 'joe'"):
        emg(0, tmp_path, group="joe")


def test_spikes_follow_the_amplitude(tmp_path):
    write(tmp_path)
    task = emg(0, tmp_path, samples_per_class=10)
    assert len(task.labels) == 2 * 7 * 10
    np.testing.assert_array_equal(
        task.spikes.counts()[:, 1:8].argmax(axis=1), task.labels % 7 * (task.labels < 7)
    )


def test_folds_by_session_and_by_participant(tmp_path):
    write(tmp_path)
    task = emg(0, tmp_path)
    assert len(task.folds("session")) == 2
    assert len(task.folds("group")) == 3


@pytest.mark.parametrize(
    ("key", "array", "message"),
    [
        ("left-1__1", np.zeros((9, 9), int), "keys .* such as .*; got 'left-1__1'"),
        ("right__ann-1__8", np.zeros((9, 9), int), "keys .* got 'right__ann-1__8'"),
        ("right__ann-1__1", np.zeros((9, 8), int), "ann-1__1: expected integers of shape .* 9"),
        ("right__ann-1__1", np.zeros((9, 9)), "ann-1__1: expected integers .* got float64"),
        ("right__ann-1__1", np.full((9, 9), 2), "ann-1__1: expected 1 or 0 .* got 2"),
        ("right__ann-1__1", np.ones((299, 9), int), "expected gestures of 1.5 s or more, got none"),
    ],
)
def test_other_files_are_refused(tmp_path, key, array, message):
    np.savez(tmp_path / "some.npz", **{key: array})
    with pytest.raises(ValueError, match=message):
        emg(0, tmp_path)


def test_the_folder_must_hold_one_file(tmp_path):
    with pytest.raises(ValueError, match="one NPZ file, got 0 in"):
        emg(0, tmp_path)
    for name in "ab":
        np.savez(tmp_path / f"{name}.npz", x=0)
    with pytest.raises(ValueError, match="one NPZ file, got 2 in"):
        emg(0, tmp_path)


def test_real_recordings(tmp_path):
    try:
        data_folder("emg_wrist", obtain="")
    except ValueError:
        pytest.skip("no EMG recordings: set LSM_DATA to the folder that holds the folder emg_wrist")
    task = make_task("EMG", random_state=0)
    assert task.signals.shape[1:] == (8, 100)
    assert len(np.unique(task.groups)) == 5
    # What a liquid has to beat, session 1 to session 2: 84.4 %.
    amplitude = np.sqrt(np.abs(task.signals).mean(axis=2))
    model = SVC().fit(amplitude[task.training], task.labels[task.training])
    assert model.score(amplitude[task.test], task.labels[task.test]) > 0.75
