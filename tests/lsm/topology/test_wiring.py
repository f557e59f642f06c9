"""What all rules share: heredity, Dale's law, spread of weights, delays, memory."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lsm.reservoir import Reservoir
from lsm.topology import (
    WIRINGS,
    DistanceWiring,
    FixedInDegree,
    MotifWiring,
    NoWiring,
    RandomWiring,
    SmallWorld,
    get_wiring,
    hashing,
)
from tests.lsm.topology.wired import CHOSEN, PAIRWISE, edges, neurons, only

RULES = PAIRWISE | CHOSEN
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
VARIED = {"weight_cv": 0.5, "velocity": 3.0}


@every_rule
def test_synapses_go_with_the_keys(rule):
    reservoir = neurons(60, seed=3, inhibitory=15, wiring=replace(rule, **VARIED))
    permuted = only(reservoir, np.random.default_rng(0).permutation(60))
    assert len(reservoir.synapses) > 100
    assert edges(permuted.synapses, permuted.keys) == edges(reservoir.synapses, reservoir.keys)


@pytest.mark.parametrize("rule", PAIRWISE.values(), ids=PAIRWISE)
def test_what_two_neurons_are_to_each_other_depends_on_no_other(rule):
    reservoir = neurons(60, seed=4, inhibitory=15, wiring=replace(rule, **VARIED))
    few = only(reservoir, np.random.default_rng(1).choice(60, 25, replace=False))
    kept = set(few.keys)
    among = {
        pair: value
        for pair, value in edges(reservoir.synapses, reservoir.keys).items()
        if kept.issuperset(pair)
    }
    assert len(among) > 20
    assert edges(few.synapses, few.keys) == among


@pytest.mark.parametrize("rule", PAIRWISE.values(), ids=PAIRWISE)
def test_a_neuron_that_is_replaced_takes_no_other_neurons_synapses_along(rule):
    reservoir = neurons(60, seed=4, inhibitory=15, wiring=rule)
    keys = reservoir.keys.copy()
    keys[7] += np.uint64(1)
    before, after = (
        edges(r.synapses, range(60)) for r in (reservoir, reservoir.replace(keys=keys))
    )

    def others(edges):
        return {pair: value for pair, value in edges.items() if 7 not in pair}

    assert others(before) == others(after)
    assert before != after


@every_rule
def test_blocks_make_no_difference_and_no_neuron_reaches_itself(rule, monkeypatch):
    reservoir = neurons(50, seed=6, inhibitory=15, wiring=rule)
    whole = reservoir.synapses
    assert not np.any(whole.source == whole.target)
    place = whole.source * 50 + whole.target
    assert np.all(np.diff(place) > 0)  # sorted, and none twice
    monkeypatch.setattr(hashing, "BLOCK", 120)
    parts = rule.connect(reservoir)
    for name, array in vars(whole).items():
        np.testing.assert_array_equal(getattr(parts, name), array)


BIG = {
    "random": RandomWiring(0.01),
    "distance": DistanceWiring(length=3.0, weight_cv=0.5),
    "in-degree": FixedInDegree((30, 30, 10, 10)),
    "small world": SmallWorld(40, rewiring=0.3),
    "motifs": MotifWiring(100, within=0.5, between=0.005),
}


@pytest.mark.parametrize("rule", BIG.values(), ids=BIG)
def test_a_large_reservoir_needs_no_square_array(rule):
    reservoir = neurons(4000, inhibitory=800, wiring=rule)
    tracemalloc.start()
    try:
        assert len(reservoir.synapses) > 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4000**2 * 8 / 2  # half of one matrix of floats


@settings(deadline=None, max_examples=60)
@given(
    rule=st.sampled_from(list(RULES.values())),
    e=st.tuples(*[st.floats(0, 1e4)] * 2),
    i=st.tuples(*[st.floats(-1e4, 0)] * 2),
    cv=st.floats(0, 50),
    distribution=st.sampled_from(["lognormal", "gamma", "normal"]),
    seed=st.integers(0, 100),
)
def test_dales_law_always_holds(rule, e, i, cv, distribution, seed):
    rule = replace(rule, weight_pA=(*e, *i), weight_cv=cv, weight_distribution=distribution)
    reservoir = neurons(30, seed=seed, inhibitory=10, wiring=rule)
    synapses = reservoir.synapses
    assert len(synapses)
    from_e = reservoir.excitatory[synapses.source]
    assert np.all(np.isfinite(synapses.weight_pA))
    assert np.all(synapses.weight_pA[from_e] >= 0)
    assert np.all(synapses.weight_pA[~from_e] <= 0)


@pytest.mark.parametrize("cv", [0.3, 1.0])
def test_weights_are_lognormal_with_the_mean_and_deviation_asked_for(cv):
    rule = RandomWiring(0.5, weight_pA=(50, 20, -100, -10), weight_cv=cv)
    reservoir = neurons(500, inhibitory=200, wiring=rule)
    synapses = reservoir.synapses
    pair = 2 * ~reservoir.excitatory[synapses.source] + ~reservoir.excitatory[synapses.target]
    relative = synapses.weight_pA / np.array(rule.weight_pA)[pair]
    for k in range(4):
        of_pair = relative[pair == k]
        assert of_pair.mean() == pytest.approx(1, abs=5 * cv / np.sqrt(len(of_pair)))
        assert of_pair.std() == pytest.approx(cv, rel=0.1)
    sigma = np.sqrt(np.log(1 + cv**2))
    assert stats.kstest((np.log(relative) + sigma**2 / 2) / sigma, "norm").pvalue > 1e-3


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.0])
def test_weights_are_gamma_distributed_with_the_mean_and_deviation_asked_for(cv):
    rule = RandomWiring(0.5, weight_pA=-np.array([0, 0, 8, 8]), weight_cv=cv)
    rule = replace(rule, weight_distribution="gamma")
    weights = neurons(400, inhibitory=400, wiring=rule).synapses.weight_pA
    expected = stats.gamma(cv**-2, scale=cv**2)
    assert expected.stats() == pytest.approx((1, cv**2))
    assert stats.kstest(weights / -8, expected.cdf).pvalue > 1e-3


@pytest.mark.parametrize("cv", [0.3, 1.0])
def test_weights_are_normal_but_for_those_of_another_sign(cv):
    rule = RandomWiring(0.5, weight_pA=-np.array([0, 0, 8, 8]), weight_cv=cv)
    rule = replace(rule, weight_distribution="normal")
    weights = neurons(400, inhibitory=400, wiring=rule).synapses.weight_pA
    expected = stats.truncnorm(-1 / cv, np.inf, loc=1, scale=cv)
    assert stats.kstest(weights / -8, expected.cdf).pvalue > 1e-3


def test_the_spread_changes_no_synapse_and_varies_with_each_pair():
    plain, varied = (
        neurons(200, wiring=RandomWiring(0.2, weight_cv=cv)).synapses for cv in (0.0, 0.4)
    )
    np.testing.assert_array_equal(plain.source, varied.source)
    np.testing.assert_array_equal(plain.target, varied.target)
    assert set(plain.weight_pA) == {50}
    assert len(set(varied.weight_pA)) == len(varied)
    # Not by the number that decided that there is a synapse.
    u = hashing.uniform(
        hashing.SYNAPSE, *(neurons(200).keys[k] for k in (plain.source, plain.target))
    )
    assert abs(np.corrcoef(u, varied.weight_pA)[0, 1]) < 4 / np.sqrt(len(u))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_delays_grow_with_distance(dimensions):
    rule = RandomWiring(0.3, delay_ms=(1.5, 0.8, 0.7, 0.0), velocity=0.25)
    reservoir = Reservoir.random(40, random_state=0, dimensions=dimensions, wiring=rule)
    synapses, x = reservoir.synapses, reservoir.positions
    assert len(synapses) > 300
    for k in range(len(synapses)):
        a, b = synapses.source[k], synapses.target[k]
        pair = 2 * (not reservoir.excitatory[a]) + (not reservoir.excitatory[b])
        distance = np.linalg.norm(x[a] - x[b])
        assert synapses.delay_ms[k] == pytest.approx(rule.delay_ms[pair] + 4 * distance)


@every_rule
def test_a_gain_scales_every_weight_and_nothing_else(rule):
    reservoir = neurons(40, inhibitory=10, wiring=replace(rule, **VARIED))
    louder = reservoir.replace(wiring=reservoir.wiring.scaled(2.5))
    np.testing.assert_allclose(louder.synapses.weight_pA, 2.5 * reservoir.synapses.weight_pA)
    for name in ("source", "target", "delay_ms"):
        np.testing.assert_array_equal(
            getattr(louder.synapses, name), getattr(reservoir.synapses, name)
        )


def test_no_wiring_has_no_synapses():
    assert len(neurons(30, wiring=NoWiring()).synapses) == 0
    assert NoWiring().scaled(3.0) == NoWiring()


def test_synapses_are_not_writeable():
    reservoir = neurons(30)
    for synapses in (reservoir.synapses, reservoir.input_synapses(2)):
        for array in vars(synapses).values():
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


def test_delays_in_steps_are_rounded_but_never_away():
    synapses = neurons(6, wiring=RandomWiring(1.0, delay_ms=0.7)).synapses
    assert synapses.delay_steps(0.1).tolist() == [7] * 30
    assert synapses.delay_steps(1.0).tolist() == [1] * 30
    assert neurons(6, wiring=RandomWiring(1.0, delay_ms=0.0)).synapses.delay_steps(1.0).max() == 0
    assert synapses.delay_steps(1.4).tolist() == [1] * 30  # half a step
    for dt_ms in (1.5, 2.0):  # less than half a step rounds to none
        with pytest.raises(
            ValueError,
            match=rf"from neuron 0 to neuron 1 has a delay of 0.7 ms, which dt_ms = {dt_ms:g} rou",
        ):
            synapses.delay_steps(dt_ms)
    one_short = replace(synapses, delay_ms=np.where(np.arange(30) == 17, 0.2, 1.0))
    with pytest.raises(ValueError, match=r"from neuron 3 to neuron 2 has a delay of 0\.2 ms"):
        one_short.delay_steps(1.0)


def test_rules_are_found_by_name():
    assert all(get_wiring(name) is rule for name, rule in WIRINGS.items())
    with pytest.raises(ValueError, match="unknown wiring rule 'Ring'; known are DistanceWiring, "):
        get_wiring("Ring")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight_pA": (1, np.nan, -1, -1)}, "weight_pA must be four finite"),
        ({"weight_pA": (1, 1, 1, -1)}, r"weight_pA must not .* positive for IE and II \(Dale's"),
        ({"weight_pA": (1, -1, -1, -1)}, "weight_pA must not be negative for EE and EI"),
        ({"delay_ms": (1, 1, 1, -1)}, "delay_ms must not be negative"),
        ({"delay_ms": (1, 1, 1, np.inf)}, "delay_ms must be four finite"),
        ({"velocity": 0.0}, "velocity must be finite and above 0, got 0.0"),
        ({"weight_cv": -0.1}, "weight_cv must be finite and not below 0, got -0.1"),
        ({"weight_cv": np.inf}, "weight_cv must be finite and not below 0, got inf"),
        ({"weight_distribution": "beta"}, "weight_distribution must be .* got 'beta'"),
    ],
)
@every_rule
def test_bad_weights_and_delays_are_refused(rule, options, message):
    with pytest.raises(ValueError, match=message):
        replace(rule, **options)


@every_rule
def test_more_synapses_than_memory_holds_are_refused_while_they_are_made(rule, monkeypatch):
    reservoir = neurons(60, seed=3, inhibitory=15, wiring=rule)
    monkeypatch.setattr("lsm.topology.synapses.MOST_SYNAPSES", 100)
    with pytest.raises(ValueError, match="at most 100 synapses can be simulated, got"):
        reservoir.synapses  # noqa: B018


def test_more_synapses_of_inputs_than_memory_holds_are_refused(monkeypatch):
    reservoir = neurons(60, seed=3, inhibitory=15, wiring=NoWiring())
    made = len(reservoir.input_synapses(40))
    monkeypatch.setattr("lsm.topology.synapses.MOST_SYNAPSES", made)
    assert len(reservoir.input_synapses(40)) == made
    with pytest.raises(ValueError, match=f"at most {made} synapses can be simulated"):
        reservoir.input_synapses(80)
