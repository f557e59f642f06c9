"""Address events, as event cameras give them: to spike trains and back, and what is refused."""

import numpy as np
import pytest
from numpy.lib.recfunctions import unstructured_to_structured

from lsm.spikes import SpikeTrains


def seconds(n, *, last_s=0.3, kind=float):
    events = np.zeros(n, dtype=[("x", int), ("t", kind)])
    events["t"] = np.linspace(0, last_s, n)
    return events


@pytest.mark.parametrize(
    ("events", "keywords"),
    [
        (seconds(20), {}),
        (seconds(20, last_s=600.0), {}),
        (seconds(20), {"duration_ms": 300}),
        (seconds(20), {"time_unit_ms": 1.0, "duration_ms": 301}),
        (seconds(20, last_s=300.5), {}),  # milliseconds
    ],
)
def test_seconds_where_another_unit_is_meant_are_named(events, keywords):
    with pytest.raises(ValueError, match=r"field t must be in units .* time_unit_ms=1000\)"):
        SpikeTrains.from_events([events], sensor_size=(1, 1, 1), **keywords)


@pytest.mark.parametrize(
    ("sample", "got"),
    [
        ((seconds(3), "left"), r"got a tuple: of \(events, label\) pairs give the events"),
        (np.zeros((5, 4)), r"got an array \(5, 4\) without fields: .*unstructured_to_structured"),
        (5, "got int"),
        (np.zeros(3, dtype=[("y", int)]), r"got \['y'\]"),
    ],
)
def test_what_holds_no_events_is_named(sample, got):
    expected = rf"samples\[1\] must be a structured array with fields \['t', 'x'\], {got}"
    with pytest.raises(ValueError, match=expected):
        SpikeTrains.from_events([seconds(9), sample], sensor_size=(1, 1, 1))


def test_rows_of_events_become_structured_as_the_error_says():
    rows = np.array([[1, 0, 500, 1], [0, 2, 2500, 0]])
    events = unstructured_to_structured(rows, names=["x", "y", "t", "p"])
    spikes = SpikeTrains.from_events([events], sensor_size=(2, 3, 2))
    assert spikes.times_ms.tolist() == [0.5, 2.5]
    assert spikes.channels.tolist() == [(1 * 3 + 0) * 2 + 1, (0 * 3 + 2) * 2 + 0]


@pytest.mark.parametrize(
    ("events", "keywords", "last_ms"),
    [
        (seconds(20), {"time_unit_ms": 1000.0}, 300),
        (seconds(20, last_s=300e3 + 0.5), {}, 300.0005),  # microseconds that were divided once
        (seconds(20, last_s=20, kind=int), {}, 0.02),  # whole ones, however short
        (seconds(9, last_s=0.5), {}, 0.0005),  # too few to tell
        (seconds(20, last_s=999.5), {"duration_ms": 1.0}, 0.9995),  # a chunk of a stream
    ],
)
def test_other_times_stay_what_they_are(events, keywords, last_ms):
    spikes = SpikeTrains.from_events([events], sensor_size=(1, 1, 1), **keywords)
    assert spikes.times_ms.max() == pytest.approx(last_ms)


def test_events_there_and_back():
    dtype = [("x", np.int16), ("y", np.int16), ("t", np.int64), ("p", bool)]
    samples = [
        np.array([(1, 0, 1500, True), (1, 0, 1500, True), (2, 1, 2999, False)], dtype),
        np.zeros(0, dtype),
    ]
    spikes = SpikeTrains.from_events(samples, sensor_size=(3, 2, 2))
    np.testing.assert_array_equal(spikes.channels, [7, 7, 5])
    np.testing.assert_array_equal(spikes.times_ms, [1.5, 1.5, 2.999])
    np.testing.assert_array_equal(spikes.durations_ms, [3, 1])
    assert spikes.n_channels == 12
    for given_, got in zip(samples, spikes.to_events((3, 2, 2)), strict=True):
        np.testing.assert_array_equal(got.astype(dtype), given_)
    again = SpikeTrains.from_events(spikes.to_events((3, 2, 2)), sensor_size=(3, 2, 2))
    assert again == spikes


def test_events_may_count_from_their_first():
    dtype = [("x", np.int16), ("t", np.uint64)]
    # Microseconds since 1970, and nanoseconds, of which a float has every 256th.
    stamps = {1e-3: 1_600_000_000_000_000, 1e-6: 1_600_000_000_000_000_003}
    for unit_ms, start in stamps.items():
        samples = [
            np.array([(1, start), (1, start + 1), (0, start + 2500)], dtype),
            np.array([(0, 7)], dtype),
            np.zeros(0, dtype),
        ]
        options = {"sensor_size": (2, 1, 1), "time_unit_ms": unit_ms}
        spikes = SpikeTrains.from_events(samples, origin="first", **options)
        np.testing.assert_allclose(spikes.times_ms, np.array([0, 1, 2500, 0]) * unit_ms)
        np.testing.assert_array_equal(spikes.durations_ms, [np.floor(2500 * unit_ms) + 1, 1, 1])
        assert spikes.offsets.tolist() == [0, 3, 4, 4]
        with pytest.warns(UserWarning, match=r"sample 0 lasts 1.6e\+12 ms.*1970.*origin='first'"):
            late = SpikeTrains.from_events(samples, **options)
        np.testing.assert_allclose(late.times_ms[:3], start * unit_ms)
    assert SpikeTrains.from_events(samples[1:], origin="zero", **options).times_ms.tolist() == [
        7 * unit_ms
    ]
    with pytest.raises(ValueError, match=r"samples\[0\] must be sorted by the field t"):
        SpikeTrains.from_events([samples[0][::-1]], origin="first", **options)
    with pytest.raises(ValueError, match="origin must be 'zero' or 'first', got 'last'"):
        SpikeTrains.from_events(samples, origin="last", **options)


def test_events_of_one_row_and_polarity_need_no_y_and_no_p():
    # As tonic's spoken digits come: no y, and p = 1 throughout.
    sample = np.array([(0, 5, 1), (999, 699, 1)], [("t", int), ("x", int), ("p", int)])
    spikes = SpikeTrains.from_events([sample], sensor_size=(700, 1, 1), duration_ms=2)
    np.testing.assert_array_equal(spikes.channels, [5, 699])
    with pytest.raises(ValueError, match="'y'"):
        SpikeTrains.from_events([sample], sensor_size=(350, 2, 1))
    with pytest.raises(ValueError, match=r"field x must lie in 0\.\.9 .* got 699"):
        SpikeTrains.from_events([sample], sensor_size=(10, 1, 1))
    with pytest.raises(ValueError, match="structured array"):
        SpikeTrains.from_events([np.zeros(3)], sensor_size=(700, 1, 1))
    with pytest.raises(ValueError, match="which lasts"):
        SpikeTrains.from_events([sample], sensor_size=(700, 1, 1), duration_ms=0.5)
    with pytest.raises(ValueError, match="700 places"):
        spikes.to_events((10, 10, 2))
