"""States of one kind each: counts, traces, measures of spike times, variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from lsm.base.checks import positive_int
from lsm.base.quantities import in_unit
from lsm.states.rows import Feature, Measure, Neurons, Row, Rows, Timing, Trace, Variable


@dataclass(frozen=True)
class SpikeCounts(Rows):
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
class TimeBins(Rows):
    """Number of spikes of each neuron in ``bins`` equal parts of the sample's own duration.

    bins x n features, the first bin of all neurons first.
    """

    bins: int = 3
    neurons: Neurons = "all"

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        positive_int(self.bins, "bins")

    @property
    def at(self) -> tuple[float, ...]:  # type: ignore[override]
        """Ends of the bins, in parts of the sample's duration."""
        return tuple((k + 1) / self.bins for k in range(self.bins))

    @property
    def features(self) -> tuple[Feature, ...]:
        """Of each bin, the count at its end less that at its start."""
        return tuple(Feature(k, 0, k - 1 if k else None) for k in range(self.bins))


@dataclass(frozen=True)
class FilteredTraces(Rows):
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
    def rows(self) -> tuple[Row, ...]:
        """A trace for each time constant, with a name such as ``trace10ms``."""
        return tuple(Trace(f"trace{tau:g}ms", tau) for tau in self.tau_ms)


@dataclass(frozen=True)
class SpikeTiming(Rows):
    """When each neuron has fired, from the sample's start: len(measures) x n features a reading.

    A spike in the sample's step k, counted from 0, is at ``k dt``, as in :func:`lsm.record`.

    ``"proportion"``
        Proportion of time above threshold, from 0 to 1: of the sample's steps in which the neuron's
        potential was free to cross its threshold, those in which it did. In the steps of its
        refractory time it isn't free, and they don't count. Without a refractory time this is the
        number of spikes a step, and without memory the proportion of positive values that Rocket
        pools by (Dempster, Petitjean & Webb 2020); with one it is a rate corrected for dead time.
    ``"first"``
        Time of the first spike in ms. A neuron that hasn't fired has the sample's duration, the
        latest there is: latency codes take it as firing at the end (S4NN, Kheradpisheh & Masquelier
        2020).
    ``"last"``
        Time of the last spike in ms; of a neuron that hasn't fired 0, as if all of the sample had
        passed since.
    ``"silence"``
        Longest time without a spike in ms: from the start, between spikes or until the reading, so
        the sample's duration for a neuron that hasn't fired. It is the counterpart of the longest
        stretch of positive values of MultiRocket (Tan et al. 2022).
    """

    measures: tuple[Measure, ...] = ("first", "last")
    neurons: Neurons = "all"
    at: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        object.__setattr__(self, "measures", _names(self.measures, "measures"))
        unknown = [name for name in self.measures if name not in get_args(Measure)]
        if unknown:
            known = ", ".join(get_args(Measure))
            raise ValueError(f"measures must be among {known}, got {unknown[0]!r}")
        object.__setattr__(self, "at", _reading_times(self.at))

    @property
    def rows(self) -> tuple[Row, ...]:
        """A measure each."""
        return tuple(map(Timing, self.measures))


@dataclass(frozen=True)
class MembranePotentials(Rows):
    """Potential of each neuron above rest in mV, at the end of the sample or ``at`` times.

    n features a reading, after the resets of its step.
    """

    neurons: Neurons = "all"
    at: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        object.__setattr__(self, "at", _reading_times(self.at))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The potential."""
        return (Variable("potential"),)


@dataclass(frozen=True)
class ModelVariables(Rows):
    """Variables of each neuron's model, at the end of the sample or ``at`` times.

    Such as ``I``, the synaptic current of leaky neurons, or ``w_adapt``; by the names, and in the
    units, that ``Recording.variables`` has. len(variables) x n features a reading, the first
    variable of all neurons first.
    """

    variables: tuple[str, ...]
    neurons: Neurons = "all"
    at: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        _check_neurons(self.neurons)
        object.__setattr__(self, "variables", _names(self.variables, "variables"))
        object.__setattr__(self, "at", _reading_times(self.at))

    @property
    def rows(self) -> tuple[Row, ...]:
        """A variable each."""
        return tuple(Variable(name, name) for name in self.variables)


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


def _names(names: str | tuple[str, ...], what: str) -> tuple[str, ...]:
    several = (names,) if isinstance(names, str) else tuple(names)
    valid = all(isinstance(name, str) and name for name in several)
    if not several or not valid or len(set(several)) < len(several):
        raise ValueError(f"{what} must be names, each once, got {names!r}")
    return several
