"""Delays by rule: their distribution, whose they are, and that they are handed on with keys."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from lsm import (
    InputWiring,
    LogUniformDelays,
    Reservoir,
    SpikeTrains,
    UniformDelays,
    record,
    simulate,
)
from lsm.simulation import engine
from lsm.topology import DistanceWiring, MatrixInputs, MatrixWiring, RandomWiring
from tests.lsm.liquids import liquid, samples

RULES = [UniformDelays(2, 30), LogUniformDelays(2, 30)]


def with_delays(rule, n=60, **changes):
    wiring = RandomWiring((0.3,) * 4, weight_pA=(300.0, 300.0, -300.0, -300.0), delay_ms=rule)
    inputs = InputWiring(fraction=0.8, weight_pA=600.0, delay_ms=rule)
    return liquid(0, n=n, wiring=wiring, inputs=inputs, **changes)


@pytest.mark.parametrize(
    ("rule", "scale"),
    [(UniformDelays(5, 500), lambda d: d), (LogUniformDelays(5, 500), np.log)],
)
def test_delays_have_the_distribution_that_is_asked_for(rule, scale):
    reservoir = with_delays(rule, n=100)
    for synapses in (reservoir.synapses, reservoir.input_synapses(20)):
        delays = scale(synapses.delay_ms)
        low, high = scale(5.0), scale(500.0)
        assert stats.kstest(delays, "uniform", args=(low, high - low)).pvalue > 1e-3


def test_the_middle_of_a_log_uniform_rule_is_the_geometric_mean():
    rule = LogUniformDelays(10, 1000)
    np.testing.assert_allclose(rule.quantile(np.array([0.0, 0.5, 1.0])), [10, 100, 1000])


@pytest.mark.parametrize("per", ["source", "target"])
def test_one_delay_for_each_neuron(per):
    synapses = with_delays(UniformDelays(2, 30, per=per)).synapses
    ends = getattr(synapses, per)
    for neuron in np.unique(ends):
        assert np.ptp(synapses.delay_ms[ends == neuron]) == 0
    assert len(np.unique(synapses.delay_ms)) == len(np.unique(ends))


def test_the_delay_of_an_axon_is_not_that_of_the_dendrite():
    out, into = (
        np.unique(with_delays(UniformDelays(2, 30, per=per)).synapses.delay_ms)
        for per in ("source", "target")
    )
    assert not np.intersect1d(out, into).size


def test_a_neuron_keeps_its_delays_whoever_else_there_is():
    whole = with_delays(UniformDelays(2, 30))
    kept = np.arange(10, 40)
    fields = {name: getattr(whole, name)[kept] for name in ("excitatory", "positions", "keys")}
    parameters = {name: values[kept] for name, values in whole.parameters.items()}
    part = whole.replace(**fields, parameters=parameters)
    for of in (lambda r: r.synapses, lambda r: r.input_synapses(8)):
        synapses, fewer = of(whole), of(part)
        inside = np.isin(synapses.target, kept)
        if of(whole) is whole.synapses:
            inside &= np.isin(synapses.source, kept)
        np.testing.assert_array_equal(synapses.delay_ms[inside], fewer.delay_ms)


@pytest.mark.parametrize("rule", RULES)
def test_rules_stand_wherever_delays_are_given(rule):
    n = 40
    weights = np.abs(np.random.default_rng(0).normal(size=(n, n))) * (1 - np.eye(n))
    plain = Reservoir.random(n, random_state=0, excitatory=np.ones(n, bool))
    for changes in (
        {"wiring": MatrixWiring(weights, delay_ms=rule)},
        {"wiring": DistanceWiring(delay_ms=rule)},
        {"inputs": MatrixInputs(weights[:7], rule)},
    ):
        reservoir = plain.replace(**changes)
        synapses = reservoir.synapses if "wiring" in changes else reservoir.input_synapses(7)
        assert 2 <= synapses.delay_ms.min() < synapses.delay_ms.max() <= 30
        assert len(np.unique(synapses.delay_ms)) > 0.9 * len(synapses)


def test_distance_adds_to_a_drawn_delay():
    rule = DistanceWiring(delay_ms=UniformDelays(2, 30), length=5.0)
    drawn, far = (liquid(0, wiring=replace(rule, velocity=v)) for v in (None, 0.5))
    s = drawn.synapses
    distance = np.linalg.norm(drawn.positions[s.source] - drawn.positions[s.target], axis=1)
    np.testing.assert_allclose(far.synapses.delay_ms, s.delay_ms + distance / 0.5)


def test_both_compiled_forms_and_numpy_agree_with_what_is_recorded(monkeypatch):
    reservoir, spikes = with_delays(LogUniformDelays(1, 40)), samples(3, [60] * 30)
    states = simulate(reservoir, spikes)
    assert states.any()
    monkeypatch.setattr(engine, "WIDE_SAMPLES", 1000)
    np.testing.assert_array_equal(simulate(reservoir, spikes), states)
    few = spikes[[0, 1]]
    np.testing.assert_array_equal(simulate(reservoir, few, target="numpy"), states[:, :2])
    recording = record(reservoir, spikes[[0]])
    counts = np.bincount(recording.spike_neurons, minlength=60)
    np.testing.assert_array_equal(counts, states[0, 0])


@pytest.mark.parametrize("rule", [*RULES, UniformDelays(1, 9, per="target")])
def test_rules_are_saved_and_loaded(tmp_path, rule):
    n = 60
    matrix = np.ones((8, n))
    for reservoir in (
        with_delays(rule),
        with_delays(rule).replace(inputs=MatrixInputs(matrix, rule)),
    ):
        json.dumps(reservoir.wiring.describe())
        reservoir.save(tmp_path / "liquid.npz")
        loaded = Reservoir.load(tmp_path / "liquid.npz")
        assert loaded == reservoir
        assert loaded.wiring.delay_ms == rule == loaded.inputs.delay_ms


def test_delays_beyond_all_samples_are_said_once():
    spikes = SpikeTrains.from_lists([[[1.0], []]], duration_ms=30)
    reservoir = liquid(0, inputs=InputWiring(delay_ms=UniformDelays(5, 2000)))
    with pytest.warns(UserWarning, match=r"inputs: UniformDelays.* no sample lasts longer than 30"):
        simulate(reservoir, spikes)
    simulate(reservoir, spikes)  # warnings are errors here


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: UniformDelays(-1, 5), "low_ms must be finite and not below 0"),
        (lambda: UniformDelays(1, np.inf), "high_ms must be finite"),
        (lambda: LogUniformDelays(0, 5), "low_ms must be finite and above 0"),
        (lambda: UniformDelays(6, 5), "low_ms must not be above high_ms, got 6 and 5"),
        (lambda: UniformDelays(1, 5, per="neuron"), "per must be 'synapse', 'source' or 'target'"),
    ],
)
def test_bounds_that_can_not_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
