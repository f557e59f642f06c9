"""Curves over repeats: planted peaks, bends and orders come out, and noise has no favourite."""

import numpy as np
import pytest
from scipy.stats import t, ttest_1samp

from lsm.metrics import advantage_at_zero, hinge_slopes, peak_place, rank_correlations

X = np.linspace(-1.5, 1.5, 7)
OFF = 0.35


def curves(loss_below, loss_above, *, sd=0.01, at=0.0, repeats=20, seed=0):
    """Tents over x, which lose so much below and above their tip."""
    rng = np.random.default_rng(seed)
    x = X + 0.02 * rng.standard_normal((repeats, 1))
    y = 0.9 + loss_below * np.minimum(x - at, 0) - loss_above * np.maximum(x - at, 0)
    return x, y + sd * rng.standard_normal(x.shape)


def lies(values):
    """On which side of 0 the 95 % interval of the mean lies; 0: on both."""
    low, high = ttest_1samp(values, 0).confidence_interval(0.95)
    return int(low > 0) - int(high < 0)


@pytest.mark.parametrize(("losses", "side"), [((0.2, 0.1), 1), ((0.1, 0.2), -1), ((0.15, 0.15), 0)])
def test_planted_losses_are_recovered(losses, side):
    below, above = hinge_slopes(*curves(*losses)).T
    assert below.mean() == pytest.approx(losses[0], abs=0.01)
    assert above.mean() == pytest.approx(losses[1], abs=0.01)
    assert lies(below - above) == side


def test_slopes_without_noise_are_exact_and_equally_far():
    x, y = curves(0.2, 0.1, sd=0)
    x[:, -2:], y[:, -2:] = np.nan, np.nan
    y[:, :2] = 0  # beyond what the side above reaches
    slopes = hinge_slopes(x, y)
    some = np.isfinite(slopes).all(axis=1)  # the others have one point above 0
    assert some.sum() >= 8
    np.testing.assert_allclose(slopes[some], [[0.2, 0.1]] * some.sum())


def test_slopes_need_both_sides():
    x, y = curves(0.2, 0.1)
    assert np.isnan(hinge_slopes(x[:, X > -0.2], y[:, X > -0.2])).all()


@pytest.mark.parametrize(("at", "side"), [(0, 1), (1, -1), (-1, -1)])
def test_a_planted_best_point_is_recovered(at, side):
    x, y = curves(0.2, 0.1, at=at)
    more = advantage_at_zero(x, y, off=OFF)
    assert lies(more) == side
    # Half a unit above, or from 0 to where the best is.
    assert more.mean() == pytest.approx({0: 0.05, 1: -0.2, -1: -0.1}[at], abs=0.02)
    place, (low, high) = peak_place(x, y)
    assert place == pytest.approx(at, abs=0.2)
    assert low <= place <= high


def test_the_best_of_noise_is_not_favoured():
    """The luckiest of six others is above by 1.3 deviations of a mean on average: by .028 here."""
    wins = [advantage_at_zero(*curves(0, 0, sd=0.1, seed=k), off=OFF) for k in range(100)]
    assert np.mean(wins) == pytest.approx(0, abs=0.01)
    means, errors = np.mean(wins, axis=1), np.std(wins, axis=1, ddof=1) / np.sqrt(20)
    assert np.mean(np.abs(means) < t.ppf(0.975, 19) * errors) > 0.88


def test_missing_points_are_left_out():
    x, y = curves(0.2, 0.1)
    y[3, 3] = np.nan  # at 0
    assert np.isnan(advantage_at_zero(x, y, off=OFF)).nonzero()[0].tolist() == [3]
    y[:] = np.nan
    assert np.isnan(advantage_at_zero(x, y, off=OFF)).all()
    assert np.isnan(advantage_at_zero(np.full_like(x, np.nan), y, off=OFF)).all()
    assert peak_place(x, y) == (None, None)


def test_a_point_of_few_repeats_is_no_rival():
    x, y = curves(0.2, 0.1)
    whole = advantage_at_zero(x, y, off=OFF)
    y[:2, -1], y[2:, -1] = 1.5, np.nan
    np.testing.assert_allclose(advantage_at_zero(x, y, off=OFF), whole, atol=1e-12)
    assert peak_place(x, y).place == pytest.approx(0, abs=0.2)
    assert peak_place(x, y, enough=0.05).place == pytest.approx(1.5, abs=0.1)


def test_a_rival_is_chosen_by_paired_differences():
    """The bad repeats lack the lowest point, which isn't better for it."""
    x, y = curves(0.2, 0.1, sd=0)
    level = np.where(np.arange(len(y)) % 4 < 2, 0.0, -1.0)
    whole = advantage_at_zero(x, y, off=OFF)
    y += level[:, None]
    y[level < 0, 0] = np.nan
    np.testing.assert_allclose(advantage_at_zero(x, y, off=OFF), whole, atol=1e-9)


def test_without_a_point_near_0_nothing_is_best_there():
    x, y = curves(0.2, 0.1)
    assert np.isnan(advantage_at_zero(x[:, X < -0.4], y[:, X < -0.4], off=OFF)).all()


def test_a_peak_of_two_repeats_has_no_interval():
    x, y = curves(0.2, 0.1, repeats=2)
    place, interval = peak_place(x, y)
    assert place == pytest.approx(0, abs=0.2)
    assert interval is None


def test_rank_correlation_is_of_each_repeat():
    x = np.tile(np.arange(5.0), (4, 1))
    y = 10.0 * np.arange(4)[:, None] + x**3
    np.testing.assert_allclose(rank_correlations(x, y), 1)
    np.testing.assert_allclose(rank_correlations(x, -y), -1)
    assert np.isnan(rank_correlations(x, np.ones_like(x))).all()
    y[:, 2:] = np.nan
    assert np.isnan(rank_correlations(x, y)).all()


@pytest.mark.parametrize("measure", [peak_place, hinge_slopes, rank_correlations])
def test_arrays_of_other_shapes_are_refused(measure):
    with pytest.raises(
        ValueError, match=r"x and y must have one shape, .* got \(2, 3\) and \(3,\)"
    ):
        measure(np.ones((2, 3)), np.ones(3))


def test_bad_numbers_are_named():
    x, y = curves(0.2, 0.1)
    with pytest.raises(ValueError, match="off must be"):
        advantage_at_zero(x, y, off=0)
    with pytest.raises(ValueError, match="enough must lie in"):
        advantage_at_zero(x, y, off=1, enough=2)
    with pytest.raises(ValueError, match="beyond must"):
        hinge_slopes(x, y, beyond=-1)
