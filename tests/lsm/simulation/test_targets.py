"""Compiled program, NumPy target and a plain loop: the same spikes, bit for bit."""

import numpy as np
import pytest

from lsm.neurons import LIF, LIF_ALPHA
from lsm.simulation import record, simulate
from lsm.states import TimeBins
from lsm.topology import DistanceWiring
from tests.lsm.liquids import BIG, liquid, samples
from tests.lsm.simulation.reference import reference

LIQUIDS = {
    "lif": {"model": LIF},
    "lif_alpha": {"model": LIF_ALPHA},
    "lif_alpha, noise": {"model": LIF_ALPHA, "noise_pA": 150.0},
    "lif of many neurons, noise": {"model": LIF, "n": BIG, "noise_pA": 150.0},
}


@pytest.mark.parametrize("name", LIQUIDS)
def test_compiled_program_equals_a_plain_loop(name):
    reservoir, sample = liquid(1, **LIQUIDS[name]), samples(2, [40])
    recording = record(reservoir, sample, target="cpp")
    spikes, potentials = reference(reservoir, sample)
    assert len(spikes) > 2 * reservoir.n_neurons
    np.testing.assert_array_equal(
        np.stack([recording.spike_times_ms, recording.spike_neurons], axis=1), spikes
    )
    np.testing.assert_array_equal(recording.variables["u"], potentials)


def test_plain_loop_at_a_short_step_and_without_delay():
    # 0.3 ms over steps of 0.1 ms; a delay of no step arrives in the step of its spike.
    wiring = DistanceWiring(weight_pA=(900.0, 700.0, -500.0, 0.0), delay_ms=(0.3, 0.0, 1.2, 0.0))
    reservoir, sample = liquid(3, wiring=wiring), samples(4, [12])
    recording = record(reservoir, sample, dt_ms=0.1, target="cpp")
    spikes, potentials = reference(reservoir, sample, dt_ms=0.1)
    assert len(spikes) > reservoir.n_neurons
    np.testing.assert_array_equal(recording.spike_neurons, [i for _, i in spikes])
    np.testing.assert_array_equal(recording.variables["u"], potentials)


@pytest.mark.parametrize("name", ["lif", "lif_alpha, noise"])
def test_targets_give_the_same_spikes(name):
    # Two reservoirs of 200 neurons: lanes of several samples, the last lane with fewer.
    reservoirs = [liquid(seed, n=200, **LIQUIDS[name]) for seed in (5, 6)]
    spikes = samples(7, [31, 25, 40, 8, 17])
    raster = TimeBins(bins=40)  # no step longer than a bin: every spike by its own step
    cpp = simulate(reservoirs, spikes, state=raster, target="cpp")
    assert cpp.sum() > 5000
    np.testing.assert_array_equal(simulate(reservoirs, spikes, state=raster, target="numpy"), cpp)


def test_targets_record_the_same():
    reservoir, sample = liquid(8, model=LIF_ALPHA), samples(9, [30])
    cpp, numpy = (record(reservoir, sample, target=target) for target in ("cpp", "numpy"))
    assert len(cpp.spike_neurons) > 50
    np.testing.assert_array_equal(numpy.spike_times_ms, cpp.spike_times_ms)
    np.testing.assert_array_equal(numpy.spike_neurons, cpp.spike_neurons)
    assert numpy.variables.keys() == cpp.variables.keys() == {"u", "I", "y"}
    for name in cpp.variables:
        np.testing.assert_array_equal(numpy.variables[name], cpp.variables[name])


def test_double_precision_is_that_of_numpy_bit_for_bit():
    reservoir, sample = liquid(1, noise_pA=50.0), samples(0, [60], rate_per_ms=0.3)
    single = record(reservoir, sample)
    cpp, numpy = (
        record(reservoir, sample, precision="double", target=target) for target in ("cpp", "numpy")
    )
    assert cpp.variables["u"].dtype == np.float64
    np.testing.assert_array_equal(cpp.v_mV, numpy.v_mV)
    np.testing.assert_array_equal(cpp.spike_neurons, numpy.spike_neurons)
    assert 0 < np.abs(cpp.v_mV - single.v_mV).max() < 1e-4  # the same but for what is rounded
    with pytest.raises(ValueError, match="precision must be 'single' or 'double', got 'half'"):
        record(reservoir, sample, precision="half")
