"""The spikes of many samples on many channels, in flat arrays: what they are, and their time steps.

A sample may be of any length, and several spikes of one channel at one time are kept as they are: a
simulator that merges them changes the data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int, sorted_spikes
from lsm.base.steps import refuse_uncounted

# A time that is a multiple of dt up to rounding (0.3 / 0.1 = 2.999...96) belongs to its own step.
_STEP_TOLERANCE = 1e-6

# Spikes at a time: few enough that what is made of them stays in a processor's cache.
_AT_A_TIME = 16_384

_NO_ARRAY = (
    "SpikeTrains can't become an array, which would lose the times of the spikes: .counts() has "
    "their numbers (samples, channels), .to_dense(dt_ms) those of each step. Where one of "
    "scikit-learn's tools asks for an array, as bagging, boosting and chains do, give it the "
    "states of a liquid: make_pipeline(LiquidTransformer(...), BaggingClassifier(...))"
)


@dataclass(frozen=True, eq=False, repr=False)
class SpikeArrays:
    """The spikes of many samples on many channels, in flat arrays. Immutable.

    It holds them, gives those of some samples, compares them and counts them in time steps.
    :class:`lsm.SpikeTrains` describes the arrays, and converts from and to other forms.
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

    def __getitem__(self, index: Any) -> Self:
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
        samples = np.atleast_1d(np.arange(len(self))[index])
        if samples.ndim > 1:
            raise TypeError(f"an index must have one dimension, got {samples.ndim}")
        n_spikes = np.diff(self.offsets)[samples]
        offsets = running_total(n_spikes)
        source: Any
        if isinstance(index, slice) and index.step in (None, 1) and len(samples):
            source = slice(self.offsets[samples[0]], self.offsets[samples[-1] + 1])
        else:
            # Spike j of the result lies as far behind the start of its sample as in the source.
            behind = np.repeat(self.offsets[samples] - offsets[:-1], n_spikes)
            source = np.arange(offsets[-1]) + behind
        # What is chosen from sorted spikes that were checked is sorted, and needs no check.
        trains = object.__new__(type(self))
        object.__setattr__(trains, "n_channels", self.n_channels)
        trains._keep(
            self.times_ms[source], self.channels[source], offsets, self.durations_ms[samples]
        )
        return trains

    def __iter__(self) -> Iterator[Self]:
        return (self[i] for i in range(len(self)))

    def __array__(self, *_: Any, **__: Any) -> NDArray[Any]:
        """Raise TypeError: whoever takes them for an array would lose the times of the spikes."""
        raise TypeError(_NO_ARRAY)

    def __array_function__(self, *_: Any) -> Any:
        """Raise TypeError as well: ``numpy.array_equal`` would be False for any trains."""
        raise TypeError(_NO_ARRAY)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpikeArrays):
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
            f"{type(self).__name__}({n_samples} samples, {n_channels} channels, "
            f"{n_spikes} spikes, {span} ms)"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # By way of the constructor: a plain unpickled array would be writeable again.
        fields = (self.times_ms, self.channels, self.offsets, self.durations_ms, self.n_channels)
        return type(self), fields

    @cached_property
    def digests(self) -> tuple[bytes, ...]:
        """A digest of the content of each sample: the same for the same spikes and duration."""
        times, channels, durations = self.times_ms.data, self.channels.data, self.durations_ms.data
        bounds = self.offsets.tolist()
        digests = []
        for k, (first, last) in enumerate(pairwise(bounds)):
            digest = hashlib.blake2b(times[first:last], digest_size=16)
            digest.update(channels[first:last])
            digest.update(durations[k : k + 1])
            digests.append(digest.digest())
        return tuple(digests)

    def sample_indices(self) -> NDArray[np.int64]:
        """Sample that each spike belongs to, shape (spikes,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def counts(self) -> NDArray[np.int64]:
        """Number of spikes on each channel of each sample, shape (samples, channels)."""
        place = self.sample_indices() * self.n_channels + self.channels
        return np.bincount(place, minlength=len(self) * self.n_channels).reshape(self.shape)

    def stretches(self, n: int) -> Self:
        """The same spikes, with channels of their own in each of `n` equal stretches of a sample.

        Channel c is ``k * n_channels + c`` in stretch k of the sample's duration, so that a liquid
        can hear stretches apart: :class:`lsm.topology.PartitionedInputs` gives each its neurons.
        """
        n = positive_int(n, "n")
        part = self.times_ms * n / self.durations_ms[self.sample_indices()]
        stretch = np.minimum(part.astype(np.int64), n - 1)  # rounding may reach the end
        channels = stretch * self.n_channels + self.channels
        return type(self)(
            self.times_ms, channels, self.offsets, self.durations_ms, n * self.n_channels
        )

    def steps(self, dt_ms: float, *, dtype: type[np.integer[Any]] = np.int64) -> NDArray[Any]:
        """Time step of each spike, shape (spikes,), always below its sample's `n_steps`.

        A time within 1e-6 steps below a multiple of `dt_ms` belongs to the step that starts there.

        Parameters
        ----------
        dt_ms : float
        dtype : type
            Of integers that `n_steps` can be.
        """
        dt_ms = positive(dt_ms, "dt_ms")
        most = self.n_steps(dt_ms) - 1
        steps = np.empty(len(self.times_ms), dtype)
        for first in range(0, len(steps), _AT_A_TIME):
            part = slice(first, first + _AT_A_TIME)
            counted = self.times_ms[part] / dt_ms
            counted += _STEP_TOLERANCE
            steps[part] = counted  # times are from 0 on, and so truncating is rounding down
        # The tolerance could carry a spike just before the end of its sample over that end; if any
        # of a sample's spikes, then the last one.
        filled = np.flatnonzero(np.diff(self.offsets))
        last = steps[self.offsets[filled + 1] - 1]
        for sample in filled[last > most[filled]]:
            spikes = slice(self.offsets[sample], self.offsets[sample + 1])
            steps[spikes] = np.minimum(steps[spikes], most[sample])
        return steps

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
        """A hint for errors where most of a sample is over before its first spike; else nothing."""
        first = self.times_ms[self.offsets[i] : self.offsets[i + 1]][:1]
        if not len(first) or first[0] < self.durations_ms[i] / 2:
            return ""
        return (
            f". Its first spike comes at {first[0]:g} ms: its times may count from 1970 or from "
            "when a device was switched on, and must count from the sample's start "
            "(SpikeTrains.from_events has origin='first')"
        )


def running_total(n_spikes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Offsets of samples with these numbers of spikes."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(n_spikes, dtype=np.int64)])
