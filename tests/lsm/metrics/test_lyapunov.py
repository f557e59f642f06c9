"""Lyapunov exponents of maps and liquids whose exponent is known."""

import numpy as np
import pytest

from lsm.metrics import lyapunov_exponent, lyapunov_exponents, poisson_spikes
from lsm.spikes import SpikeTrains
from lsm.topology import DistanceWiring, InputWiring
from tests.lsm.liquids import liquid, lone_neurons


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.7])
def test_exponent_of_a_linear_system_is_the_logarithm_of_its_spectral_radius(radius):
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((4, 4))
    matrix = basis @ np.diag([1.0, -0.6, 0.5, 0.1]) @ np.linalg.inv(basis) * radius
    found = lyapunov_exponent(lambda x, k: matrix @ x, np.zeros(4), n_steps=100, washout=60)
    assert found == pytest.approx(np.log(radius), abs=1e-6)


def test_exponent_of_a_rotation_that_shrinks_is_its_mean_growth():
    angle, ellipse = 0.7, np.diag([1.0, 3.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = 0.9 * ellipse @ turn @ np.linalg.inv(ellipse)
    found = lyapunov_exponent(lambda x, k: matrix @ x + 1, [0.3, 0.2], n_steps=5000, random_state=1)
    assert found == pytest.approx(np.log(0.9), abs=1e-3)


def test_exponent_of_the_logistic_map_is_ln_2():
    found = lyapunov_exponent(
        lambda x, k: 4 * x * (1 - x), [0.3], n_steps=20_000, washout=100, perturbation=1e-9
    )
    assert found == pytest.approx(np.log(2), abs=0.01)
    # At r = 3.2 it has a cycle of two, of which the product of both slopes is 4 + 2 r - r^2.
    cycle = lyapunov_exponent(lambda x, k: 3.2 * x * (1 - x), [0.3], n_steps=2000, washout=500)
    assert cycle == pytest.approx(np.log(abs(4 + 6.4 - 3.2**2)) / 2, abs=1e-4)


def test_a_step_may_have_an_input_of_its_own():
    gains = np.random.default_rng(2).uniform(0.2, 2.0, 500)
    found = lyapunov_exponent(lambda x, k: gains[k] * x + k, np.zeros(3), n_steps=400, washout=100)
    assert found == pytest.approx(np.log(gains[100:]).mean(), abs=1e-3)


def test_states_that_become_equal_have_minus_infinity():
    assert lyapunov_exponent(lambda x, k: 0 * x, [1.0], n_steps=5) == -np.inf


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_steps": 0}, "n_steps must be at least 1"),
        ({"perturbation": 0.0}, "perturbation must be finite and above 0"),
        ({"state": [1e12]}, "not so large that rounding loses perturbation = 1e-07"),
        ({"state": [np.nan]}, "state must be finite"),
        ({"step": lambda x, k: x * np.nan}, "step must keep the state finite; it is not after st"),
        ({"step": lambda x, k: 1e300 * x, "state": [1.0]}, "state finite; it is not after step 0"),
        ({"step": lambda x, k: x[:1], "state": [1.0, 2.0]}, r"keep the state's shape, \(2,\), got"),
        ({"washout": -1}, "washout must not be below 0, got -1"),
    ],
)
def test_bad_maps_are_refused(change, message):
    given = {"step": lambda x, k: 2 * x, "state": [0.0], "n_steps": 3} | change
    with pytest.raises(ValueError, match=message):
        lyapunov_exponent(given.pop("step"), given.pop("state"), **given)


def one_spike_from(time_ms):
    return SpikeTrains.from_lists([[[10.0, time_ms]]], duration_ms=200)


@pytest.mark.parametrize("dt_ms", [1.0, 0.5])
def test_exponent_below_threshold_is_that_of_the_membrane(dt_ms):
    tau_m, tau_s = 20.0, 4.0
    neurons = lone_neurons(n=2, tau_m_ms=tau_m, tau_syn_ms=tau_s, v_threshold_mV=1e3)
    # Heard at the end of its step, 71 or 72 ms (or 70.5 and 71), and read from 75 ms on.
    found = lyapunov_exponents(
        neurons, one_spike_from(70.0), start_ms=50, horizon_ms=50, dt_ms=dt_ms
    )

    def potential(t):
        return np.exp(-t / tau_m) - np.exp(-t / tau_s)

    def distance(t):
        since = t - (70 + dt_ms)
        return abs(potential(since) - potential(since - dt_ms))

    expected = np.log(distance(125) / distance(75)) / 0.05
    assert found[0] == pytest.approx(expected, rel=1e-3)
    late = lyapunov_exponents(
        neurons, one_spike_from(70.0), start_ms=50, horizon_ms=100, dt_ms=dt_ms
    )
    assert abs(late[0] + 1000 / tau_m) < abs(found[0] + 1000 / tau_m) < 15


def test_recurrence_makes_a_liquid_chaotic():
    spikes = poisson_spikes(20, 4, rate_Hz=40, duration_ms=300, random_state=0)
    wiring = {"probability": (0.3,) * 4, "length": 1e3, "weight_falls": False}
    reservoirs = [
        liquid(seed, n=60, wiring=DistanceWiring(weight_pA=(w, w, -2 * w, -2 * w), **wiring))
        for seed in (0, 1)
        for w in (0.0, 400.0)
    ]
    # A neuron that fires by a constant current keeps its phase.
    reservoirs = [
        one.replace(parameters={**one.parameters, "i_background_pA": 0.0}) for one in reservoirs
    ]
    found = lyapunov_exponents(reservoirs, spikes, start_ms=150).reshape(2, 2)
    assert np.all(found[:, 0] < -5)
    assert np.all(found[:, 1] > 5)
    alone = lyapunov_exponents(reservoirs[1], spikes, start_ms=150)
    assert alone[0] == found[0, 1]


def test_what_reaches_no_neuron_has_no_exponent():
    deaf = lone_neurons(n=2).replace(inputs=InputWiring(fraction=0.0))
    assert np.isnan(lyapunov_exponents(deaf, one_spike_from(70.0), start_ms=50)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reservoirs": liquid(0, noise_pA=10.0)}, "reservoirs must be without noise"),
        ({"start_ms": 80.0}, "every sample must have a spike from start_ms = 80 ms on, not so sam"),
        ({"horizon_ms": 130.0}, "sample 0 has it at 72 of 200 ms"),
        ({"horizon_ms": 12.0}, "horizon_ms must be a multiple of every_ms = 5, got 12"),
        ({"start_ms": -1.0}, "start_ms must be finite and not below 0, got -1"),
    ],
)
def test_bad_input_is_refused(change, message):
    given = {"reservoirs": lone_neurons(), "spikes": one_spike_from(70.0), "start_ms": 50.0}
    given |= change
    with pytest.raises(ValueError, match=message):
        lyapunov_exponents(given.pop("reservoirs"), given.pop("spikes"), **given)
