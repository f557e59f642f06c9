"""Two recordings in a row: neither alone tells anything, and nothing else gives the answer away."""

import numpy as np
import pytest

from lsm import SpikeTrains
from tasks.in_a_row import ORDER, SAME, SUM, join, sample_gaps, sample_pairs

QUESTIONS = [(SAME, 2), (SAME, 10), (ORDER, 3), (ORDER, 7), (SUM, 2), (SUM, 3)]


def recordings(n_words, n_takes=6, n_cells=4, per_take=2):
    """Words, takes and cells of recordings, in no order."""
    grid = np.indices((n_words, n_takes, n_cells, per_take)).reshape(4, -1)[:3]
    return np.random.default_rng(1).permutation(grid, axis=1)


def drawn(question, n, *, rounds=3, seed=0, table=None):
    words, takes, cells = recordings(n) if table is None else table
    rng = np.random.default_rng(seed)
    pairs = sample_pairs(question, words, takes, cells, n_words=n, rounds=rounds, rng=rng)
    return pairs, question.label(*words[pairs.T], n), (words, takes, cells)


@pytest.mark.parametrize(("question", "n"), QUESTIONS)
def test_answers_are_equally_frequent_whatever_one_of_the_words_is(question, n):
    pairs, labels, (words, *_) = drawn(question, n)
    n_answers = len(question.classes(n))
    for place in (0, 1):
        table = np.zeros((n, n_answers), int)
        np.add.at(table, (words[pairs[:, place]], labels), 1)
        assert np.ptp(table) == 0


@pytest.mark.parametrize(("question", "n"), [(SAME, 2), (SAME, 10), (ORDER, 3)])
def test_a_recording_comes_as_often_in_either_place_with_one_answer_as_with_the_other(question, n):
    pairs, labels, (words, *_) = drawn(question, n)
    for place in (0, 1):
        counts = [np.bincount(pairs[labels == k, place], minlength=len(words)) for k in (0, 1)]
        np.testing.assert_array_equal(counts[0], 3)
        np.testing.assert_array_equal(counts[1], 3)


@pytest.mark.parametrize(("question", "n"), QUESTIONS)
def test_both_are_of_one_cell_and_of_different_takes(question, n):
    pairs, _, (_, takes, cells) = drawn(question, n)
    np.testing.assert_array_equal(*cells[pairs.T])
    assert (takes[pairs[:, 0]] != takes[pairs[:, 1]]).all()


def test_answers_by_hand():
    first, second = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 0, 0, 1])
    np.testing.assert_array_equal(SAME.label(first, second, 3), [0, 1, 1, 1, 1])
    # 0 to 1, 1 to 2 and 2 to 0 ascend on the circle.
    np.testing.assert_array_equal(ORDER.label(first[1:], second[1:], 3), [0, 1, 0, 1])
    np.testing.assert_array_equal(SUM.label(first, second, 3), [0, 1, 1, 2, 0])


def test_words_that_go_together_in_an_order_come_both_ways_round():
    pairs, labels, (words, *_) = drawn(ORDER, 7, rounds=6)
    for label in (0, 1):
        unordered = np.sort(words[pairs[labels == label]], axis=1)
        assert len(np.unique(unordered, axis=0)) == 7 * 6 / 2


def test_the_same_seed_draws_the_same_pairs():
    same, other = drawn(SAME, 3)[0], drawn(SAME, 3, seed=1)[0]
    np.testing.assert_array_equal(drawn(SAME, 3)[0], same)
    assert not np.array_equal(same, other)


def test_what_lacks_a_partner_is_left_out():
    words, takes, cells = recordings(2)
    lonely = cells == 0  # of one take alone
    missing = (cells == 1) & (takes == 3) & (words == 1)
    kept = ~(lonely & (takes > 0)) & ~missing
    table = words[kept], takes[kept], cells[kept]
    pairs, labels, _ = drawn(SAME, 2, table=table)
    used = np.unique(pairs)
    assert 0 not in table[2][used]
    assert not np.any((table[2][used] == 1) & (table[1][used] == 3))
    assert np.ptp(np.bincount(labels)) == 0


def test_joined_samples_follow_each_other_after_the_gap():
    trains = SpikeTrains.from_lists([[[1.0], [2.0, 5.0]], [[0.0, 3.0], []]], duration_ms=[6, 4])
    joined = join(trains, np.array([[0, 1], [1, 1], [1, 0]]), np.array([10.0, 0.0, 7.0]))
    assert joined == SpikeTrains.from_lists(
        [[[1.0, 16, 19], [2.0, 5.0]], [[0.0, 3, 4, 7], []], [[0.0, 3, 12], [13.0, 16]]],
        duration_ms=[20, 8, 17],
    )


def test_gaps_are_whole_ms_between_the_bounds():
    gaps = sample_gaps((2, 5), 400, np.random.default_rng(0))
    np.testing.assert_array_equal(np.unique(gaps), [2, 3, 4, 5])
    np.testing.assert_array_equal(sample_gaps((30, 30), 3, np.random.default_rng(0)), 30)


@pytest.mark.parametrize(
    "gap_ms", [30, (5, 2), (-1, 5), (0.5, 5), (0, np.nan), (0, np.inf), (1, 2, 3), ("a", 3)]
)
def test_impossible_gaps(gap_ms):
    with pytest.raises((TypeError, ValueError), match="gap_ms"):
        sample_gaps(gap_ms, 3, np.random.default_rng(0))


def test_recordings_without_a_partner_are_refused():
    words, takes, cells = recordings(3, n_takes=1)
    with pytest.raises(ValueError, match="two takes of each of the 3 words"):
        drawn(SAME, 3, table=(words, takes, cells))
