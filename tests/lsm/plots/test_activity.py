"""Pictures of activity: what is drawn is what happened."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from lsm import Recording
from lsm.plots import (
    EXCITATORY,
    INHIBITORY,
    plot_activity,
    plot_currents,
    plot_raster,
    plot_rates,
    plot_spikes,
)
from lsm.spikes import SpikeTrains
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


def test_the_liquid_has_half_of_the_height_beside_many_channels(axes):
    sample = SpikeTrains.from_lists([[[4.0]] * 3000], duration_ms=20)
    plot_raster(axes, LIQUID, recording([2], [1]), sample)
    low, high = axes.get_ylim()
    assert high >= (high - low) / 2 >= 6
    channels = np.array(points(axes)["input"])[:, 1]
    assert len(np.unique(channels)) == 3000
    assert (channels >= low).all()
    assert (channels <= -2).all()


def test_raster_of_silence(axes):
    plot_raster(axes, LIQUID, recording([], []))
    assert points(axes) == {"excitatory": [], "inhibitory": []}


def test_spikes_alone_are_a_raster(axes):
    excitatory = [False, True, True, False, True, True]
    assert plot_spikes(axes, [2, 3, 3, 9], [1, 5, 0, 3], excitatory, markersize=3) is axes
    assert points(axes) == {"excitatory": [[2, 0], [3, 3]], "inhibitory": [[3, 4], [9, 5]]}
    assert axes.lines[0].get_markersize() == 3


@pytest.mark.parametrize("neurons", [[0], [0, 2], [-1, 0]])
def test_spikes_of_no_neuron_are_refused(axes, neurons):
    with pytest.raises(ValueError, match=r"times_ms and neurons must .* lie in 0\.\.1, got the sh"):
        plot_spikes(axes, [1.0, 2.0], neurons, [True, False])


def test_bad_rasters_are_refused(axes):
    two = SpikeTrains.from_lists([[[1.0]], [[2.0]]], duration_ms=20)
    for sample, n in ((two, 2), (two[:0], 0)):
        with pytest.raises(ValueError, match=f"sample must hold one sample, .* got {n}"):
            plot_raster(axes, LIQUID, recording([2], [1]), sample)
    for plot in (plot_raster, plot_rates):
        with pytest.raises(ValueError, match=r"recording must be of the .* 7 neurons, got 6"):
            plot(axes, liquid(0, n=7), recording([2], [1]))


def test_strokes_are_seen_in_the_legend(axes):
    many = SpikeTrains.from_lists([[[4.0]] * 2000], duration_ms=20)
    plot_raster(axes, LIQUID, recording([2], [1]), many)
    assert {line.get_markersize() for line in axes.lines if line.get_marker() == "|"} == {6, 1}
    assert [mark.get_markersize() for mark in axes.get_legend().legend_handles] == [8, 8, 8]


def test_rates_are_spikes_by_neurons_and_time(axes):
    # Four excitatory neurons (1, 2, 4, 5), two inhibitory ones (0, 3); bins of 8, 8 and 4 ms.
    spiked = recording([0, 7.9, 8, 15, 16, 19, 3], [1, 2, 4, 5, 1, 1, 0])
    assert plot_rates(axes, LIQUID, spiked, bin_ms=8) is axes
    excitatory, inhibitory = (patch.get_data() for patch in axes.patches)
    assert excitatory.edges.tolist() == [0, 8, 16, 20]
    assert excitatory.values.tolist() == pytest.approx([2 / 4 / 8e-3, 2 / 4 / 8e-3, 2 / 4 / 4e-3])
    assert inhibitory.values.tolist() == pytest.approx([1 / 2 / 8e-3, 0, 0])
    assert [patch.get_edgecolor() for patch in axes.patches] == [
        to_rgba(EXCITATORY),
        to_rgba(INHIBITORY),
    ]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (ms)", "rate (Hz)")


def test_rates_of_one_population_and_bad_bins(axes):
    plot_rates(axes, LIQUID.replace(excitatory=np.ones(6, dtype=bool)), recording([1], [0]))
    assert len(axes.patches) == 1
    with pytest.raises(ValueError, match="bin_ms must be finite and above 0, got 0"):
        plot_rates(axes, LIQUID, recording([1], [0]), bin_ms=0)


def test_activity_is_a_raster_over_rates():
    figure = Figure()
    spiked, sample = recording([2, 3], [1, 0]), one_sample(4.0, duration_ms=20)
    raster, rates = plot_activity(figure, LIQUID, spiked, sample, bin_ms=10)
    assert figure.axes == [raster, rates]
    assert points(raster)["excitatory"] == [[2, 0]]
    assert points(raster)["input"] == [[4, -2]]
    assert rates.patches[0].get_data().values.tolist() == [25, 0]
    assert raster.get_xlim() == rates.get_xlim() == (0, 20)
    assert raster.get_position().y0 > rates.get_position().y1
    figure.draw_without_rendering()


def test_currents_with_their_sum(axes):
    plot_currents(axes, [1, 2, 3], [10, 20, 30], [-5, -30, -30])
    lines = points(axes)
    assert lines["excitatory"] == [[1, 10], [2, 20], [3, 30]]
    assert lines["inhibitory"] == [[1, -5], [2, -30], [3, -30]]
    assert lines["sum"] == [[1, 5], [2, -10], [3, 0]]
    with pytest.raises(ValueError, match=r"of one length, got the shapes \(2,\), \(3,\) and \(2,"):
        plot_currents(axes, [1, 2], [1, 2, 3], [1, 2])
