"""Spikes of neo's objects and NWB files: units, origins, samples, and back.

What is right is said by the objects themselves: neo 0.14.6 converts with `rescale`, an NWB file's
times are seconds by its format (pynwb 4.2.0).
"""

from datetime import UTC, datetime

import numpy as np
import pytest

from lsm.metrics import poisson_spikes
from lsm.spikes import SpikeTrains

neo = pytest.importorskip("neo")
pq = pytest.importorskip("quantities")


def train(times, units="s", t_start=0.0, t_stop=1.0):
    return neo.SpikeTrain(times, units=units, t_start=t_start, t_stop=t_stop)


def segment(*trains):
    made = neo.Segment()
    for one in trains:
        made.spiketrains.append(one)
    return made


def test_spike_trains_in_lists_are_converted_with_their_duration():
    trains = [[neo.SpikeTrain([0.1, 0.2, 0.5] * pq.s, t_stop=1 * pq.s)]]
    spikes = SpikeTrains.from_lists(trains, duration_ms=1 * pq.s)
    assert spikes == SpikeTrains.from_lists([[[100.0, 200.0, 500.0]]], duration_ms=1000.0)
    assert spikes == SpikeTrains.from_neo(trains)


def test_a_segment_is_a_sample_and_its_trains_are_the_channels():
    block = neo.Block()
    block.segments.append(segment(train([0.1, 0.3]), train([250.0], "ms", t_stop=800.0)))
    block.segments.append(segment(train([], t_stop=0.5), train([400_000.0], "us", t_stop=5e5)))
    spikes = SpikeTrains.from_neo(block)
    wanted = [[[100.0, 300.0], [250.0]], [[], [400.0]]]
    assert spikes == SpikeTrains.from_lists(wanted, duration_ms=[1000.0, 500.0])
    assert spikes == SpikeTrains.from_neo(block.segments)
    assert spikes[1] == SpikeTrains.from_neo(block.segments[1])


def test_times_count_from_the_earliest_start_to_the_latest_stop():
    given = segment(train([2.1], t_start=2.0, t_stop=3.0), train([2.6], t_start=2.5, t_stop=4.0))
    spikes = SpikeTrains.from_neo(given)
    np.testing.assert_allclose(spikes.times_ms, [100.0, 600.0])
    np.testing.assert_allclose(spikes.durations_ms, [2000.0])


def test_a_spike_at_the_stop_is_the_last_of_its_sample():
    spikes = SpikeTrains.from_neo([[train([0.2, 1.0])]])  # neo has them up to t_stop, inclusive
    assert spikes.steps(0.1).tolist() == [2000, 9999]


def test_waveforms_and_annotations_are_left_behind():
    given = neo.SpikeTrain([0.1] * pq.s, t_stop=1.0, waveforms=np.ones((1, 1, 5)) * pq.uV, unit=3)
    assert SpikeTrains.from_neo([[given]]).times_ms.tolist() == [100.0]


def test_to_neo_and_back_is_the_same_to_the_last_bit():
    spikes = poisson_spikes(3, 4, rate_Hz=40.0, duration_ms=200.0, random_state=0)
    block = spikes.to_neo()
    assert [len(one.spiketrains) for one in block.segments] == [4, 4, 4]
    first = block.segments[0].spiketrains[0]
    assert (first.t_start, first.t_stop) == (0 * pq.ms, 200 * pq.ms)
    assert SpikeTrains.from_neo(block) == spikes


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "data must be a neo Block"),
        (train([0.1]), "data must be a neo Block"),
        ([[[0.1, 0.2]]], "lists .channels. of neo.SpikeTrain.*in sample 0"),
        ([segment()], "at least one each"),
        ([[[0.1] * pq.s]], "lists .channels. of neo.SpikeTrain"),  # it says nothing of its end
        ({"a": 1}, "data must be a neo Block"),
    ],
)
def test_what_holds_no_spike_trains_is_refused(data, message):
    with pytest.raises(TypeError, match=message):
        SpikeTrains.from_neo(data)


def test_samples_that_differ_in_channels_are_refused():
    given = [segment(train([0.1])), segment(train([0.1]), train([0.2]))]
    with pytest.raises(ValueError, match=r"as many channels .* 1 in sample 0 and 2 in sample 1"):
        SpikeTrains.from_neo(given)


