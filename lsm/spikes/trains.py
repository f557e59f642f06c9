"""Spike trains: the spikes of many samples on many channels, in flat arrays.

One type for every task. A sample may be of any length, and several spikes of one channel at one
time are kept as they are: a simulator that merges them changes the data.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import one_for_each, positive, positive_int, sorted_spikes, whole
from lsm.base.quantities import in_unit
from lsm.base.steps import COUNTED, refuse_uncounted
from lsm.spikes import recordings
from lsm.spikes.address_events import (
    SensorSize,
    check_time_unit,
    make_events,
    n_places,
    read_events,
)

# A time that is a multiple of dt up to rounding (0.3 / 0.1 = 2.999...96) belongs to its own step.
_STEP_TOLERANCE = 1e-6

_NO_ARRAY = (
    "SpikeTrains can't become an array, which would lose the times of the spikes: .counts() has "
    "their numbers (samples, channels), .to_dense(dt_ms) those of each step. Where one of "
    "scikit-learn's tools asks for an array, as bagging, boosting and chains do, give it the "
    "states of a liquid: make_pipeline(LiquidTransformer(...), BaggingClassifier(...))"
)


@dataclass(frozen=True, eq=False, repr=False)
class SpikeTrains:
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

    times_ms: NDArray[np.float64]
    channels: NDArray[np.int32]
    offsets: NDArray[np.int64]
    durations_ms: NDArray[np.float64]
    n_channels: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "n_channels", positive_int(self.n_channels, "n_channels"))
        arrays: tuple[NDArray[Any], ...] = sorted_spikes(
            self.times_ms, self.channels, self.offsets, self.durations_ms, self.n_channels
        )
        self._keep(*arrays)

    def _keep(self, *arrays: NDArray[Any]) -> None:
        names = ("times_ms", "channels", "offsets", "durations_ms")
        for name, array in zip(names, arrays, strict=True):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.durations_ms)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of samples and channels, so that scikit-learn splits it as it does an array."""
        return len(self), self.n_channels

    def __getitem__(self, index: Any) -> SpikeTrains:
        """Choose samples by an integer, a slice, a mask or an array of integers.

        An integer gives the one sample, still as SpikeTrains. A slice of consecutive samples shares
        its spikes with these trains.
        """
        # scikit-learn writes `spikes[index, ...]`.
        if isinstance(index, tuple) and len(index) == 2 and index[1] is Ellipsis:
            index = index[0]
        if isinstance(index, tuple):
            raise TypeError(
                "SpikeTrains are indexed by samples only, got several indices: their channels are "
                "no columns that could be chosen or changed one by one"
            )
        chosen = np.atleast_1d(np.arange(len(self))[index])
        if chosen.ndim > 1:
            raise TypeError(f"an index must have one dimension, got {chosen.ndim}")
        n_spikes = np.diff(self.offsets)[chosen]
        offsets = _running_total(n_spikes)
        source: Any
        if isinstance(index, slice) and index.step in (None, 1) and len(chosen):
            source = slice(self.offsets[chosen[0]], self.offsets[chosen[-1] + 1])
        else:
            # Spike j of the result lies as far behind the start of its sample as in the source.
            behind = np.repeat(self.offsets[chosen] - offsets[:-1], n_spikes)
            source = np.arange(offsets[-1]) + behind
        # What is chosen from sorted spikes that were checked is sorted, and needs no check.
        trains = object.__new__(SpikeTrains)
        object.__setattr__(trains, "n_channels", self.n_channels)
        trains._keep(
            self.times_ms[source], self.channels[source], offsets, self.durations_ms[chosen]
        )
        return trains

    def __iter__(self) -> Iterator[SpikeTrains]:
        return (self[i] for i in range(len(self)))

    def __array__(self, *_: Any, **__: Any) -> NDArray[Any]:
        """Refused: whoever takes them for an array would lose the times of the spikes."""
        raise TypeError(_NO_ARRAY)

    def __array_function__(self, *_: Any) -> Any:
        """Refused as well: NumPy's ``array_equal`` would otherwise say False of any trains."""
        raise TypeError(_NO_ARRAY)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpikeTrains):
            return NotImplemented
        arrays = ("offsets", "durations_ms", "times_ms", "channels")
        return self.n_channels == other.n_channels and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        n_samples, n_channels, n_spikes = *self.shape, len(self.times_ms)
        lengths = np.unique(self.durations_ms)[[0, -1]] if n_samples else [0, 0]
        span = "..".join(f"{length:g}" for length in dict.fromkeys(lengths))
        return (
            f"SpikeTrains({n_samples} samples, {n_channels} channels, {n_spikes} spikes, {span} ms)"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # By way of the constructor: a plain unpickled array would be writeable again.
        fields = (self.times_ms, self.channels, self.offsets, self.durations_ms, self.n_channels)
        return SpikeTrains, fields

    def sample_indices(self) -> NDArray[np.int64]:
        """Sample that each spike belongs to, shape (spikes,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def counts(self) -> NDArray[np.int64]:
        """Number of spikes on each channel of each sample, shape (samples, channels)."""
        place = self.sample_indices() * self.n_channels + self.channels
        return np.bincount(place, minlength=len(self) * self.n_channels).reshape(self.shape)

    def steps(self, dt_ms: float) -> NDArray[np.int64]:
        """Time step of each spike, shape (spikes,), always below its sample's `n_steps`.

        A time within 1e-6 steps below a multiple of `dt_ms` belongs to the step that starts there.
        """
        dt_ms = positive(dt_ms, "dt_ms")
        # The tolerance could carry a spike just before the end of its sample over that end.
        last = np.repeat(self.n_steps(dt_ms) - 1, np.diff(self.offsets))
        # Times are from 0 on, and so truncating is rounding down.
        steps = self.times_ms / dt_ms
        steps += _STEP_TOLERANCE
        return np.minimum(steps.astype(np.int64), last)

    def n_steps(self, dt_ms: float, *, most: int = 2**53) -> NDArray[np.int64]:
        """Number of time steps that cover each sample, shape (samples,), at least 1.

        Raises
        ------
        ValueError
            A sample of more steps than `most`, or than can be told apart.
        """
        dt_ms = positive(dt_ms, "dt_ms")
        with np.errstate(over="ignore"):
            steps = np.ceil(self.durations_ms / dt_ms - _STEP_TOLERANCE)
        if len(steps) and not steps.max() <= most:
            i = int(np.argmax(self.durations_ms))
            what = f"sample {i} lasts {self.durations_ms[i]:g} ms"
            refuse_uncounted(steps[i], what, dt_ms, most=most, hint=self._late_start(i))
        return np.maximum(steps.astype(np.int64), 1)

    def _late_start(self, i: int) -> str:
        """What it suggests where most of a sample is over before its first spike."""
        first = self.times_ms[self.offsets[i] : self.offsets[i + 1]][:1]
        if not len(first) or first[0] < self.durations_ms[i] / 2:
            return ""
        return (
            f". Its first spike comes at {first[0]:g} ms: its times may count from 1970 or from "
            "when a device was switched on, and must count from the sample's start "
            "(SpikeTrains.from_events has origin='first')"
        )

    @classmethod
    def from_lists(
        cls, samples: Sequence[Sequence[ArrayLike]], *, duration_ms: ArrayLike
    ) -> SpikeTrains:
        """From a list (samples) of lists (channels) of spike times.

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
            _running_total(n_spikes.reshape(-1, n_channels).sum(axis=1)),
            one_for_each(duration_ms, "duration_ms", len(samples), "sample"),
            n_channels,
        )

    def to_lists(self) -> list[list[NDArray[np.float64]]]:
        """Spike times in ms as a list (samples) of lists (channels) of sorted arrays."""
        times = self.times_ms[np.lexsort((self.channels, self.sample_indices()))]
        ends = _running_total(self.counts().ravel())
        trains = [times[i:j] for i, j in pairwise(ends)]
        return [trains[i : i + self.n_channels] for i in range(0, len(trains), self.n_channels)]

    @classmethod
    def from_neo(cls, data: Any) -> SpikeTrains:
        """From neo's objects: a Block, a Segment, or lists of Segments or of spike trains.

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
        """From the table of units of an NWB file; its seconds become ms. Extra ``nwb``.

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
        """From the number of spikes in each time step; a spike is put at the start of its step.

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
            _running_total(counts.sum(axis=(1, 2))),
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
        """From address events, as event cameras and the library tonic give them.

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
            _running_total(n_events),
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


def _running_total(n_spikes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Offsets of samples with these numbers of spikes."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(n_spikes, dtype=np.int64)])
