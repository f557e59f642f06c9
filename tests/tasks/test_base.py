"""Task, split and random streams."""

import dataclasses

import numpy as np
import pytest
from numpy.random import SeedSequence
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import cross_val_score

from lsm.learning import Targets
from lsm.spikes import SpikeTrains
from tasks.base import Task, refuse_data, split, streams
from tasks.data import as_array


@pytest.fixture
def task():
    spikes = SpikeTrains.from_lists([[[1.0]]] * 6, duration_ms=5)
    return Task("mine", spikes, np.arange(6) % 2, np.arange(3), np.array([3]), np.array([4, 5]))


def test_task_is_frozen(task):
    assert task.n_classes == 2
    assert task.groups is None
    assert task.ceiling is None
    with pytest.raises(AttributeError):
        task.name = "yours"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": np.zeros(5)}, r"labels must have shape \(6,\)"),
        ({"groups": np.zeros(7)}, r"groups must have shape \(6,\)"),
        ({"ceiling": np.zeros((6, 1))}, r"ceiling must have shape \(6,\)"),
        ({"fitness": np.array([], int)}, "fitness must hold at least one sample"),
        ({"test": np.array([4, 6])}, r"test must hold indices in 0\.\.5"),
        ({"test": np.array([-1])}, r"test must hold indices in 0\.\.5"),
        ({"test": np.array([0, 4])}, "no sample in common"),
        ({"metadata": {"session": np.zeros(5)}}, r"session must have shape \(6,\)"),
        ({"targets": Targets(np.zeros(6))}, "step_ms, the time from step to step, must be given"),
        ({"targets": Targets(np.zeros(5)), "step_ms": 1.0}, "targets must be 6, one a sample"),
        ({"targets": Targets(np.zeros((6, 4))), "step_ms": 1.0}, "targets must have 5 steps"),
        ({"classes": ("only",)}, "classes must name every label up to 1, got 1 names"),
        ({"signals": np.zeros((5, 2, 9))}, r"signals must be 6 arrays .* got 5 of .*\(2, 9\)"),
        ({"signals": np.zeros((6, 9))}, "signals must be 6 arrays"),
        ({"signals": np.zeros(6)}, "signals must be 6 arrays"),
        ({"signals": as_array([np.zeros((1 + i % 2, 9)) for i in range(6)])}, "same channels"),
    ],
)
def test_task_refuses_what_does_not_fit(task, change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(task, **change)


def test_training_is_all_that_does_not_test(task):
    np.testing.assert_array_equal(task.training, [0, 1, 2, 3])


@pytest.fixture
def many():
    """Twenty samples of two classes, five speakers and two sessions."""
    n = np.arange(20)
    return Task(
        "mine",
        SpikeTrains.from_lists([[[1.0], []]] * 20, duration_ms=5 + n),
        n % 2,
        n[:10],
        n[10:12],
        n[12:],
        groups=np.array(list("abcde"))[n // 4],
        metadata={"session": n // 10},
        signals=as_array([np.zeros((3, 4 + i)) for i in n]),
        step_ms=0.5,
        description="made up",
        source="these tests",
        licence="none",
    )


def test_folds_by_group_leave_out_one_at_a_time(many):
    folds = many.folds("group")
    assert [set(many.groups[test]) for _, test in folds] == [{c} for c in "abcde"]
    for train, test in folds:
        np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), np.arange(20))
    assert [len(test) for _, test in many.folds("session")] == [10, 10]


def test_folds_are_named_by_what_they_hold_out(many):
    assert list(many.columns) == [*many.metadata, "group"]
    for by, names in ((None, ["0", "1", "2"]), ("group", [*"abcde"])):
        pairs = many.folds(by, n_splits=3, random_state=2)
        named = many.named_folds(by, n_splits=3, random_state=2)
        assert list(named) == names
        for pair, same in zip(pairs, named.values(), strict=True):
            np.testing.assert_array_equal(np.concatenate(pair), np.concatenate(same))


def test_the_official_split_is_a_fold_too(many):
    (pair,) = many.named_folds(official=True).values()
    np.testing.assert_array_equal(pair[0], np.sort(many.training))
    np.testing.assert_array_equal(pair[1], many.test)
    with pytest.raises(ValueError, match="by can't stand beside official, got 'group'"):
        many.named_folds("group", official=True)


def test_folds_have_equal_shares_of_the_classes_and_follow_the_seed(many):
    folds = many.folds(n_splits=5)
    assert [np.bincount(many.labels[test]).tolist() for _, test in folds] == [[2, 2]] * 5
    tested = np.concatenate([test for _, test in folds])
    np.testing.assert_array_equal(np.sort(tested), np.arange(20))
    same, other = many.folds(n_splits=5), many.folds(n_splits=5, random_state=1)
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(folds, same, strict=True))
    assert any(not np.array_equal(a[1], b[1]) for a, b in zip(folds, other, strict=True))


