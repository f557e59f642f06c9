"""What users bring, told apart and turned into spikes: spike trains, events or signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lsm.signals import FORMS
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize, n_places, with_our_names

Kind = Literal["spikes", "events", "signals"]

_WHAT: dict[Kind, str] = {
    "spikes": "SpikeTrains",
    "events": "a list of structured arrays of events",
    "signals": "signals",
}


def read(X: Any) -> tuple[Kind, Any]:
    """The kind of X, and X itself: SpikeTrains, a list of address events, or what may be signals.

    A data set as tonic has it, or a list of its items, is taken for the events of its
    (events, label) pairs.
    """
    if isinstance(X, SpikeTrains):
        return "spikes", X
    if _is_events(X):
        # Of an array (samples, events) some tools would choose or exchange columns.
        description = (
            "a single one" if X.ndim < 2 else f"an array {X.shape} of them, not list(array)"
        )
        raise TypeError(
            f"X must be a list of structured arrays, one a sample; got {description}. {FORMS}"
        )
    samples = _listed(X)
    if samples is None:
        return "signals", X
    if len(samples) and _is_pair(samples[0]):
        samples = [sample[0] if _is_pair(sample) else sample for sample in samples]
    return ("events", samples) if len(samples) and _is_events(samples[0]) else ("signals", samples)


def _listed(X: Any) -> Any:
    """What can be asked for its samples one by one; None for frames, tables and what is neither."""
    if isinstance(X, list | tuple) or (isinstance(X, np.ndarray) and X.ndim):
        return X
    if hasattr(X, "iloc") and X.ndim == 1:
        return list(X)
    is_data_set = hasattr(X, "__getitem__") and hasattr(X, "__len__") and not hasattr(X, "shape")
    if is_data_set and not isinstance(X, str | bytes | Mapping) and len(X) and _is_pair(X[0]):
        return [X[i] for i in range(len(X))]
    return None


def _is_events(sample: Any) -> bool:
    return bool(_fields(sample))


def _is_pair(sample: Any) -> bool:
    """Whether it is (events, label)."""
    pair = isinstance(sample, list | tuple) and len(sample) == 2
    return pair and _is_events(sample[0]) and not _is_events(sample[1])


def _fields(sample: Any) -> tuple[str, ...]:
    return getattr(getattr(sample, "dtype", None), "names", None) or ()


def check_kind(kind: Kind, fitted: Kind, estimator: str, *, name: str = "X") -> None:
    """Raise TypeError where predict gets something else than fit got."""
    if kind != fitted:
        raise TypeError(
            f"{name} must be {_WHAT[fitted]}, as when this {estimator} was fitted; got "
            f"{_WHAT[kind]}. {FORMS}"
        )


def check_lasting(spikes: SpikeTrains) -> None:
    """Raise ValueError where no sample of events lasts longer than their shortest, 1 ms."""
    if len(spikes) and len(spikes.times_ms) and spikes.durations_ms.max() == 1.0:
        raise ValueError(
            "t of events must be in microseconds, but all events of X come within a millisecond, "
            f"the last at t = {1000 * spikes.times_ms.max():g}. Other units are converted by "
            "SpikeTrains.from_events(X, sensor_size=..., time_unit_ms=1), where t is in "
            "milliseconds, or 1000, where it is in seconds"
        )


def sensor_of(samples: list[NDArray[Any]], sensor_size: SensorSize | None) -> SensorSize:
    """The sensor's (width, height, polarities): the smallest that has all these events, or given.

    Raises
    ------
    TypeError, ValueError
        What was given isn't three numbers.
    """
    if sensor_size is not None:
        sensor: SensorSize = tuple(np.atleast_1d(sensor_size).tolist())
        n_places(sensor)
        return sensor

    samples = [with_our_names(sample) for sample in samples]

    def size(name: str) -> int:
        fields = [s[name] for s in samples if name in _fields(s)]
        return int(max((field.max() for field in fields if len(field)), default=0)) + 1

    return size("x"), size("y"), size("p")
