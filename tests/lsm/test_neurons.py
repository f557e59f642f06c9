"""Neuron models: parameters that are checked, constants that stay finite, models of one's own."""

import pickle

import numpy as np
import pytest
from scipy.integrate import quad

from lsm.neurons import LIF, LIF_ALPHA, LIF_COND, MODELS, NeuronModel, cortical_draw, get_model
from lsm.neurons.parameters import stem_and_unit
from lsm.reservoir import Reservoir
from lsm.simulation import record
from lsm.spikes import SpikeTrains
from tests.lsm.liquids import lone_neurons


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_parameters_carry_their_unit_and_defaults_are_allowed(model):
    complete = model.complete({}, 3)
    assert complete.keys() == model.parameters.keys()
    for name, parameter in model.parameters.items():
        assert stem_and_unit(name)[1]
        np.testing.assert_array_equal(complete[name], [parameter.default] * 3)


def test_one_value_or_one_for_each_neuron():
    complete = LIF.complete({"tau_m_ms": 7, "t_ref_ms": [0, 1, 2]}, 3)
    np.testing.assert_array_equal(complete["tau_m_ms"], [7.0, 7.0, 7.0])
    np.testing.assert_array_equal(complete["t_ref_ms"], [0.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tau_ms": 3}, "'lif' has no parameter 'tau_ms'; it has tau_m_ms, tau_syn_ms"),
        ({"v_threshold": -50}, r"no parameter 'v_threshold'; .* you mean 'v_threshold_mV'\?"),
        ({"tau_m_ms": "10 ms"}, "'tau_m_ms' must hold numbers, got '10 ms'"),
        ({"tau_m_ms": [[1], [2, 3]]}, "'tau_m_ms' must hold numbers"),
        ({"tau_m_ms": np.nan}, "'tau_m_ms' must be finite"),
        ({"i_background_pA": [0, np.inf, 0]}, "'i_background_pA' must be finite"),
        ({"tau_syn_ms": 0.0}, r"'tau_syn_ms' must lie in \[0.001, 1e\+06\], got values from 0 "),
        ({"t_ref_ms": [1, -1, 2]}, "'t_ref_ms' must lie in .* from -1 to 2"),
        ({"c_m_pF": [1, 2]}, r"'c_m_pF': expected .* each of 3 neurons, got .* shape \(2,\)"),
        ({"c_m_pF": [[1, 2, 3]]}, r"got an array of shape \(1, 3\)"),
        (
            {"v_reset_mV": [-70, -40, -70]},
            "'v_reset_mV' must not lie above 'v_threshold_mV', got -40 and -60 in neuron 1",
        ),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises((ValueError, TypeError), match=message):
        LIF.complete(parameters, 3)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"v_i_mV": -70.0}, "'v_i_mV' must lie below 'v_rest_mV', got -70 and -70 in neuron 0"),
        ({"v_rest_mV": [-70, -70, 0]}, "'v_rest_mV' must lie below 'v_e_mV', .* in neuron 2"),
    ],
)
def test_conductances_reverse_on_both_sides_of_rest(parameters, message):
    # A weight is the current that flows at rest: there must be one, of the weight's sign.
    with pytest.raises(ValueError, match=message):
        LIF_COND.complete(parameters, 3)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_evolution_finds_ranges_in_every_model_that_it_allows(model):
    assert {name for name in model.parameters if name.startswith("tau_")} <= set(model.ranges)
    assert len(model.ranges) >= 3
    for name, (low, high) in model.ranges.items():
        parameter = model.parameters[name]
        assert parameter.low <= low <= parameter.default <= high <= parameter.high
        assert low < high
    drawn = Reservoir.random(50, model=model, ranges=model.ranges, random_state=0)
    constants = model.constants(dict(drawn.parameters), 1.0)
    assert all(np.isfinite(values).all() for values in constants.values())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_random_reservoirs_of_any_model_need_no_ranges(model):
    drawn = Reservoir.random(20, model=model, random_state=0)
    assert any(np.ptp(values) > 0 for values in drawn.parameters.values())


def test_models_are_known_by_name():
    assert get_model("lif_alpha") is LIF_ALPHA
    with pytest.raises(ValueError, match="unknown neuron model 'hh'; known are if, lif, lif_alpha"):
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


