"""Points that are sampled from ranges: how they fill these, and what is refused."""

import numpy as np
import pytest

from evolution.sampling import Range, sample_points


@pytest.mark.parametrize("method", ["random", "sobol", "halton"])
def test_samples_fill_their_ranges(method):
    ranges = {
        "whole": Range(1, 4),
        "real": Range(-1.0, 3.0),
        "log": Range(0.01, 100.0, log=True),
    }
    points = sample_points(ranges, 400, method=method, seed=3)
    columns = {name: np.array([point[name] for point in points]) for name in ranges}
    assert all(isinstance(point["whole"], int) for point in points)
    _, counts = np.unique(columns["whole"], return_counts=True)
    np.testing.assert_allclose(counts, 100, atol=30 if method == "random" else 3)
    quartiles = (0.25, 0.5, 0.75)
    near = 0.3 if method == "random" else 0.03
    np.testing.assert_allclose(np.quantile(columns["real"], quartiles), (0, 1, 2), atol=near)
    logs = np.log10(columns["log"])
    np.testing.assert_allclose(np.quantile(logs, quartiles), (-1, 0, 1), atol=near)


@pytest.mark.parametrize("method", ["random", "sobol", "halton"])
def test_a_larger_sample_goes_on_with_a_smaller_one(method):
    ranges = {"a": Range(0.0, 1.0), "b": Range(0, 3)}
    small, large = (sample_points(ranges, n, method=method, seed=1) for n in (10, 40))
    assert large[:10] == small
    assert sample_points(ranges, 10, method=method, seed=2) != small


def test_a_quasi_random_sample_is_more_even_than_a_random_one():
    """64 Sobol' points have one in each of 64 cells of a side of 1/8; random ones leave a third."""
    ranges = {"x": Range(0.0, 1.0), "y": Range(0.0, 1.0)}
    cells = {}
    for method in ("random", "sobol"):
        points = sample_points(ranges, 64, method=method, seed=0)
        cells[method] = {(int(8 * one["x"]), int(8 * one["y"])) for one in points}
    assert len(cells["sobol"]) == 64
    assert len(cells["random"]) < 50


def test_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    sample_points({"a": Range(0.0, 1.0)}, 10, method="random", seed=1)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_what_is_no_range_or_method_is_refused():
    with pytest.raises(ValueError, match="high must not be below low, got 2 and 1"):
        Range(2, 1)
    with pytest.raises(ValueError, match="low must be above 0 where log holds, got 0"):
        Range(0, 1, log=True)
    with pytest.raises(ValueError, match="method must be one of random, sobol, halton, got 'grid'"):
        sample_points({"a": Range(0, 1)}, 2, method="grid", seed=0)
