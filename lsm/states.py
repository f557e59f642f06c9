"""Liquid states: what a readout sees of the spikes of a sample.

Every state is a sum over a neuron's spikes of a number that depends on when in the sample the
spike came, for each of a few rows (bins, time constants). The simulation needs no more than
:attr:`rows` and :meth:`table`; a new state is one more class with these, and a line in `STATES`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lsm.checks import positive_int

Neurons = Literal["all", "excitatory"]


@runtime_checkable
class State(Protocol):
    """What :func:`lsm.simulate` asks of a state."""

    @property
    def neurons(self) -> Neurons:
        """Whose spikes are features."""

    @property
    def rows(self) -> int:
        """Features for each neuron."""

    def table(self, n_steps: int, dt_ms: float) -> NDArray[np.float64] | None:
        """Contribution (rows, n_steps) of a spike by its steps to the end of the sample.

        ``None``: a spike counts one in the bin of the sample's own duration that it falls in.
        """


def _check_neurons(neurons: str) -> None:
    if neurons not in ("all", "excitatory"):
        raise ValueError(f"neurons must be 'all' or 'excitatory', got {neurons!r}")


@dataclass(frozen=True)
class SpikeCounts:
    """Number of spikes of each neuron over the sample: n features."""

    neurons: Neurons = "all"

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)

    @property
    def rows(self) -> int:
        return 1

    def table(self, n_steps: int, dt_ms: float) -> None:
        return None


@dataclass(frozen=True)
class TimeBins:
    """Number of spikes of each neuron in ``bins`` equal parts of the sample's own duration.

    bins x n features, the first bin of all neurons first.
    """

    bins: int = 3
    neurons: Neurons = "all"

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        positive_int(self.bins, "bins")

    @property
    def rows(self) -> int:
        return self.bins

    def table(self, n_steps: int, dt_ms: float) -> None:
        return None


@dataclass(frozen=True)
class FilteredTraces:
    """Spikes of each neuron filtered by exp(-t/tau), read at the end of the sample.

    One trace for each time constant: len(tau_ms) x n features, the first time constant of all
    neurons first (Maass, Natschlaeger & Markram 2002: one of 30 ms).
    """

    tau_ms: tuple[float, ...] = (10.0, 30.0, 100.0)
    neurons: Neurons = "all"

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        tau = tuple(float(value) for value in np.atleast_1d(self.tau_ms))
        if not tau or not all(value > 0 for value in tau):
            raise ValueError(f"tau_ms must be positive numbers, got {self.tau_ms}")
        object.__setattr__(self, "tau_ms", tau)

    @property
    def rows(self) -> int:
        return len(self.tau_ms)

    def table(self, n_steps: int, dt_ms: float) -> NDArray[np.float64]:
        remaining = np.arange(n_steps) * dt_ms
        return np.exp(-remaining / np.array(self.tau_ms)[:, None])


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))


#: Name -> the state, and how the text after a colon becomes its parameter.
STATES: dict[str, tuple[Callable[..., State], Callable[[str], Any] | None]] = {
    "counts": (SpikeCounts, None),
    "excitatory": (partial(SpikeCounts, "excitatory"), None),
    "bins": (TimeBins, int),
    "traces": (FilteredTraces, _numbers),
}
#: What a name may look like.
STATE_FORMS = ("counts", "excitatory", "bins", "bins:5", "traces", "traces:10,30")


def make_state(state: str | State) -> State:
    """A state by its name, or the object itself.

    ``counts`` of all neurons or of the ``excitatory`` ones, ``bins`` or ``bins:5``, ``traces`` or
    ``traces:10,30`` with time constants in ms.

    Raises
    ------
    ValueError
        An unknown or ill-formed name; the message has the known forms.
    TypeError
        Neither a name nor a state.
    """
    if not isinstance(state, str):
        if not isinstance(state, State):
            raise TypeError(f"state must be a name or a liquid state, got {type(state).__name__}")
        return state
    name, colon, text = state.partition(":")
    make, parse = STATES.get(name, (None, None))
    with suppress(ValueError):
        if make is not None and not colon:
            return make()
        if make is not None and parse is not None:
            return make(parse(text))
    raise ValueError(f"unknown state {state!r}; known are {', '.join(STATE_FORMS)}")