def test_cortical_neurons_are_those_of_izhikevichs_network():
    excitatory = np.arange(1000) < 800
    drawn = cortical_draw(excitatory, np.random.default_rng(0))
    r2 = (drawn["v_reset_mV"][:800] + 65) / 15
    np.testing.assert_allclose(drawn["d_mV_per_ms"][:800], 8 - 6 * r2)
    assert r2.min() < 0.01
    assert r2.max() > 0.99
    r = (drawn["a_per_ms"][800:] - 0.02) / 0.08
    np.testing.assert_allclose(drawn["b_per_ms"][800:], 0.25 - 0.05 * r)
    assert set(drawn["b_per_ms"][:800]) == {0.2}
    assert set(drawn["d_mV_per_ms"][800:]) == {2.0}


OWN = {
    "name": "own",
    "equations": "dv/dt = (E - v + R*J)/tau : volt\ndI/dt = -I/tau_s : amp\nJ = I + I_0 : amp",
    "parameters": {
        "tau": (10, "ms"),
        "tau_s": (0.005, "second"),
        "R": (40, "Mohm"),
        "E": (-70, "mV"),
        "I_0": (0.3, "nA"),
        "t_ref": (2, "ms"),
    },
    "threshold": "v > -60*mV",
    "reset": "v = E",
    "start": {"v": "E"},
}


def test_parameters_of_equations_are_called_by_their_unit():
    model = NeuronModel.from_equations(**OWN)
    assert {name: p.default for name, p in model.parameters.items()} == {
        "tau_ms": 10.0,
        "tau_s_ms": 5.0,
        "R_Gohm": 0.04,
        "E_mV": -70.0,
        "I_0_pA": 300.0,
        "t_ref_ms": 2.0,
        "noise_pA": 0.0,
    }


def test_a_models_repr_is_its_name():
    assert repr(LIF) == "NeuronModel('lif')"


def test_parameters_may_be_brian2_quantities():
    from brian2 import Mohm, ms, mV, nA

    quantities = {"tau": 10 * ms, "tau_s": 5 * ms, "R": 40 * Mohm, "E": -70 * mV, "I_0": 0.3 * nA}
    given = OWN | {"parameters": quantities | {"t_ref": 2 * ms}}
    assert NeuronModel.from_equations(**given) == NeuronModel.from_equations(**OWN)


@pytest.mark.parametrize("method", ["exact", "rk4"])
def test_equations_fire_as_the_same_model_of_the_package(method):
    model = NeuronModel.from_equations(**OWN, method=method)
    sample = SpikeTrains.from_lists([[[3.0, 4.0, 30.0]]], duration_ms=60)
    ours = record(lone_neurons(model=model), sample, dt_ms=0.1, target="numpy")
    lif = lone_neurons(model=LIF, i_background_pA=300.0)  # R = tau_m / c_m = 40 MOhm
    theirs = record(lif, sample, dt_ms=0.1, target="numpy")
    assert len(theirs.spike_times_ms) >= 3
    np.testing.assert_array_equal(ours.spike_times_ms, theirs.spike_times_ms)
    np.testing.assert_allclose(ours.v_mV, theirs.v_mV, atol=1e-3)


def test_a_model_from_equations_pickles_and_comes_back_from_its_definition():
    model = NeuronModel.from_equations(**OWN)
    assert pickle.loads(pickle.dumps(model)) == model
    assert get_model(model.definition) == model


