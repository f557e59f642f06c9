"""Pictures of an evolution: what they show, and where."""

import numpy as np
from matplotlib.figure import Figure

from evolution.plots import plot_front, plot_logbook

FITNESSES = np.array([[0.5, 3.0, 9.0], [0.9, 8.0, 8.0], [0.7, 4.0, 7.0], [0.6, 9.0, 9.0]])
FRONT = [1, 2, 0]


def test_a_logbook_has_a_line_of_the_best_and_one_of_the_mean():
    rows = [{"generation": k, "best": 0.5 + 0.1 * k, "mean": 0.4} for k in range(3)]
    axes = plot_logbook(Figure().subplots(), rows)
    best, mean = axes.get_lines()
    np.testing.assert_allclose(best.get_xydata(), [(0, 0.5), (1, 0.6), (2, 0.7)])
    np.testing.assert_allclose(mean.get_ydata(), 0.4)
    assert axes.get_xlabel() == "generation"


def test_a_front_of_two_aims_is_a_staircase_with_the_rest_beside_it():
    axes = plot_front(Figure().subplots(), FITNESSES[:, :2], ("accuracy", "spikes"), FRONT)
    others, steps, chosen = axes.get_lines()
    np.testing.assert_allclose(others.get_xydata(), [(9, 60)])
    np.testing.assert_allclose(steps.get_xydata(), [(3, 50), (4, 70), (8, 90)])
    np.testing.assert_allclose(chosen.get_xydata(), [(8, 90)])
    (points,) = axes.collections
    np.testing.assert_allclose(points.get_offsets(), [(8, 90), (4, 70), (3, 50)])
    assert axes.get_xlabel() == "spikes of the liquid in a sample"


def test_a_third_aim_is_a_colour():
    figure = Figure()
    aims = ("accuracy", "spikes", "neurons")
    axes = plot_front(figure.subplots(), FITNESSES, aims, FRONT)
    points = next(each for each in axes.collections if len(each.get_offsets()) == 3)
    np.testing.assert_allclose(points.get_array(), [8, 7, 9])
    assert figure.axes[1].get_ylabel() == "neurons"
