"""Names and texts of a neuron model's own equations: any that Brian2 has may be used."""

import shutil

import brian2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm.neurons import NeuronModel
from lsm.reservoir import Reservoir
from lsm.simulation import record
from lsm.spikes import SpikeTrains
from lsm.topology import InputWiring

# Names of generated programs, of their job folders, of Brian2's synapses and integrators, of sympy.
PARAMETERS = [
    *("a", "b", "d", "s", "f", "g", "h", "u", "l", "release", "step_ms", "spikes", "fired"),
    *("edge", "weight", "efficacy", "select", "advance", "theta", "u_reset", "noise_at"),
    *("tally_spike", "edge_target", "first_edge", "refractory_steps", "k1", "k_2", "x_p"),
    *("x_p_p", "aux_k", "aux_k_p", "v_x", "v_new", "v_x_new", "use", "resource", "utilisation"),
    *("recovery", "facilitation", "last_spike", "shape", "edge_weight", "E", "S", "Q", "O"),
    *("beta", "gamma", "zeta", "re", "im", "run", "name", "equations", "events", "clock"),
    *("size", "main", "lsm", "std", "x_ms"),
]
VARIABLES = ("w", "step", "k_1", "x")


def model(name, parameters, variables):
    """Neurons with adaptation, in which each of many parameters has its part."""
    w, step, k_1, x = variables
    shares = {parameter: 0.01 * (k + 1) for k, parameter in enumerate(parameters)}
    return NeuronModel.from_equations(
        name,
        f"""
        dv/dt = (-v + R*(I - {w}) + {x}*mV + ({" + ".join(parameters)})*mV)/tau : volt
        dI/dt = -I/tau_s : amp
        d{w}/dt = (G*v - {w})/tau_w : amp
        d{step}/dt = ({x} - {step})/tau_s : 1
        d{k_1}/dt = ({step} - {k_1})/tau_s : 1  # nobody reads it: µ
        {x} = {step}*{parameters[0]} + 1 : 1
        """,
        parameters={
            "tau": (10, "ms"),
            "tau_s": (5, "ms"),
            "tau_w": (50, "ms"),
            "R": (40, "Mohm"),
            "G": (2, "nS"),
            "v_T": (18, "mV"),
            **shares,
        },
        threshold=f"v > v_T + {x}*mV  # high",
        reset=f"v = 0*mV  # low\n{w} += 20*pA*{x}; {step} += 1",
    )


@pytest.fixture
def numpy_target():
    """Brian2 without a compiler."""
    before = brian2.prefs.codegen.target
    brian2.prefs.codegen.target = "numpy"
    yield
    brian2.prefs.codegen.target = before


@pytest.fixture(scope="module")
def recorded():
    """Spikes and adaptation of the same neurons by names that clash with nothing."""
    plain = model("plain", [f"q{k}" for k in range(len(PARAMETERS))], ("q_w", "q_a", "q_b", "q_c"))
    return run(plain, "numpy")


INPUTS = InputWiring(fraction=0.7, weight_pA=600.0, weight_sd_pA=100.0)
SAMPLE = SpikeTrains.from_lists([[[3.0, 4.0, 30.0], [12.0]]], duration_ms=60)


def reservoir(own):
    return Reservoir.random(20, model=own, inputs=INPUTS, random_state=0)


def run(own, target):
    return record(reservoir(own), SAMPLE, target=target)


@pytest.mark.parametrize("target", ["cpp", "numpy"])
def test_names_of_programs_and_of_libraries_give_the_same_spikes_as_any_others(target, recorded):
    if target == "cpp" and not shutil.which("g++"):
        pytest.skip("no g++")
    ours = run(model("nasty", PARAMETERS, VARIABLES), target)
    assert len(recorded.spike_times_ms) > 20
    np.testing.assert_array_equal(ours.spike_times_ms, recorded.spike_times_ms)
    np.testing.assert_array_equal(ours.spike_neurons, recorded.spike_neurons)
    np.testing.assert_allclose(ours.variables["w"], recorded.variables["q_w"], rtol=1e-5)


def test_brian2_runs_them_by_the_same_names(recorded, numpy_target):
    plain = reservoir(model("nasty", PARAMETERS, VARIABLES)).to_brian2(SAMPLE)
    monitor = brian2.SpikeMonitor(plain.neurons)
    plain.network.add(monitor)
    plain.network.run(60 * brian2.ms, namespace={})
    # Another precision: most spikes are at the same time.
    theirs = set(zip(monitor.i, np.rint(monitor.t / brian2.ms), strict=True))
    ours = set(zip(recorded.spike_neurons, np.rint(recorded.spike_times_ms), strict=True))
    assert len(ours & theirs) > 0.9 * len(ours)
    assert len(theirs) < 1.1 * len(ours)


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(
        st.sampled_from([*PARAMETERS, *VARIABLES, "t", "dt", "i", "N", "pi", "exp", "nS", "if"]),
        st.sampled_from(["class", "double", "and_eq", "xi", "xi_1", "lastspike", "noise", "True"]),
        st.from_regex(r"[A-Za-z_]\w{0,8}", fullmatch=True),
    )
)
def test_a_name_is_mapped_or_refused_by_name(name):
    given = {"tau": (10, "ms"), "k": 1.0} | {name: (2.0, "mV")}
    refusal = ""
    try:
        own = NeuronModel.from_equations(
            "one",
            "dv/dt = -v*exp(-k)/tau : volt",
            parameters=given,
            threshold=f"v > {name}",
            reset=f"v = -{name}",
            synapse="v",
            method="euler",
        )
    except ValueError as error:
        refusal = str(error)
    if refusal:
        assert repr(name) in refusal or name in ("k", "tau", "v")
        return
    assert own.threshold == f"(v_x > {name}_p) and step >= release"
    assert own.reset == f"v_x = -{name}_p"
    assert "exp(" in own.update


def test_a_name_that_ends_like_a_unit_may_have_none(numpy_target):
    own = NeuronModel.from_equations(
        "bare",
        "dv/dt = (drive*mV - v)/(tau_ms*ms) : volt",
        parameters={"drive": 20.0, "tau_ms": 10.0},
        threshold="v > 10*mV",
        reset="v = 0*mV",
        synapse="v",
    )
    neuron = Reservoir.random(1, model=own, random_state=0)
    silence = SpikeTrains.from_lists([[[]]], duration_ms=50)
    monitored = neuron.to_brian2(silence)
    monitor = brian2.SpikeMonitor(monitored.neurons)
    monitored.network.add(monitor)
    monitored.network.run(50 * brian2.ms, namespace={})
    ours = record(neuron, silence, target="numpy").spike_times_ms
    # From 0 towards 20 mV with 10 ms, half of the way takes 10 ln 2 = 6.93 ms.
    np.testing.assert_allclose(np.diff(ours), 7.0)
    np.testing.assert_allclose(monitor.t / brian2.ms, ours)
