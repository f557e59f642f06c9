"""The theta neuron's sines and cosines, which are plain arithmetic in its statements."""

import numpy as np
import pytest

from lsm.neurons import THETA


def terms(angles):
    """1 - cos and 1 + cos as the statements make them, in single precision."""
    single = np.float32(0)
    names = dict.fromkeys(("h", "eta", "gain", "I", "s", "s_half"), single)
    names["u"] = angles.astype(np.float32)
    exec(THETA.update, names)
    assert names["sine0"].dtype == np.float32
    np.testing.assert_array_equal(names["sine1"], names["sine0"])  # without a step
    return (2 * names[name].astype(np.float64) ** 2 for name in ("sine0", "cosine0"))


def test_they_are_exact_to_single_precision_and_most_so_where_they_are_small():
    angles = np.linspace(-np.pi, np.pi, 1_000_003).astype(np.float32)
    less, more = terms(angles)
    half = angles.astype(np.float64) / 2
    np.testing.assert_allclose(less, 2 * np.sin(half) ** 2, rtol=4 * 2**-24, atol=0)
    # An error of the cosine of one last place at 1.
    np.testing.assert_array_less(
        np.abs(more - 2 * np.cos(half) ** 2), 4 * 2**-23 * (np.abs(np.cos(half)) + 2**-23)
    )


@pytest.mark.parametrize("turns", [-20, -1, 1, 3])
def test_they_are_periodic(turns):
    angles = np.linspace(-np.pi, np.pi, 10_001) + 2 * np.pi * turns
    less, more = terms(angles)
    np.testing.assert_allclose(less, 1 - np.cos(angles), atol=1.5e-6 * abs(turns))
    np.testing.assert_allclose(less + more, 2, atol=1e-6)
