"""Events of sensors, as recordings or the library tonic give them, to spikes on fewer channels."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.files import LoadError
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize, read_events

#: As tonic has it: t in microseconds, p = 1 where it gets brighter.
EVENT = np.dtype([("x", np.int16), ("y", np.int16), ("t", np.int64), ("p", np.int8)])
#: In the ATIS format: the y of what is no event, and by how much it moves the clock.
_OVERFLOW, _OVERFLOW_US = 240, 2**13


def read_atis(path: Path, *, sensor_size: SensorSize) -> NDArray[Any]:
    """The events of a file in the format of the ATIS camera, a structured array `EVENT`.

    An event is five bytes: x, y, then one bit of polarity and 23 bits of time in microseconds, the
    highest first (Orchard et al. 2015, Front. Neurosci. 9:437). One with y = 240 is none, but says
    that the clock has gone round: it adds 2^13 us to all later times (as `read_mnist_file` of
    tonic 1.7 has it, after G. Orchard's own program).

    Raises
    ------
    LoadError
        Naming the file: it is empty or cut off, an event lies off the sensor, time goes back.
    """
    content = np.fromfile(path, dtype=np.uint8)
    if not len(content) or len(content) % 5:
        raise LoadError(
            f"{path}: expected events of 5 bytes, at least one; got {len(content)} bytes"
        )
    x, y, high, middle, low = content.reshape(-1, 5).T.astype(np.int64)
    is_event = y != _OVERFLOW
    events = np.empty(np.count_nonzero(is_event), EVENT)
    t = (high & 0x7F) << 16 | middle << 8 | low
    t += _OVERFLOW_US * np.cumsum(~is_event)
    for name, values in (("x", x), ("y", y), ("t", t), ("p", high >> 7)):
        events[name] = values[is_event]
    if not len(events):
        raise LoadError(f"{path}: expected events, got {len(y)} overflows of the clock alone")
    width, height, _ = sensor_size
    if (bad := (events["x"] >= width) | (events["y"] >= height)).any():
        i = int(np.argmax(bad))
        raise LoadError(
            f"{path}: expected places on a sensor of {width} x {height}, got x = "
            f"{events['x'][i]}, y = {events['y'][i]} in event {i}"
        )
    if (back := np.diff(events["t"]) < 0).any():
        i = int(np.argmax(back))
        raise LoadError(
            f"{path}: expected events in order of time, got {events['t'][i + 1]} us after "
            f"{events['t'][i]} us in event {i + 1}"
        )
    return events


def pooled_sensor(
    sensor_size: SensorSize, *, pool: int, merge_polarities: bool = False, **_: Any
) -> SensorSize:
    """The sensor (width, height, polarities) whose places are the channels of `pooled_spikes`."""
    width, height, polarities = sensor_size
    return -(-width // pool), -(-height // pool), 1 if merge_polarities else polarities


def pooled_spikes(
    recordings: Iterable[tuple[str, NDArray[Any]]],
    *,
    sensor_size: SensorSize,
    pool: int,
    merge_polarities: bool = False,
    bin_ms: float | None = None,
    duration_ms: float | None = None,
) -> SpikeTrains:
    """Spikes of events, where neighbouring places of the sensor share a channel.

    Parameters
    ----------
    recordings : iterable of (name, structured array)
        Events with fields x, t in microseconds and, as the sensor has them, y and p, of one
        recording after another; the names are for error messages.
    sensor_size : (width, height, polarities)
    pool : int
        So many places wide and high is a channel, which are then ``(p, row, column)`` in a row. At
        the right and lower edge a channel may hold fewer places.
    merge_polarities : bool
        Put events of both polarities on one channel.
    bin_ms : float, optional
        Events of a channel in one bin count as one spike, at the start of the bin: for busy
        recordings. By default all count.
    duration_ms : float, optional
        Every sample lasts this long, and what comes later is left out. By default each ends with
        the millisecond of its last event.

    Raises
    ------
    TypeError, ValueError
        Where an argument has no possible value, or a recording, which is named, has no events, too
        few fields or events off the sensor.
    """
    pool = positive_int(pool, "pool")
    if bin_ms is not None:
        bin_ms = positive(bin_ms, "bin_ms")
    if duration_ms is not None:
        duration_ms = positive(duration_ms, "duration_ms")
    width, height, polarities = sensor_size
    columns, rows, kept = pooled_sensor(sensor_size, pool=pool, merge_polarities=merge_polarities)
    n_channels = columns * rows * kept
    times, channels, ends = [], [], []
    for name, events in recordings:
        if not len(events):
            raise ValueError(f"{name}: expected events, got none")
        try:
            ticks, places, _ = read_events([events], sensor_size)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        at = ticks * 1e-3
        if at.min() < 0:
            raise ValueError(f"{name}: expected times from 0 on, got {at.min():g} ms")
        polarity, row, column = np.unravel_index(places, (polarities, height, width))
        channel = (row // pool) * columns + column // pool
        if not merge_polarities:
            channel += polarity * (columns * rows)
        end = duration_ms or np.floor(at.max()) + 1
        at, channel = at[at < end], channel[at < end]
        if bin_ms is not None:
            cell = np.unique(np.floor(at / bin_ms).astype(np.int64) * n_channels + channel)
            at, channel = cell // n_channels * bin_ms, cell % n_channels
        times.append(at)
        channels.append(channel.astype(np.int32))
        ends.append(end)
    return SpikeTrains(
        np.concatenate(times),
        np.concatenate(channels),
        np.concatenate([[0], np.cumsum([len(t) for t in times])]),
        np.array(ends),
        n_channels,
    )
