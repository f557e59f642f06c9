"""Ranks of matrices whose rank is known, and of liquids."""

import numpy as np
import pytest

from lsm.metrics import displaced, joined, kernel_quality, kernel_ranks, poisson_spikes, state_rank
from lsm.simulation import compilations, simulate
from lsm.topology import DistanceWiring, InputWiring
from tests.lsm.liquids import liquid, lone_neurons


@pytest.fixture(scope="module")
def spikes():
    return poisson_spikes(25, 4, rate_Hz=60, duration_ms=120, random_state=0)


@pytest.mark.parametrize("rank", [1, 4, 12])
@pytest.mark.parametrize("shape", [(30, 12), (12, 40)])
def test_rank_of_a_product_is_its_inner_size(rank, shape):
    rng = np.random.default_rng(rank)
    states = rng.standard_normal((shape[0], rank)) @ rng.standard_normal((rank, shape[1]))
    assert state_rank(states, tolerance=0) == state_rank(states, tolerance=1e-6) == rank


def test_tolerance_is_relative_to_the_largest_singular_value():
    rng = np.random.default_rng(0)
    u, _ = np.linalg.qr(rng.standard_normal((9, 5)))
    v, _ = np.linalg.qr(rng.standard_normal((7, 5)))
    states = u * [50, 5, 0.5, 0.05, 1e-4] @ v.T
    ranks = [state_rank(states, tolerance=t) for t in (0.5, 0.05, 0.005, 5e-4, 1e-6)]
    assert ranks == [1, 2, 3, 4, 5]
    assert state_rank(1e6 * states, tolerance=0.005) == 3
    assert state_rank(np.zeros((4, 3))) == 0


def test_liquid_of_like_neurons_has_rank_one(spikes):
    alike = lone_neurons(n=10, weight_pA=400.0)
    different = lone_neurons(n=10, weight_pA=400.0, tau_m_ms=np.linspace(3, 40, 10))
    ranks = kernel_ranks([alike, different], spikes)
    assert ranks[0] == 1
    assert ranks[1] > 3


def test_ranks_are_those_of_the_states(spikes):
    reservoirs = [liquid(seed) for seed in range(4)]
    states = simulate(reservoirs, spikes, state="traces:30")
    expected = [np.linalg.matrix_rank(one, tol=1e-3 * np.linalg.norm(one, 2)) for one in states]
    np.testing.assert_array_equal(kernel_ranks(reservoirs, spikes), expected)
    np.testing.assert_array_equal(kernel_ranks(reservoirs[2], spikes), expected[2:3])


def test_generalisation_rank_is_that_of_noisy_versions_of_the_first_sample(spikes):
    reservoirs = [liquid(seed) for seed in range(3)]
    found = kernel_quality(reservoirs, spikes, jitter_ms=8.0, random_state=1)
    np.testing.assert_array_equal(found.kernel, kernel_ranks(reservoirs, spikes))
    noisy = displaced(spikes[[0] * len(spikes)], sd_ms=8.0, random_state=1)
    np.testing.assert_array_equal(found.generalisation, kernel_ranks(reservoirs, noisy))
    np.testing.assert_array_equal(found.quality, found.kernel - found.generalisation)


def test_noise_that_moves_no_spike_to_another_step_has_generalisation_rank_one():
    spikes = poisson_spikes(10, 3, rate_Hz=60, duration_ms=100, random_state=2)
    centred = joined([spikes])
    steps = np.floor(centred.times_ms) + 0.5
    spikes = type(spikes)(steps, centred.channels, centred.offsets, centred.durations_ms, 3)
    found = kernel_quality(liquid(0), spikes, jitter_ms=0.01, random_state=0)
    assert found.generalisation.tolist() == [1]
    assert found.kernel[0] > 5


def test_fifty_reservoirs_are_one_call_and_no_new_program(monkeypatch):
    from lsm.metrics import rank

    reservoirs = [liquid(seed, n=10) for seed in range(50)]
    spikes = poisson_spikes(12, 4, duration_ms=50, random_state=0)
    simulate(reservoirs[0], spikes)
    calls, before = [], compilations()
    monkeypatch.setattr(
        rank, "simulate", lambda *args, **kwargs: calls.append(1) or simulate(*args, **kwargs)
    )
    assert kernel_ranks(reservoirs, spikes).shape == (50,)
    assert kernel_quality(reservoirs, spikes, jitter_ms=3).quality.shape == (50,)
    assert len(calls) == 2
    assert compilations() == before


def test_recurrence_mixes_more_than_inputs_alone():
    spikes = poisson_spikes(40, 2, rate_Hz=60, duration_ms=200, random_state=3)
    wiring = DistanceWiring(
        probability=(0.5,) * 4, length=1e3, weight_falls=False, weight_pA=(60, 60, -120, -120)
    )
    connected = liquid(1, n=40, wiring=wiring, inputs=InputWiring(fraction=0.5, weight_pA=300))
    alone = connected.replace(wiring=DistanceWiring(probability=(0,) * 4))
    with_recurrence, without = kernel_ranks([connected, alone], spikes)
    assert with_recurrence > without


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: state_rank(np.zeros(3)), r"of shape \(inputs, features\), got \(3,\)"),
        (lambda: state_rank([[np.inf]]), "states must be finite"),
        (lambda: state_rank(np.eye(3), tolerance=1), r"tolerance must lie in \[0, 1\), got 1"),
        (lambda: kernel_ranks(None, None, tolerance=-1), "tolerance must lie in"),
        (lambda: kernel_quality(None, None, jitter_ms=1, tolerance=2), "tolerance must lie in"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
