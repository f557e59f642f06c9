"""Rules with a number of synapses: exact degrees, the small world's limits, and heredity."""

import numpy as np
import pytest
from scipy import stats
from scipy.sparse.csgraph import shortest_path

from lsm.topology import FixedInDegree, SmallWorld
from tests.lsm.simulation.reference import splitmix
from tests.lsm.topology.wired import adjacency, edges, neurons, only


def slow_in_degree(reservoir):
    """Sources of each neuron, chosen with a sort in Python."""
    keys, excitatory = [int(key) for key in reservoir.keys], reservoir.excitatory
    chosen = set()
    for b in range(len(keys)):
        for k, degree in enumerate(reservoir.wiring.in_degree):
            if excitatory[b] != (k % 2 == 0):
                continue
            others = [a for a in range(len(keys)) if a != b and excitatory[a] == (k < 2)]
            others.sort(key=lambda a: splitmix(1, keys[a], keys[b]))
            chosen |= {(a, b) for a in others[:degree]}
    return chosen


def slow_small_world(reservoir):
    """Watts and Strogatz in Python: the ring, then each source's synapses anew."""
    keys, rule = [int(key) for key in reservoir.keys], reservoir.wiring
    ring = sorted(range(len(keys)), key=lambda a: keys[a])
    chosen = set()
    for place, a in enumerate(ring):
        half = rule.neighbours // 2
        near = [ring[(place + step) % len(ring)] for step in range(-half, half + 1) if step]
        kept = [b for b in near if (splitmix(5, keys[a], keys[b]) >> 11) / 2**53 >= rule.rewiring]
        far = [b for b in range(len(keys)) if b != a and b not in kept]
        far.sort(key=lambda b: splitmix(1, keys[a], keys[b]))
        chosen |= {(a, b) for b in [*kept, *far[: len(near) - len(kept)]]}
    return chosen


@pytest.mark.parametrize(
    ("rule", "slow"),
    [
        (FixedInDegree((5, 4, 3, 2)), slow_in_degree),
        (FixedInDegree((0, 6, 0, 1)), slow_in_degree),
        (FixedInDegree((19, 20, 9, 8)), slow_in_degree),
        (SmallWorld(4, rewiring=0.0), slow_small_world),
        (SmallWorld(6, rewiring=0.4), slow_small_world),
        (SmallWorld(28, rewiring=0.7), slow_small_world),
        (SmallWorld(2, rewiring=1.0), slow_small_world),
    ],
)
def test_synapses_are_those_of_a_plain_loop(rule, slow):
    reservoir = neurons(29, seed=3, inhibitory=9, wiring=rule)
    assert set(edges(reservoir.synapses, range(29))) == slow(reservoir)


