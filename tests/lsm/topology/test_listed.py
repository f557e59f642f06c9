"""Synapses from a list are those that were given, several of a pair among them."""

import pickle
from dataclasses import fields, replace

import numpy as np
import pytest

from lsm import KernelInputs, NoWiring, Reservoir, SpikeTrains, simulate
from lsm.pruning import with_neurons
from lsm.topology import ListedInputs, Synapses

CHANNELS = 3
KERNELS = Reservoir.random(
    12, random_state=0, wiring=NoWiring(), inputs=KernelInputs(longest_ms=40, weight_pA=300.0)
)
SYNAPSES = KERNELS.input_synapses(CHANNELS)


def listed(**changes):
    return KERNELS.replace(inputs=ListedInputs(replace(SYNAPSES, **changes), CHANNELS))


def columns(synapses):
    return [getattr(synapses, each.name) for each in fields(Synapses)]


def test_the_taps_of_kernels_give_the_same_states_one_by_one(cache):
    pairs = set(zip(SYNAPSES.source, SYNAPSES.target, strict=True))
    assert len(pairs) < len(SYNAPSES)
    rng = np.random.default_rng(0)
    spikes = SpikeTrains.from_lists([[rng.uniform(0, 200, 40)] * CHANNELS] * 2, duration_ms=200)
    states = simulate([KERNELS, listed()], spikes)
    assert states[0].any()
    np.testing.assert_array_equal(states[0], states[1])


def test_they_are_saved_pickled_compared_and_scaled(tmp_path):
    reservoir = listed()
    reservoir.save(tmp_path / "liquid.npz")
    for same in (
        Reservoir.load(tmp_path / "liquid.npz"),
        pickle.loads(pickle.dumps(reservoir)),
    ):
        assert same == reservoir
        for mine, theirs in zip(
            columns(same.input_synapses(CHANNELS)), columns(SYNAPSES), strict=True
        ):
            np.testing.assert_array_equal(mine, theirs)
            assert not mine.flags.writeable
    louder = reservoir.inputs.scaled(2.0)
    np.testing.assert_array_equal(louder.synapses.weight_pA, 2 * SYNAPSES.weight_pA)
    assert louder != reservoir.inputs
    assert hash(louder.scaled(0.5)) == hash(reservoir.inputs)
    assert reservoir.inputs.delayed
    assert not listed(delay_ms=np.zeros(len(SYNAPSES))).inputs.delayed


def test_a_weight_of_0_is_no_synapse():
    weights = np.where(np.arange(len(SYNAPSES)) % 2, SYNAPSES.weight_pA, 0.0)
    inputs = listed(weight_pA=weights).inputs
    np.testing.assert_array_equal(inputs.synapses.weight_pA, weights[1::2])


def test_neurons_of_a_liquid_of_kernels_can_be_left_out():
    some = np.array([2, 3, 7])
    left = with_neurons(KERNELS, some, CHANNELS).input_synapses(CHANNELS)
    kept = np.isin(SYNAPSES.target, some)
    np.testing.assert_array_equal(some[left.target], SYNAPSES.target[kept])
    np.testing.assert_array_equal(left.delay_ms, SYNAPSES.delay_ms[kept])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ListedInputs(SYNAPSES, 0), "n_channels must be at least 1, got 0"),
        (lambda: ListedInputs(SYNAPSES, 2), "from channels below n_channels, 2, got 0 to 2"),
        (lambda: listed().input_synapses(4), "from 3 channels to 12 neurons, got 4 and 12"),
        (
            lambda: ListedInputs.restore(
                {**listed().inputs.arrays(), "target": np.array([-1])},
            ),
            "must be columns of finite numbers",
        ),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
