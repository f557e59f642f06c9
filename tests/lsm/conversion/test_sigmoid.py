"""A network of rate units: its equation, its file, and what it refuses."""

import numpy as np
import pytest
from scipy.special import expit

from lsm.conversion import SigmoidNetwork


def network(n=4, channels=2, **changes):
    rng = np.random.default_rng(0)
    arrays = {
        "recurrent": rng.normal(size=(n, n)),
        "input": rng.normal(size=(n, channels)),
        "output": rng.normal(size=(1, n)),
        "tau_ms": np.linspace(20, 100, n),
    }
    return SigmoidNetwork(**arrays | changes)


def test_without_recurrence_units_approach_their_input_exponentially():
    rates = network(recurrent=np.zeros((4, 4)))
    outputs = rates.run(np.ones((1, 200, 2)), step_ms=0.05, random_state=0)[0, :, 0]
    t_ms = 0.05 * np.arange(200)
    x = rates.input.sum(axis=1) * (1 - np.exp(-t_ms[:, None] / rates.tau_ms))
    # Of the order of the start's deviation, 0.01, and of Euler's step.
    np.testing.assert_allclose(outputs, expit(x) @ rates.output[0], atol=0.02)


def test_a_constant_input_is_heard_through_the_recurrence():
    rates = network()
    outputs = rates.run(np.ones((1, 400, 2)), step_ms=20.0, random_state=0)
    x = np.zeros(4)
    for _ in range(5000):
        x += 0.05 * (rates.recurrent @ expit(x) + rates.input.sum(axis=1) - x)
    assert outputs[0, -1, 0] == pytest.approx(float(rates.output[0] @ expit(x)), abs=1e-6)


def test_noise_has_its_size():
    rates = network(recurrent=np.zeros((4, 4)), tau_ms=5.0, output=np.eye(4))
    outputs = rates.run(np.zeros((50, 200, 2)), noise=0.2, random_state=0)
    x = np.log(outputs / (1 - outputs))[:, 1:]  # the step is the time constant: noise alone
    assert x.std() == pytest.approx(0.2, rel=0.02)


def test_a_file_gives_the_network_back(tmp_path):
    rates = network()
    rates.save(tmp_path / "network.npz")
    again = SigmoidNetwork.load(tmp_path / "network.npz")
    for name in ("recurrent", "input", "output", "tau_ms"):
        np.testing.assert_array_equal(getattr(again, name), getattr(rates, name))


def test_arrays_of_another_program_load(tmp_path):
    arrays = {name: getattr(network(), name) for name in ("recurrent", "input")}
    single = {name: array.astype(np.float32) for name, array in arrays.items()}
    np.savez(tmp_path / "theirs.npz", **single, output=np.ones(4), tau_ms=50)
    rates = SigmoidNetwork.load(tmp_path / "theirs.npz")
    assert rates.output.shape == (1, 4)
    np.testing.assert_array_equal(rates.tau_ms, [50.0] * 4)
    assert rates.recurrent.dtype == np.float64


def test_units_whose_weights_are_negative_are_inhibitory():
    recurrent = np.array([[0.0, -1.0, 0.0], [1.0, -2.0, 0.0], [0.0, 0.0, 0.0]])
    rates = network(n=3, recurrent=recurrent)
    assert rates.inhibitory.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recurrent": np.zeros((4, 3))}, r"recurrent must have the shape \(4, 4\), got \(4, 3\)"),
        ({"input": np.zeros((3, 2))}, r"input must have the shape \(4, any\), got \(3, 2\)"),
        ({"output": np.zeros((1, 5))}, r"output must have the shape \(any, 4\)"),
        ({"tau_ms": [20.0, 30.0]}, r"tau_ms must have the shape \(4\), got \(2,\)"),
        ({"tau_ms": 0.0}, "tau_ms must be above 0, got 0"),
        ({"input": np.full((4, 2), np.nan)}, "input must be finite, got nan"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        network(**changes)


def test_bad_input_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"inputs must have the shape \(trials, steps, 2 chan"):
        network().run(np.zeros((3, 10, 1)))
    with pytest.raises(ValueError, match="step_ms must not be above the shortest tau_ms, 20"):
        network().run(np.zeros((3, 10, 2)), step_ms=25)
    with pytest.raises(ValueError, match="noise must be finite and not below 0, got -1"):
        network().run(np.zeros((3, 10, 2)), noise=-1)
    np.savez(tmp_path / "half.npz", recurrent=np.eye(2))
    with pytest.raises(ValueError, match=r"half\.npz.*input, output, tau_ms missing"):
        SigmoidNetwork.load(tmp_path / "half.npz")
    (tmp_path / "text.npz").write_text("no arrays")
    with pytest.raises(ValueError, match="not a network of rate units"):
        SigmoidNetwork.load(tmp_path / "text.npz")
    with pytest.raises(FileNotFoundError):
        SigmoidNetwork.load(tmp_path / "none.npz")
