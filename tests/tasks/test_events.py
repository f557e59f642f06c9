"""Events: the ATIS format and the pooling of places, beside loops that are slow and plain."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.events import EVENT, pooled_spikes, read_atis

SENSOR = (34, 34, 2)
EVENTS = st.lists(
    st.tuples(st.integers(0, 33), st.integers(0, 33), st.integers(0, 2**23 - 1), st.integers(0, 1)),
    min_size=1,
    max_size=30,
).map(lambda events: np.array(sorted(events, key=lambda e: e[2]), EVENT))


def write_atis(path, events):
    content = bytearray()
    for x, y, t, p in events.tolist():
        content += bytes([x, y]) + (p << 23 | t).to_bytes(3, "big")
    path.write_bytes(content)


def events_at(*rows):
    return np.array(list(rows), EVENT)


@given(events=EVENTS)
def test_reader_gives_back_what_was_written(tmp_path_factory, events):
    path = tmp_path_factory.mktemp("atis") / "0.bin"
    write_atis(path, events)
    np.testing.assert_array_equal(read_atis(path, sensor_size=SENSOR), events)


@pytest.mark.parametrize(
    ("events", "cut", "message"),
    [
        ([], 0, "expected events of 5 bytes, at least one; got 0 bytes"),
        ([(1, 2, 3, 0), (1, 2, 3, 1)], 1, "expected events of 5 bytes, at least one; got 9 bytes"),
        ([(1, 2, 3, 0), (34, 2, 4, 1)], 0, "on a sensor of 34 x 34, got x = 34, y = 2 in event 1"),
        ([(1, 239, 3, 0)], 0, "on a sensor of 34 x 34, got x = 1, y = 239 in event 0"),
        ([(1, 240, 3, 0)], 0, "expected events, got 1 overflows of the clock alone"),
        ([(1, 2, 9, 0), (1, 2, 8, 1)], 0, "in order of time, got 8 us after 9 us in event 1"),
    ],
)
def test_reader_names_the_file_and_what_is_wrong(tmp_path, events, cut, message):
    path = tmp_path / "00042.bin"
    write_atis(path, np.array(events, EVENT))
    path.write_bytes(path.read_bytes()[: 5 * len(events) - cut])
    with pytest.raises(ValueError, match=rf"00042\.bin: .*{re.escape(message)}"):
        read_atis(path, sensor_size=SENSOR)


def test_overflows_of_the_clock_are_no_events_and_add_to_all_later_times(tmp_path):
    path = tmp_path / "0.bin"
    given = [(1, 2, 100, 1), (9, 240, 0, 0), (3, 4, 100, 0), (0, 240, 7, 1), (0, 240, 7, 1)]
    write_atis(path, events_at(*given, (5, 6, 50, 1)))
    expected = events_at((1, 2, 100, 1), (3, 4, 100 + 2**13, 0), (5, 6, 50 + 3 * 2**13, 1))
    events = read_atis(path, sensor_size=SENSOR)
    np.testing.assert_array_equal(events, expected)
    # So does the reader of tonic 1.7.
    io = pytest.importorskip("tonic.io")
    np.testing.assert_array_equal(io.read_mnist_file(str(path), EVENT), expected)


@given(
    samples=st.lists(EVENTS, min_size=1, max_size=4),
    pool=st.integers(1, 40),
    merge=st.booleans(),
    bin_ms=st.sampled_from([None, 1.0, 50.0]),
    duration_ms=st.sampled_from([None, 2000.0]),
)
def test_pooling_is_as_event_by_event(samples, pool, merge, bin_ms, duration_ms):
    spikes = pooled_spikes(
        [(f"sample {i}", events) for i, events in enumerate(samples)],
        sensor_size=SENSOR,
        pool=pool,
        merge_polarities=merge,
        bin_ms=bin_ms,
        duration_ms=duration_ms,
    )
    side = int(np.ceil(34 / pool))
    assert spikes.n_channels == side * side * (1 if merge else 2)
    for i, events in enumerate(samples):
        found = []
        end = duration_ms or events["t"].max() // 1000 + 1
        for x, y, t, p in events.tolist():
            channel = (0 if merge else p) * side * side + y // pool * side + x // pool
            at = t * 1e-3
            if at < end:
                found.append((at if bin_ms is None else at // bin_ms * bin_ms, channel))
        expected = sorted(found if bin_ms is None else set(found))
        one = spikes[i]
        assert one.durations_ms[0] == end
        assert list(zip(one.times_ms.tolist(), one.channels.tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (events_at(), "clip 7: expected events, got none"),
        (events_at((34, 0, 0, 0)), r"clip 7: field x must lie in 0\.\.33"),
        (events_at((0, 0, 0, 2)), r"clip 7: field p must lie in 0\.\.1"),
        (events_at((0, 0, -5, 1)), "clip 7: expected times from 0 on, got -0.005 ms"),
        (np.zeros(3), "clip 7: .* must be a structured array with fields"),
    ],
)
def test_pooling_names_the_recording_and_what_is_wrong(events, message):
    with pytest.raises(ValueError, match=message):
        pooled_spikes([("clip 7", events)], sensor_size=SENSOR, pool=2)


@pytest.mark.parametrize("wrong", [{"pool": 0}, {"bin_ms": 0.0}, {"duration_ms": -1.0}])
def test_impossible_options_are_refused_before_anything_is_read(wrong):
    def unread():
        raise AssertionError("read a recording before the options were checked")
        yield

    with pytest.raises(ValueError, match=next(iter(wrong))):
        pooled_spikes(unread(), sensor_size=SENSOR, **({"pool": 2} | wrong))