def test_folds_of_some_samples_are_indices_of_all(many):
    chosen = np.array([19, 18, 3, 2, 7, 6])
    for by in (None, "group"):
        for train, test in many.folds(by, n_splits=3, samples=chosen):
            assert {*train, *test} == set(chosen)
            assert not {*train} & {*test}


def test_folds_at_random_keep_groups_whole_where_the_task_says_so(many):
    whole = dataclasses.replace(many, whole_groups=True)
    folds = whole.folds(n_splits=3)
    np.testing.assert_array_equal(np.sort(np.concatenate([t for _, t in folds])), np.arange(20))
    for train, test in folds:
        assert not {*many.groups[train]} & {*many.groups[test]}
    assert any({*many.groups[train]} & {*many.groups[test]} for train, test in many.folds())
    with pytest.raises(ValueError, match="whole_groups needs groups, got none"):
        dataclasses.replace(many, groups=None, whole_groups=True)


def test_of_many_groups_the_first_and_the_last_are_named(many):
    named = str(dataclasses.replace(many, groups=np.arange(20)))
    assert "groups   20: 0, 1, 10, 11," not in named
    assert "groups   20: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ... 19\n" in named


def test_folds_are_what_scikit_learn_takes(many):
    model = DummyClassifier(strategy="constant", constant=1)
    scores = cross_val_score(model, many.spikes, many.labels, cv=many.folds("group"))
    np.testing.assert_array_equal(scores, np.full(5, 0.5))


def test_folds_by_what_there_is_not(many, task):
    with pytest.raises(ValueError, match="task mine has, 'session', 'group'; got 'colour'"):
        many.folds("colour")
    with pytest.raises(ValueError, match="task mine has, none; got 'group'"):
        task.folds("group")


def test_a_task_says_what_it_is(many):
    assert str(many).splitlines() == [
        "mine: made up",
        "samples  20 of 2 classes, 5 to 24 ms",
        "spikes   on 2 channels",
        "signals  of 3 channels, 4 to 23 steps of 0.5 ms",
        "split    10 train, 2 fitness, 8 test",
        "groups   5: a, b, c, d, e",
        "source   these tests",
        "licence  none",
    ]
    generated = dataclasses.replace(many, generated=True, signals=None, groups=None)
    assert [line[:7] for line in str(generated).splitlines()[2:4]] == ["spikes ", "split  "]
    assert str(generated).endswith("licence  none: it is generated")


@pytest.mark.parametrize("n_samples", [5, 17, 1000, 12000])
def test_split_is_49_21_30(n_samples):
    parts = split(n_samples, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(n_samples))
    for part, share in zip(parts, (0.49, 0.21, 0.30), strict=True):
        assert abs(len(part) - share * n_samples) < 2
        assert len(part)


def test_too_few_samples_to_split():
    with pytest.raises(ValueError, match="n_samples must be at least 5 to be split, got 4"):
        split(4, np.random.default_rng(0))


def draws(random_state):
    return [rng.integers(0, 2**62) for rng in streams(random_state)]


def test_streams_follow_the_seed():
    assert draws(3) == draws(3) == draws(SeedSequence(3)) == draws(np.int64(3))
    assert len({*draws(3), *draws(4), *draws(None), *draws(None)}) == 12


def test_streams_leave_a_seed_sequence_alone_and_differ_from_its_children():
    seed = SeedSequence(3)
    assert draws(seed) == draws(seed)
    assert seed.n_children_spawned == 0
    children = [np.random.default_rng(child).integers(0, 2**62) for child in seed.spawn(3)]
    assert not set(children) & set(draws(seed))
    assert draws(SeedSequence(3).spawn(2)[0]) != draws(SeedSequence(3).spawn(2)[1])


def test_streams_of_a_generator_move_on():
    one, other = np.random.default_rng(3), np.random.default_rng(3)
    assert draws(one) == draws(other)
    assert draws(one) != draws(np.random.default_rng(3))


@pytest.mark.parametrize("random_state", ["3", 3.0, np.random.RandomState(3)])
def test_streams_refuse_other_types(random_state):
    with pytest.raises(TypeError, match="random_state must be"):
        streams(random_state)


def test_streams_refuse_negative_seeds():
    with pytest.raises(ValueError, match="random_state must not be below 0, got -1"):
        streams(-1)


def test_data_are_refused():
    refuse_data("FR5", None)
    with pytest.raises(ValueError, match="task FR5 is generated and takes no data, got data='x'"):
        refuse_data("FR5", "x")
