"""Two gestures in a row: of one session, of neighbouring repetitions, and held-out sessions."""

import numpy as np
import pytest

from tasks import group_names, make_task
from tests.tasks.test_emg import write


def test_task(tmp_path):
    write(tmp_path)
    task = make_task("GesturePairs7", random_state=0, data=tmp_path)
    # 3 windows in each of 4 repetitions of 7 gestures in 2 sessions of 3 people; two answers.
    assert len(task.labels) == 2 * 3 * 4 * 7 * 2 * 3
    assert task.spikes.n_channels == 16
    gap = task.metadata["gap_ms"]
    np.testing.assert_array_equal(task.spikes.durations_ms, 2000 + gap)
    assert gap.min() >= 200
    assert gap.max() <= 400
    np.testing.assert_array_equal(task.labels, task.metadata["first"] != task.metadata["second"])


def test_the_highest_session_tests_and_a_block_of_the_other_judges_fitness(tmp_path):
    write(tmp_path)
    task = make_task("GestureOrder7", random_state=0, data=tmp_path)
    session, block = task.metadata["session"], task.metadata["block"]
    np.testing.assert_array_equal(task.test, np.flatnonzero(session == 2))
    judges, teachers = set(block[task.fitness]), set(block[task.train])
    assert judges | teachers == {0, 1}
    assert len(judges) == 1
    assert set(task.named_folds("session")) == {"1", "2"}


def test_one_participant_left_out(tmp_path):
    write(tmp_path)
    task = make_task("GesturePairs7", random_state=0, data=tmp_path, group="eve", n_words=2)
    assert task.name == "GesturePairs2"
    np.testing.assert_array_equal(task.test, np.flatnonzero(task.groups == "eve"))
    assert group_names("GesturePairs7", tmp_path) == ["ann", "bob", "eve"]


def test_repetitions_that_are_no_two_are_refused(tmp_path):
    write(tmp_path, times=1)
    with pytest.raises(ValueError, match="data must leave two repetitions"):
        make_task("GesturePairs7", random_state=0, data=tmp_path)
