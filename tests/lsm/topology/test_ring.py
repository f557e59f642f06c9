"""Rings with jumps: the matrix of the paper, signs, and what a neuron that goes changes."""

from itertools import pairwise

import numpy as np
import pytest

from lsm.topology import RingWithJumps
from tests.lsm.topology.wired import adjacency, edges, neurons, only


def paper_matrix(n, jump, ring, jumps):
    """Weights (targets, sources) of Rodan and Tino's reservoir, with units counted from 1."""
    W = np.zeros((n + 1, n + 1))
    for i in range(1, n):
        W[i + 1, i] = ring
    W[1, n] = ring
    ends = list(range(1, n + 1, jump))
    if n % jump == 0:
        ends.append(1)
    else:
        ends = ends[: n // jump + 1]
    for a, b in pairwise(ends):
        W[a, b] = W[b, a] = jumps
    return W[1:, 1:]


@pytest.mark.parametrize(("n", "jump"), [(12, 3), (13, 3), (14, 3), (20, 9), (5, 2), (50, 7)])
def test_weights_are_those_of_the_cycle_reservoir(n, jump):
    wiring = RingWithJumps(jump, jump_gain=0.5, weight_pA=(8.0, 8.0, -8.0, -8.0))
    reservoir = neurons(n, seed=2, wiring=wiring)
    ring = np.argsort(reservoir.keys)
    synapses = reservoir.synapses
    weights = np.zeros((n, n))
    weights[synapses.target, synapses.source] = synapses.weight_pA
    np.testing.assert_array_equal(weights[np.ix_(ring, ring)], paper_matrix(n, jump, 8.0, 4.0))
    assert adjacency(reservoir).max() == 1
    assert len(synapses) == n + 2 * (n // jump)
    assert np.all(np.diff(synapses.source.astype(int) * n + synapses.target) > 0)


def test_signs_are_those_of_the_sources_and_no_gain_means_no_jumps():
    wiring = RingWithJumps(3, weight_pA=(1.0, 2.0, -3.0, -4.0), delay_ms=(1.0, 2.0, 3.0, 4.0))
    reservoir = neurons(30, seed=3, inhibitory=12, wiring=wiring)
    kind = ~reservoir.excitatory
    for (a, b), (weight, delay) in edges(reservoir.synapses, range(30)).items():
        place = 2 * kind[a] + kind[b]
        assert (weight, delay) == (wiring.weight_pA[place], place + 1.0)
    alone = neurons(30, wiring=RingWithJumps(3, jump_gain=0.0))
    assert len(alone.synapses) == 30
    np.testing.assert_array_equal(alone.scaled(2.0).synapses.weight_pA, 100.0)


def test_weights_scale_and_vary_with_the_keys():
    wiring = RingWithJumps(4, jump_gain=0.3, weight_cv=0.5)
    reservoir = neurons(40, seed=4, wiring=wiring)
    louder, synapses = reservoir.scaled(3.0).synapses, reservoir.synapses
    np.testing.assert_allclose(louder.weight_pA, 3 * synapses.weight_pA)
    assert len(np.unique(synapses.weight_pA)) == len(synapses)


def test_a_neuron_that_goes_closes_the_ring_and_moves_the_jumps_behind_it():
    reservoir = neurons(40, seed=5, wiring=RingWithJumps(4))
    ring = np.argsort(reservoir.keys)
    smaller = only(reservoir, np.sort(np.delete(ring, 18)))
    before = set(edges(reservoir.synapses, reservoir.keys))
    after = set(edges(smaller.synapses, smaller.keys))
    keys = reservoir.keys[ring]
    first = set(keys[:17])
    assert {pair for pair in before if first >= set(pair)} == {
        pair for pair in after if first >= set(pair)
    }
    assert (keys[17], keys[19]) in after - before
    assert (keys[21], keys[25]) in after - before


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: RingWithJumps(1), ValueError, "jump must be 2 or more, got 1"),
        (lambda: RingWithJumps(2.0), TypeError, "jump must be an integer"),
        (lambda: RingWithJumps(3, jump_gain=-1.0), ValueError, "jump_gain must be finite and not"),
        (
            lambda: neurons(12, wiring=RingWithJumps(6)),
            ValueError,
            "jump must be less than half of the number of neurons, 12, got 6",
        ),
    ],
)
def test_bad_rules_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
