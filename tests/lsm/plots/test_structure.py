"""Pictures of reservoirs: neurons at their places, shares of pairs, eigenvalues."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from lsm import DistanceWiring, NoWiring, Reservoir
from lsm.plots import EXCITATORY, INHIBITORY, plot_distance, plot_liquid, plot_spectrum
from lsm.plots.structure import MOST_SYNAPSES
from lsm.topology import MatrixWiring, RandomWiring, box
from tests.lsm.liquids import liquid

LIQUID = liquid(0, n=6, excitatory=np.array([0, 1, 1, 0, 1, 1], dtype=bool))
CUBE = Reservoir.random(
    6, random_state=0, dimensions=3, excitatory=LIQUID.excitatory, wiring=RandomWiring(0.5)
)


@pytest.fixture
def axes3d():
    return Figure().add_subplot(projection="3d")


def points(axes):
    """Label -> points (n, 2) of each line drawn."""
    return {line.get_label(): line.get_xydata().tolist() for line in axes.lines}


def test_liquid_shows_neurons_where_they_are_and_synapses_in_their_sources_colour(axes):
    assert plot_liquid(axes, LIQUID) is axes
    synapses, excitatory, inhibitory = axes.collections
    np.testing.assert_array_equal(excitatory.get_offsets(), LIQUID.positions[LIQUID.excitatory])
    np.testing.assert_array_equal(inhibitory.get_offsets(), LIQUID.positions[~LIQUID.excitatory])
    wired = LIQUID.synapses
    ends = {
        (*LIQUID.positions[a], *LIQUID.positions[b])
        for a, b in zip(wired.source, wired.target, strict=True)
    }
    drawn = [tuple(segment.ravel()) for segment in synapses.get_segments()]
    assert len(wired) > 4
    assert (len(drawn), set(drawn)) == (len(wired), ends)
    colours = {colour: to_rgba(colour)[:3] for colour in (EXCITATORY, INHIBITORY)}
    for segment, colour in zip(drawn, synapses.get_colors(), strict=True):
        source = int(np.flatnonzero((LIQUID.positions == segment[:2]).all(axis=1))[0])
        expected = EXCITATORY if LIQUID.excitatory[source] else INHIBITORY
        assert tuple(colour[:3]) == colours[expected]


def test_liquid_shows_rates_as_size(axes):
    plot_liquid(axes, LIQUID, np.array([0.0, 10, 20, 30, 40, 0]))
    _, excitatory, inhibitory = axes.collections
    assert excitatory.get_sizes().tolist() == pytest.approx([52.5, 90, 165, 15])
    assert inhibitory.get_sizes().tolist() == pytest.approx([15, 127.5])


@pytest.mark.parametrize("rates", [np.ones(5), np.ones((1, 6)), 3.0])
def test_rates_of_another_shape_are_refused(axes, rates):
    with pytest.raises(ValueError, match=r"rates_hz must have the shape \(6,\), .* got \("):
        plot_liquid(axes, LIQUID, rates)
    assert not axes.collections


def test_of_many_synapses_the_same_share_of_each_polarity_is_drawn(axes):
    # All excitatory synapses are weaker than any inhibitory one.
    rule = RandomWiring(0.5, weight_pA=(1.0, 1.0, -50.0, -50.0), weight_cv=0.5)
    reservoir = Reservoir.random(150, random_state=0, wiring=rule)
    plot_liquid(axes, reservoir)
    colours = axes.collections[0].get_colors()
    assert len(colours) == pytest.approx(MOST_SYNAPSES, abs=1)
    weight = reservoir.synapses.weight_pA
    for colour, of_one in ((EXCITATORY, weight[weight > 0]), (INHIBITORY, weight[weight < 0])):
        drawn = colours[(colours[:, :3] == to_rgba(colour)[:3]).all(axis=1)]
        assert len(drawn) / len(of_one) == pytest.approx(MOST_SYNAPSES / len(weight), rel=1e-3)
        strongest = np.sort(np.abs(of_one))[::-1][: len(drawn)]
        np.testing.assert_allclose(drawn[:, 3], 0.6 * strongest / strongest[0])


@pytest.mark.parametrize("rates", [None, np.zeros(6)])
def test_liquid_without_synapses_or_rates(axes, rates):
    figure = axes.figure
    plot_liquid(axes, LIQUID.replace(wiring=NoWiring()), rates)
    assert not len(axes.collections[0].get_segments())
    figure.draw_without_rendering()  # no division by zero, no empty colour


def test_all_neurons_are_in_view(axes):
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5], [0, 0]]) * LIQUID.side
    plot_liquid(axes, LIQUID.replace(positions=corners))
    assert axes.get_xlim()[0] < 0 < LIQUID.side < axes.get_xlim()[1]
    assert axes.get_ylim()[0] < 0 < LIQUID.side < axes.get_ylim()[1]


def test_liquid_in_three_dimensions(axes3d):
    reservoir = CUBE.replace(side=(9.0, 18.0, 27.0))
    assert plot_liquid(axes3d, reservoir, np.arange(6.0)) is axes3d
    synapses, excitatory, inhibitory = axes3d.collections
    x = reservoir.positions
    for drawn, chosen in ((excitatory, reservoir.excitatory), (inhibitory, ~reservoir.excitatory)):
        np.testing.assert_array_equal(np.array(drawn._offsets3d).T, x[chosen])
    wired = reservoir.synapses
    assert len(wired) > 4
    ends = {tuple(np.ravel([x[a], x[b]])) for a, b in zip(wired.source, wired.target, strict=True)}
    assert {tuple(np.ravel(segment)) for segment in synapses._segments3d} == ends
    for name, side in ("x", 9), ("y", 18), ("z", 27):
        low, high = getattr(axes3d, f"get_{name}lim")()
        assert low < 0 < side < high
    assert axes3d.get_zlabel() == "z"
    axes3d.figure.draw_without_rendering()


def test_a_flat_liquid_in_three_dimensions_is_refused_and_a_deep_one_is_drawn_flat(axes, axes3d):
    with pytest.raises(ValueError, match=r"positions must have 3 dimensions .* got 2"):
        plot_liquid(axes3d, LIQUID)
    plot_liquid(axes, CUBE)
    np.testing.assert_array_equal(
        axes.collections[1].get_offsets(), CUBE.positions[CUBE.excitatory, :2]
    )


def test_three_dimensions_without_synapses(axes3d):
    plot_liquid(axes3d, CUBE.replace(wiring=NoWiring(), side=(9.0, 9.0, 9.5)))
    axes3d.figure.draw_without_rendering()


def test_distance_shows_the_share_of_the_pairs_that_are_connected(axes):
    # On a line: E at 0 and 1, I at 1.5 and 4.
    weights = np.array([[0, 5, 0, 0], [0, 0, 5, 5], [-5, 0, 0, 0], [0, 0, 0, 0]])
    reservoir = Reservoir.random(
        4,
        random_state=0,
        positions=[[0, 0], [1, 0], [1.5, 0], [4, 0]],
        excitatory=[True, True, False, False],
        wiring=MatrixWiring(weights),
    )
    assert plot_distance(axes, reservoir, bins=3) is axes
    # The longest synapse, from 1 to 3, is 3 long. Bins of 1; those of 0 to 1 hold no 1.
    assert points(axes) == {
        "EE": [[1.5, 1 / 2]],
        "EI": [[0.5, 1], [1.5, 0], [2.5, 1]],
        "IE": [[0.5, 0], [1.5, 1], [2.5, 0]],
        "II": [[2.5, 0]],
    }


def test_distance_shows_the_rule_where_it_knows_one(axes):
    rule = DistanceWiring((0.9, 0.6, 0.4, 0.2), length=2, weight_falls=False)
    places = box(800, 8.0, random_state=0)
    half = np.arange(800) < 400
    reservoir = Reservoir.random(
        800, random_state=0, positions=places, excitatory=half, wiring=rule
    )
    plot_distance(axes, reservoir, bins=20)
    share = [line for line in axes.lines if line.get_linestyle() == "None"]
    curves = [line for line in axes.lines if line.get_linestyle() != "None"]
    for points_of, curve, p in zip(share, curves, rule.probability, strict=True):
        d, expected = curve.get_data()
        np.testing.assert_allclose(expected, p * np.exp(-((d / 2) ** 2)))
        expected = np.interp(points_of.get_xdata(), d, expected)
        np.testing.assert_allclose(points_of.get_ydata(), expected, atol=0.04)


def test_distance_without_synapses(axes):
    plot_distance(axes, LIQUID.replace(wiring=NoWiring()))
    axes.figure.draw_without_rendering()
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        plot_distance(axes, LIQUID, bins=0)


def test_spectrum_of_a_matrix_with_known_eigenvalues(axes):
    # A ring of three: the cube roots of 8. A neuron that reaches itself: 5.
    weights = np.zeros((4, 4))
    weights[[0, 1, 2, 3], [1, 2, 0, 3]] = 2, 2, 2, 5
    reservoir = Reservoir.random(
        4, random_state=0, excitatory=np.ones(4, dtype=bool), wiring=MatrixWiring(weights)
    )
    assert plot_spectrum(axes, reservoir) is axes
    values, circle = axes.lines
    found = np.sort_complex(np.array(values.get_xydata()) @ [1, 1j])
    expected = np.sort_complex([2, 2 * np.exp(2j * np.pi / 3), 2 * np.exp(-2j * np.pi / 3), 5])
    np.testing.assert_allclose(found, expected, atol=1e-12)
    # Each row has variance w^2 (1/4 - 1/16).
    radius = np.sqrt((3 * 4 + 25) * 3 / 16)
    np.testing.assert_allclose(np.linalg.norm(circle.get_xydata(), axis=1), radius)


def test_the_circle_is_where_a_random_matrix_ends(axes):
    rule = RandomWiring(0.2, weight_pA=(1.0, 1.0, -4.0, -4.0))
    plot_spectrum(axes, Reservoir.random(300, random_state=0, wiring=rule))
    values, circle = axes.lines
    size = np.linalg.norm(values.get_xydata(), axis=1)
    radius = np.linalg.norm(circle.get_xydata()[0])
    assert np.mean(size < 1.05 * radius) > 0.98
    assert np.sort(size)[-6] > 0.85 * radius


def test_labels_and_legends_stay_within_the_figure():
    figure = Figure(figsize=(6, 5), layout="constrained")
    for draw in (plot_liquid, plot_spectrum, plot_distance):
        figure.clear()
        axes = draw(figure.add_subplot(), LIQUID)
        figure.draw_without_rendering()
        drawn = axes.get_tightbbox()
        assert drawn.x0 >= -1
        assert drawn.x1 <= figure.bbox.x1 + 1
