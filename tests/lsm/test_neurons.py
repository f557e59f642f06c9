"""Neuron models: parameters that are checked, constants that stay finite, models of one's own."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm

from lsm.neurons import LIF, LIF_ALPHA, MODELS, Parameter, get_model
from lsm.simulation import record
from lsm.spikes import SpikeTrains
from tests.lsm.liquids import lone_neurons

UNITS = ("_ms", "_mV", "_pF", "_pA")


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_parameters_carry_their_unit_and_defaults_are_allowed(model):
    complete = model.complete({}, 3)
    assert complete.keys() == model.parameters.keys()
    for name, parameter in model.parameters.items():
        assert name.endswith(UNITS)
        np.testing.assert_array_equal(complete[name], [parameter.default] * 3)


def test_one_value_or_one_for_each_neuron():
    complete = LIF.complete({"tau_m_ms": 7, "t_ref_ms": [0, 1, 2]}, 3)
    np.testing.assert_array_equal(complete["tau_m_ms"], [7.0, 7.0, 7.0])
    np.testing.assert_array_equal(complete["t_ref_ms"], [0.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tau_ms": 3}, "'lif' has no parameter 'tau_ms'; it has tau_m_ms, tau_syn_ms"),
        ({"tau_m_ms": np.nan}, "'tau_m_ms' must be finite"),
        ({"i_background_pA": [0, np.inf, 0]}, "'i_background_pA' must be finite"),
        ({"tau_syn_ms": 0.0}, r"'tau_syn_ms' must lie in \[0.001, 1e\+06\], got values from 0 "),
        ({"t_ref_ms": [1, -1, 2]}, "'t_ref_ms' must lie in .* from -1 to 2"),
        ({"c_m_pF": [1, 2]}, r"'c_m_pF': expected .* each of 3 neurons, got .* shape \(2,\)"),
        ({"c_m_pF": [[1, 2, 3]]}, r"got an array of shape \(1, 3\)"),
        (
            {"v_reset_mV": [-70, -40, -70]},
            "'v_reset_mV' must not lie above 'v_threshold_mV', as it does in neuron 1",
        ),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        LIF.complete(parameters, 3)


def test_models_are_known_by_name():
    assert get_model("lif_alpha") is LIF_ALPHA
    with pytest.raises(ValueError, match="unknown neuron model 'hh'; known are lif, lif_alpha"):
        get_model("hh")
    for name, model in MODELS.items():
        assert model.name == name
        assert pickle.loads(pickle.dumps(model)) is model


TAUS = [0.001, 0.01, 0.5, 1.99, 2.0, 2.0001, 2.03, 8.0, 1e3, 1e6]


@pytest.mark.parametrize("dt_ms", [0.1, 1.0])
def test_propagators_are_exact_for_any_two_time_constants(dt_ms):
    # What a current of 1 pA (b) or a rise of 1 pA/ms (b2), decaying with tau_syn, adds to the
    # potential within one step.
    tau_m, tau_syn = (grid.ravel() for grid in np.meshgrid(TAUS, TAUS))
    p = LIF_ALPHA.complete({"tau_m_ms": tau_m, "tau_syn_ms": tau_syn, "c_m_pF": 2.0}, tau_m.size)
    constants = LIF_ALPHA.constants(p, dt_ms)
    for name, values in constants.items():
        assert np.all(np.isfinite(values)), name
    for k in range(tau_m.size):

        def grow(r, k=k):
            return np.exp(-(dt_ms - r) / tau_m[k] - r / tau_syn[k]) / 2.0

        # Where the shorter time constant is far below dt, all of the integral is near one end.
        ends = [5 * min(tau_m[k], tau_syn[k]), dt_ms - 5 * min(tau_m[k], tau_syn[k])]
        near = [end for end in ends if 0 < end < dt_ms] or None
        b = quad(grow, 0, dt_ms, points=near, epsabs=0, limit=200)[0]
        b2 = quad(lambda r: r * grow(r), 0, dt_ms, points=near, epsabs=0, limit=200)[0]
        assert constants["b"][k] == pytest.approx(b, rel=1e-7, abs=1e-300), (tau_m[k], tau_syn[k])
        assert constants["b2"][k] == pytest.approx(b2, rel=1e-7, abs=1e-300)


def _adaptive_constants(p, dt_ms):
    slow = LIF.constants(p | {"tau_syn_ms": p["tau_a_ms"]}, dt_ms)
    return LIF.constants(p, dt_ms) | {"b_a": slow["b"], "s_a": slow["s"], "jump": p["jump_pA"]}


ADAPTIVE = replace(
    LIF,
    name="adaptive_lif",
    parameters=LIF.parameters
    | {
        "tau_a_ms": Parameter(100.0, 1.0, 1e4, "time constant of the adaptation"),
        "jump_pA": Parameter(50.0, 0.0, 1e4, "what a spike adds to it"),
    },
    state=("u", "I", "A"),
    drive="a*u + b*I - b_a*A + c",
    decay="I = s*I\nA = s_a*A + jump*int(u > theta)",
    constants=_adaptive_constants,
)


def test_a_model_of_ones_own_does_at_a_spike_what_it_says():
    jumps_pA = [0.0, 20.0, 50.0]
    neurons = lone_neurons(n=3, model=ADAPTIVE, jump_pA=jumps_pA, i_background_pA=600.0)
    silence = SpikeTrains.from_lists([[[]]], duration_ms=400)
    recording = record(neurons, silence, target="numpy")
    for neuron, jump_pA in enumerate(jumps_pA):
        # u, I, A and 1 over a step of 1 ms, by the matrix exponential of their equations.
        drift = [[-1 / 10, 1 / 250, -1 / 250, 600 / 250], [0, -1 / 5, 0, 0], [0, 0, -1 / 100, 0]]
        step = expm(np.array([*drift, np.zeros(4)]))
        x, released, fired = np.array([0.0, 0.0, 0.0, 1.0]), 0, []
        for k in range(400):
            x = step @ x if k >= released else np.array([x[0], *(step @ x)[1:]])
            if x[0] > 10:
                fired.append(k)
                x[0], x[2], released = 0.0, x[2] + jump_pA, k + 1 + 2
        assert len(fired) > 5
        of_neuron = recording.spike_times_ms[recording.spike_neurons == neuron]
        np.testing.assert_array_equal(of_neuron, fired)
