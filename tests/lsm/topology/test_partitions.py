"""Partitions of neurons: who hears which group of channels, and by which synapses."""

import numpy as np
import pytest

from lsm import KernelInputs, ReceptiveFieldInputs, Reservoir
from lsm.topology import InputWiring, MatrixInputs, PartitionedInputs
from tests.lsm.topology.wired import edges, neurons, only

N = 40


def reservoir_of(inputs):
    return neurons(N, seed=1, inhibitory=8, inputs=inputs)


def synapses_of(inputs, n_channels):
    return edges(reservoir_of(inputs).input_synapses(n_channels), range(max(N, n_channels)))


@pytest.mark.parametrize(
    ("groups", "group_of"),
    [
        (3, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]),
        ([0, 1] * 6, [0, 1] * 6),
        (np.array([2, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]), [2, 0, *[1] * 9, 2]),
    ],
)
@pytest.mark.parametrize(
    "inputs",
    [
        InputWiring(0.8, delay_ms=2.0),
        KernelInputs(80.0),
        ReceptiveFieldInputs((3, 2, 2), weights="normal"),
        MatrixInputs(np.arange(12 * N).reshape(12, N)),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_of_the_synapses_those_from_channels_of_the_own_group_are_left(inputs, groups, group_of):
    partitioned = PartitionedInputs(groups, inputs)
    n_groups = max(group_of) + 1
    assert partitioned.n_groups == n_groups
    partition = [int(key) % n_groups for key in reservoir_of(inputs).keys]
    expected = {
        (channel, neuron): synapse
        for (channel, neuron), synapse in synapses_of(inputs, 12).items()
        if group_of[channel] == partition[neuron]
    }
    assert expected
    assert synapses_of(partitioned, 12) == expected
    assert partitioned.delayed == inputs.delayed
    louder = synapses_of(partitioned.scaled(2.0), 12)
    assert louder == {pair: (2 * w, d) for pair, (w, d) in expected.items()}


def test_a_neuron_keeps_its_partition_whatever_others_there_are():
    reservoir = reservoir_of(PartitionedInputs(3, InputWiring(0.5)))
    kept = np.arange(N) % 4 > 0
    some = only(reservoir, kept)
    all_of_them = edges(reservoir.input_synapses(12), [*reservoir.keys])
    of_some = edges(some.input_synapses(12), [*some.keys])
    assert {b for _, b in of_some} <= set(some.keys)
    names = dict(zip(reservoir.keys, range(N), strict=True))
    assert len(of_some) == sum(kept[names[b]] for _, b in all_of_them)


@pytest.mark.parametrize(
    "inputs",
    [
        PartitionedInputs(2),
        PartitionedInputs((0, 1, 1, 0), ReceptiveFieldInputs((2, 1, 2), size=1)),
        PartitionedInputs([1, 0, 1, 0], MatrixInputs(np.ones((4, N)), delay_ms=3.0)),
    ],
)
def test_saved_reservoirs_have_the_same_partitions(inputs, tmp_path):
    reservoir = reservoir_of(inputs)
    reservoir.save(tmp_path / "partitions.npz")
    loaded = Reservoir.load(tmp_path / "partitions.npz")
    assert loaded == reservoir
    assert loaded.inputs == inputs
    for given in (loaded, reservoir):
        assert edges(given.input_synapses(4), range(N)) == synapses_of(inputs, 4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0,), ValueError, "groups must be at least 1, got 0"),
        ((2.5,), TypeError, "groups must be an integer, got 2.5"),
        (([],), ValueError, "groups must be a number, or the group of each channel"),
        (([0, -1],), ValueError, "groups must be a number, or the group of each channel"),
        (([[0, 1]],), ValueError, "groups must be a number, or the group of each channel"),
        (([0, 0.5],), ValueError, "groups must hold whole numbers"),
        (([0, 2, 3],), ValueError, "groups must each have a channel, but group 1 has none"),
        (
            (2, 5),
            TypeError,
            "inputs must be one of InputWiring, MatrixInputs, ListedInputs, Kernel",
        ),
        ((2, PartitionedInputs(2)), TypeError, "inputs must be one of .*, got PartitionedInputs"),
    ],
)
def test_bad_values_are_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        PartitionedInputs(*arguments)


def test_channels_that_cannot_be_divided_so_are_refused():
    with pytest.raises(ValueError, match=r"3 groups .* need a multiple of 3 channels, got 10"):
        reservoir_of(PartitionedInputs(3)).input_synapses(10)
    with pytest.raises(ValueError, match="the group of each of 4 channels, got 5 channels"):
        reservoir_of(PartitionedInputs([0, 0, 1, 1])).input_synapses(5)
