"""What users bring, told apart and turned into spikes: spike trains, events or signals."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lsm.address_events import SensorSize, n_places, with_our_names
from lsm.spikes import SpikeTrains

Kind = Literal["spikes", "events", "signals"]

_WHAT: dict[Kind, str] = {
    "spikes": "SpikeTrains",
    "events": "a list of structured arrays of events",
    "signals": "signals",
}


def kind_of(X: Any) -> Kind:
    """Whether X holds SpikeTrains, address events or (whatever else it may be) signals."""
    if isinstance(X, SpikeTrains):
        return "spikes"
    if _is_events(X) and X.ndim < 2:
        raise TypeError("X must be a list of structured arrays, one a sample; got a single one")
    # A data frame has no X[0], nor has an array without dimensions.
    if isinstance(X, list | tuple) or (isinstance(X, np.ndarray) and X.ndim):
        return "events" if len(X) and _is_events(X[0]) else "signals"
    return "signals"


def _is_events(sample: Any) -> bool:
    return bool(_fields(sample))


def _fields(sample: Any) -> tuple[str, ...]:
    return getattr(getattr(sample, "dtype", None), "names", None) or ()


def check_kind(kind: Kind, fitted: Kind, estimator: str, *, name: str = "X") -> None:
    """Raise TypeError where predict gets something else than fit got."""
    if kind != fitted:
        raise TypeError(
            f"{name} must be {_WHAT[fitted]}, as when this {estimator} was fitted; got "
            f"{_WHAT[kind]}"
        )


def sensor_of(samples: list[NDArray[Any]], given: SensorSize | None) -> SensorSize:
    """The sensor's (width, height, polarities): the smallest that has all these events, or given.

    Raises
    ------
    TypeError, ValueError
        What was given isn't three numbers.
    """
    if given is not None:
        sensor: SensorSize = tuple(np.atleast_1d(given).tolist())
        n_places(sensor)
        return sensor

    samples = [with_our_names(sample) for sample in samples]

    def size(name: str) -> int:
        fields = [s[name] for s in samples if name in _fields(s)]
        return int(max((field.max() for field in fields if len(field)), default=0)) + 1

    return size("x"), size("y"), size("p")
