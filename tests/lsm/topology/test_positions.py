"""Places of neurons: where they lie, and how densely."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist
from scipy.special import erf

from lsm.reservoir import Reservoir
from lsm.topology import box, grid, side_for, sphere


def expected_in_degree(n, dimensions=2):
    """Mean in-degree of n neurons, all excitatory, uniform in the cube with p = exp(-d^2/2)."""
    x = side_for(n, dimensions=dimensions) / np.sqrt(2)
    along = np.sqrt(np.pi) * erf(x) / x - (1 - np.exp(-(x**2))) / x**2
    return (n - 1) * along**dimensions


@pytest.mark.parametrize(
    ("n", "dimensions", "seeds"), [(20, 2, 800), (64, 2, 150), (300, 2, 20), (20, 3, 800)]
)
def test_in_degree_stays_that_of_20_neurons(n, dimensions, seeds):
    degrees = []
    for seed in range(seeds):
        reservoir = Reservoir.random(
            n, random_state=seed, excitatory_fraction=1.0, dimensions=dimensions
        )
        degrees.append(len(reservoir.synapses) / n)
    assert np.mean(degrees) == pytest.approx(expected_in_degree(n, dimensions), rel=0.03)
    assert expected_in_degree(n, dimensions) == pytest.approx(expected_in_degree(20), rel=1e-9)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_in_degree_is_one_for_all_sizes_and_small_ones_keep_the_density(dimensions):
    for n in (20, 21, 1000, 10_000):
        assert expected_in_degree(n, dimensions) == pytest.approx(expected_in_degree(20))
    of_20, of_5 = (side_for(n, dimensions=dimensions) for n in (20, 5))
    assert 5 / of_5**dimensions == pytest.approx(20 / of_20**dimensions)


def test_sides_of_the_square():
    assert side_for(20) == 6
    assert side_for(5) == 3
    assert side_for(80) == pytest.approx(13.262, abs=1e-3)


def test_a_box_is_filled_uniformly_along_each_dimension():
    positions = box(4000, (1.0, 20.0, 300.0), random_state=0)
    assert positions.shape == (4000, 3)
    for axis, side in zip(positions.T, (1, 20, 300), strict=True):
        assert stats.kstest(axis / side, "uniform").pvalue > 1e-3
    for dimensions in (2, 3):
        drawn = box(3000, dimensions=dimensions, random_state=1)
        assert drawn.shape == (3000, dimensions)
        side = side_for(3000, dimensions=dimensions)
        assert 0.99 * side < drawn.max() < side
    assert box(50, 2.0, random_state=np.random.default_rng(0)).max() < 2
    np.testing.assert_array_equal(box(9, 2.0, random_state=5), box(9, (2.0, 2.0), random_state=5))


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_a_sphere_is_filled_uniformly(dimensions):
    positions = sphere(4000, 2.5, dimensions=dimensions, random_state=0)
    assert positions.shape == (4000, dimensions)
    assert positions.min() >= 0
    from_centre = positions - 2.5
    r = np.linalg.norm(from_centre, axis=1)
    # The share of the volume within r, and no direction before another.
    assert stats.kstest((r / 2.5) ** dimensions, "uniform").pvalue > 1e-3
    assert np.all(np.abs(from_centre.mean(axis=0)) < 4 * 2.5 / np.sqrt(4000))
    second = from_centre.T @ from_centre / 4000
    expected = 2.5**2 / (dimensions + 2) * np.eye(dimensions)
    np.testing.assert_allclose(second, expected, atol=0.1)


def test_a_grid_has_each_point_once():
    positions = grid((15, 3, 3))
    assert positions.shape == (135, 3)
    assert {tuple(point) for point in positions} == {
        (x, y, z) for x in range(15) for y in range(3) for z in range(3)
    }
    assert pdist(positions).min() == 1
    np.testing.assert_array_equal(positions[:4], [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 0]])
    np.testing.assert_array_equal(grid((2, 1), spacing=0.5), [[0, 0], [0.5, 0]])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: box(0), ValueError, "n must be at least 1, got 0"),
        (lambda: box(3, -1.0), ValueError, "side must be finite and above 0, got -1.0"),
        (lambda: box(3, (1.0, np.nan)), ValueError, "side must be finite"),
        (lambda: box(3, dimensions=0), ValueError, "dimensions must be at least 1, got 0"),
        (lambda: box(3, 1.0, dimensions=1.5), TypeError, "dimensions must be an integer"),
        (lambda: sphere(3, 0.0), ValueError, "radius must be finite and above 0, got 0.0"),
        (lambda: sphere(3, 1.0, dimensions=0), ValueError, "dimensions must be at least 1"),
        (lambda: sphere(2.0, 1.0), TypeError, "n must be an integer, got 2.0"),
        (lambda: grid((3, 0)), ValueError, "shape must be at least 1, got 0"),
        (lambda: grid((3, 1.5)), TypeError, "shape must be an integer, got 1.5"),
        (lambda: grid(()), ValueError, "shape must have one dimension at least"),
        (lambda: grid((2, 2), spacing=0.0), ValueError, "spacing must be finite and above 0"),
    ],
)
def test_bad_places_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
