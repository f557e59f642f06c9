"""The slowest mode of a fitted linear system is that of the system."""

import numpy as np
import pandas as pd
import pytest

from lsm.metrics import linear_time_constant, linear_time_constants, poisson_spikes
from tests.lsm.liquids import liquid, lone_neurons

SLOWEST_MS, EVERY_MS = 80.0, 5.0


def runs(n_runs=3, n_steps=60):
    """A linear system of four modes, two of which turn, driven by two inputs."""
    rng = np.random.default_rng(0)
    r = np.exp(-EVERY_MS / SLOWEST_MS)
    turning = 0.8 * np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    modes = np.zeros((4, 4))
    modes[0, 0], modes[1, 1], modes[2:, 2:] = r, -0.5, turning
    basis, b = rng.standard_normal((4, 4)), rng.standard_normal((4, 2))
    transition = basis @ modes @ np.linalg.inv(basis)
    inputs = rng.poisson(1.0, (n_runs, n_steps, 2))
    states = np.zeros((n_runs, n_steps, 4))
    for t in range(1, n_steps):
        states[:, t] = states[:, t - 1] @ transition.T + inputs[:, t] @ b.T + 0.3
    return states, inputs


def test_the_time_constant_is_that_of_the_system():
    states, inputs = runs()
    found = linear_time_constant(list(states), list(inputs), every_ms=EVERY_MS)
    assert found == pytest.approx(SLOWEST_MS, rel=1e-6)
    one = linear_time_constant(states[0], inputs[0], every_ms=EVERY_MS)
    assert one == pytest.approx(SLOWEST_MS, rel=1e-6)
    silent = np.concatenate([states[0], np.zeros((60, 3))], axis=1)  # neurons that never fire
    assert linear_time_constant(silent, inputs[0], every_ms=EVERY_MS) == pytest.approx(one)


def test_what_never_forgets_and_what_never_changes():
    counts = np.cumsum(np.random.default_rng(0).poisson(1.0, (50, 1)), axis=0)
    steps = np.diff(counts, axis=0, prepend=0)
    assert linear_time_constant(2 ** np.arange(30.0)[:, None], np.zeros((30, 1)), every_ms=1) == (
        np.inf
    )
    assert linear_time_constant(counts, steps, every_ms=1) > 1e6
    assert linear_time_constant(np.zeros((50, 3)), steps, every_ms=1) == 0


def test_a_lone_neuron_far_below_threshold_has_its_membranes_time_constant():
    spikes = poisson_spikes(20, 1, rate_Hz=100, duration_ms=400, random_state=0)
    neurons = [
        lone_neurons(tau_m_ms=tau, tau_syn_ms=0.1, v_threshold_mV=1e3, weight_pA=1.0)
        for tau in (20.0, 60.0)
    ]
    found = linear_time_constants(neurons, spikes, every_ms=5.0, state="potentials")
    # When in its 5 ms a spike came is not known to the fit.
    np.testing.assert_allclose(found, [20, 60], rtol=0.05)


def test_runs_may_be_data_frames():
    rng = np.random.default_rng(0)
    states, steps = rng.random((40, 2)), rng.random((40, 1))
    frame = pd.DataFrame(states, columns=["left", "right"])
    of_frame = linear_time_constant(frame, pd.DataFrame(steps), every_ms=1)
    assert of_frame == linear_time_constant(states, steps, every_ms=1)
    assert linear_time_constant([frame], [steps], every_ms=1) == of_frame


def test_each_reservoir_has_its_own():
    liquids = [liquid(seed) for seed in range(2)]
    spikes = poisson_spikes(4, 4, rate_Hz=60, duration_ms=300, random_state=0)
    found = linear_time_constants(liquids, spikes)
    assert found.shape == (2,)
    assert linear_time_constants(liquids[1], spikes)[0] == found[1]
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("states", "inputs", "every_ms", "message"),
    [
        (np.zeros((9, 2)), np.zeros((8, 1)), 1, r"inputs must have as many .*\[9\], got \[8\]"),
        (np.zeros((3, 2)), np.zeros((3, 1)), 1, "states must have more steps than the .*, got 2"),
        (np.full((9, 2), np.nan), np.zeros((9, 1)), 1, "states must be finite, of shape"),
        ([np.zeros((9, 2)), np.zeros((9, 3))], [np.zeros((9, 1))] * 2, 1, "states must be finite"),
        (np.zeros((9, 2)), np.zeros((9, 1)), 0, "every_ms must be"),
        ([], [], 1, "states must hold at least one run, got none"),
        (1.0, 1.0, 1, "states must be finite, of shape"),
    ],
)
def test_bad_runs_are_refused(states, inputs, every_ms, message):
    with pytest.raises(ValueError, match=message):
        linear_time_constant(states, inputs, every_ms=every_ms)
