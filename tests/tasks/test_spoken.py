"""Two spoken digits in a row: which recordings, which split, and what a liquid is given."""

import numpy as np
import pytest

from tasks import group_names, make_task
from tasks.data import data_folder
from tasks.fsdd import fsdd
from tests.tasks.test_fsdd import write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three digits, three speakers, takes 2..16; a take's length tells it from the others."""
    folder = tmp_path_factory.mktemp("spoken")
    for digit in range(3):
        for number, speaker in enumerate(("ada", "bob", "cy")):
            for take in range(2, 17):
                n_samples = 800 + 40 * (take + 20 * digit + 60 * number)
                path = folder / f"{digit}_{speaker}_{take}.wav"
                write(path, frequency=300 + 200 * digit, n_samples=n_samples)
    return folder


def test_task(folder):
    task = make_task("SpokenPairs2", random_state=0, data=folder, rounds=2)
    assert task.name == "SpokenPairs2"
    assert task.classes == ("same", "different")
    assert len(task.labels) == 2 * 2 * 2 * 3 * 15  # rounds, answers, digits, speakers, takes
    assert task.licence == "CC BY-SA 4.0"
    first, second = task.metadata["first"], task.metadata["second"]
    np.testing.assert_array_equal(task.labels, first != second)
    assert (np.unique([first, second]) == [0, 1]).all()


def test_a_pair_is_two_recordings_of_a_speaker_and_a_block_and_a_gap_between(folder):
    task = make_task("SpokenPairs2", random_state=0, data=folder, gap_ms=(250, 300))
    recordings = fsdd(0, folder, trim=0.0)
    gap, durations = task.metadata["gap_ms"], recordings.spikes.durations_ms
    block = (recordings.metadata["take"] - 2) // 5
    assert (gap.min(), gap.max()) == (250, 300)
    for i in range(0, len(task.labels), 37):
        inside = (recordings.groups == task.groups[i]) & (block == task.metadata["block"][i])
        found = [
            (a, b)
            for a in np.flatnonzero(inside & (recordings.labels == task.metadata["first"][i]))
            for b in np.flatnonzero(inside & (recordings.labels == task.metadata["second"][i]))
            if np.isclose(durations[a] + gap[i] + durations[b], task.spikes.durations_ms[i])
            and recordings.spikes[a].counts().sum() + recordings.spikes[b].counts().sum()
            == task.spikes[i].counts().sum()
        ]
        takes = {tuple(recordings.metadata["take"][list(pair)]) for pair in found}
        assert any(a != b for a, b in takes), (
            f"pair {i} is made of no two takes of one speaker and block"
        )


def test_the_lowest_takes_test_and_blocks_judge_fitness(folder):
    task = make_task("SpokenOrder3", random_state=0, data=folder)
    block = task.metadata["block"]
    np.testing.assert_array_equal(task.test, np.flatnonzero(block == 0))
    judges, teachers = set(block[task.fitness]), set(block[task.train])
    assert judges | teachers == {1, 2}
    assert len(judges) == len(teachers) == 1
    assert set(task.named_folds("block")) == {"0", "1", "2"}


def test_one_speaker_left_out(folder):
    task = make_task("SpokenSum3", random_state=0, data=folder, group="bob")
    np.testing.assert_array_equal(task.test, np.flatnonzero(task.groups == "bob"))
    assert task.classes == ("0", "1", "2")
    assert group_names("SpokenSum3", folder) == ["ada", "bob", "cy"]


def test_one_seed_one_task(folder):
    one, same, other = (
        make_task("SpokenPairs2", random_state=seed, data=folder) for seed in (3, 3, 4)
    )
    assert one.spikes == same.spikes
    np.testing.assert_array_equal(one.train, same.train)
    assert one.spikes != other.spikes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_words": 1}, "n_words must be 2 to 10, of the digits; got 1"),
        ({"n_words": 11}, "n_words must be 2 to 10, of the digits; got 11"),
        ({"n_words": 4}, "two takes of each of the 4 words"),
        ({"rounds": 0}, "rounds must be at least 1, got 0"),
        ({"gap_ms": (400, 200)}, "gap_ms must be the shortest and the longest gap in whole ms"),
        ({"takes": 10}, "data must leave two blocks"),
        ({"group": "dan"}, "group must be one of the speakers ada, bob, cy"),
    ],
)
def test_impossible_options(folder, options, message):
    with pytest.raises(ValueError, match=message):
        make_task("SpokenPairs2", random_state=0, data=folder, **options)


def test_an_order_of_an_even_number_of_words_is_refused(folder):
    with pytest.raises(ValueError, match="n_words must be odd"):
        make_task("SpokenOrder3", random_state=0, data=folder, n_words=2)


def test_recordings():
    try:
        data_folder("fsdd", obtain="")
    except ValueError:
        pytest.skip("needs the recordings of FSDD: set LSM_DATA")
    task = make_task("SpokenPairs2", random_state=0, takes=12, rounds=1)
    assert task.spikes.shape == (2 * 2 * 6 * 12, 96)
    for sample, gap in zip(task.spikes[:20], task.metadata["gap_ms"], strict=False):
        assert np.diff(sample.times_ms).max() >= gap
