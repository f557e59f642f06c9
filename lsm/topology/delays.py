"""Delays that are drawn by a rule, for input and recurrent synapses alike.

A draw is a hash of the keys of source and target (an input channel's key is its number): a neuron
that is handed on with its key keeps its delays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import not_negative, positive
from lsm.topology.hashing import DELAY, uniform

Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class DelayRule(ABC):
    """Delays between two bounds, one for each synapse or one for each neuron.

    A rule stands where a number would: ``InputWiring(delay_ms=UniformDelays(1, 50))``. Where
    bounds are far apart in steps there are many different delays, each of which takes its time in a
    simulation. Delays that would round to no step are refused: `low_ms` should be half a step at
    least, or 0 with `high_ms`.

    Parameters
    ----------
    low_ms, high_ms : float or quantity
    per : {"synapse", "source", "target"}
        Whether each synapse has a delay of its own, or all of a source (of a neuron as its axon has
        it, of a channel), or all that reach a neuron.

    Raises
    ------
    TypeError, ValueError
        Bounds that are negative, not finite or the wrong way round; another `per`.
    """

    low_ms: float
    high_ms: float
    per: Literal["synapse", "source", "target"] = "synapse"

    def __post_init__(self) -> None:
        for name in ("low_ms", "high_ms"):
            object.__setattr__(self, name, self._bound(getattr(self, name), name))
        if self.low_ms > self.high_ms:
            raise ValueError(
                f"low_ms must not be above high_ms, got {self.low_ms:g} and {self.high_ms:g}"
            )
        if self.per not in ("synapse", "source", "target"):
            raise ValueError(f"per must be 'synapse', 'source' or 'target', got {self.per!r}")

    @staticmethod
    def _bound(value: Any, name: str) -> float:
        return not_negative(value, name)

    @abstractmethod
    def quantile(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """The delay in ms that a share p of all delays doesn't exceed."""

    def sample(self, source: Keys, target: Keys) -> NDArray[np.float64]:
        """Delays in ms of synapses (synapses,), by the keys of their two ends."""
        ends = {"synapse": (source, target), "source": (source,), "target": (target,)}[self.per]
        side = 1 if self.per == "target" else 0  # a neuron's axon and dendrite differ
        return self.quantile(uniform(DELAY, side, *ends))

    def scaled(self, gain: float) -> Self:
        """The same draw with every delay multiplied by a gain."""
        return replace(self, low_ms=self.low_ms * gain, high_ms=self.high_ms * gain)

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON."""
        return {"rule": type(self).__name__, **asdict(self)}


@dataclass(frozen=True)
class UniformDelays(DelayRule):
    """Delays that are uniform from `low_ms` to `high_ms`; the parameters are `DelayRule`'s."""

    def quantile(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """``low + p (high - low)``."""
        return self.low_ms + p * (self.high_ms - self.low_ms)


@dataclass(frozen=True)
class LogUniformDelays(DelayRule):
    """Delays whose logarithm is uniform: as many from 10 to 100 ms as from 100 ms to 1 s.

    The parameters are `DelayRule`'s, with `low_ms` above 0.
    """

    @staticmethod
    def _bound(value: Any, name: str) -> float:
        return positive(value, name)

    def quantile(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """``low (high / low)^p``."""
        return np.asarray(self.low_ms * (self.high_ms / self.low_ms) ** p)


#: Rules by name, as saved reservoirs have them.
DELAY_RULES: dict[str, type[DelayRule]] = {
    rule.__name__: rule for rule in (UniformDelays, LogUniformDelays)
}


def restore_delays(value: Any) -> Any:
    """The rule that :meth:`DelayRule.describe` came from; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    fields = dict(value)
    name = fields.pop("rule")
    if name not in DELAY_RULES:
        raise ValueError(f"unknown rule of delays {name!r}; known are {', '.join(DELAY_RULES)}")
    return DELAY_RULES[name](**fields)


def channel_delays(
    delay_ms: float | DelayRule, channel: NDArray[np.int32], keys: Keys
) -> NDArray[np.float64]:
    """Delay in ms of each synapse, from channels to the neurons of these keys."""
    if isinstance(delay_ms, DelayRule):
        return delay_ms.sample(channel.astype(np.uint64), keys)
    return np.full(len(channel), delay_ms)


def described_delays(delay_ms: Any) -> Any:
    """A rule as :meth:`DelayRule.describe` has it; numbers as they are."""
    return delay_ms.describe() if isinstance(delay_ms, DelayRule) else delay_ms


def longest_delay(delay_ms: Any) -> float:
    """The longest delay in ms that a rule or numbers give."""
    return (
        delay_ms.high_ms
        if isinstance(delay_ms, DelayRule)
        else float(np.max(delay_ms, initial=0.0))
    )


def scaled_delays(delay_ms: Any, gain: float) -> Any:
    """A rule or a tuple of numbers with every delay multiplied by a gain."""
    if isinstance(delay_ms, DelayRule):
        return delay_ms.scaled(gain)
    return tuple(value * gain for value in delay_ms)