@pytest.fixture(scope="module")
def recorded():
    """A recording of three units and two trials."""
    pynwb = pytest.importorskip("pynwb")
    file = pynwb.NWBFile("a recording", "it", datetime(2026, 1, 1, tzinfo=UTC))
    file.add_unit(spike_times=[0.1, 0.2, 1.3, 2.5], obs_intervals=[[0.0, 3.0]])
    file.add_unit(
        spike_times=[0.15], obs_intervals=[[2.0, 3.0], [0.0, 1.2], [1.0, 1.4], [1.5, 3.0]]
    )
    file.add_unit(spike_times=[], obs_intervals=[[0.0, 3.0]])
    file.add_trial(start_time=0.0, stop_time=1.0)
    file.add_trial(start_time=1.5, stop_time=3.0)
    return file


TRIALS = [[[100.0, 200.0], [150.0], []], [[1000.0], [], []]]


def test_trials_of_a_file_are_samples_and_its_units_channels(recorded, tmp_path):
    pynwb = pytest.importorskip("pynwb")
    with pynwb.NWBHDF5IO(tmp_path / "it.nwb", "w") as io:
        io.write(recorded)
    wanted = SpikeTrains.from_lists(TRIALS, duration_ms=[1000.0, 1500.0])
    for source in (tmp_path / "it.nwb", str(tmp_path / "it.nwb"), recorded):
        spikes = SpikeTrains.from_nwb(source, intervals="trials")
        np.testing.assert_array_equal(spikes.offsets, wanted.offsets)
        np.testing.assert_array_equal(spikes.channels, wanted.channels)
        np.testing.assert_allclose(spikes.times_ms, wanted.times_ms, rtol=1e-12)
        np.testing.assert_array_equal(spikes.durations_ms, wanted.durations_ms)


def test_samples_by_their_times_may_overlap_and_end_before_their_stop(recorded):
    given = {"start_ms": [0.0, 100.0] * pq.ms, "stop_ms": [0.2, 1.4] * pq.s}
    spikes = SpikeTrains.from_nwb(recorded, **given, units=[1, 0])
    assert spikes.shape == (2, 2)
    assert spikes.counts().tolist() == [[1, 1], [1, 3]]  # the spike at 200 ms is the second's only
    np.testing.assert_allclose(spikes.durations_ms, [200.0, 1300.0])
    mask = SpikeTrains.from_nwb(recorded, **given, units=np.array([True, True, False]))
    np.testing.assert_array_equal(mask.counts(), spikes.counts()[:, ::-1])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "either intervals or both start_ms and stop_ms"),
        ({"start_ms": 0.0}, "either intervals or both"),
        ({"intervals": "trials", "start_ms": 0.0, "stop_ms": 1.0}, "either intervals or both"),
        ({"intervals": "epochs"}, "one of the tables of the NWB file, trials; got 'epochs'"),
        ({"start_ms": [0.0, 5.0], "stop_ms": [1.0]}, "one time for each sample"),
        ({"start_ms": [0.0, 5.0], "stop_ms": [1.0, 5.0]}, "sample 1 must start before it stops"),
        ({"intervals": "trials", "units": [3]}, "units must lie in 0..2, got"),
        # From 2.9 to 3.1 s no unit was observed throughout, from .5 to 1.5 s not the second.
        ({"start_ms": 2900.0, "stop_ms": 3100.0}, "sample 0, .* row 0 was observed in"),
        ({"start_ms": [0.0, 500.0], "stop_ms": [400.0, 1500.0]}, "sample 1, .* row 1 was observed"),
    ],
)
def test_samples_that_a_file_does_not_have_are_refused(recorded, given, message):
    with pytest.raises(ValueError, match=message):
        SpikeTrains.from_nwb(recorded, **given)


def test_a_file_without_units_is_refused():
    pynwb = pytest.importorskip("pynwb")
    empty = pynwb.NWBFile("a recording", "it", datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="no table of units"):
        SpikeTrains.from_nwb(empty, intervals="trials")
    with pytest.raises(TypeError, match="path of an NWB file or an NWBFile"):
        SpikeTrains.from_nwb(3, intervals="trials")
