"""Pictures of metrics: means with their intervals."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from scipy import stats

from lsm.plots import plot_metric


def test_metric_is_a_mean_with_its_interval(axes):
    rng = np.random.default_rng(0)
    scores = rng.normal(3, 1, (3, 8))
    scores[1, 5:] = np.nan
    assert plot_metric(axes, [2.0, 0.5, 1.0], scores, label="rank", confidence=0.9) is axes
    in_order = [scores[1, :5], scores[2], scores[0]]
    (line,) = axes.lines
    assert line.get_label() == "rank"
    np.testing.assert_allclose(line.get_xdata(), [0.5, 1, 2])
    np.testing.assert_allclose(line.get_ydata(), [np.mean(one) for one in in_order])
    edge = axes.collections[0].get_paths()[0].vertices
    for x, one in zip([0.5, 1, 2], in_order, strict=True):
        low, high = stats.t.interval(0.9, len(one) - 1, np.mean(one), stats.sem(one))
        at = edge[edge[:, 0] == x, 1]
        assert (at.min(), at.max()) == pytest.approx((low, high))
    assert to_rgba(line.get_color())[:3] == tuple(axes.collections[0].get_facecolor()[0, :3])


def test_metric_with_one_repeat_has_no_interval(axes):
    plot_metric(axes, [1, 2, 3], [[4.0], [np.nan], [6.0]])
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [4, np.nan, 6])
    assert not axes.collections[0].get_paths()
    axes.figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("values", "scores", "options", "message"),
    [
        ([1, 2], [[1.0, 2]], {}, r"\(points, repeats\), got \(2,\) and \(1, 2\)"),
        ([1, 2], [1.0, 2], {}, r"got \(2,\) and \(2,\)"),
        ([1], [[1.0]], {"confidence": 95}, "confidence must lie between 0 and 1, got 95"),
    ],
)
def test_bad_metrics_are_refused(axes, values, scores, options, message):
    with pytest.raises(ValueError, match=message):
        plot_metric(axes, values, scores, **options)
