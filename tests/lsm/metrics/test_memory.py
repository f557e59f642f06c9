"""Capacities of reservoirs: what is encoded, heard and read."""

import numpy as np
import pytest

from lsm.encoders import GaussianPopulation, IntegrateAndFire
from lsm.metrics import (
    input_responses,
    kernel_quality,
    liquid_quality,
    memory_capacities,
    memory_capacity,
    poisson_spikes,
    processing_capacities,
    separation,
)
from lsm.simulation import compilations, simulate, trajectories
from lsm.topology import NoWiring
from tests.lsm.liquids import liquid, lone_neurons


@pytest.fixture(scope="module")
def reservoirs():
    return [liquid(seed) for seed in range(3)]


def test_responses_are_the_states_after_each_step_of_the_signal(reservoirs):
    signal = np.random.default_rng(0).uniform(-1, 1, 40)
    encoder = GaussianPopulation(n_fields=5, step_ms=6.0)
    found = input_responses(reservoirs, signal, encoder=encoder, state="counts")
    spikes = encoder.fit_transform(signal[None, None])
    assert spikes.durations_ms.tolist() == [240]
    (expected,) = trajectories(reservoirs, spikes, every_ms=6.0, state="counts")
    np.testing.assert_array_equal(found, expected)
    assert found.shape == (3, 40, 20)
    # An encoder's silence behind the signal is none of its steps.
    longer = encoder.set_params(silence_ms=20)
    np.testing.assert_array_equal(
        input_responses(reservoirs, signal, encoder=longer, state="counts"), found
    )


def test_slow_neurons_remember_as_leaky_integrators_do():
    # Far below threshold a potential is a linear filter of a signal that arrives as a current. Its
    # capacity is 1, spread over delays as the squares of the filter's parts in each step of 10 ms.
    neuron = lone_neurons(tau_m_ms=40.0, tau_syn_ms=0.5, v_threshold_mV=1e3, weight_pA=1.0)
    signal = np.random.default_rng(1).uniform(0, 1, 6000)
    encoder = IntegrateAndFire(rate_Hz=2000.0, step_ms=10.0)
    upward = encoder.fit(signal[None, None])
    upward.offset_[:] = 0.0  # of both channels, above and below, only the first one fires
    spikes = upward.transform(signal[None, None])
    assert set(spikes.channels) == {0}
    (path,) = trajectories(neuron, spikes, every_ms=10.0, state="potentials")
    found = memory_capacity(path[0], signal, max_delay=25, random_state=0)
    # A spike acts 1 ms late on average: half a step until it is heard, half a ms as a current.
    left = np.exp(-np.maximum(10 * np.arange(27) - 1, 0) / 40)
    response = left[:-1] - left[1:]
    np.testing.assert_allclose(found, response**2 / (response**2).sum(), atol=0.03)
    assert found.sum() == pytest.approx(1, abs=0.08)


def test_capacities_are_those_of_each_reservoir_alone(reservoirs):
    given = {"n_steps": 300, "max_delay": 5, "washout": 20, "random_state": 4}
    found = memory_capacities(reservoirs, **given)
    assert found.shape == (3,)
    assert memory_capacities(reservoirs[1], **given)[0] == found[1]
    rng = np.random.default_rng(4)
    signal = rng.uniform(-1, 1, 300)
    seed = int(rng.integers(2**32))
    alone = [
        memory_capacity(states, signal, max_delay=5, washout=20, random_state=seed).sum()
        for states in input_responses(reservoirs, signal)
    ]
    np.testing.assert_array_equal(found, alone)
    assert np.all(found > 0.3)
    assert np.all(memory_capacities(reservoirs, **given | {"random_state": 5}) != found)


def test_linear_part_of_the_processing_capacity_is_the_memory_capacity(reservoirs):
    given = {"n_steps": 600, "washout": 20, "random_state": 4}
    found = processing_capacities(reservoirs, max_delays={1: 8, 2: 3}, **given)
    assert [len(one.values) for one in found] == [9 + 10] * 3
    linear = memory_capacities(reservoirs, max_delay=8, **given)
    np.testing.assert_allclose([one.by_degree[1] for one in found], linear, atol=0.05)


def test_another_encoder_by_name(reservoirs):
    found = memory_capacities(
        reservoirs[0], n_steps=200, max_delay=3, encoder="poisson", random_state=0
    )
    assert np.isfinite(found).all()


def test_quality_of_fifty_reservoirs_needs_no_new_program():
    reservoirs = [liquid(seed, n=12) for seed in range(49)]
    reservoirs.append(reservoirs[0].replace(wiring=NoWiring()))
    spikes = poisson_spikes(15, 4, rate_Hz=40, duration_ms=100, random_state=0)
    simulate(reservoirs[0], spikes)
    before = compilations()
    found = liquid_quality(
        reservoirs, spikes, distance=0.5, n_steps=200, max_delay=5, random_state=1
    )
    assert compilations() == before
    for values in found:
        assert values.shape == (50,)
        assert np.isfinite(values).all()
        assert len(set(values.tolist())) > 3
    assert np.all(found.kernel_rank >= 1)
    assert np.all(found.kernel_rank <= 12)


def test_quality_is_what_each_measure_gives_by_itself(reservoirs, monkeypatch):
    from lsm.metrics import quality

    spikes = poisson_spikes(15, 4, rate_Hz=40, duration_ms=100, random_state=0)
    calls = []
    monkeypatch.setattr(
        quality, "simulate", lambda *args, **kwargs: calls.append(1) or simulate(*args, **kwargs)
    )
    given = {"n_steps": 200, "max_delay": 5}
    found = liquid_quality(
        reservoirs,
        spikes,
        jitter_ms=3,
        distance=0.5,
        random_state=np.random.default_rng(1),
        **given,
    )
    assert len(calls) == 1
    rng = np.random.default_rng(1)
    memory = memory_capacities(reservoirs, random_state=rng, **given)
    ranks = kernel_quality(reservoirs, spikes, jitter_ms=3, random_state=rng)
    apart = separation(reservoirs, spikes, distances=[0.5], random_state=rng)
    np.testing.assert_array_equal(found.memory_capacity, memory)
    np.testing.assert_array_equal(found.kernel_rank, ranks.kernel)
    np.testing.assert_array_equal(found.generalisation_rank, ranks.generalisation)
    np.testing.assert_array_equal(found.separation, apart[:, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: memory_capacities(None, n_steps=0), "n_steps must be at least 1"),
        (lambda: memory_capacities(None, n_steps=50), "steps to train and test behind the first"),
        (lambda: memory_capacities(None, max_delay=-2), "max_delay must not be below 0, got -2"),
        (lambda: processing_capacities(None, max_delays={}), "max_delays must name at least one"),
        (lambda: input_responses(None, [[1.0]]), r"inputs must have the shape \(steps,\)"),
        (lambda: input_responses(None, [1.0], encoder="x"), "encoder must be one of"),
    ],
)
def test_bad_input_is_refused_before_anything_is_simulated(call, message):
    with pytest.raises(ValueError, match=message):
        call()
