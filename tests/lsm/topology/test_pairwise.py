"""Rules for pairs: the probabilities asked for, by polarity, distance and group."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from lsm.topology import DistanceWiring, MotifWiring, RandomWiring
from tests.lsm.topology.wired import adjacency, edges, neurons, placed


def blocks_of(reservoir):
    """The matrix of synapses by polarities, EE, EI, IE, II."""
    groups = [np.flatnonzero(reservoir.excitatory), np.flatnonzero(~reservoir.excitatory)]
    exists = adjacency(reservoir)
    return [exists[np.ix_(sources, targets)] for sources, targets in product(groups, groups)]


def assert_share(hits, pairs, p):
    assert abs(hits / pairs - p) <= 4.5 * np.sqrt(p * (1 - p) / pairs)


def test_random_wiring_connects_each_polarity_with_its_probability():
    p = (0.05, 0.2, 0.4, 0.02)
    reservoir = neurons(1000, inhibitory=300, wiring=RandomWiring(p))
    for k, (exists, expected) in enumerate(zip(blocks_of(reservoir), p, strict=True)):
        size = exists.size - len(exists) * (k in (0, 3))  # without the neurons themselves
        assert_share(exists.sum(), size, expected)
        # Synapses are as independent as coins: degrees are binomial on both sides.
        for axis in (0, 1):
            degrees, n = exists.sum(axis=axis), exists.shape[axis] - (k in (0, 3))
            variance = n * expected * (1 - expected)
            z = (degrees.var(ddof=1) / variance - 1) * np.sqrt((len(degrees) - 1) / 2)
            assert abs(z) < 4.5
    reciprocal = (adjacency(reservoir)[:700, :700] * adjacency(reservoir)[:700, :700].T).sum() / 2
    assert_share(reciprocal, 700 * 699 / 2, 0.05**2)


def test_random_wiring_of_none_and_all():
    reservoir = neurons(30, inhibitory=10, wiring=RandomWiring((1, 0, 1, 0)))
    ee, ei, ie, ii = blocks_of(reservoir)
    np.testing.assert_array_equal(ee, 1 - np.eye(20))
    assert ie.all()
    assert not ei.any()
    assert not ii.any()
    assert RandomWiring(0.5).probability == (0.5,) * 4


@pytest.mark.parametrize("kernel", ["gaussian", "exponential"])
def test_probability_of_a_synapse_falls_with_distance_pair_by_pair(kernel):
    rule = DistanceWiring((1.0, 0.6, 0.8, 0.3), length=1.7, kernel=kernel)
    # An excitatory and an inhibitory neuron at each of four places.
    places = np.repeat([[0.0, 0, 0], [0.5, 0, 0], [1.0, 0.8, 0.6], [1, 2, 2]], 2, axis=0)
    excitatory = np.tile([True, False], 4)
    draws = 1500
    exists = np.zeros((8, 8))
    for seed in range(draws):
        exists += adjacency(placed(places, excitatory=excitatory, seed=seed, wiring=rule))
    table = {(1, 1): 1.0, (1, 0): 0.6, (0, 1): 0.8, (0, 0): 0.3}
    for a, b in product(range(8), range(8)):
        x = np.linalg.norm(places[a] - places[b]) / 1.7
        p = table[excitatory[a], excitatory[b]] * np.exp(-(x**2) if kernel == "gaussian" else -x)
        assert_share(exists[a, b], draws, p * (a != b))


@pytest.mark.parametrize("kernel", ["gaussian", "exponential"])
@pytest.mark.parametrize("falls", [True, False])
def test_weights_go_by_polarity_and_distance(kernel, falls):
    positions = [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [1.5, 1.5]]
    excitatory = [True, True, False, False]
    weight, delay = (1.0, 2.0, -3.0, -4.0), (1.5, 0.8, 0.7, 2.0)
    rule = DistanceWiring(
        (1, 1, 1, 1), weight_pA=weight, delay_ms=delay, length=3, weight_falls=falls, kernel=kernel
    )
    seen = set()
    for seed in range(20):
        synapses = placed(positions, excitatory=excitatory, seed=seed, wiring=rule).synapses
        assert np.all(np.diff(synapses.source * 4 + synapses.target) > 0)
        for (a, b), (w, d) in edges(synapses, range(4)).items():
            pair = 2 * (not excitatory[a]) + (not excitatory[b])
            x = np.linalg.norm(np.subtract(positions[a], positions[b])) / 3
            fall = np.exp(-(x**2) if kernel == "gaussian" else -x) if falls else 1.0
            assert w == pytest.approx(weight[pair] * fall, rel=1e-12)
            assert d == delay[pair]
            seen.add((a, b))
    assert len(seen) == 12


def test_defaults_are_the_evolved_papers_and_maass_his():
    # p = exp(-d^2/2), weights 50 and -100 exp(-d^2/2) pA, none from I to I, delay 1 ms.
    paper = DistanceWiring()
    assert paper.length**2 == pytest.approx(2)
    assert paper.probability == (1, 1, 1, 0)
    assert paper.weight_pA[:3] == (50, 50, -100)
    assert set(paper.delay_ms) == {1.0}
    # Maass, Natschlaeger & Markram 2002: C exp(-(D/lambda)^2), C by EE, EI, IE, II.
    maass = DistanceWiring.maass(weight_pA=(30, 60, -19, -19))
    assert maass.probability == (0.3, 0.2, 0.4, 0.1)
    assert maass.length == 2
    assert maass.kernel == "gaussian"
    assert maass.delay_ms == (1.5, 0.8, 0.8, 0.8)
    assert not maass.weight_falls
    assert maass.weight_pA == (30, 60, -19, -19)


def test_motifs_are_dense_inside_and_sparse_between():
    within, between = (0.5, 0.4, 0.3, 0.2), (0.02, 0.04, 0.06, 0.08)
    rule = MotifWiring(40, within=within, between=between)
    reservoir = neurons(800, inhibitory=200, wiring=rule)
    group = np.array([int(key) % 40 for key in reservoir.keys])
    assert stats.chisquare(np.bincount(group, minlength=40)).pvalue > 1e-3
    same = (group[:, None] == group) & ~np.eye(800, dtype=bool)
    exists = adjacency(reservoir)
    for k in range(4):
        block = (slice(0, 600), slice(600, 800))
        at = block[k // 2], block[k % 2]
        inside = exists[at][same[at]]
        assert_share(inside.sum(), inside.size, within[k])
        outside = exists[at][(group[:, None] != group)[at]]
        assert_share(outside.sum(), outside.size, between[k])
    assert not exists.diagonal().any()


def test_keys_that_count_make_motifs_of_one_size():
    rule = MotifWiring(4, within=1.0, between=0.0)
    exists = adjacency(neurons(12, wiring=rule, keys=np.arange(12)))
    group = np.arange(12) % 4
    np.testing.assert_array_equal(exists, (group[:, None] == group) & ~np.eye(12, dtype=bool))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomWiring((1, 1, 1)), "probability must be four finite numbers .* or one"),
        (lambda: RandomWiring("many"), "probability must be four finite numbers .* got 'many'"),
        (lambda: RandomWiring(1.01), r"probability must lie in \[0, 1\], got \(1.01,"),
        (lambda: DistanceWiring((1, 1, -0.1, 1)), r"probability must lie in \[0, 1\]"),
        (lambda: DistanceWiring((1, 2, 1, 1)), r"probability must lie in \[0, 1\]"),
        (lambda: DistanceWiring((1, np.nan, 1, 1)), "probability must be four finite"),
        (lambda: DistanceWiring(length=0), "length must be finite and above 0, got 0"),
        (lambda: DistanceWiring(length=np.nan), "length must be finite and above 0, got nan"),
        (lambda: DistanceWiring(kernel="box"), "kernel must be 'gaussian' or .* got 'box'"),
        (lambda: MotifWiring(0, within=1, between=0), "motifs must be at least 1, got 0"),
        (lambda: MotifWiring(2, within=1.5, between=0), r"within must lie in \[0, 1\]"),
        (lambda: MotifWiring(2, within=1, between=-1), r"between must lie in \[0, 1\]"),
    ],
)
def test_bad_rules_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_limits_leave_out_synapses_that_are_too_short_or_too_long_and_change_no_other():
    rule = DistanceWiring((0.9, 0.8, 0.7, 0.6), length=4.0)
    reservoir = neurons(80, inhibitory=20, wiring=rule)
    x = reservoir.positions
    every = edges(reservoir.synapses, range(80))
    for limits in ({"shortest": 2.0}, {"longest": 3.0}, {"shortest": 2.0, "longest": 3.0}):
        low, high = limits.get("shortest", 0.0), limits.get("longest", np.inf)
        limited = reservoir.replace(wiring=DistanceWiring(rule.probability, length=4.0, **limits))
        expected = {
            (a, b): synapse
            for (a, b), synapse in every.items()
            if low <= np.sqrt(((x[a] - x[b]) ** 2).sum()) < high
        }
        assert 20 < len(expected) < len(every)
        assert edges(limited.synapses, range(80)) == expected
        assert limited.wiring.describe() == rule.describe() | limits


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"shortest": 0.0}, "shortest must be finite and above 0"),
        ({"longest": np.inf}, "longest must be finite and above 0"),
        ({"shortest": 3, "longest": 3}, "longest must be greater than shortest, 3, got 3"),
    ],
)
def test_bad_limits_are_refused(limits, message):
    with pytest.raises(ValueError, match=message):
        DistanceWiring(**limits)
