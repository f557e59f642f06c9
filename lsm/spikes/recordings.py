"""Spikes of neo's objects and of NWB files as arrays, in ms since the start of each sample."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.quantities import in_unit, is_quantity, number

Floats = NDArray[np.float64]
#: What `SpikeTrains` is made of: times_ms, channels, offsets, durations_ms, n_channels.
Parts = tuple[Floats, NDArray[np.int32], NDArray[np.int64], Floats, int]


def from_neo(data: Any) -> Parts:
    """The arrays of spike trains for :meth:`lsm.SpikeTrains.from_neo`."""
    trains, durations = [], []
    for k, sample in enumerate(_samples(data)):
        listed = [train.load() if hasattr(train, "load") else train for train in sample]
        if not listed or not all(
            hasattr(train, "t_stop") and hasattr(train, "rescale") for train in listed
        ):
            raise TypeError(
                "data must be a neo Block, Segments, or lists (samples) of lists (channels) of "
                f"neo.SpikeTrain, at least one each; got {listed[:3]!r} in sample {k}"
            )
        start, stop = (
            np.array([number(getattr(train, end), f"{end}_ms") for train in listed])
            for end in ("t_start", "t_stop")
        )
        first, last = start.min(), stop.max()
        trains.append([in_unit(train, "times_ms", "data") - first for train in listed])
        durations.append(last - first)
    return _parts(trains, np.array(durations), "data")


def to_neo(samples: Sequence[Sequence[Floats]], durations_ms: Floats) -> Any:
    """A neo Block with a Segment for each sample."""
    try:
        import neo
    except ImportError as error:
        raise ImportError("neo's objects take the package neo: pip install neo") from error
    block = neo.Block()
    for sample, duration in zip(samples, durations_ms.tolist(), strict=True):
        segment = neo.Segment()
        for times in sample:
            segment.spiketrains.append(neo.SpikeTrain(times, units="ms", t_stop=duration))
        block.segments.append(segment)
    return block


def from_nwb(
    source: Any,
    *,
    intervals: str | None,
    start_ms: ArrayLike | None,
    stop_ms: ArrayLike | None,
    units: ArrayLike | None,
) -> Parts:
    """The arrays of spike trains for :meth:`lsm.SpikeTrains.from_nwb`."""
    with _opened(source) as file:
        table = file.units
        if table is None or "spike_times" not in table.colnames:
            raise ValueError(f"{_called(source)} has no table of units with spike times")
        start_s, stop_s = _intervals(file, source, intervals, start_ms, stop_ms)
        rows = np.arange(len(table)) if units is None else np.atleast_1d(np.asarray(units))
        if rows.dtype == bool and rows.shape == (len(table),):
            rows = np.flatnonzero(rows)
        if rows.dtype.kind not in "iu" or rows.ndim != 1 or not len(rows):
            raise TypeError(f"units must be rows of the table of units, or a mask; got {units!r}")
        if rows.min() < 0 or rows.max() >= len(table):
            raise ValueError(f"units must lie in 0..{len(table) - 1}, got {units!r}")
        trains: list[list[Floats]] = [[] for _ in start_s]
        for row in rows.tolist():
            _check_observed(table, row, start_s, stop_s)
            times = np.sort(np.asarray(table["spike_times"][row], dtype=np.float64))
            places = np.searchsorted(times, [start_s, stop_s])
            for k, (first, last) in enumerate(places.T):
                trains[k].append((times[first:last] - start_s[k]) * 1000)
    return _parts(trains, (stop_s - start_s) * 1000, "spike_times")


def _samples(data: Any) -> list[Any]:
    """Lists of trains, of whatever neo has that holds some."""
    if hasattr(data, "segments"):
        data = data.segments
    if hasattr(data, "spiketrains"):
        data = [data]
    listed = hasattr(data, "__len__") and not isinstance(data, str | Mapping)
    if is_quantity(data) or not listed or not len(data):
        raise TypeError(f"data must be a neo Block, Segments or lists of lists, got {data!r}")
    return [segment.spiketrains if hasattr(segment, "spiketrains") else segment for segment in data]


def _parts(samples: list[list[Floats]], durations_ms: Floats, what: str) -> Parts:
    n_channels = len(samples[0])
    for k, sample in enumerate(samples):
        if len(sample) != n_channels:
            raise ValueError(
                f"{what} must have as many channels in every sample, got {n_channels} in sample 0 "
                f"and {len(sample)} in sample {k}"
            )
    counts = np.array([[len(times) for times in sample] for sample in samples])
    times = np.concatenate([times for sample in samples for times in sample])
    # A spike at the very end of a sample is one of the sample.
    end = np.repeat(durations_ms, counts.sum(axis=1))
    times = np.where(times == end, np.nextafter(end, 0), times)
    order = np.tile(np.arange(n_channels, dtype=np.int32), len(samples))
    channels = np.repeat(order, counts.ravel())
    offsets = np.concatenate([[0], np.cumsum(counts.sum(axis=1))])
    return times, channels, offsets, durations_ms, n_channels


@contextmanager
def _opened(source: Any) -> Iterator[Any]:
    """An NWB file as an object: given as one, or read."""
    if not isinstance(source, str | os.PathLike):
        if not hasattr(source, "units"):
            raise TypeError(f"source must be the path of an NWB file or an NWBFile, got {source!r}")
        yield source
        return
    try:
        from pynwb import NWBHDF5IO
    except ImportError as error:
        raise ImportError("NWB takes the package pynwb: pip install 'liquidstate[nwb]'") from error
    with NWBHDF5IO(os.fspath(source), "r") as io:
        yield io.read()


def _intervals(
    file: Any,
    source: Any,
    name: str | None,
    start_ms: ArrayLike | None,
    stop_ms: ArrayLike | None,
) -> tuple[Floats, Floats]:
    """Where samples start and stop, in s as the file counts."""
    if (start_ms is None) != (stop_ms is None) or (name is None) == (start_ms is None):
        raise ValueError("either intervals or both start_ms and stop_ms must be given")
    if name is not None:
        tables = dict(file.intervals or {})
        for standard in ("trials", "epochs", "invalid_times"):  # apart, until they are in a file
            if getattr(file, standard, None) is not None:
                tables[standard] = getattr(file, standard)
        if name not in tables:
            raise ValueError(
                f"intervals must be one of the tables of {_called(source)}, "
                f"{', '.join(tables) or 'which has none'}; got {name!r}"
            )
        columns = (tables[name][column] for column in ("start_time", "stop_time"))
        start, stop = (np.asarray(column[:], dtype=np.float64) for column in columns)
    else:
        start = np.atleast_1d(in_unit(start_ms, "start_ms")) / 1000
        stop = np.atleast_1d(in_unit(stop_ms, "stop_ms")) / 1000
    if start.ndim != 1 or start.shape != stop.shape or not len(start):
        raise ValueError(
            "start_ms and stop_ms must be one time for each sample, at least one; got the shapes "
            f"{start.shape} and {stop.shape}"
        )
    if not np.all(np.isfinite(start) & np.isfinite(stop) & (start < stop)):
        k = int(np.argmin(np.isfinite(start) & np.isfinite(stop) & (start < stop)))
        raise ValueError(f"sample {k} must start before it stops, got {start[k]} and {stop[k]} s")
    return start, stop


def _check_observed(table: Any, row: int, start_s: Floats, stop_s: Floats) -> None:
    """Raise ValueError where a unit wasn't observed during a sample: it would seem silent."""
    if "obs_intervals" not in table.colnames:
        return
    observed = np.asarray(table["obs_intervals"][row], dtype=np.float64).reshape(-1, 2)
    if not len(observed):
        return
    observed = observed[np.argsort(observed[:, 0])]
    ends = np.maximum.accumulate(observed[:, 1])
    apart = observed[1:, 0] > ends[:-1]  # what is not apart touches or overlaps
    first, last = observed[np.r_[True, apart], :1], ends[np.r_[apart, True], np.newaxis]
    within = ((first <= start_s) & (stop_s <= last)).any(axis=0)
    if not within.all():
        k = int(np.argmin(within))
        raise ValueError(
            f"sample {k}, from {start_s[k]:g} to {stop_s[k]:g} s, lies outside of what the unit in "
            f"row {row} was observed in (obs_intervals): leave out the one or the other"
        )


def _called(source: Any) -> str:
    return str(source) if isinstance(source, str | os.PathLike) else "the NWB file"
