"""Checks of arguments: each returns the checked value or raises an error that names it."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.quantities import in_unit, is_quantity, number

#: Neurons that are drawn, or read from a file: more would take the machine.
MOST_NEURONS = 100_000
#: Bits of a weight.
MOST_BITS = 32
#: Spikes that are checked and sorted together, within the processor's cache, up to a sample's end.
_TOGETHER = 2**15


def positive(value: Any, name: str) -> float:
    """A finite number above 0, in the unit of its name."""
    result = number(value, name)
    if not 0 < result < math.inf:
        raise ValueError(f"{name} must be finite and above 0, got {value!r}")
    return result


def not_negative(value: Any, name: str) -> float:
    """A finite number from 0 on, in the unit of its name."""
    result = number(value, name)
    if not 0 <= result < math.inf:
        raise ValueError(f"{name} must be finite and not below 0, got {value!r}")
    return result


def probability(value: Any, name: str) -> float:
    """A number from 0 to 1."""
    result = number(value, name)
    if not 0 <= result <= 1:
        raise ValueError(f"{name} must lie in [0, 1], got {value!r}")
    return result


def nearest(name: object, names: Iterable[str], *, cutoff: float = 0.0) -> str | None:
    """The name that may have been meant; None if all are less alike than `cutoff`."""
    lower = {candidate.lower(): candidate for candidate in names}
    matches = difflib.get_close_matches(str(name).lower(), lower, n=1, cutoff=cutoff)
    return lower[matches[0]] if matches else None


def positive_int(value: int, name: str) -> int:
    """An integer from 1 on."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return int(value)


def number_of_neurons(value: int, name: str) -> int:
    """An integer from 1 to `MOST_NEURONS`."""
    if positive_int(value, name) > MOST_NEURONS:
        raise ValueError(f"{name} must be at most {MOST_NEURONS} neurons, got {value}")
    return int(value)


def number_of_bits(value: int, name: str) -> int:
    """An integer from 1 to `MOST_BITS`."""
    if positive_int(value, name) > MOST_BITS:
        raise ValueError(f"{name} must be at most {MOST_BITS}, got {value}")
    return int(value)


