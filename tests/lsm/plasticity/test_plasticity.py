"""Plasticity between samples: rules against plain loops and fixed points; rates are reached."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsm import InputWiring, Reservoir, SpikeTrains, simulate
from lsm.metrics import poisson_spikes
from lsm.neurons import IZHIKEVICH
from lsm.plasticity import (
    critical_stdp,
    frozen,
    inhibitory,
    intrinsic,
    spike_pairs,
    spike_raster,
    stdp,
)
from lsm.topology import FixedInDegree, MatrixWiring, NoWiring, Synapses
from tests.lsm.liquids import liquid, samples

INPUT = samples(0, [60] * 6)
#: Each neuron's weights are of both signs.
MIXED = Reservoir.random(
    4,
    random_state=0,
    wiring=MatrixWiring(5 * (-1.0) ** np.add.outer(range(4), range(4)), dale=False),
)


def synapses(pairs, *, delay_ms=0.0, weight_pA=50.0):
    source, target = np.array(pairs, dtype=np.int32).T
    n = len(source)
    return Synapses(source, target, np.full(n, weight_pA), np.full(n, delay_ms))


def by_plain_loops(pre_steps, post_steps, delay, steps, tau_plus, tau_minus, dt_ms):
    causal = acausal = coincident = arrivals = 0.0
    for a in pre_steps:
        arrival = a + delay
        if arrival >= steps:
            continue
        arrivals += 1
        for b in post_steps:
            if arrival < b:
                causal += np.exp(-(b - arrival) * dt_ms / tau_plus)
            elif b < arrival:
                acausal += np.exp(-(arrival - b) * dt_ms / tau_minus)
            else:
                coincident += 1
    return causal, acausal, coincident, arrivals


@settings(max_examples=60, deadline=None)
@given(
    trains=st.lists(st.sets(st.integers(0, 39)), min_size=3, max_size=3),
    delays=st.lists(st.integers(0, 45), min_size=4, max_size=4),
    taus=st.tuples(st.floats(1, 50), st.floats(1, 50)),
    dt_ms=st.sampled_from([0.5, 1.0]),
)
def test_pairs_are_those_of_a_double_loop_over_spikes(trains, delays, taus, dt_ms):
    raster = np.zeros((3, 40), dtype=bool)
    for neuron, steps in enumerate(trains):
        raster[neuron, list(steps)] = True
    source, target = np.array([0, 0, 1, 2]), np.array([1, 2, 1, 0])
    made = Synapses(
        source.astype(np.int32), target.astype(np.int32), np.ones(4), dt_ms * np.array(delays)
    )
    found = spike_pairs(made, raster, tau_plus_ms=taus[0], tau_minus_ms=taus[1], dt_ms=dt_ms)
    plain = [
        by_plain_loops(trains[a], trains[b], delay, 40, *taus, dt_ms)
        for a, b, delay in zip(source, target, delays, strict=True)
    ]
    np.testing.assert_allclose(np.transpose(found), plain, atol=1e-9)


def test_vogels_rule_rests_at_its_rate_and_pushes_towards_it_from_both_sides():
    """Uncorrelated Poisson trains: mean change is 2 tau rate_pre (rate_post - rate_0)."""
    tau_ms, wanted, pre_Hz, pairs = 20.0, 10.0, 20.0, 400
    for post_Hz in (5.0, 10.0, 20.0):
        rng = np.random.default_rng(int(post_Hz))
        rates = np.repeat([pre_Hz, post_Hz], pairs)
        raster = rng.random((2 * pairs, 20_000)) < rates[:, None] / 1000
        made = synapses([(k, pairs + k) for k in range(pairs)])
        found = spike_pairs(made, raster, tau_plus_ms=tau_ms, tau_minus_ms=tau_ms)
        alpha = 2 * wanted / 1000 * tau_ms
        close = found.causal + found.acausal + found.coincident
        change = (close - alpha * found.arrivals) / 20  # a second
        expected = 2 * tau_ms / 1000 * pre_Hz * (post_Hz - wanted)
        error = change.std(ddof=1) / np.sqrt(pairs)
        # Pairs beyond either end of the raster are missing: 0.1 % of them.
        assert abs(change.mean() - expected) < 4 * error + 0.002 * abs(expected)
        assert error < 0.1


def balanced(seed=0, n=100):
    return Reservoir.random(
        n,
        random_state=seed,
        ranges={"tau_m_ms": (10, 30)},
        parameters={"v_threshold_mV": -65.0},
        wiring=FixedInDegree((8, 16, 16, 8), weight_pA=(30, 60, -15, -30)),
        inputs=InputWiring(fraction=0.3, weight_pA=60, weight_sd_pA=10),
    )


def rates(reservoir, spikes):
    counts = simulate(reservoir, spikes)[0].sum(axis=0)
    return counts / (spikes.durations_ms.sum() / 1000)


STEADY = poisson_spikes(40, 20, rate_Hz=40, duration_ms=500, random_state=1)


def test_inhibitory_plasticity_brings_excitatory_neurons_to_the_rate():
    """Of those that fire faster at first: without inhibition a neuron can't get any faster.

    Spikes here are correlated, which the rule answers with rates somewhat below the wanted one.
    """
    given = balanced()
    found = inhibitory(given, STEADY[np.arange(160) % 40], rate_Hz=12.0, learning_rate=0.1)
    before, after = (rates(r, STEADY)[given.excitatory] for r in (given, found))
    fast = before > 12
    assert before[fast].mean() > 24
    assert np.median(after[fast]) == pytest.approx(12, rel=0.2)
    assert np.abs(after - 12)[fast].mean() < np.abs(before - 12)[fast].mean() / 5


def test_inhibitory_plasticity_changes_nothing_but_inhibition_of_excitatory_neurons():
    given = balanced()
    found = inhibitory(given, STEADY[:1], rate_Hz=12.0)
    before, after = (
        frozen(r, r.synapses.weight_pA).wiring.weight_pA.toarray() for r in (given, found)
    )
    source, target = np.nonzero(before != after)
    assert len(source) > 100
    assert not given.excitatory[source].any()
    assert given.excitatory[target].all()
    assert set(found.synapses.delay_ms) == set(given.synapses.delay_ms)


def test_inhibitory_plasticity_prefers_the_inhibition_that_comes_with_excitation():
    """Two groups of channels are loud by turns; all inhibitory neurons reach all excitatory ones.

    An excitatory neuron that hears one group more learns more from the inhibitory neurons that do
    so too, all of which were equally strong before.
    """
    n, n_excitatory, n_channels = 80, 60, 40
    excitatory = np.arange(n) < n_excitatory
    given = Reservoir.random(
        n,
        random_state=0,
        ranges={},
        parameters={"v_threshold_mV": -67.0, "tau_syn_ms": 5.0},
        excitatory=excitatory,
        wiring=MatrixWiring(np.where(excitatory, -20.0, 0.0) * ~excitatory[:, None]),
        inputs=InputWiring(fraction=0.1, weight_pA=100.0, weight_sd_pA=0.0, neurons="all"),
    )
    rng = np.random.default_rng(0)
    loud = np.repeat(rng.random((30, 1, 8)) < 0.5, 50, axis=2)
    groups = np.repeat(np.concatenate([loud, ~loud], axis=1), n_channels // 2, axis=1)
    spiked = rng.random(groups.shape) < np.where(groups, 0.2, 0.005)
    heard = SpikeTrains.from_dense(spiked.astype(int), dt_ms=1.0)
    found = inhibitory(given, heard, rate_Hz=15.0, learning_rate=0.05)
    inputs = given.input_synapses(n_channels)
    side = np.where(inputs.source < n_channels // 2, 1, -1)
    prefers = np.sign(np.bincount(inputs.target, side, minlength=n))
    learned = -frozen(found, found.synapses.weight_pA).wiring.weight_pA.toarray()
    learned = learned[~excitatory][:, excitatory]
    alike = np.outer(prefers[~excitatory], prefers[excitatory])
    assert learned[alike > 0].mean() > 1.5 * learned[alike < 0].mean() > 0


def test_intrinsic_plasticity_brings_every_neuron_to_the_rate():
    given = balanced().replace(wiring=NoWiring())
    heard = given.excitatory  # inputs reach no others
    found = intrinsic(given, STEADY, rate_Hz=15.0, rounds=60)
    after = rates(found, STEADY)[heard]
    assert rates(given, STEADY)[heard].std() > 5
    assert np.abs(after - 15).max() < 2
    assert found.wiring == given.wiring


def test_intrinsic_plasticity_moves_a_threshold_by_its_rule_alone():
    given = balanced()
    rate = rates(given, STEADY)
    found = intrinsic(given, STEADY, rate_Hz=20.0, rounds=1, learning_rate=0.2)
    factor = np.exp(0.2 * (np.minimum(rate / 20, 3) - 1))
    np.testing.assert_allclose(found.parameters["v_threshold_mV"], -70 + 5 * factor, rtol=1e-6)


def test_stdp_changes_excitatory_weights_as_its_pairs_say():
    given = liquid(0)
    raster = spike_raster(given, INPUT[0])
    pairs = spike_pairs(given.synapses, raster, tau_plus_ms=10.0, tau_minus_ms=30.0)
    weights = given.synapses.weight_pA
    excitatory = given.excitatory[given.synapses.source]
    step = 0.01 * pairs.causal - 0.02 * pairs.acausal
    expected = np.where(excitatory, np.clip(weights + 900 * step, 0, 900), weights)
    found = stdp(
        given,
        INPUT[:1],
        potentiation=0.01,
        depression=0.02,
        tau_plus_ms=10.0,
        tau_minus_ms=30.0,
        w_max_pA=900.0,
    )
    assert np.abs(expected - weights)[excitatory].max() > 10
    np.testing.assert_allclose(
        found.wiring.weight_pA.toarray(), frozen(given, expected).wiring.weight_pA.toarray()
    )


def test_the_weights_of_one_sample_are_what_the_next_one_is_heard_with():
    given = liquid(1)
    at_once = stdp(given, INPUT[:2], w_max_pA=2000.0)
    one_by_one = stdp(stdp(given, INPUT[:1], w_max_pA=2000.0), INPUT[1:2], w_max_pA=2000.0)
    a, b = (r.wiring.weight_pA.toarray() for r in (at_once, one_by_one))
    np.testing.assert_allclose(a, b)


def test_a_synapse_that_fell_to_zero_can_come_back():
    given = liquid(2)
    fallen = stdp(given, INPUT[:1], potentiation=1e-9, depression=50.0)
    assert len(fallen.synapses) < len(given.synapses)
    risen = stdp(given, INPUT, potentiation=0.5, depression=0.5, tau_plus_ms=30.0, tau_minus_ms=2.0)
    assert len(risen.synapses) > len(fallen.synapses)


@pytest.mark.parametrize("weight_pA", [20.0, 60.0])
def test_control_brings_the_branching_factor_near_one_from_below_and_from_above(weight_pA):
    given = Reservoir.random(
        100,
        random_state=3,
        ranges={},
        parameters={"v_threshold_mV": -66.0},
        wiring=FixedInDegree((8, 8, 4, 4), weight_pA=(weight_pA, weight_pA, -20, -20)),
        inputs=InputWiring(fraction=0.3, weight_pA=150, weight_sd_pA=20),
    )
    heard = poisson_spikes(50, 10, rate_Hz=20, duration_ms=300, random_state=0)
    found = critical_stdp(given, heard, potentiation=0.01, w_max_pA=150.0, every=2, random_state=0)
    assert abs(found.branching[0] - 1) > 0.4
    assert np.abs(found.branching - 1).min() < 0.15
    silent = stdp(given, heard, potentiation=1e-4, depression=0.05)
    counts = [simulate(r, heard).mean() for r in (silent, given, found.reservoir)]
    assert counts[0] < counts[2] < 100 * 0.3
    assert (counts[1] < counts[2]) == (weight_pA == 20)


def test_what_was_learned_is_frozen_saved_and_loaded(tmp_path):
    found = stdp(liquid(0), INPUT[:2])
    found.save(tmp_path / "learned.npz")
    again = Reservoir.load(tmp_path / "learned.npz")
    assert again == found
    np.testing.assert_array_equal(simulate(again, INPUT), simulate(found, INPUT))


def test_frozen_weights_simulate_as_the_rule_that_they_came_from():
    given = liquid(0)
    same = frozen(given, given.synapses.weight_pA)
    np.testing.assert_array_equal(simulate(same, INPUT), simulate(given, INPUT))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: stdp("liquid", INPUT), TypeError, "reservoir must be a Reservoir, got str"),
        (lambda: stdp(liquid(0), [1]), TypeError, "spikes must be SpikeTrains, got list"),
        (lambda: stdp(liquid(0), INPUT[:0]), ValueError, "spikes must hold at least one sample"),
        (lambda: stdp(liquid(0), INPUT, potentiation=0), ValueError, "potentiation must be finite"),
        (lambda: stdp(liquid(0), INPUT, w_max_pA=1.0), ValueError, "w_max_pA must be at least"),
        (lambda: critical_stdp(liquid(0), INPUT, max_lag=1), ValueError, "max_lag must be at leas"),
        (
            lambda: critical_stdp(liquid(0), INPUT, probe=INPUT[0], bin_ms=1e3),
            ValueError,
            "probe must last 7200 ms at least",
        ),
        (lambda: critical_stdp(liquid(0), INPUT, probe=3), TypeError, "probe must be SpikeTrains"),
        (
            lambda: stdp(liquid(0, wiring=NoWiring()), INPUT),
            ValueError,
            "reservoir must have excitatory synapses",
        ),
        (
            lambda: inhibitory(liquid(0, wiring=NoWiring()), INPUT, rate_Hz=5),
            ValueError,
            "reservoir must have synapses from inhibitory to excitatory",
        ),
        (lambda: inhibitory(liquid(0), INPUT, rate_Hz=-1), ValueError, "rate_Hz must be finite"),
        (lambda: stdp(MIXED, INPUT), ValueError, "must keep Dale's law, .* weight of -5 pA from"),
        (lambda: inhibitory(MIXED, INPUT, rate_Hz=5), ValueError, "must keep Dale's law"),
        (lambda: intrinsic(liquid(0), INPUT, rate_Hz=0), ValueError, "rate_Hz must be finite"),
        (
            lambda: intrinsic(
                Reservoir.random(5, random_state=0, model=IZHIKEVICH, ranges={}), INPUT, rate_Hz=5
            ),
            ValueError,
            "model with a threshold above rest, got izhikevich, which has no v_threshold_mV",
        ),
        (
            lambda: critical_stdp(liquid(0), INPUT, probe=INPUT),
            ValueError,
            "probe must be one sample of 4 channels",
        ),
        (
            lambda: spike_pairs(synapses([(0, 5)]), np.zeros((3, 4))),
            ValueError,
            r"raster must have the shape \(neurons, steps\) with 6 neurons at least",
        ),
        (lambda: frozen(liquid(0), [1.0]), ValueError, "weight_pA must have the shape"),
        (
            lambda: frozen(liquid(0), -liquid(0).synapses.weight_pA),
            ValueError,
            "weight_pA breaks Dale's law",
        ),
    ],
)
def test_bad_input_is_refused_before_anything_is_simulated(call, error, message, monkeypatch):
    def refuse(*args, **kwargs):
        pytest.fail("something was simulated")

    monkeypatch.setattr("lsm.plasticity.pairs.record", refuse)
    monkeypatch.setattr("lsm.plasticity.homeostasis.simulate", refuse)
    with pytest.raises(error, match=message):
        call()


def test_a_bound_below_the_weights_is_refused():
    with pytest.raises(ValueError, match="w_max_pA must be at least the largest weight"):
        inhibitory(liquid(0), INPUT, rate_Hz=10, w_max_pA=1.0)
