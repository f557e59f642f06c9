"""Hardware cost of a network that can be counted by hand, and of liquids."""

import numpy as np
import pytest

from lsm.metrics import footprint_bytes, hardware_cost, synaptic_operations
from lsm.simulation import record
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring
from lsm.topology.short_term import ShortTermPlasticity
from tests.lsm.liquids import liquid, lone_neurons, samples


def chain():
    """A channel drives neuron 0, and that neurons 1 and 2, which never fire."""
    return lone_neurons(n=3, weight_pA=1e6).replace(
        excitatory=np.array([True, False, False]),
        wiring=DistanceWiring(probability=(0, 1, 0, 0), weight_pA=(0, 5, 0, 0)),
        parameters={"tau_syn_ms": 0.01, "t_ref_ms": 0.0, "v_threshold_mV": -69.0},
    )


def test_a_network_counted_by_hand():
    # Four input spikes, two of them at one step; neuron 0 answers at 3, 8 and 15 of 20 steps, and
    # its two targets hear that at 4, 9 and 16.
    sample = SpikeTrains.from_lists([[[2.0, 2.5, 7.0, 14.0]]], duration_ms=20)
    cost = hardware_cost(chain(), sample)
    assert cost.synaptic_operations.tolist() == [4 * 1 + 3 * 2]
    assert synaptic_operations(chain(), sample).tolist() == [4 * 1 + 3 * 2]
    assert cost.dense_operations.tolist() == [20 * (3 * 3 + 1 * 3)]
    assert cost.activation_sparsity.tolist() == [1 - 3 / 60]
    assert cost.connection_sparsity.tolist() == [1 - 3 / 12]
    # Two synapses of three numbers, an input synapse of two, nine parameters and two variables.
    assert cost.footprint_bytes.tolist() == [4 * (2 * 3 + 1 * 2 + 3 * (9 + 2))]
    # Neuron 0 fires out of rest and is reset to rest: no change. The others change from the step
    # after a spike has arrived, 5, on. The first step counts for each neuron.
    assert cost.membrane_updates.tolist() == [3 + 2 * 15]


def test_costs_are_means_over_samples():
    first = SpikeTrains.from_lists([[[2.0, 2.5, 7.0, 14.0]]], duration_ms=20)
    both = SpikeTrains.from_lists([[[2.0, 2.5, 7.0, 14.0]], [[]]], duration_ms=[20, 10])
    one, two = hardware_cost(chain(), first), hardware_cost(chain(), both)
    assert two.synaptic_operations[0] == one.synaptic_operations[0] / 2
    assert two.dense_operations[0] == 12 * 15
    assert two.activation_sparsity[0] == pytest.approx(1 - 3 / 90)
    assert two.membrane_updates[0] == (one.membrane_updates[0] + 3) / 2
    assert two.footprint_bytes == one.footprint_bytes


@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
def test_costs_of_liquids_agree_with_recordings(dt_ms, monkeypatch):
    from lsm.metrics import cost

    monkeypatch.setattr(cost, "_POTENTIALS", 4000)  # a sample or two at a time
    reservoirs, spikes = [liquid(0), liquid(1)], samples(2, [30, 17, 40])
    found = hardware_cost(reservoirs, spikes, dt_ms=dt_ms)
    for r, reservoir in enumerate(reservoirs):
        recordings = [record(reservoir, sample, dt_ms=dt_ms) for sample in spikes]
        operations = updates = fired = steps = 0
        for recording, sample in zip(recordings, spikes, strict=True):
            u = recording.variables["u"]
            updates += len(u) + np.count_nonzero(np.diff(u, axis=1))
            fired += len(recording.spike_neurons)
            steps += u.size
            operations += sum(
                (reservoir.synapses.source == i).sum() for i in recording.spike_neurons
            )
            sources = reservoir.input_synapses(4).source
            operations += sum((sources == channel).sum() for channel in sample.channels)
        # A synapse of this liquid from I to I would have no weight, and so no operation.
        assert found.membrane_updates[r] == updates / 3
        assert found.activation_sparsity[r] == pytest.approx(1 - fired / steps)
        assert found.synaptic_operations[r] == pytest.approx(operations / 3)


def test_plastic_synapses_take_more_memory():
    plastic = chain().replace(short_term=ShortTermPlasticity())
    assert footprint_bytes(plastic, 1) - footprint_bytes(chain(), 1) == 4 * 2 * 3


def test_synapses_without_weight_do_nothing():
    cut = chain().replace(wiring=DistanceWiring(probability=(0, 1, 0, 0), weight_pA=(0, 0, 0, 0)))
    cost = hardware_cost(cut, SpikeTrains.from_lists([[[2.0]]], duration_ms=20))
    assert cost.synaptic_operations.tolist() == [1]
    assert cost.connection_sparsity.tolist() == [1 - 1 / 12]