def without(name):
    return {key: value for key, value in OWN["parameters"].items() if key != name}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": without("R")}, "unknown variable 'R' in the equation of 'v'"),
        ({"threshold": "v > v_T"}, "unknown variable 'v_T' in threshold, 'v > v_T';"),
        ({"reset": "v = c"}, "unknown variable 'c' in reset"),
        (
            {"parameters": OWN["parameters"] | {"tau": 10}},
            r"units do not fit in the equation of 'v', '.*': .* tau \(no unit\)",
        ),
        ({"parameters": OWN["parameters"] | {"tau": (1, "mV")}}, r"parameters: tau \(mV\), R"),
        ({"parameters": OWN["parameters"] | {"tau": (1, "s.")}}, "'tau': unknown unit 's.'"),
        ({"parameters": OWN["parameters"] | {"tau": "1 ms"}}, "'tau' must be a number with"),
        ({"parameters": OWN["parameters"] | {"g": (1, "nS")}}, "'g' is not used anywhere"),
        ({"parameters": OWN["parameters"] | {"N": (1, "nS")}}, "'N' is a name that Brian2 needs"),
        ({"parameters": OWN["parameters"] | {"new": (1, "nS")}}, r"'new' is a word of C\+\+"),
        ({"parameters": OWN["parameters"] | {"xor": (1, "nS")}}, r"'xor' is a word of C\+\+"),
        ({"parameters": OWN["parameters"] | {"exp": (1, "nS")}}, "'exp' is a name that Brian2"),
        ({"parameters": OWN["parameters"] | {"g_pre": (1, "nS")}}, "'g_pre' is a name that Brian2"),
        ({"parameters": OWN["parameters"] | {"_g": (1, "nS")}}, "'_g' is a name that Brian2"),
        ({"parameters": OWN["parameters"] | {"g" * 101: (1, "nS")}}, "at most 100 letters"),
        ({"parameters": OWN["parameters"] | {"τ": (1, "ms")}}, r"'τ' \(GREEK SMALL LETTER TAU\)"),
        ({"parameters": OWN["parameters"] | {3: (1, "ms")}}, "a mapping from names, got .*3:"),
        (
            # Parameters carry their units in a reservoir: both would be its tau_ms.
            {"parameters": OWN["parameters"] | {"tau_ms": 1.0}, "threshold": "tau_ms*v > E"},
            "parameters 'tau' and 'tau_ms' would both be called 'tau_ms'",
        ),
        (
            {"parameters": OWN["parameters"] | {"noise_pA": 1.0}, "threshold": "noise_pA*v > E"},
            "parameters 'noise' and 'noise_pA' would both be called",
        ),
        (
            {"equations": OWN["equations"].replace("R*J", "\u0420*J")},
            r"equations must have ASCII .* \(CYRILLIC CAPITAL LETTER ER\)",
        ),
        ({"threshold": "\uff56 > E"}, r"threshold must .* V\) in .*; is 'v' meant\?"),
        ({"threshold": "v > \u2212 60*mV"}, r"threshold must have ASCII .* \(MINUS SIGN\)"),
        ({"reset": "v = E\u00a0"}, r"reset must have ASCII .* \(NO-BREAK SPACE\)"),
        ({"threshold": "v > E\nand v > E"}, "threshold cannot be read"),
        ({"threshold": "2*E < v < E"}, "2 \\* E < v < E compares more than two: join pairs by"),
        ({"threshold": "v > 2j*mV"}, "threshold cannot be read: 2j is no number"),
        ({"threshold": "v > 1e39*mV"}, r"read: 1e\+39 is too large for single precision"),
        ({"reset": "v = I = E"}, "reset must set the variables I, v, got 'v = I = E'"),
        ({"reset": "v: 1 = E"}, "reset must set the variables I, v, got 'v: 1 = E'"),
        ({"synapse": 3}, "synapse must be one or two names of variables, got 3"),
        ({"threshold": "v > -60"}, "units do not fit in threshold, 'v > -60':"),
        ({"threshold": "v + E"}, "threshold must be a condition"),
        ({"threshold": "v = E"}, "threshold cannot be read: .*; got 'v = E'"),
        ({"threshold": ""}, "threshold cannot be read: .*; got ''"),
        ({"threshold": None}, "threshold must be a string, got None"),
        ({"reset": "v == E"}, "reset must set the variables I, v, got 'v == E'"),
        ({"reset": "E = v"}, "reset must set the variables I, v, got 'E = v'"),
        ({"reset": "J = I_0"}, "reset must set the variables I, v, got 'J = I_0'"),
        ({"name": "lif"}, "name must be new, got 'lif'"),
        ({"parameters": ["tau"]}, r"parameters must be a mapping from names, got \['tau'\]"),
        ({"parameters": OWN["parameters"] | {"lambda": (1, "nS")}}, "'lambda' cannot be the name"),
        ({"parameters": OWN["parameters"] | {"mV": (1, "mV")}}, "'mV' is a name that Brian2 needs"),
        ({"parameters": OWN["parameters"] | {"t_ref": (1, "mV")}}, "'t_ref' must be a time, got"),
        ({"parameters": OWN["parameters"] | {"t_ref": (-1, "ms")}}, r"'t_ref_ms' must lie in \[0,"),
        ({"reset": "v = 0"}, "units do not fit in reset"),
        ({"reset": "v = E +"}, r"reset cannot be read: .*; got 'v = E \+'"),
        ({"equations": "dv/dt = (E - v : volt"}, "equations cannot be read: .* a line is 'dx/dt"),
        ({"equations": "dv/dt = -v/tau"}, "cannot be read: .*; got 'dv/dt = -v/tau'"),
        ({"equations": OWN["equations"].replace(" : amp", " : pA")}, "equations .* Use 'amp'"),
        ({"equations": "dI/dt = -I/tau : amp"}, "must have a differential equation of v"),
        ({"equations": "dv/dt = -v/tau + xi*mV*tau**-.5 : volt"}, "randomness, got 'xi'"),
        ({"method": "best"}, "method must be one of rk4"),
        ({"synapse": "g"}, "variables I, v, got 'g': it names what a spike adds its weight to"),
        ({"synapse": ("I", "I")}, "synapse must be one or two of the variables"),
        ({"start": {"v": 3}}, "start of 'v' must have the unit mV, got 3"),
        ({"start": {"v": "tau"}}, "start of 'v': 'tau' has another unit"),
        ({"start": {"J": (3, "pA")}}, "start: 'J' is none of the variables"),
    ],
)
def test_bad_equations_are_refused(changes, message):
    with pytest.raises((ValueError, TypeError), match=message):
        NeuronModel.from_equations(**OWN | changes)


