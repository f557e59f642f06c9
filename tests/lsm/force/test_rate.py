"""The matched rate network: the same call, the same learning, rates instead of spikes."""

import numpy as np
import pytest
from scipy import sparse

import lsm
from lsm.force import Probes, RateNetwork, force_reservoir, train_force
from readouts import ForceReadout, ThreeFactorReadout
from tests.lsm.liquids import lone_neurons

DT_MS = 0.5


def sines(steps):
    t = np.arange(steps) * DT_MS / 1e3
    return np.stack([np.sin(2 * np.pi * 5 * t), np.cos(2 * np.pi * 7 * t)], axis=1)


def network(n=100, **parameters):
    reservoir = force_reservoir("lif", n, gain=0.1, random_state=0, parameters=parameters)
    return RateNetwork(reservoir)


def train(target, **changes):
    options = {
        "feedback": 30.0,
        "dt_ms": DT_MS,
        "learn": (20, 300),
        "every": 4,
        "readout": ForceReadout(1e4),
        "probes": Probes(every=4, filtered=None, potentials=None),
        "random_state": 1,
        "progress": False,
    }
    return train_force(network(), target, **options | changes)


def test_rates_are_those_of_the_spiking_neurons():
    currents = np.linspace(-10, 60, 40)
    rates = RateNetwork(force_reservoir("lif", 40, gain=0, random_state=0))
    held = rates.held(currents)
    np.testing.assert_allclose(held, currents - 40)
    reservoir = rates.reservoir.replace(
        parameters=dict(rates.reservoir.parameters) | {"i_background_pA": held}
    )
    silence = lsm.SpikeTrains.from_lists([[[]]], duration_ms=2000)
    spikes = lsm.record(reservoir, silence, dt_ms=0.02).spike_neurons
    counted = np.bincount(spikes, minlength=40) / 2.0
    # One spike of 2 s, and what a step is of an interval.
    np.testing.assert_allclose(rates.rate(held), counted, atol=1.0, rtol=0.01)
    assert counted.max() > 100


def test_it_learns_what_the_readout_is_taught():
    target = sines(1200)
    trained = train(target, learn=(20, 500))
    error = trained.outputs - target
    assert np.abs(error[800:1000]).mean() < 0.1
    assert np.all(np.abs(trained.outputs[:40]) == 0)
    assert len(trained.spike_neurons) == 0


def test_the_decoder_is_that_of_ridge_regression():
    target = sines(600)
    trained = train(target, feedback=0.0)
    R, y = trained.filtered[10:150], target[40:600:4]
    precision = R.T @ R + np.eye(100) / 1e-4
    expected = np.linalg.solve(precision, R.T @ y)
    np.testing.assert_allclose(trained.decoder, expected, atol=1e-9 * np.abs(expected).max())


def test_two_halves_are_one_run_bit_for_bit():
    target = sines(600)
    whole = train(target)
    first = train(target, duration_ms=101.5, learn=(20, 101.5))
    second = first.run(target=target[203:], learn=(101.5, 300))
    for name in ("outputs", "potentials", "filtered", "weights", "t_ms", "probe_t_ms"):
        joined = np.concatenate([getattr(first, name), getattr(second, name)])
        np.testing.assert_array_equal(joined, getattr(whole, name), err_msg=name)
    np.testing.assert_array_equal(second.readout.P_, whole.readout.P_)


def test_teaching_feeds_the_target_back_even_where_learning_diverges():
    target = sines(600)
    with pytest.warns(RuntimeWarning, match="the decoder has diverged"):
        taught = train(target, readout=ThreeFactorReadout(1e308, normalize=False), teach=(0, 300))
    last = len(taught.outputs) - 1
    np.testing.assert_array_equal(taught.state.arrays["fed"], target[last])
    assert np.any(taught.outputs[last] != target[last])


def test_its_filters_are_those_of_the_spiking_network():
    # A constant rate ends in a filtered rate of the same height.
    trained = train(
        sines(800),
        feedback=0.0,
        learn=None,
        inputs=np.ones(800),
        input_weights=np.full((100, 1), 40.0),
    )
    held = trained.potentials[-1]
    np.testing.assert_allclose(trained.filtered[-1], network().rate(held), rtol=0.02)


def test_other_reservoirs_are_refused():
    with pytest.raises(TypeError, match="reservoir must be a Reservoir, got int"):
        RateNetwork(3)
    with pytest.raises(ValueError, match="neurons of the model 'lif_double', got 'lif'"):
        RateNetwork(lone_neurons(n=2))
    with pytest.raises(ValueError, match="reservoir must be without noise"):
        network(noise_pA=1.0)
    with pytest.raises(ValueError, match="a tau_rise_ms other than its tau_syn_ms, got 20 for"):
        network(tau_rise_ms=20.0)
    reservoir = network().reservoir
    uneven = dict(reservoir.parameters) | {"tau_syn_ms": np.linspace(10, 20, 100)}
    with pytest.raises(ValueError, match="reservoir must have one tau_syn_ms for all neurons"):
        RateNetwork(reservoir.replace(parameters=uneven))


def test_the_three_factor_rule_learns_in_it_too():
    target, gate = sines(600), np.repeat([1.0, 0.0, 0.5], 200)
    readout = ThreeFactorReadout(0.5, trace_decay=0.5)
    trained = train(target, readout=readout, gate=gate)
    expected = ThreeFactorReadout(0.5, trace_decay=0.5).fit(
        trained.filtered[10:150], target[40:600:4], gate[40:600:4]
    )
    np.testing.assert_array_equal(trained.readout.weights_, expected.weights_)
    np.testing.assert_array_equal(trained.readout.trace_, expected.trace_)
    assert np.any(trained.decoder)


@pytest.mark.parametrize(
    ("readout", "what"),
    [(ForceReadout(forgetting=0.5), "P"), (ThreeFactorReadout(1e3), "the decoder")],
)
def test_it_stops_at_what_diverges(readout, what):
    with pytest.warns(RuntimeWarning, match=f"{what} has diverged"):
        trained = train(sines(12_000), readout=readout, learn=(0, 6000), every=1)
    assert np.all(np.isfinite(trained.decoder))


def test_sparse_inputs_are_the_dense_ones():
    inputs = np.maximum(sines(300), 0)
    options = {"input_weights": np.full((100, 2), 40.0), "learn": (20, 150)}
    dense, few = (
        train(sines(300), inputs=given, **options) for given in (inputs, sparse.csc_array(inputs))
    )
    np.testing.assert_array_equal(dense.outputs, few.outputs)
