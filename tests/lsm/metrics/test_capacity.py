"""Capacities of systems whose memory is known."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm.metrics import memory_capacity, processing_capacity


def uniform(n, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, n)


def delayed(u, delays):
    """Inputs of so many steps ago, (steps, delays), zero before the start."""
    return np.stack([np.concatenate([np.zeros(k), u[: len(u) - k]]) for k in delays], axis=1)


@pytest.mark.parametrize("length", [1, 7, 20])
def test_delay_line_has_a_capacity_of_its_length(length):
    u = uniform(2000)
    capacity = memory_capacity(delayed(u, range(length)), u, max_delay=30, random_state=1)
    np.testing.assert_allclose(capacity[:length], 1, atol=0.005)
    np.testing.assert_allclose(capacity[length:], 0, atol=0.02)
    assert capacity.sum() == pytest.approx(length, abs=0.05)


def test_capacity_does_not_depend_on_how_states_are_mixed():
    u = uniform(2000)
    line = delayed(u, range(8))
    mixed = line @ np.random.default_rng(2).standard_normal((8, 40)) + 5
    first, second = (memory_capacity(x, u, max_delay=20, random_state=1) for x in (line, mixed))
    np.testing.assert_allclose(first, second, atol=0.01)


@pytest.mark.parametrize("a", [0.5, 0.9])
def test_leaky_integrator_has_a_capacity_of_one_that_decays(a):
    # Of x(t) = sum_k a^k u(t - k), the part (1 - a^2) a^(2k) of the variance is u(t - k)'s.
    u = uniform(40_000)
    x = np.zeros(len(u))
    for t in range(1, len(u)):
        x[t] = a * x[t - 1] + u[t]
    capacity = memory_capacity(x[:, None], u, max_delay=40, washout=100, random_state=1)
    expected = (1 - a**2) * a ** (2 * np.arange(41))
    np.testing.assert_allclose(capacity, expected, atol=0.012)
    assert capacity.sum() == pytest.approx(1, abs=0.06)


def test_states_that_know_nothing_have_no_capacity():
    # 60 squared correlations in 100 steps sum to 0.6 by chance; the floor takes that off.
    totals = []
    for seed in range(30):
        noise = np.random.default_rng(seed).standard_normal((300, 5))
        u = uniform(300, seed=seed + 100)
        totals.append(memory_capacity(noise, u, max_delay=100, random_state=seed).sum())
    assert np.mean(totals) == pytest.approx(0, abs=0.15)
    assert memory_capacity(np.ones((300, 5)), u, max_delay=10).sum() == 0


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12))
def test_capacity_is_at_most_the_number_of_features(seed, n):
    rng = np.random.default_rng(seed)
    u = rng.uniform(-1, 1, 1000)
    w, x = rng.standard_normal((n, n)), np.zeros((1000, n))
    w *= rng.uniform(0.1, 0.95) / np.abs(np.linalg.eigvals(w)).max()
    w_in, nonlinear = rng.standard_normal(n), rng.random() < 0.5
    for t in range(1, 1000):
        x[t] = w @ x[t - 1] + w_in * u[t]
        x[t] = np.tanh(x[t]) if nonlinear else x[t]
    found = processing_capacity(x, u, max_delays={1: 20, 2: 5}, washout=50, random_state=0)
    assert found.total < n + 0.5
    linear = memory_capacity(x, u, max_delay=20, washout=50, random_state=0)
    np.testing.assert_allclose(found.by_degree[1], linear.sum(), atol=0.3)


def test_capacity_tells_products_by_their_degree():
    u = uniform(4000)
    x = delayed(u, range(3))
    states = np.stack(
        [x[:, 0], x[:, 0] * x[:, 2], 3 * x[:, 1] ** 2, x[:, 1] * x[:, 2] * x[:, 0]], 1
    )
    found = processing_capacity(states, u, max_delays={1: 10, 2: 6, 3: 4}, random_state=1)
    assert found.by_degree == pytest.approx({1: 1, 2: 2, 3: 1}, abs=0.06)
    assert found.total == pytest.approx(4, abs=0.1)
    known = {((0, 1),), ((0, 1), (2, 1)), ((1, 2),), ((0, 1), (1, 1), (2, 1))}
    assert {term for term, value in zip(found.terms, found.values, strict=True) if value > 0.5} == (
        known
    )


def test_cube_divides_between_degrees():
    # u^3 = 3/5 P_1 + 2/5 P_3: of its variance 1/7, the first has 9/25 * 1/3 = 21/25 of 1/7.
    u = uniform(20_000)
    found = processing_capacity(u[:, None] ** 3, u, max_delays={1: 2, 3: 2}, random_state=1)
    assert found.by_degree == pytest.approx({1: 21 / 25, 3: 4 / 25}, abs=0.02)


def test_all_products_up_to_a_delay_are_looked_at():
    u = uniform(200)
    found = processing_capacity(u[:, None], u, max_delays={1: 9, 2: 4, 3: 3}, random_state=1)
    assert len(found.terms) == len(set(found.terms)) == comb(10, 1) + comb(6, 2) + comb(6, 3)
    assert found.values.shape == (len(found.terms),)
    degrees = [sum(degree for _, degree in term) for term in found.terms]
    assert sorted(set(degrees)) == [1, 2, 3]


def test_shuffles_follow_the_seed():
    u = uniform(200)
    x = delayed(u, range(3))
    one, same, other = (memory_capacity(x, u, max_delay=5, random_state=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.any(one != other)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": np.zeros(99)}, r"states must have the shape \(steps, features\) .* got \(100,"),
        ({"states": np.zeros(100)}, r"states must have the shape \(steps, features\)"),
        ({"states": np.full((100, 2), np.nan)}, "states and inputs must be finite"),
        ({"max_delay": -1}, "max_delay must not be below 0, got -1"),
        ({"max_delay": 98}, "steps to train and test behind the first 98, got 100 steps"),
        ({"washout": 99}, "steps to train and test behind the first 99, got 100 steps"),
        ({"test_size": 1.0}, "test_size must lie between 0 and 1, got 1.0"),
    ],
)
def test_bad_input_is_refused(change, message):
    given = {"states": np.zeros((100, 2)), "inputs": uniform(100), "max_delay": 5} | change
    with pytest.raises(ValueError, match=message):
        memory_capacity(**given)


def test_bad_terms_are_refused():
    u = uniform(100)
    with pytest.raises(ValueError, match=r"inputs must lie in \[-1, 1\] and be uniform, got up to"):
        processing_capacity(u[:, None], 2 * u, max_delays={1: 5})
    with pytest.raises(ValueError, match="max_delays must name at least one degree"):
        processing_capacity(u[:, None], u, max_delays={})
    with pytest.raises(TypeError, match=r"max_delays must map total degrees to delays, got \[5\]"):
        processing_capacity(u[:, None], u, max_delays=[5])
    with pytest.raises(ValueError, match="a degree in max_delays must be at least 1, got 0"):
        processing_capacity(u[:, None], u, max_delays={0: 5})
