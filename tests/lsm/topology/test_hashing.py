"""The hash looks random, whatever the keys."""

import numpy as np
import pytest
from scipy import stats

from lsm.topology import mix, uniform
from tests.lsm.simulation.reference import splitmix

DRAWS = 40_000


@pytest.mark.parametrize(
    "keys",
    [
        np.arange(DRAWS),
        np.arange(DRAWS) << 40,
        np.random.default_rng(0).integers(2**63, size=DRAWS),
    ],
    ids=["sequence", "high bits", "random"],
)
def test_hash_is_uniform_and_independent(keys):
    u = uniform(7, keys, 3)
    assert 0 < u.min() < 1e-3
    assert 0 < 1 - u.max() < 1e-3
    assert abs(u.mean() - 1 / 2) < 4 * np.sqrt(1 / 12 / DRAWS)
    assert u.var() == pytest.approx(1 / 12, rel=0.02)
    counts = np.histogram(u, bins=400, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3
    # Of its neighbour in the sequence, of the pair turned round, and of another stream.
    for other in (np.roll(u, 1), uniform(7, 3, keys), uniform(8, keys, 3), uniform(7, keys, 4)):
        assert abs(np.corrcoef(u, other)[0, 1]) < 4 / np.sqrt(DRAWS)
        pairs = np.histogram2d(u, other, bins=16, range=[(0, 1), (0, 1)])[0]
        assert stats.chisquare(pairs.ravel()).pvalue > 1e-3


def test_every_bit_of_a_key_turns_half_of_the_hash():
    keys = np.random.default_rng(1).integers(2**63, size=500).astype(np.uint64)
    for bit in range(64):
        turned = mix(1, keys) ^ mix(1, keys ^ (np.uint64(1) << np.uint64(bit)))
        assert np.unpackbits(turned.view(np.uint8)).mean() == pytest.approx(1 / 2, abs=0.02)


def test_hash_takes_numbers_in_any_form():
    assert mix(5, -1) == mix(np.uint64(5), np.uint64(2**64 - 1)) == splitmix(5, -1)
    np.testing.assert_array_equal(mix([1, 2], [[3], [4]])[1], [mix(1, 4), mix(2, 4)])
