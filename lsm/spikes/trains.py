"""Spike trains: one type for every task, from and to the forms that others have spikes in."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import one_for_each, positive, whole
from lsm.base.quantities import in_unit
from lsm.base.steps import COUNTED
from lsm.spikes import recordings
from lsm.spikes.address_events import (
    SensorSize,
    check_time_unit,
    make_events,
    n_places,
    read_events,
)
from lsm.spikes.arrays import SpikeArrays, running_total


class SpikeTrains(SpikeArrays):
    """The spikes of many samples on many channels. Immutable.

    Within a sample the spikes are sorted by (time, channel); they are sorted when given otherwise.

    Parameters
    ----------
    times_ms : array of float, shape (spikes,)
        Time of each spike since the start of its sample: ``0 <= time < duration``.
    channels : array of int, shape (spikes,)
        Channel of each spike: ``0 <= channel < n_channels``.
    offsets : array of int, shape (samples + 1,)
        Sample ``i`` owns the spikes ``offsets[i]:offsets[i + 1]``.
    durations_ms : array of float, shape (samples,)
        Duration of each sample, above 0.
    n_channels : int
        Number of channels, of which some may be silent.

    Raises
    ------
    TypeError, ValueError
        Where an argument is not as described; the message names the argument and the culprit.
    """

    @classmethod
    def from_lists(
        cls, samples: Sequence[Sequence[ArrayLike]], *, duration_ms: ArrayLike
    ) -> SpikeTrains:
        """Make trains from a list (samples) of lists (channels) of spike times.

        Parameters
        ----------
        samples : list of list of array of float, ms
            Every sample lists the same number of channels; times in any order. Quantities, such as
            neo's spike trains, are converted; what they say of starts and stops is not read.
        duration_ms : float or array of float, shape (samples,)
            Duration of all samples, or of each.

        Raises
        ------
        ValueError
            Where samples differ in channels, or spikes lie outside their sample.
        """
        if not len(samples):
            raise ValueError("samples must hold at least one sample, got none")
        n_channels = len(samples[0])
        for i, sample in enumerate(samples):
            if len(sample) != n_channels or not n_channels:
                raise ValueError(
                    "every one of samples must have the same number of channels, at least 1; "
                    f"got {n_channels} in sample 0 and {len(sample)} in sample {i}"
                )
        trains = [in_unit(train, "times_ms", "samples") for sample in samples for train in sample]
        for j, train in enumerate(trains):
            if train.ndim != 1:
                raise ValueError(
                    f"samples[{j // n_channels}][{j % n_channels}] must be a list of times, "
                    f"got an array of {train.ndim} dimensions"
                )
        n_spikes = np.array([len(train) for train in trains])
        return cls(
            np.concatenate(trains),
            np.repeat(np.arange(len(trains)) % n_channels, n_spikes),
            running_total(n_spikes.reshape(-1, n_channels).sum(axis=1)),
            one_for_each(duration_ms, "duration_ms", len(samples), "sample"),
            n_channels,
        )

    def to_lists(self) -> list[list[NDArray[np.float64]]]:
        """Spike times in ms as a list (samples) of lists (channels) of sorted arrays."""
        times = self.times_ms[np.lexsort((self.channels, self.sample_indices()))]
        ends = running_total(self.counts().ravel())
        trains = [times[i:j] for i, j in pairwise(ends)]
        return [trains[i : i + self.n_channels] for i in range(0, len(trains), self.n_channels)]

    @classmethod
    def from_neo(cls, data: Any) -> SpikeTrains:
        """Make trains from neo's objects: a Block, a Segment, lists of Segments or of spike trains.

        Times, starts and stops are converted from their units to ms; annotations and waveforms are
        left behind. neo itself is not imported.

        Parameters
        ----------
        data : neo Block or Segment, list of Segment, or list (samples) of list (channels) of
                neo.SpikeTrain
            Of a Block or a list each Segment is a sample, whose channels are its trains in their
            order. A sample lasts from the earliest ``t_start`` of its trains to the latest
            ``t_stop``, and its times are counted from that start.

        Raises
        ------
        TypeError
            Something else.
        ValueError
            Samples that differ in channels, or last no time.
        """
        return cls(*recordings.from_neo(data))

    def to_neo(self) -> Any:
        """A neo Block for elephant and others: a Segment for each sample, a train for each channel.

        Raises
        ------
        ImportError
            neo isn't installed.
        """
        return recordings.to_neo(self.to_lists(), self.durations_ms)

    @classmethod
    def from_nwb(
        cls,
        source: Any,
        *,
        intervals: str | None = None,
        start_ms: ArrayLike | None = None,
        stop_ms: ArrayLike | None = None,
        units: ArrayLike | None = None,
    ) -> SpikeTrains:
        """Make trains from the table of units of an NWB file, seconds as ms. Extra ``nwb``.

        Parameters
        ----------
        source : path or pynwb.NWBFile
        intervals : str, optional
            A table of the file, such as ``"trials"`` or ``"epochs"``, whose rows are the samples.
        start_ms, stop_ms : float or array (samples,), optional
            When samples start and stop, on the clock of the file, instead of a table. They may
            overlap. A sample has the spikes from its start to before its stop.
        units : array of int or bool, optional
            Rows of the table of units that become channels, in this order; all by default.

        Raises
        ------
        TypeError, ValueError
            No such table, neither samples nor times, a sample that lies outside of when a unit was
            observed.
        ImportError
            source is a path, and pynwb isn't installed.
        """
        return cls(
            *recordings.from_nwb(
                source, intervals=intervals, start_ms=start_ms, stop_ms=stop_ms, units=units
            )
        )

    @classmethod
    def from_dense(cls, array: ArrayLike, *, dt_ms: float) -> SpikeTrains:
        """Make trains from the number of spikes in each time step, at whose start a spike is put.

        Parameters
        ----------
        array : array of whole numbers from 0 on, shape (samples, channels, steps)
        dt_ms : float
            Length of a time step. Every sample lasts ``steps * dt_ms``.

        Raises
        ------
        ValueError
            Where the array has other dimensions or holds other values.
        """
        dt_ms = positive(dt_ms, "dt_ms")
        counts = whole(array, "array")
        if counts.ndim != 3 or 0 in counts.shape[1:]:
            raise ValueError(
                f"array must have shape (samples, channels, steps), got {counts.shape}"
            )
        if counts.min(initial=0) < 0:
            raise ValueError(f"array must hold numbers of spikes from 0 on, got {counts.min()}")
        n_samples, n_channels, n_steps = counts.shape
        # With steps before channels, nonzero finds the spikes in their final order.
        sample, step, channel = np.nonzero(counts.transpose(0, 2, 1))
        multiplicity = counts[sample, channel, step]
        return cls(
            np.repeat(step * dt_ms, multiplicity),
            np.repeat(channel, multiplicity),
            running_total(counts.sum(axis=(1, 2))),
            np.full(n_samples, n_steps * dt_ms),
            n_channels,
        )

    def to_dense(self, dt_ms: float) -> NDArray[np.int32]:
        """Number of spikes in each time step, shape (samples, channels, steps of the longest)."""
        n_steps = int(self.n_steps(dt_ms).max(initial=1))
        dense = np.zeros((*self.shape, n_steps), dtype=np.int32)
        train = self.sample_indices() * self.n_channels + self.channels
        np.add.at(dense.reshape(-1), train * n_steps + self.steps(dt_ms), 1)
        return dense

    @classmethod
    def from_events(
        cls,
        samples: Sequence[NDArray[Any]],
        *,
        sensor_size: SensorSize,
        duration_ms: ArrayLike | None = None,
        time_unit_ms: float = 1e-3,
        origin: Literal["zero", "first"] = "zero",
    ) -> SpikeTrains:
        """Make trains from address events, as event cameras and the library tonic give them.

        Parameters
        ----------
        samples : list of structured array
            One array of events a sample, with fields x, t and, where the sensor has more than one
            row or polarity, y and p (0 and 1, or -1 and 1). The field t may be called timestamp,
            p polarity or on.
        sensor_size : (width, height, polarities)
            An event is on channel ``(p * height + y) * width + x``.
        duration_ms : float or array of float, shape (samples,), optional
            Duration of all samples, or of each; by default a sample ends with the millisecond of
            its last event.
        time_unit_ms : float
            Unit of the field t.
        origin : {"zero", "first"}
            Where a sample begins: where t is 0, or at its first event, as stamps need that count
            from 1970 or from when a device was switched on.

        Raises
        ------
        ValueError
            Where a field is missing, events lie outside the sensor or their sample, or times are
            seconds, by all that they look like, where `time_unit_ms` says otherwise.
        """
        if origin not in ("zero", "first"):
            raise ValueError(f"origin must be 'zero' or 'first', got {origin!r}")
        ticks, channels, n_events = read_events(samples, sensor_size, from_first=origin == "first")
        time_unit_ms = positive(time_unit_ms, "time_unit_ms")
        times = ticks * time_unit_ms
        if duration_ms is None:
            last = np.zeros(len(n_events))
            np.maximum.at(last, np.repeat(np.arange(len(n_events)), n_events), times)
            durations, longest = np.floor(last) + 1, 1000.0
        else:
            durations = one_for_each(duration_ms, "duration_ms", len(n_events), "sample")
            longest = durations.max(initial=0)
        check_time_unit(ticks, time_unit_ms, longest)
        trains = cls(
            times,
            channels.astype(np.int32),
            running_total(n_events),
            durations,
            n_places(sensor_size),
        )
        k = int(np.argmax(trains.durations_ms)) if len(trains) else 0
        if len(trains) and trains.durations_ms[k] > COUNTED and trains._late_start(k):
            warnings.warn(
                f"sample {k} lasts {trains.durations_ms[k]:g} ms, more steps of 1 ms than can be "
                f"simulated{trains._late_start(k)}",
                stacklevel=2,
            )
        return trains

    def to_events(
        self, sensor_size: SensorSize, *, time_unit_ms: float = 1e-3
    ) -> list[NDArray[Any]]:
        """Address events, one structured array a sample with integer fields x, y, t, p.

        `sensor_size` must have as many places as there are channels; t is rounded down to whole
        units (see `steps`).
        """
        if n_places(sensor_size) != self.n_channels:
            raise ValueError(
                f"sensor_size must have {self.n_channels} places, one a channel, got {sensor_size}"
            )
        ticks = self.steps(positive(time_unit_ms, "time_unit_ms"))
        events = make_events(ticks, self.channels, sensor_size)
        return [events[i:j] for i, j in pairwise(self.offsets)]
