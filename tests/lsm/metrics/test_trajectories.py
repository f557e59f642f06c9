"""Errors, and measures of chaotic motion, where the answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from lsm.metrics import (
    nrmse,
    return_map,
    return_map_distance,
    spectrum_distance,
    trajectory_exponent,
    valid_time,
)


def rng():
    """Each test draws for itself: tests run in any order, on any worker."""
    return np.random.default_rng(0)


def lorenz_path(duration_s, seed):
    """States (steps, 3) every 10 ms, a second for a unit of time."""
    start = np.random.default_rng(seed).uniform((-10, -10, 15), (10, 10, 35))
    times = 20 + 0.01 * np.arange(round(duration_s * 100))

    def slope(_, s):
        return [10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]]

    return solve_ivp(slope, (0, times[-1]), start, "DOP853", times, rtol=1e-8, atol=1e-8).y.T


@pytest.fixture(scope="module")
def lorenz():
    return lorenz_path(300, 1)


@pytest.fixture(scope="module")
def another():
    return lorenz_path(100, 2)


# Error


@given(
    scale=st.floats(1e-3, 1e3),
    offset=st.floats(-10, 10),
    error=st.floats(0, 3),
    n=st.integers(1, 4),
)
def test_nrmse_is_in_units_of_the_deviation(scale, offset, error, n):
    target = np.random.default_rng(n).normal(size=(50, n))
    wrong = np.random.default_rng(9).choice([-1, 1], (50, n)) * error * target.std(axis=0)
    found = nrmse(offset + scale * (target + wrong), offset + scale * target)
    assert found == pytest.approx(error, rel=1e-6, abs=1e-9)


def test_a_constant_at_the_mean_has_an_error_of_1():
    target = rng().normal(size=(80, 2)) * [1, 5]
    assert nrmse(np.tile(target.mean(axis=0), (80, 1)), target) == pytest.approx(1)
    assert nrmse(target[:, 0], target[:, 0]) == 0


def test_outputs_count_by_their_size():
    target = np.column_stack([np.tile([-1, 1], 20), np.tile([-3, 3], 20)])
    assert nrmse(target * [0, 1], target) == pytest.approx(np.sqrt(1 / 10))


# Chaos


def test_valid_time_ends_where_the_error_first_exceeds_the_threshold():
    target = np.tile([[-3.0, 4], [3, -4]], (50, 1))  # A deviation of 5.
    errors = np.zeros(100)
    errors[[40, 60, 80]] = 1.9, 2.1, 0
    said = target + np.column_stack([errors, np.zeros(100)])
    assert valid_time(said, target, dt_ms=0.5) == 30
    assert valid_time(said, target, dt_ms=0.5, threshold=0.35) == 20
    assert valid_time(target, target, dt_ms=0.5) == 50


def test_valid_time_of_a_twin_grows_by_the_exponent_for_each_digit():
    times = 0.01 * np.arange(3000)
    start = lorenz_path(0.01, 3)[0]

    def path(error):
        def slope(_, s):
            return [10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]]

        return solve_ivp(
            slope, (0, 30), start + np.array([error, 0, 0]), "DOP853", times, rtol=1e-11, atol=1e-11
        ).y.T

    true = path(0)
    early, late = (valid_time(path(error), true, dt_ms=10) for error in (1e-3, 1e-7))
    assert (late - early) / 1000 == pytest.approx(np.log(1e4) / 0.906, rel=0.25)


def test_return_map_of_a_known_signal():
    # Bumps whose heights follow the logistic map.
    heights = [0.3]
    for _ in range(30):
        heights.append(3.9 * heights[-1] * (1 - heights[-1]))
    signal = np.concatenate([h * np.sin(np.pi * np.arange(100) / 100) for h in heights])
    pairs = return_map(signal, dt_ms=2.0, apart_ms=100)
    np.testing.assert_allclose(pairs, np.column_stack([heights[:-1], heights[1:]]), atol=1e-12)
    rough = signal + 0.02 * rng().normal(size=len(signal))
    smooth = return_map(rough, dt_ms=2.0, apart_ms=100, smooth_ms=20)
    np.testing.assert_allclose(smooth, pairs, atol=0.05)


def test_return_map_of_lorenz_is_a_tent(lorenz, another):
    pairs = return_map(lorenz[:, 2], dt_ms=10, apart_ms=200)
    assert 300 / len(pairs) == pytest.approx(0.75, abs=0.01)  # The mean time of an orbit.
    peak = pairs[pairs[:, 1].argmax(), 0]
    rising, falling = pairs[pairs[:, 0] < peak - 0.5], pairs[pairs[:, 0] > peak + 0.5]
    for side, sign in ((rising, 1), (falling, -1)):
        side = side[np.argsort(side[:, 0])]
        slopes = np.diff(side[::10, 1]) / np.diff(side[::10, 0])
        assert np.mean(sign * slopes > 1) > 0.97  # Steeper than 1: no cycle is stable.
    other = return_map(another[:, 2], dt_ms=10, apart_ms=200)
    assert return_map_distance(other, pairs) < 0.005


def test_return_maps_without_a_relation_are_far_apart(lorenz):
    pairs = return_map(lorenz[:, 2], dt_ms=10, apart_ms=200)
    shuffled = rng().permutation(pairs.ravel()).reshape(-1, 2)
    assert return_map_distance(shuffled, pairs) == pytest.approx(0.207, abs=0.04)  # of 200 draws
    assert return_map_distance(np.empty((0, 2)), pairs) == np.inf


def test_exponent_of_lorenz(lorenz):
    found = trajectory_exponent(lorenz, dt_ms=10, apart_ms=1000, fit_ms=(300, 2550))
    assert found == pytest.approx(0.906, abs=0.07)  # Sprott 2003


def test_exponent_of_the_logistic_map_is_ln_2_a_step():
    x = [0.3]
    for _ in range(5000):
        x.append(4 * x[-1] * (1 - x[-1]))
    found = trajectory_exponent(x, dt_ms=1000, apart_ms=1000, fit_ms=(0, 4000))
    assert found == pytest.approx(np.log(2), abs=0.04)


def test_exponent_of_a_torus_is_zero():
    t = 0.01 * np.arange(20_000)
    phases = np.column_stack([2 * np.pi * t, 2 * np.pi * np.sqrt(2) * t])
    torus = np.hstack([np.sin(phases), np.cos(phases)])
    found = trajectory_exponent(torus, dt_ms=10, apart_ms=1000, fit_ms=(0, 3000))
    assert found == pytest.approx(0, abs=0.01)


def test_spectra_of_one_motion_are_near_and_of_another_far(lorenz, another):
    near = spectrum_distance(another, lorenz, dt_ms=10, window_ms=5000)
    assert near < 0.12
    assert spectrum_distance(lorenz, lorenz, dt_ms=10, window_ms=5000) == pytest.approx(0, abs=1e-7)
    noise = rng().normal(size=lorenz.shape)
    assert spectrum_distance(noise, lorenz, dt_ms=10, window_ms=5000) > 0.7
    assert spectrum_distance(lorenz * 0, lorenz, dt_ms=10, window_ms=5000) == 1


def test_spectra_of_two_tones_are_as_far_as_can_be_and_size_does_not_matter():
    t = np.arange(10_000) / 1000
    slow, fast = np.sin(2 * np.pi * 5 * t), np.sin(2 * np.pi * 40 * t)
    assert spectrum_distance(slow, fast, dt_ms=1, window_ms=1000) > 0.999
    assert spectrum_distance(3 * slow + 7, slow, dt_ms=1, window_ms=1000) < 1e-6
    # Half of the power in common: 1 - sqrt(1/2).
    both = spectrum_distance(slow + fast, slow, dt_ms=1, window_ms=1000)
    assert both == pytest.approx(np.sqrt(1 - np.sqrt(0.5)), abs=1e-3)


# Bad input

WAVE = np.sin(np.arange(100.0))
BAD = [
    (nrmse, (WAVE[:9], WAVE), {}, r"y must have the target's shape, \(100, 1\); got \(9, 1\)"),
    (nrmse, (WAVE, np.ones(100)), {}, "target must not be constant"),
    (nrmse, (WAVE, np.full(100, 0.1)), {}, "target must not be constant"),
    (nrmse, (WAVE * np.nan, WAVE), {}, "y must be finite"),
    (nrmse, (np.zeros((2, 2, 2)), WAVE), {}, r"y must have shape \(steps,\) or \(steps, outputs"),
    (nrmse, ([], []), {}, r"y must have shape"),
    (valid_time, (WAVE, WAVE[:5]), {"dt_ms": 1}, "y must have the target's shape"),
    (valid_time, (WAVE, WAVE), {"dt_ms": 0}, "dt_ms must be finite and above 0"),
    (valid_time, (WAVE, WAVE), {"dt_ms": 1, "threshold": -1}, "threshold must be finite"),
    (return_map, (np.zeros((5, 2)),), {"dt_ms": 1, "apart_ms": 1}, "z must be finite and have one"),
    (return_map, (WAVE,), {"dt_ms": 1, "apart_ms": 0}, "apart_ms must be finite and above 0"),
    (
        return_map,
        (WAVE,),
        {"dt_ms": 1, "apart_ms": 1, "smooth_ms": -2},
        "smooth_ms must be finite and not below 0, got -2",
    ),
    (
        return_map,
        (WAVE,),
        {"dt_ms": 1, "apart_ms": 1, "smooth_ms": 101},
        "smooth_ms must be of 100 steps at most, got 101",
    ),
    (return_map_distance, (np.ones((3, 2)), np.ones((3, 2))), {}, "must hold different maxima"),
    (return_map_distance, (np.ones((3, 2)), np.ones((1, 2))), {}, "two pairs at least, got 1"),
    (
        trajectory_exponent,
        (WAVE,),
        {"dt_ms": 1, "apart_ms": 10, "fit_ms": (5, 5)},
        r"fit_ms must be two times, the later one last; got \(5, 5\)",
    ),
    (
        trajectory_exponent,
        (WAVE,),
        {"dt_ms": 1, "apart_ms": 10, "fit_ms": (0, 90)},
        "states must last beyond fit_ms and twice apart_ms, 110 steps; got 100",
    ),
    (
        trajectory_exponent,
        (np.ones(100),),
        {"dt_ms": 1, "apart_ms": 10, "fit_ms": (0, 9)},
        "no point has a neighbour",
    ),
    (
        spectrum_distance,
        (WAVE, np.ones((100, 2))),
        {"dt_ms": 1, "window_ms": 10},
        "y must have as many outputs as target, 2; got 1",
    ),
    (
        spectrum_distance,
        (WAVE, WAVE[:50]),
        {"dt_ms": 1, "window_ms": 60},
        "window_ms must be of 2 to 50 steps, got 60",
    ),
]


@pytest.mark.parametrize(("measure", "arrays", "options", "message"), BAD)
def test_bad_input(measure, arrays, options, message):
    with pytest.raises(ValueError, match=message):
        measure(*arrays, **options)
