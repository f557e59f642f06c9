"""What a state is: rows that are read of neurons, and the features that are made of them."""

from __future__ import annotations

from math import inf
from typing import Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive

Neurons = Literal["all", "excitatory"]
Measure = Literal["proportion", "first", "last", "silence"]


class Trace(NamedTuple):
    """A row: what is left of a neuron's spikes, each of which counts one and decays."""

    name: str
    tau_ms: float = inf


class Timing(NamedTuple):
    """A row: a measure of when a neuron has fired, as :class:`SpikeTiming` describes them."""

    name: Measure


class Variable(NamedTuple):
    """A row: a variable of a neuron's model, by its name there; without one the potential."""

    name: str
    variable: str = ""


Row = Trace | Timing | Variable


class Feature(NamedTuple):
    """A feature of a neuron: the number of a row, less what it was at an earlier reading."""

    reading: int
    row: int
    since: int | None = None


@runtime_checkable
class State(Protocol):
    """A liquid state: the features of neurons that :func:`lsm.simulate` reads."""

    @property
    def neurons(self) -> Neurons:
        """The neurons that are read."""

    @property
    def at(self) -> tuple[float, ...]:
        """Reading times (readings,), ascending: parts of the sample's own duration, in (0, 1]."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is read of a neuron at each reading."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """What a readout sees of a neuron, in order."""

    def decays(self, dt_ms: float) -> NDArray[np.float64]:
        """Share of each trace that is left after a step, (traces,); 1 for a count."""


def features_per_neuron(state: State) -> int:
    """Number of features of a neuron, at all readings."""
    return len(state.features)


def feature_names(state: State, neurons: NDArray[np.intp]) -> list[str]:
    """Names of the features of these neurons, in order: ``count_3``, ``trace10ms_3_at0.5``."""
    rows, at = state.rows, state.at
    return [
        f"{rows[feature.row].name}_{neuron}"
        + (f"_at{at[feature.reading]:.3g}" if len(at) > 1 else "")
        for feature in state.features
        for neuron in neurons
    ]


def read_steps(state: State, n_steps: NDArray[np.int64]) -> NDArray[np.int32]:
    """Steps (samples, readings), counted from 1, after which samples of ``n_steps`` are read."""
    steps = np.ceil(np.multiply.outer(n_steps, np.array(state.at)) - 1e-6)
    return np.maximum(steps, 1).astype(np.int32)


class Rows:
    """Rows that are features at every reading: a count, where a state has no other ones."""

    at: tuple[float, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row: a count."""
        return (Trace("count"),)

    @property
    def features(self) -> tuple[Feature, ...]:
        """Every row at every reading, the first reading's rows first."""
        rows = range(len(self.rows))
        return tuple(Feature(reading, row) for reading in range(len(self.at)) for row in rows)

    def decays(self, dt_ms: float) -> NDArray[np.float64]:
        """Share of each trace that is left after a step, ``exp(-dt / tau)``; 1 for a count."""
        tau_ms = [row.tau_ms for row in self.rows if isinstance(row, Trace)]
        return np.exp(-positive(dt_ms, "dt_ms") / np.array(tau_ms))
