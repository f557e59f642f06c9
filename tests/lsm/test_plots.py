"""Plots: what is drawn is what happened."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from lsm import NoWiring, Recording
from lsm.plots import EXCITATORY, INHIBITORY, plot_liquid, plot_raster
from tests.lsm.liquids import liquid, one_sample

LIQUID = liquid(0, n=6, excitatory=np.array([0, 1, 1, 0, 1, 1], dtype=bool))


def recording(times, neurons, *, steps=20):
    """Of six neurons that spiked at these times."""
    silent = np.zeros((6, steps))
    return Recording(
        spike_times_ms=np.array(times, dtype=float),
        spike_neurons=np.array(neurons, dtype=np.int32),
        t_ms=np.arange(1.0, steps + 1),
        v_mV=silent,
        variables={"u": silent},
    )


@pytest.fixture
def axes():
    return Figure().subplots()


def points(axes):
    """Label -> points (n, 2) of each line drawn."""
    return {line.get_label(): line.get_xydata().tolist() for line in axes.lines}


def test_raster_shows_each_spike_in_the_row_of_its_neuron(axes):
    # Neurons 1, 2, 4 and 5 are excitatory and take the rows 0 to 3; 0 and 3 come behind.
    drawn = plot_raster(axes, LIQUID, recording([2, 3, 3, 9], [1, 5, 0, 3]))
    assert drawn is axes
    assert points(axes) == {"excitatory": [[2, 0], [3, 3]], "inhibitory": [[3, 4], [9, 5]]}
    assert axes.get_xlim() == (0, 20)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (ms)", "neuron")


def test_raster_shows_the_input_below(axes):
    plot_raster(axes, LIQUID, recording([2], [1]), one_sample(4.0, 7.5, duration_ms=20))
    assert points(axes)["input"] == [[4, -2], [7.5, -2]]
    # Rows below zero are channels, not neurons.
    assert all(0 <= tick < 6 for tick in axes.get_yticks())


def test_raster_of_silence(axes):
    plot_raster(axes, LIQUID, recording([], []))
    assert points(axes) == {"excitatory": [], "inhibitory": []}


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


@pytest.mark.parametrize("rates", [None, np.zeros(6)])
def test_liquid_without_synapses_or_rates(axes, rates):
    figure = axes.figure
    plot_liquid(axes, LIQUID.replace(wiring=NoWiring()), rates)
    assert not len(axes.collections[0].get_segments())
    figure.canvas.draw()  # no division by zero, no empty colour


def test_all_neurons_are_in_view(axes):
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5], [0, 0]]) * LIQUID.side
    plot_liquid(axes, LIQUID.replace(positions=corners))
    assert axes.get_xlim()[0] < 0 < LIQUID.side < axes.get_xlim()[1]
    assert axes.get_ylim()[0] < 0 < LIQUID.side < axes.get_ylim()[1]
