"""Steps against gradients, and weights on devices."""

import numpy as np
import pytest

from lsm.learning import Adam, Devices, GradientDescent


@pytest.mark.parametrize("corrected", [True, False])
def test_adam_moves_by_its_rate_at_first_and_by_less_where_gradients_alternate(corrected):
    weights = {"a": np.zeros(2)}
    adam = Adam(0.1, corrected)
    kept = adam.start(weights)
    adam.move(weights, {"a": np.array([3.0, -0.01])}, kept)
    np.testing.assert_allclose(weights["a"], [-0.1, 0.1], rtol=1e-4)
    adam.move(weights, {"a": np.array([-3.0, -0.01])}, kept)
    # By hand: means (0.9 * 0.1 * 3 - 0.1 * 3) / 0.19 = -0.158, root of the mean square 3.
    np.testing.assert_allclose(weights["a"], [-0.1 + 0.1 * 0.03 / 0.19 / 3, 0.2], rtol=2e-4)


@pytest.mark.parametrize("optimizer", [Adam(), GradientDescent()])
def test_what_has_no_gradient_stays(optimizer):
    weights = {"a": np.ones(2), "b": np.ones(3)}
    optimizer.move(weights, {"a": np.ones(2)}, optimizer.start(weights))
    assert np.all(weights["a"] < 1)
    np.testing.assert_array_equal(weights["b"], 1)


@pytest.mark.parametrize("rate", [0, -1, np.inf])
def test_rates_of_learning_are_above_0(rate):
    with pytest.raises(ValueError, match="learning_rate must be finite and above 0"):
        Adam(rate)
    with pytest.raises(ValueError, match="learning_rate must be finite and above 0"):
        GradientDescent(rate)


def test_devices_hold_few_levels_of_the_first_range():
    exact = {"a": np.linspace(-1, 2, 50)}
    devices, held = Devices(bits=2), {"a": np.zeros(50)}
    kept, rng = devices.start(exact), np.random.default_rng(0)
    devices.write(exact, held, kept, rng)
    np.testing.assert_allclose(np.unique(held["a"]), [-1, 0, 1, 2], atol=1e-12)
    assert np.abs(held["a"] - exact["a"]).max() <= 0.5
    devices.write({"a": exact["a"] + 10}, held, kept, rng)
    np.testing.assert_allclose(held["a"], 2, rtol=1e-12)


def test_devices_are_written_with_noise_where_their_level_changes():
    exact = {"a": np.repeat([0.0, 1.0], 5000)}
    devices, held = Devices(bits=1, noise=0.05), {"a": np.zeros(10000)}
    kept, rng = devices.start(exact), np.random.default_rng(0)
    devices.write(exact, held, kept, rng)
    assert np.std(held["a"] - exact["a"]) == pytest.approx(0.05, rel=0.03)
    before = held["a"].copy()
    devices.write({"a": np.where(np.arange(10000) < 100, 0.9, exact["a"])}, held, kept, rng)
    assert np.all(held["a"][:100] != before[:100])
    np.testing.assert_array_equal(held["a"][100:], before[100:])