def test_in_degree_is_exact_and_sources_are_chosen_evenly():
    rule = FixedInDegree((20, 30, 10, 5))
    of_source = np.zeros(200)
    for seed in range(30):
        exists = adjacency(neurons(200, seed=seed, inhibitory=50, wiring=rule))
        assert exists.max() == 1
        assert not exists.diagonal().any()
        for k, degree in enumerate(rule.in_degree):
            block = slice(0, 150), slice(150, 200)
            assert set(exists[block[k // 2], block[k % 2]].sum(axis=0)) == {degree}
        of_source += exists.sum(axis=1)
    for of_some in (of_source[:150], of_source[150:]):
        assert stats.chisquare(of_some).pvalue > 1e-3


def test_a_neuron_that_goes_leaves_the_in_synapses_of_those_that_did_not_hear_it():
    reservoir = neurons(60, seed=4, inhibitory=20, wiring=FixedInDegree((5, 4, 3, 2)))
    before = edges(reservoir.synapses, reservoir.keys)
    gone = reservoir.keys[7]
    smaller = only(reservoir, np.delete(np.arange(60), 7))
    after = edges(smaller.synapses, smaller.keys)
    heard = {b for a, b in before if a == gone}
    assert 0 < len(heard) < 30
    for b in set(smaller.keys):
        old = {a for a, target in before if target == b}
        new = {a for a, target in after if target == b}
        assert new >= old - {gone}
        assert len(new) == len(old)
        assert (new == old) == (b not in heard)


def clustering(exists):
    """Of the pairs of neurons that one reaches, the share whose first reaches the second."""
    triangles = (exists * (exists @ exists.T)).sum()
    degree = exists.sum(axis=1)
    return triangles / (degree * (degree - 1)).sum()


def path_length(exists):
    distance = shortest_path(exists, unweighted=True)
    return distance[~np.eye(len(exists), dtype=bool)].mean()


def test_a_lattice_has_the_clustering_and_path_length_of_the_formula():
    n, k = 400, 10
    exists = adjacency(neurons(n, wiring=SmallWorld(k, rewiring=0.0)))
    np.testing.assert_array_equal(exists, exists.T)
    assert set(exists.sum(axis=0)) == {k}
    # Watts & Strogatz 1998: C = 3 (k - 2) / 4 (k - 1); L = n / 2k for n >> k, exactly this:
    assert clustering(exists) == pytest.approx(3 * (k - 2) / (4 * (k - 1)), rel=1e-12)
    steps = np.minimum(np.arange(1, n), n - np.arange(1, n))
    assert path_length(exists) == pytest.approx(np.ceil(steps / (k / 2)).mean(), rel=1e-12)


def test_a_fully_rewired_ring_is_a_random_graph():
    n, k = 400, 10
    exists = adjacency(neurons(n, wiring=SmallWorld(k, rewiring=1.0)))
    assert set(exists.sum(axis=1)) == {k}
    assert not exists.diagonal().any()
    p = k / (n - 1)
    degrees = exists.sum(axis=0)
    assert degrees.var() == pytest.approx((n - 1) * p * (1 - p), rel=0.35)
    assert clustering(exists) == pytest.approx(p, rel=0.35)
    assert path_length(exists) == pytest.approx(np.log(n) / np.log(k), rel=0.1)
    # Near neurons are reached as often as far ones.
    ring = np.argsort(np.argsort(neurons(n).keys))
    source, target = np.nonzero(exists)
    steps = (ring[target] - ring[source]) % n
    assert stats.kstest(steps, stats.randint(1, n).cdf).pvalue > 1e-3


@pytest.mark.parametrize("rewiring", [0.02, 0.1, 0.3])
def test_between_them_lies_the_small_world(rewiring):
    n, k = 600, 10
    exists = adjacency(neurons(n, wiring=SmallWorld(k, rewiring=rewiring)))
    assert set(exists.sum(axis=1)) == {k}
    ring = np.argsort(np.argsort(neurons(n).keys))
    steps = np.abs(ring[:, None] - ring)
    near = np.minimum(steps, n - steps) <= k // 2
    rewired = exists[~near].sum() / (n * k)
    assert abs(rewired - rewiring) < 4 * np.sqrt(rewiring * (1 - rewiring) / (n * k)) + 0.01
    # Barrat & Weigt 2000 (Eur. Phys. J. B 13:547): clustering falls as (1 - p)^3 only, ...
    expected = 3 * (k - 2) / (4 * (k - 1)) * (1 - rewiring) ** 3
    assert clustering(exists) == pytest.approx(expected, rel=0.1)
    # ... and paths are already short.
    assert path_length(exists) < 0.3 * n / (2 * k)


def test_a_neuron_that_goes_changes_the_small_world_only_where_it_was():
    reservoir = neurons(80, seed=5, wiring=SmallWorld(6, rewiring=0.3))
    before = edges(reservoir.synapses, reservoir.keys)
    ring = sorted(reservoir.keys)
    gone = ring[40]
    near = {ring[k] for k in range(37, 44)}
    smaller = only(reservoir, reservoir.keys != gone)
    after = edges(smaller.synapses, smaller.keys)
    untouched = set(smaller.keys) - near - {a for a, b in before if b == gone}
    assert len(untouched) > 60
    for a in untouched:
        assert {b for source, b in before if source == a} == {b for s, b in after if s == a}
    assert set(before) - set(after) != {pair for pair in before if gone in pair}


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: FixedInDegree((1, 2, 3)), ValueError, "in_degree must be four finite numbers"),
        (lambda: FixedInDegree((1, 2, 3, -4)), ValueError, "in_degree must not be negative, got"),
        (lambda: FixedInDegree(2.5), ValueError, "in_degree must hold whole numbers, got 2.5"),
        (lambda: SmallWorld(3, rewiring=0.1), ValueError, "neighbours must be even, got 3"),
        (lambda: SmallWorld(0, rewiring=0.1), ValueError, "neighbours must be at least 1, got 0"),
        (lambda: SmallWorld(2.0, rewiring=0.1), TypeError, "neighbours must be an integer"),
        (lambda: SmallWorld(2, rewiring=1.1), ValueError, r"rewiring must lie in \[0, 1\], got"),
        (lambda: SmallWorld(2, rewiring=np.nan), ValueError, "rewiring must lie in"),
    ],
)
def test_bad_rules_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_more_synapses_than_neurons_are_refused_with_the_reservoir():
    few = neurons(12, inhibitory=3)
    few.replace(wiring=FixedInDegree((8, 9, 3, 2)))
    for degrees, message in [
        ((9, 9, 3, 2), "in_degree must be at most 8 for EE, .* excitatory neurons, got 9"),
        ((8, 10, 3, 2), "in_degree must be at most 9 for EI"),
        ((8, 9, 4, 2), "in_degree must be at most 3 for IE, .* inhibitory neurons, got 4"),
        ((8, 9, 3, 3), "in_degree must be at most 2 for II"),
    ]:
        with pytest.raises(ValueError, match=f"wiring: {message}"):
            few.replace(wiring=FixedInDegree(degrees))
    # Who isn't there needs no sources.
    neurons(9, wiring=FixedInDegree((8, 100, 0, 100)))
    few.replace(wiring=SmallWorld(10, rewiring=0.5))
    with pytest.raises(ValueError, match=r"neighbours must be less than .* neurons, 12, got 12"):
        few.replace(wiring=SmallWorld(12, rewiring=0.5))
