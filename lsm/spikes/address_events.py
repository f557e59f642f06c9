"""Address events (x, y, time, polarity) of event cameras, as the library tonic gives them.

Channels are places of the sensor: ``channel = (p * height + y) * width + x``. Fields may have the
names that other programs give them, `ALIASES`, and a polarity may be -1 where others have 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int

SensorSize = tuple[int, int, int]  # width, height, polarities

#: Fewer events than these may come at once by chance.
_SOME_EVENTS = 10
#: Other names of fields.
ALIASES = {"timestamp": "t", "polarity": "p", "on": "p"}


def n_places(sensor_size: SensorSize) -> int:
    """Number of places, hence of channels, of a sensor."""
    if len(sensor_size) != 3:
        raise ValueError(f"sensor_size must be (width, height, polarities), got {sensor_size!r}")
    width, height, polarities = (positive_int(size, "sensor_size") for size in sensor_size)
    return width * height * polarities


def with_our_names(sample: Any) -> Any:
    """Events with the fields x, y, t, p, and polarities 0 and 1 where they are -1 and 1.

    What is no structured array stays what it is.
    """
    names = getattr(getattr(sample, "dtype", None), "names", None) or ()
    renamed = {name: ALIASES[name] for name in names if ALIASES.get(name, name) not in names}
    if renamed:
        from numpy.lib.recfunctions import rename_fields  # imports masked arrays

        sample = rename_fields(sample, renamed)
    if names and "p" in sample.dtype.names and sample["p"].dtype.kind in "if":
        off = sample["p"] == -1
        if off.any() and not (sample["p"] == 0).any():
            sample = sample.copy()
            sample["p"][off] = 0
    return sample


def read_events(
    samples: Sequence[NDArray[Any]], sensor_size: SensorSize, *, from_first: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Times (events,) in the unit of field t, channels (events,), events of each sample.

    Times count from 0 or from each sample's first event.

    Field p isn't looked at where the sensor has a single polarity (recordings without polarity
    come with p = 1 everywhere), nor y where it has a single row.
    """
    n_places(sensor_size)
    width, height, polarities = sensor_size
    required = ["t", "x"] + ["y"] * (height > 1) + ["p"] * (polarities > 1)
    samples = [with_our_names(sample) for sample in samples]
    for i, sample in enumerate(samples):
        names = getattr(getattr(sample, "dtype", None), "names", None) or ()
        if not set(required) <= set(names):
            raise ValueError(
                f"samples[{i}] must be a structured array with fields {required}, got "
                f"{list(names) or _without_fields(sample)}"
            )
        if np.any(sample["t"][1:] < sample["t"][:-1]):
            raise ValueError(
                f"samples[{i}] must be sorted by the field t, but time goes back in it"
            )
    n_events = np.array([len(sample) for sample in samples], dtype=np.int64)

    def field(name: str, dtype: type[np.generic]) -> NDArray[Any]:
        return np.concatenate([np.zeros(0, dtype), *(s[name].astype(dtype) for s in samples)])

    channels = np.zeros(n_events.sum(), dtype=np.int64)
    for name, size in (("p", polarities), ("y", height), ("x", width)):
        if name in required:
            place = field(name, np.int64)
            bad = (place < 0) | (place >= size)
            if bad.any():
                raise ValueError(
                    f"field {name} must lie in 0..{size - 1} (sensor_size is {sensor_size}), "
                    f"got {place[bad][0]}"
                )
            channels = channels * size + place
    if not from_first:
        return field("t", np.float64), channels, n_events
    # Before they are floats, which have stamps of ns since 1970 256 ns apart.
    since = [sample["t"] - sample["t"][:1] for sample in samples]
    times = np.concatenate([np.zeros(0), *(stamps.astype(np.float64) for stamps in since)])
    return times, channels, n_events


def _without_fields(sample: Any) -> str:
    """Describe a sample that has no fields, and how to get events from it."""
    if isinstance(sample, tuple):
        return "a tuple: of (events, label) pairs give the events"
    if np.ndim(sample) != 2:
        return type(sample).__name__
    return (
        f"an array {np.shape(sample)} without fields: numpy.lib.recfunctions has "
        "unstructured_to_structured(rows, names=['x', 'y', 't', 'p'])"
    )


def check_time_unit(ticks: NDArray[np.float64], time_unit_ms: float, longest_ms: float) -> None:
    """Raise ValueError where times look like seconds or milliseconds, not like the unit.

    They have fractions, which no clock of a sensor has, and end within a thousandth of the time.
    """
    last = ticks.max(initial=0) * time_unit_ms
    if len(ticks) < _SOME_EVENTS or last > longest_ms / 1000 or not np.any(ticks % 1):
        return
    raise ValueError(
        f"field t must be in units of time_unit_ms = {time_unit_ms:g} (.001: microseconds), but "
        f"has fractions and ends at {ticks.max():g}, so that all events come within {last:.3g} ms. "
        "If these are seconds, SpikeTrains.from_events(..., time_unit_ms=1000) takes them; if "
        "milliseconds, time_unit_ms=1"
    )


def make_events(
    times: NDArray[np.int64], channels: NDArray[np.int32], sensor_size: SensorSize
) -> NDArray[Any]:
    """Structured array (events,) with the integer fields x, y, t, p."""
    width, height, _ = sensor_size
    events = np.zeros(len(times), dtype=[(name, np.int64) for name in "xytp"])
    events["t"] = times
    rows, events["x"] = np.divmod(channels, width)
    events["p"], events["y"] = np.divmod(rows, height)
    return events
