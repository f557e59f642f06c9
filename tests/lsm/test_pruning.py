"""Pruned models: what stays is as it was, within the budget, and the sooner what matters."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.neighbors import KNeighborsClassifier

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor, SpikeTrains, simulate
from lsm.metrics import synaptic_operations
from lsm.pruning import _difference, prune, readout_importance, with_neurons
from lsm.topology import ShortTermPlasticity
from tests.lsm.estimators.data import pitches, ramps
from tests.lsm.liquids import liquid, lone_neurons

SPIKES, Y = pitches(40)
LIQUID = liquid(0)


@pytest.fixture(scope="module")
def model(cache):
    return LSMClassifier(LIQUID, state="counts").fit(SPIKES, Y)


@pytest.fixture(scope="module")
def full():
    return synaptic_operations(LIQUID, SPIKES)[0]


def test_neurons_that_stay_keep_their_synapses():
    neurons, n = np.array([1, 4, 7, 8, 15]), LIQUID.n_neurons
    part = with_neurons(LIQUID, neurons, 4)
    for whole, left, sources in (
        (LIQUID.synapses, part.synapses, neurons),
        (LIQUID.input_synapses(4), part.input_synapses(4), np.arange(4)),
    ):
        weight, delay = np.zeros((2, max(n, 4), n))
        weight[whole.source, whole.target] = whole.weight_pA
        delay[whole.source, whole.target] = whole.delay_ms
        there = weight[np.ix_(sources, neurons)] != 0
        assert len(left) == there.sum() > 0
        ends = sources[left.source], neurons[left.target]
        np.testing.assert_array_equal(left.weight_pA, weight[ends])
        np.testing.assert_array_equal(left.delay_ms, delay[ends])
    for name, values in part.parameters.items():
        np.testing.assert_array_equal(values, LIQUID.parameters[name][neurons])


def test_neurons_that_hear_nobody_fire_as_before():
    alone = lone_neurons(n=6, weight_pA=900.0)
    left = simulate(with_neurons(alone, np.array([5, 2]), 4), SPIKES)[0]
    np.testing.assert_array_equal(left, simulate(alone, SPIKES)[0][:, [5, 2]])


def test_all_neurons_are_the_model_itself(model):
    same = prune(model, SPIKES, Y, neurons=LIQUID.n_neurons)
    np.testing.assert_array_equal(same.decision_function(SPIKES), model.decision_function(SPIKES))


def test_plasticity_and_signs_of_any_kind_stay():
    plastic = liquid(1, short_term=ShortTermPlasticity())
    assert with_neurons(plastic, np.arange(5), 4).short_term == plastic.short_term


def test_importance_is_readout_weight_times_rate(model):
    rate = simulate(LIQUID, SPIKES)[0].mean(axis=0)
    expected = np.abs(model.readout_.coef_[0]) * rate
    np.testing.assert_allclose(readout_importance(model, SPIKES), expected)
    # With several features of a neuron, their sum.
    bins = LSMClassifier(LIQUID, state="bins:2").fit(SPIKES, Y)
    states = simulate(LIQUID, SPIKES, state="bins:2")[0].mean(axis=0)
    each = (np.abs(bins.readout_.coef_[0]) * states).reshape(2, -1)
    np.testing.assert_allclose(readout_importance(bins, SPIKES), each.sum(axis=0), rtol=1e-6)


def test_the_most_important_neurons_stay(model):
    pruned = prune(model, SPIKES, Y, neurons=6)
    best = np.sort(np.argsort(readout_importance(model, SPIKES))[-6:])
    assert pruned.reservoir == with_neurons(LIQUID, best, 4)
    assert pruned.score(SPIKES, Y) > 0.9
    assert model.reservoir_ is LIQUID


@pytest.mark.parametrize("by", ["readout", "random", None, "even"])
def test_a_budget_of_operations_is_kept(model, full, by):
    pruned, again = (
        prune(model, SPIKES, Y, operations=full / 2, by=by, random_state=1) for _ in range(2)
    )
    assert 0.35 * full < synaptic_operations(pruned.reservoir_, SPIKES)[0] <= full / 2
    assert pruned.reservoir == again.reservoir
    assert pruned.score(SPIKES, Y) > 0.9


def test_synapses_that_stay_have_the_weight_of_all_in_the_mean(model, full):
    kept = [
        prune(model, SPIKES, Y, operations=full / 2, by="even", random_state=seed).reservoir
        for seed in range(3)
    ]
    sums = [np.abs(reservoir.input_synapses(4).weight_pA).sum() for reservoir in kept]
    assert np.mean(sums) == pytest.approx(
        np.abs(LIQUID.input_synapses(4).weight_pA).sum(), rel=0.25
    )


def test_synapses_matter_by_what_their_ends_differ():
    """The rule of Moore & Chaudhuri: |w| times the variance of x_i -+ x_j."""
    synapses = LIQUID.synapses
    activity = np.random.default_rng(0).normal(size=(200, 4 + LIQUID.n_neurons)).cumsum(axis=1)
    found = _difference(synapses, np.cov(activity, rowvar=False), 4, 4)
    for k in range(0, len(synapses), 9):
        i, j, w = synapses.source[k] + 4, synapses.target[k] + 4, synapses.weight_pA[k]
        expected = abs(w) * np.var(activity[:, i] - np.sign(w) * activity[:, j], ddof=1)
        assert found[k] == pytest.approx(expected)


def test_signals_and_regressions(cache):
    X, y = ramps(40)
    target = (y == "left").astype(float)
    model = LSMRegressor(20, random_state=0).fit(X, target)
    pruned = prune(model, X, target, neurons=10)
    assert pruned.encoder_.get_params() == model.encoder_.get_params()
    np.testing.assert_array_equal(pruned.encode(X).times_ms, model.encode(X).times_ms)
    assert pruned.reservoir_.n_neurons == 10


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({}, ValueError, "needs neurons or operations, one of them, got None and None"),
        ({"neurons": 5, "operations": 10.0}, ValueError, "one of them, got 5 and 10.0"),
        ({"neurons": 0}, ValueError, "neurons must be at least 1, got 0"),
        ({"neurons": 2.5}, TypeError, "neurons must be an integer, got 2.5"),
        ({"neurons": 21}, ValueError, "neurons must be at most 20, got 21"),
        ({"neurons": 5, "by": "noise"}, ValueError, "neurons is no budget for by='noise'"),
        ({"operations": -1.0}, ValueError, "operations must be finite and above 0, got -1"),
        *(
            ({"operations": 1e-3, "by": by}, ValueError, "must leave a synapse from a channel, got")
            for by in ("readout", "random", "noise")
        ),
        ({"neurons": 5, "by": "rate"}, ValueError, "by must be one of 'readout', .* got 'rate'"),
    ],
)
def test_budgets_that_can_not_be_are_refused(model, given, error, message):
    with pytest.raises(error, match=message):
        prune(model, SPIKES, Y, **given)


def test_a_budget_of_operations_needs_a_spike(model):
    silent = SpikeTrains.from_lists([[[]] * 4] * 2, duration_ms=30)
    with pytest.raises(ValueError, match="X must hold a spike, to count operations, got none"):
        prune(model, silent, Y[:2], operations=5.0)


def test_models_that_can_not_be_pruned_are_refused():
    with pytest.raises(NotFittedError):
        prune(LSMClassifier(LIQUID), SPIKES, Y, neurons=5)
    transformer = LiquidTransformer(LIQUID).fit(SPIKES)
    with pytest.raises(TypeError, match="model must be an LSMClassifier or LSMRegressor, got Liq"):
        prune(transformer, SPIKES, Y, neurons=5)
    neighbours = LSMClassifier(LIQUID, readout=KNeighborsClassifier()).fit(SPIKES, Y)
    with pytest.raises(TypeError, match="readout with coef_, got KNeighborsClassifier"):
        prune(neighbours, SPIKES, Y, neurons=5)
    excitatory = LSMClassifier(LIQUID, state="excitatory").fit(SPIKES, Y)
    with pytest.raises(ValueError, match="a state of all neurons, got SpikeCounts"):
        readout_importance(excitatory, SPIKES)
