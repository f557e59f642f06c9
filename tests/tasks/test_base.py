"""Task, split and random streams."""

import dataclasses

import numpy as np
import pytest
from numpy.random import SeedSequence

from lsm.spikes import SpikeTrains
from tasks.base import Task, refuse_data, split, streams


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
    ],
)
def test_task_refuses_what_does_not_fit(task, change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(task, **change)


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