def whole_from_0(value: int, name: str) -> int:
    """An integer from 0 on."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < 0:
        raise ValueError(f"{name} must not be below 0, got {value}")
    return int(value)


def whole(value: ArrayLike, name: str) -> NDArray[np.int64]:
    """A copy as integers; floats are welcome where they are whole."""
    array = in_unit(value, name) if is_quantity(value) else np.asarray(value)
    if array.dtype.kind == "f":
        bad = ~(np.isfinite(array) & (array == np.floor(array)))
        if bad.any():
            raise ValueError(f"{name} must hold whole numbers, got {array[bad].flat[0]}")
    elif array.dtype.kind not in "biu":
        raise TypeError(f"{name} must hold numbers, got {array.dtype}")
    return array.astype(np.int64)


def one_for_each(value: Any, name: str, n: int, what: str) -> NDArray[np.float64]:
    """`n` floats in the unit of their name, from one number for all of them or from one each."""
    array = in_unit(value, name)
    if array.shape not in ((), (n,)):
        raise ValueError(f"{name} must be one number, or {n}: one a {what}; got {array.shape}")
    return np.broadcast_to(array, n)


def sorted_spikes(
    times_ms: ArrayLike,
    channels: ArrayLike,
    offsets: ArrayLike,
    durations_ms: ArrayLike,
    n_channels: int,
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    """Copies of the arrays of `SpikeTrains`, sorted by (sample, time, channel)."""
    times, durations = _row(times_ms, "times_ms"), _row(durations_ms, "durations_ms")
    chans, offs = _whole_row(channels, "channels"), _whole_row(offsets, "offsets")
    if len(chans) != len(times):
        raise ValueError(f"channels must be as many as times_ms, {len(times)}; got {len(chans)}")
    if len(offs) != len(durations) + 1:
        raise ValueError(
            f"offsets must be one more than durations_ms, {len(durations)}; got {len(offs)}"
        )
    if offs[0] != 0 or offs[-1] != len(times) or np.any(np.diff(offs) < 0):
        raise ValueError(f"offsets must rise from 0 to the number of spikes, {len(times)}")
    if (i := _first(~(np.isfinite(durations) & (durations > 0)))) is not None:
        raise ValueError(
            f"durations_ms must be finite and above 0, got {durations[i]} in sample {i}"
        )
    starts = np.searchsorted(offs, np.arange(0, len(times), _TOGETHER))
    for first, last in pairwise(np.unique([*starts, len(durations)]).tolist()):
        spikes = slice(offs[first], offs[last])
        within = offs[first : last + 1] - offs[first]
        _check_spikes(
            times[spikes], chans[spikes], np.diff(within), durations[first:last], n_channels, first
        )
        _sort_spikes(times[spikes], chans[spikes], within)
    return times, chans.astype(np.int32), offs, durations


def _check_spikes(
    times: NDArray[np.float64],
    channels: NDArray[np.int64],
    n_spikes: NDArray[np.int64],
    durations: NDArray[np.float64],
    n_channels: int,
    first: int,
) -> None:
    """Raise ValueError where spikes of the samples from `first` on lie outside of them."""
    end = np.repeat(durations, n_spikes)
    late = _first(~((times >= 0) & (times < end)))
    off = _first((channels < 0) | (channels >= n_channels))
    if late is None and off is None:
        return
    sample = first + np.repeat(np.arange(len(n_spikes)), n_spikes)
    if late is not None:
        raise ValueError(
            f"times_ms must lie in [0, duration), got {times[late]} in sample {sample[late]}, "
            f"which lasts {end[late]} ms"
        )
    raise ValueError(
        f"channels must lie in 0..{n_channels - 1}, got {channels[off]} in sample {sample[off]}"
    )


def _sort_spikes(
    times: NDArray[np.float64], channels: NDArray[np.int64], offsets: NDArray[np.int64]
) -> None:
    """Sort the spikes of each sample by (time, channel), in place."""
    starts = offsets[(offsets > 0) & (offsets < len(times))]
    back = times[1:] < times[:-1]
    back[starts - 1] = False
    if back.any():
        mixed = np.unique(np.searchsorted(offsets, np.flatnonzero(back), side="right"))
        for i, j in zip(offsets[mixed - 1].tolist(), offsets[mixed].tolist(), strict=True):
            order = np.argsort(times[i:j])
            times[i:j], channels[i:j] = times[i:j][order], channels[i:j][order]
    later = times[1:] > times[:-1]
    later[starts - 1] = True
    if not (later | (channels[1:] >= channels[:-1])).all():
        # A time's place among the different times, and the channel, as one integer: sorting that
        # moves spikes of one time alone.
        key = np.concatenate([[0], np.cumsum(later)]) * (channels.max() + 1)
        channels += key
        channels.sort()
        channels -= key


def _row(value: ArrayLike, name: str) -> NDArray[np.float64]:
    array = in_unit(value, name)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got {array.ndim}")
    return array


def _whole_row(value: ArrayLike, name: str) -> NDArray[np.int64]:
    array = whole(value, name)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got {array.ndim}")
    return array


def _first(bad: NDArray[np.bool_]) -> int | None:
    """Place of the first True, if there is one."""
    return int(np.argmax(bad)) if bad.any() else None


def axes_hint(shape: tuple[int, ...]) -> str:
    """A hint for errors of shape where a sample's channels outnumber its steps."""
    if len(shape) != 2 or shape[0] <= shape[1]:
        return ""
    return (
        f"; {shape[0]} channels of {shape[1]} steps: are the axes swapped? A sample is "
        "(channels, steps), an array of samples (samples, channels, steps)"
    )