def repeated(times):
    """Equations in which each expression has the one before it `times` times, 12 in a row."""
    lines = [f"x{k + 1} = {'+'.join([f'x{k}'] * times)} : 1" for k in range(12)]
    equations = OWN["equations"].replace("+ R*J", "+ R*J*x12")
    return "\n".join([equations, "x0 = v/mV : 1", *lines])


@pytest.mark.parametrize(
    "changes",
    [
        {"equations": repeated(2)},  # 4096 v: once of these names, and once of those
        {"threshold": f"v > 0*mV*({'+'.join(['v/mV'] * 101)})*(v/mV + 1 + E/mV)"},
        {"threshold": f"v > mV*({'*'.join(['(v/mV + 1)'] * 9)})"},
        {"threshold": "v > mV*(v/mV + 1)**300"},
        {"threshold": "v > mV*((v/mV + 1)**18)**17"},
        {"threshold": "v > mV*9**200*9**200"},
        {"threshold": "v > mV*9**(9**(9**0.5))"},
        {"threshold": f"v > mV*{'+'.join(['v/mV'] * 150)} or {'+'.join(['1'] * 400)} > 1"},
        {"reset": "\n".join(["v = E + 0*v"] * 600)},
        {"equations": OWN["equations"].replace("volt", "volt*9**400")},
        {"threshold": f"v > {'-' * 5000}v"},
        {"equations": OWN["equations"] + "\n#" + "x" * 20_000},
    ],
)
def test_equations_that_would_take_too_long_are_refused(changes):
    with pytest.raises(ValueError, match=r"too large|too deeply nested|at most 20000 characters"):
        NeuronModel.from_equations(**OWN | changes)


def test_large_equations_are_taken_up_to_the_bounds():
    # Hodgkin and Huxley's rates are products of two or three terms; this is far beyond.
    changes = {
        "equations": repeated(1),
        "threshold": f"v > mV*({'*'.join(['(v/mV + 1)'] * 8)}) and (v/mV + 1)**200 > 9.5**300",
    }
    NeuronModel.from_equations(**OWN | changes)


def test_comments_and_ends_of_lines_change_nothing():
    texts = {
        "equations": OWN["equations"].replace("\n", "  # from 10 µm above\r\n"),
        "threshold": "(v >\n -60*mV)  # θ",
        "reset": " v = E  # back\r\n",
    }
    changed, model = NeuronModel.from_equations(**OWN | texts), NeuronModel.from_equations(**OWN)
    for part in ("update", "threshold", "reset", "equations", "brian_threshold", "brian_reset"):
        assert getattr(changed, part) == getattr(model, part)
    # As it was given, so that a saved one comes back.
    assert get_model(changed.definition) == changed


def test_exact_integration_is_for_linear_equations():
    equations = "dv/dt = (E - v + R*I + R*I_0)*v/(tau*mV) : volt\ndI/dt = -I/tau_s : amp"
    with pytest.raises(ValueError, match="method 'exact' cannot do these equations"):
        NeuronModel.from_equations(**OWN | {"equations": equations}, method="exact")
