"""What all wiring rules share: weights, their spread, and delays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, fields, replace
from math import log1p, sqrt
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import not_negative, positive
from lsm.base.quantities import in_unit
from lsm.topology.delays import DelayRule, described_delays, restore_delays
from lsm.topology.hashing import WEIGHT, uniform
from lsm.topology.population import Population
from lsm.topology.synapses import Synapses

#: Pairs of polarities, source first, in the order of every argument that goes by them.
POLARITIES = ("EE", "EI", "IE", "II")

PerPolarity = tuple[float, float, float, float]
Indices = NDArray[np.int32]


@dataclass(frozen=True)
class Wiring(ABC):
    """A rule that gives a reservoir its recurrent synapses.

    A new rule is a frozen dataclass with :meth:`connect`; to be read back from saved reservoirs it
    stands in :data:`lsm.topology.WIRINGS`.
    """

    @abstractmethod
    def connect(self, reservoir: Population) -> Synapses:
        """The synapses of a reservoir. Work and memory go by blocks of pairs."""

    def check(self, excitatory: NDArray[np.bool_]) -> None:  # noqa: B027 (most need nothing)
        """Raise ValueError where neurons of these polarities can't be wired so."""

    def scaled(self, gain: float) -> Wiring:
        """The same rule with every weight multiplied by a gain."""
        return self

    def reweighted(self, reservoir: Population, synapses: Synapses) -> Synapses:
        """What :meth:`connect` gives, from the synapses of the same rule at another gain."""
        return self.connect(reservoir)

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON; arrays by a digest."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        if "delay_ms" in values:
            values["delay_ms"] = described_delays(values["delay_ms"])
        return {"rule": type(self).__name__, **values}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`."""
        return {}

    @classmethod
    def restore(cls, values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Wiring:
        """The rule that :meth:`describe` (without its name) and :meth:`arrays` came from."""
        if "delay_ms" in values:
            values = {**values, "delay_ms": restore_delays(values["delay_ms"])}
        return cls(**values)


@dataclass(frozen=True)
class NoWiring(Wiring):
    """No recurrent synapses: every neuron hears its inputs alone (a control)."""

    def connect(self, reservoir: Population) -> Synapses:
        """No synapses."""
        empty = np.empty(0)
        return Synapses(empty.astype(np.int32), empty.astype(np.int32), empty, empty)


@dataclass(frozen=True)
class PolarityWiring(Wiring):
    """A rule whose weights and delays go by the polarities of source and target.

    Parameters
    ----------
    weight_pA, delay_ms : four floats, for EE, EI, IE, II (source first), or one for all
        Numbers, or quantities (:mod:`lsm.base.quantities`). Excitatory sources have weights that
        aren't negative, inhibitory ones that aren't positive: Dale's law. Delays also by a rule
        (:class:`DelayRule`), of all polarities.
    velocity : float, optional
        In units of the positions a ms. Delays are then ``delay_ms`` + distance / velocity.
    weight_cv : float
        Coefficient of variation: the deviation of the weights divided by their mean.
    weight_distribution : {"lognormal", "gamma", "normal"}
        How they vary: the first two with the given weight as mean; normal around it, but never of
        another sign (a normal distribution cut off at 0, so that its mean rises: by 0.7 % where
        ``weight_cv`` is 0.4, by 29 % where it is 1).

    Raises
    ------
    TypeError, ValueError
        Something else than numbers, values out of their ranges, signs that break Dale's law.
    """

    _: KW_ONLY
    weight_pA: PerPolarity = (50.0, 50.0, -100.0, -100.0)
    delay_ms: PerPolarity | DelayRule = (1.0, 1.0, 1.0, 1.0)
    velocity: float | None = None
    weight_cv: float = 0.0
    weight_distribution: Literal["lognormal", "gamma", "normal"] = "lognormal"

    def __post_init__(self) -> None:
        weight = per_polarity(self.weight_pA, "weight_pA")
        if min(weight[:2]) < 0 or max(weight[2:]) > 0:
            raise ValueError(
                "weight_pA must not be negative for EE and EI nor positive for IE and II "
                f"(Dale's law), got {weight}"
            )
        self._set("weight_pA", weight)
        self._set("delay_ms", delays(self.delay_ms))
        if self.velocity is not None:
            self._set("velocity", positive(self.velocity, "velocity"))
        self._set("weight_cv", not_negative(self.weight_cv, "weight_cv"))
        if self.weight_distribution not in ("lognormal", "gamma", "normal"):
            raise ValueError(
                "weight_distribution must be 'lognormal', 'gamma' or 'normal', "
                f"got {self.weight_distribution!r}"
            )

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @abstractmethod
    def pairs(self, reservoir: Population) -> tuple[Indices, Indices]:
        """Source and target of every synapse, sorted by source, then by target."""

    def connect(self, reservoir: Population) -> Synapses:
        """The synapses of :meth:`pairs`, with their weights and delays."""
        source, target = self.pairs(reservoir)
        return Synapses(
            source,
            target,
            self.weights(reservoir, source, target),
            synapse_delays(self.delay_ms, reservoir, source, target)
            + travel_time(self.velocity, reservoir, source, target),
        )

    def reweighted(self, reservoir: Population, synapses: Synapses) -> Synapses:
        """What :meth:`connect` gives, from the synapses of the same rule at another gain."""
        if type(self).connect is not PolarityWiring.connect:  # a rule of one's own may do more
            return self.connect(reservoir)
        weight = self.weights(reservoir, synapses.source, synapses.target)
        return replace(synapses, weight_pA=weight)

    def weights(
        self, reservoir: Population, source: Indices, target: Indices
    ) -> NDArray[np.float64]:
        """Weight in pA of each synapse."""
        mean = by_polarity(self.weight_pA, reservoir, source, target)
        if self.weight_cv == 0:
            return mean
        u = uniform(WEIGHT, reservoir.keys[source], reservoir.keys[target])
        if self.weight_distribution == "lognormal":
            sigma = sqrt(log1p(self.weight_cv**2))
            return mean * np.exp(sigma * scipy.special.ndtri(u) - sigma**2 / 2)
        if self.weight_distribution == "gamma":
            variance = max(self.weight_cv**2, 1e-200)  # of which there is an inverse
            return mean * variance * scipy.special.gammaincinv(1 / variance, u)
        below = scipy.special.ndtr(-1 / self.weight_cv)
        return mean * np.maximum(
            1 + self.weight_cv * scipy.special.ndtri(below + (1 - below) * u), 0
        )

    def scaled(self, gain: float) -> Wiring:
        """The same rule with every weight multiplied by a gain."""
        ee, ei, ie, ii = (weight * gain for weight in self.weight_pA)
        return replace(self, weight_pA=(ee, ei, ie, ii))


def per_polarity(value: ArrayLike, name: str) -> PerPolarity:
    """Four finite floats for EE, EI, IE, II; one number stands for all of them."""
    try:
        array = in_unit(value, name)
    except TypeError:
        array = np.full(1, np.nan)
    if array.shape not in ((), (4,)) or not np.all(np.isfinite(array)):
        raise ValueError(
            f"{name} must be four finite numbers (EE, EI, IE, II), or one for all; got {value!r}"
        )
    ee, ei, ie, ii = np.broadcast_to(array, 4).tolist()
    return ee, ei, ie, ii


def probabilities(value: ArrayLike, name: str) -> PerPolarity:
    """Four probabilities."""
    values = per_polarity(value, name)
    if not (min(values) >= 0 and max(values) <= 1):
        raise ValueError(f"{name} must lie in [0, 1], got {values}")
    return values


def delays(value: ArrayLike | DelayRule) -> PerPolarity | DelayRule:
    """Four delays in ms, or a rule."""
    if isinstance(value, DelayRule):
        return value
    values = per_polarity(value, "delay_ms")
    if min(values) < 0:
        raise ValueError(f"delay_ms must not be negative, got {values}")
    return values


def by_polarity(
    values: PerPolarity, reservoir: Population, source: Indices, target: Indices
) -> NDArray[np.float64]:
    """The value of each pair of neurons."""
    inhibitory = (~reservoir.excitatory).astype(np.intp)
    return np.array(values)[2 * inhibitory[source] + inhibitory[target]]


def synapse_delays(
    delay_ms: PerPolarity | DelayRule, reservoir: Population, source: Indices, target: Indices
) -> NDArray[np.float64]:
    """Delay in ms of each synapse, by its polarities or by a rule."""
    if isinstance(delay_ms, DelayRule):
        return delay_ms.sample(reservoir.keys[source], reservoir.keys[target])
    return by_polarity(delay_ms, reservoir, source, target)


def travel_time(
    velocity: float | None, reservoir: Population, source: Indices, target: Indices
) -> NDArray[np.float64] | float:
    """Time in ms that a spike travels from each source to its target."""
    if velocity is None:
        return 0.0
    x = reservoir.positions
    return np.sqrt(((x[source] - x[target]) ** 2).sum(axis=1)) / velocity
