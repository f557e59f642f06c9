"""Liquid states: what a readout sees of a sample.

A state is read once or several times in a sample. Each time it has, for every neuron, traces that
a spike raises by one and that decay exponentially (a count is a trace that doesn't decay), or the
membrane potential. A new state is one more class like those here, and a line in `STATES`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import in_unit

Neurons = Literal["all", "excitatory"]


@runtime_checkable
class State(Protocol):
    """A liquid state: the features of neurons that :func:`lsm.simulate` reads."""

    @property
    def neurons(self) -> Neurons:
        """The neurons whose spikes or potentials are features."""

    @property
    def at(self) -> tuple[float, ...]:
        """Reading times (readings,), ascending: parts of the sample's own duration, in (0, 1]."""

    @property
    def restarts(self) -> bool:
        """Whether traces begin anew after each reading."""

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the features of a neuron at each reading: of its traces, or its potential."""

    @property
    def potentials(self) -> bool:
        """Whether membrane potentials are read instead of traces."""

    def decays(self, dt_ms: float) -> NDArray[np.float64]:
        """Share of each trace that is left after a step, (traces,); 1 for a count."""


def features_per_neuron(state: State) -> int:
    """Number of features of a neuron, at all readings."""
    return len(state.at) * len(state.rows)


def feature_names(state: State, neurons: NDArray[np.intp]) -> list[str]:
    """Names of the features of these neurons, in order: ``count_3``, ``trace10ms_3_at0.5``."""
    return [
        f"{row}_{neuron}" + (f"_at{time:.3g}" if len(state.at) > 1 else "")
        for time in state.at
        for row in state.rows
        for neuron in neurons
    ]


def read_steps(state: State, n_steps: NDArray[np.int64]) -> NDArray[np.int32]:
    """Steps (samples, readings), counted from 1, after which samples of ``n_steps`` are read."""
    steps = np.ceil(np.multiply.outer(n_steps, np.array(state.at)) - 1e-6)
    return np.maximum(steps, 1).astype(np.int32)


def _check_neurons(neurons: str) -> None:
    if neurons not in ("all", "excitatory"):
        raise ValueError(f"neurons must be 'all' or 'excitatory', got {neurons!r}")


def _reading_times(at: ArrayLike) -> tuple[float, ...]:
    times = tuple(np.atleast_1d(in_unit(at, "at")).tolist())
    if not times or not all(0 < time <= 1 for time in times) or sorted(set(times)) != [*times]:
        raise ValueError(
            f"at must be ascending parts of the duration above 0 and up to 1, got {at!r}"
        )
    return times


class _Count:
    """One trace that doesn't decay."""

    @property
    def restarts(self) -> bool:
        return False

    @property
    def rows(self) -> tuple[str, ...]:
        return ("count",)

    @property
    def potentials(self) -> bool:
        return False

    def decays(self, dt_ms: float) -> NDArray[np.float64]:
        return np.ones(1)


@dataclass(frozen=True)
class SpikeCounts(_Count):
    """Number of spikes of each neuron from the sample's start: n features a reading.

    Read once at the end, or ``at`` some parts of the sample's duration, the first reading of all
    neurons first.
    """

    neurons: Neurons = "all"
    at: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        object.__setattr__(self, "at", _reading_times(self.at))


@dataclass(frozen=True)
class TimeBins(_Count):
    """Number of spikes of each neuron in ``bins`` equal parts of the sample's own duration.

    bins x n features, the first bin of all neurons first.
    """

    bins: int = 3
    neurons: Neurons = "all"

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        positive_int(self.bins, "bins")

    @property
    def at(self) -> tuple[float, ...]:
        """Ends of the bins, in parts of the sample's duration."""
        return tuple((k + 1) / self.bins for k in range(self.bins))

    @property
    def restarts(self) -> bool:
        """True: each bin counts anew."""
        return True


@dataclass(frozen=True)
class FilteredTraces(_Count):
    """Spikes of each neuron filtered by exp(-t/tau), read at the end of the sample or ``at`` times.

    One trace for each time constant: len(tau_ms) x n features a reading, the first time constant of
    all neurons first (Maass, Natschlaeger & Markram 2002: one of 30 ms).
    """

    tau_ms: tuple[float, ...] = (10.0, 30.0, 100.0)
    neurons: Neurons = "all"
    at: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        tau = tuple(np.atleast_1d(in_unit(self.tau_ms, "tau_ms")).tolist())
        if not tau or not all(value > 0 for value in tau):
            raise ValueError(f"tau_ms must be positive numbers, got {self.tau_ms}")
        object.__setattr__(self, "tau_ms", tau)
        object.__setattr__(self, "at", _reading_times(self.at))

    @property
    def rows(self) -> tuple[str, ...]:
        """A name for each time constant, such as ``trace10ms``."""
        return tuple(f"trace{tau:g}ms" for tau in self.tau_ms)

    def decays(self, dt_ms: float) -> NDArray[np.float64]:
        """Share of each trace that is left after a step, ``exp(-dt / tau)``, (traces,)."""
        return np.exp(-positive(dt_ms, "dt_ms") / np.array(self.tau_ms))


@dataclass(frozen=True)
class MembranePotentials(_Count):
    """Potential of each neuron above rest in mV, at the end of the sample or ``at`` times.

    n features a reading, after the resets of its step.
    """

    neurons: Neurons = "all"
    at: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        object.__setattr__(self, "at", _reading_times(self.at))

    @property
    def rows(self) -> tuple[str, ...]:
        """One name: ``potential``."""
        return ("potential",)

    @property
    def potentials(self) -> bool:
        """True: potentials are read in place of traces."""
        return True

    def decays(self, dt_ms: float) -> NDArray[np.float64]:
        """An empty array: there are no traces."""
        return np.empty(0)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))


#: Name -> the state, and how the text after a colon becomes its parameter.
STATES: dict[str, tuple[Callable[..., State], Callable[[str], Any] | None]] = {
    "counts": (SpikeCounts, None),
    "excitatory": (partial(SpikeCounts, "excitatory"), None),
    "bins": (TimeBins, int),
    "traces": (FilteredTraces, _numbers),
    "potentials": (MembranePotentials, None),
}
#: What a name may look like.
STATE_FORMS = (
    *("counts", "excitatory", "bins", "bins:5", "traces", "traces:10,30", "potentials"),
    *("counts@0.5,1", "traces:10,30@0.5,1"),
)


def make_state(state: str | State) -> State:
    """A state by its name, or the object itself.

    ``counts`` of all neurons or of the ``excitatory`` ones, ``bins`` or ``bins:5``, ``traces`` or
    ``traces:10,30`` with time constants in ms, ``potentials``. Behind an @ may stand the parts of a
    sample's duration at which it is read: ``counts@0.5,1``.

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
    form, when, times = state.partition("@")
    name, colon, text = form.partition(":")
    make, parse = STATES.get(name, (None, None))
    with suppress(ValueError, TypeError):  # bins have no reading times to be given
        options = {"at": _numbers(times)} if when else {}
        if make is not None and not colon:
            return make(**options)
        if make is not None and parse is not None:
            return make(parse(text), **options)
    raise ValueError(f"unknown state {state!r}; known are {', '.join(STATE_FORMS)}")
