"""Spiking networks against their equations written down, and the search against a known answer."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

from lsm.conversion import (
    SigmoidNetwork,
    compare_trials,
    run_trials,
    search_scaling_factor,
    to_spiking,
)
from lsm.conversion.search import best_of
from lsm.conversion.spiking import filtered
from lsm.force import train_force
from readouts import ForceReadout

DT_MS = 0.1
FACTOR = 30.0


@pytest.fixture(scope="module")
def rates():
    """Forty units of which eight are inhibitory, each with its own time constant."""
    rng = np.random.default_rng(0)
    signs = np.where(np.arange(40) < 8, -4.0, 1.0)
    return SigmoidNetwork(
        0.8 * np.abs(rng.normal(size=(40, 40))) * (rng.random((40, 40)) < 0.3) * signs,
        3 * rng.normal(size=(40, 1)),
        rng.normal(size=(1, 40)),
        rng.uniform(20, 100, size=40),
    )


def published(network, factor, drive, potentials, steps):
    """The network of Kim, Li & Sejnowski 2019 written down, in s: spikes (step, neuron).

    Synaptic currents decay with the time constant of the neuron they arrive at. Integrated exactly
    over a step.
    """
    n, dt = len(potentials), DT_MS / 1e3
    tau_m, rise, refractory, bias, reset, threshold = 0.01, 0.002, 20, -40.0, -65.0, -40.0
    step = np.array(
        [
            expm(np.array([[-1 / tau_m, 1 / tau_m, 0], [0, -1 / td, 1], [0, 0, -1 / rise]]) * dt)
            for td in network.tau_ms / 1e3
        ]
    )
    v, current, h = potentials.copy(), np.zeros(n), np.zeros(n)
    waits, spikes = np.zeros(n, dtype=int), []
    for k in range(steps):
        held = bias + drive
        new = step[:, 0, 0] * v + step[:, 0, 1] * current + step[:, 0, 2] * h
        new += (1 - step[:, 0, 0]) * held
        current, h = step[:, 1, 1] * current + step[:, 1, 2] * h, step[:, 2, 2] * h
        v = np.where(waits > 0, v, new)
        waits = np.maximum(waits - 1, 0)
        fired = np.flatnonzero(v > threshold)
        h += network.recurrent[:, fired].sum(axis=1) / factor / (rise * network.tau_ms / 1e3)
        v[fired], waits[fired] = reset, refractory
        spikes += [(k, i) for i in fired]
    return np.array(spikes)


def test_it_is_the_published_network(rates):
    potentials = np.random.default_rng(1).uniform(-65, 30, size=40)
    steps = 2000
    run = train_force(
        to_spiking(rates, FACTOR, noise_mV=0, dt_ms=DT_MS),
        np.zeros(steps),
        readout=ForceReadout(),
        feedback=0.0,
        learn=None,
        dt_ms=DT_MS,
        inputs=np.full(steps, 2.0),
        input_weights=rates.input,
        start_mV=potentials,
        progress=False,
    )
    spikes = published(rates, FACTOR, 2.0 * rates.input[:, 0], potentials, steps)
    ours = np.stack([np.rint(run.spike_times_ms / DT_MS), run.spike_neurons], axis=1)
    # Single precision moves a spike by a step here and there, and chaos does the rest.
    alike = 1000
    assert np.sum(spikes[:, 0] < alike) > 60
    np.testing.assert_array_equal(ours[ours[:, 0] < alike], spikes[spikes[:, 0] < alike])


def test_outputs_are_spikes_filtered_by_their_own_time_constants():
    rng = np.random.default_rng(2)
    times, neurons = np.sort(rng.uniform(0, 60, size=50)), rng.integers(3, size=50)
    decay = np.array([20.0, 50.0, 100.0])
    values = filtered(times, neurons, decay, 60.0)
    t = np.arange(61.0)[:, None] - times
    kernel = np.where(t >= 0, np.exp(-t / decay[neurons]) - np.exp(-t / 2.0), 0.0)
    kernel *= 1e3 / (decay[neurons] - 2.0)
    expected = np.stack([kernel[:, neurons == i].sum(axis=1) for i in range(3)], axis=1)
    np.testing.assert_allclose(values, expected, atol=1e-9)


def test_trials_side_by_side_hear_their_own_input_alone(rates):
    # 25 trials of 40 neurons need three runs; the silent ones are below threshold but for the start
    alone = SigmoidNetwork(np.zeros((40, 40)), np.ones((40, 1)), rates.output, rates.tau_ms)
    drive = np.where(np.arange(25) % 2, 20.0, -5.0)
    inputs = np.repeat(drive[:, None, None], 100, axis=1)
    said = run_trials(alone, FACTOR, inputs, noise_mV=0, dt_ms=DT_MS, random_state=0)
    held = 1e3 / (2 + 10 * np.log(45 / 20))  # of a leaky neuron 20 mV above its threshold
    np.testing.assert_allclose(said.rates_Hz[1::2].mean(axis=1), held, rtol=0.05)
    assert said.rates_Hz[::2].max() <= 2.0  # one spike in half a second
    for trial in (3, 24):
        mine = said.spike_trials == trial
        r = filtered(said.spike_times_ms[mine], said.spike_neurons[mine], rates.tau_ms, 500.0)
        expected = r @ rates.output[0] / FACTOR
        np.testing.assert_allclose(said.outputs[trial, :, 0], expected, atol=1e-9)


def test_one_seed_is_one_result(rates):
    inputs = np.ones((3, 10, 1))
    one, same, other = (
        run_trials(rates, FACTOR, inputs, noise_mV=0, dt_ms=DT_MS, random_state=seed)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one.outputs, same.outputs)
    assert not np.array_equal(one.outputs, other.outputs)


def test_the_noise_is_that_of_the_published_program(rates):
    reservoir = to_spiking(rates, FACTOR, dt_ms=0.05)
    constants = reservoir.model.constants(dict(reservoir.parameters), 0.05)
    np.testing.assert_allclose(constants["d"], 0.1, rtol=0.01)  # mV a step


def test_the_factor_divides_weights_between_neurons_and_keeps_their_signs(rates):
    one, two = to_spiking(rates, 20.0), to_spiking(rates, 40.0, copies=2)
    np.testing.assert_array_equal(one.excitatory, ~rates.inhibitory)
    matrix = two.wiring.weight_pA.toarray()
    np.testing.assert_allclose(2 * matrix[:40, :40], one.wiring.weight_pA.toarray())
    np.testing.assert_array_equal(matrix[:40, :40], matrix[40:, 40:])
    assert not matrix[:40, 40:].any()
    assert not matrix[40:, :40].any()


def test_compared_trials_are_those_of_each_network_alone(rates):
    inputs = np.random.default_rng(3).normal(size=(2, 30, 1))
    both = compare_trials(rates, FACTOR, inputs, dt_ms=DT_MS, noise=0.1, random_state=5)
    of_rates, of_spikes, of_control = np.random.SeedSequence(5).spawn(3)
    alone = rates.run(inputs, noise=0.1, random_state=np.random.default_rng(of_rates))
    np.testing.assert_array_equal(both.rates, alone)
    for network, seed, trials in (
        (rates, of_spikes, both.spiking),
        (rates.without_recurrence(), of_control, both.without_recurrence),
    ):
        rng = np.random.default_rng(seed)
        alone = run_trials(network, FACTOR, inputs, dt_ms=DT_MS, random_state=rng)
        np.testing.assert_array_equal(trials.outputs, alone.outputs)
    assert not rates.without_recurrence().recurrent.any()
    assert both.spiking_outputs.shape == both.rates.shape == (2, 30, 1)
    np.testing.assert_array_equal(both.spiking_outputs[:, 7], both.spiking.outputs[:, 35])
    same = replace(both, spiking_outputs=2 * both.rates + 1)
    assert same.correlation == pytest.approx(1)
    with pytest.raises(ValueError, match=r"step_ms must be a multiple of dt_ms = 1, got 2\.5"):
        compare_trials(rates, FACTOR, inputs, step_ms=2.5)


def test_the_search_finds_the_factor_that_makes_the_output_right():
    # Neurons 20 mV above threshold: their mean, over the factor, is 1 where the factor is the rate.
    rate = 1e3 / (2 + 10 * np.log(45 / 20))
    alone = SigmoidNetwork(np.zeros((40, 40)), np.full((40, 1), 20.0), np.full(40, 1 / 40), 100.0)
    found = search_scaling_factor(
        alone,
        np.ones((2, 120, 1)),
        lambda outputs: np.abs(outputs[:, -1, 0] - 1) < 0.1,
        scaling_factors=(0.5 * rate, 0.8 * rate, rate, 1.3 * rate),
        random_state=0,
        progress=False,
        noise_mV=0,
        dt_ms=DT_MS,
    )
    np.testing.assert_array_equal(found.accuracies, [0, 0, 1, 0])
    assert found.best == rate


@pytest.mark.parametrize(
    ("accuracies", "best"),
    [([0.5, 0.9, 0.7, 0.6], 30), ([1, 0.9, 1, 1], 40), ([0.9, 1, 1, 1], 40), ([0, 0, 0, 1], 50)],
)
def test_of_equally_good_factors_the_middle_one_is_taken(accuracies, best):
    assert best_of(np.array([20.0, 30.0, 40.0, 50.0]), np.array(accuracies)) == best


def test_bad_input_is_named(rates):
    inputs = np.zeros((1, 10, 1))
    with pytest.raises(ValueError, match="scaling_factor must be finite and above 0, got 0"):
        run_trials(rates, 0, inputs)
    with pytest.raises(ValueError, match=r"step_ms must be a multiple of dt_ms = 0\.3, got 5"):
        run_trials(rates, FACTOR, inputs, dt_ms=0.3)
    with pytest.raises(ValueError, match=r"inputs must have the shape .*got \(1, 10\)"):
        run_trials(rates, FACTOR, inputs[..., 0])
    with pytest.raises(ValueError, match="noise_mV must be finite and not below 0"):
        to_spiking(rates, FACTOR, noise_mV=-1)
    with pytest.raises(ValueError, match="tau_ms must differ from the 2 ms"):
        to_spiking(SigmoidNetwork(np.eye(2), np.eye(2), np.eye(2), 2.0), FACTOR)
    with pytest.raises(ValueError, match="copies must be at least 1, got 0"):
        to_spiking(rates, FACTOR, copies=0)
    with pytest.raises(ValueError, match=r"scaling_factors must rise, got \[30\.0, 20\.0\]"):
        search_scaling_factor(rates, inputs, np.all, scaling_factors=(30, 20))
    with pytest.raises(ValueError, match="scaling_factors must hold at least one number"):
        search_scaling_factor(rates, inputs, np.all, scaling_factors=())
