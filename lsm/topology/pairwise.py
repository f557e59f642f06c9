"""Rules that decide on each pair of neurons by itself, by a hash of their keys.

What two neurons are to each other doesn't depend on which others there are.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import KW_ONLY, dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.topology.hashing import SYNAPSE, blocks, mix, mix_round, unit
from lsm.topology.population import Population
from lsm.topology.synapses import refuse_too_many
from lsm.topology.wiring import Indices, PerPolarity, PolarityWiring, probabilities

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairWiring(PolarityWiring):
    """A synapse from a to b exists if u(key_a, key_b) < p. No neuron reaches itself."""

    @abstractmethod
    def probabilities(self, reservoir: Population, sources: NDArray[np.intp]) -> Floats:
        """p of the pairs (sources, all neurons)."""

    def pairs(self, reservoir: Population) -> tuple[Indices, Indices]:
        """Source and target of every synapse, sorted by source, then by target."""
        keys = reservoir.keys
        of_source = mix(SYNAPSE, keys)
        neurons, total = [], 0
        for a in blocks(len(keys), len(keys)):
            exists = unit(mix_round(of_source[a, None], keys)) < self.probabilities(reservoir, a)
            exists[np.arange(len(a)), a] = False
            i, j = np.nonzero(exists)
            neurons.append((a[i].astype(np.int32), j.astype(np.int32)))
            total += len(i)
            refuse_too_many(total)
        source, target = (np.concatenate(parts) for parts in zip(*neurons, strict=True))
        return source, target


def _for_pairs(values: PerPolarity, reservoir: Population, sources: NDArray[np.intp]) -> Floats:
    """The values of the pairs (sources, all neurons) by their polarities."""
    to_e, to_i = np.reshape(values, (2, 2))[(~reservoir.excitatory[sources]).astype(np.intp)].T
    return np.where(reservoir.excitatory, to_e[:, None], to_i[:, None])


@dataclass(frozen=True)
class RandomWiring(PairWiring):
    """Every pair of neurons is connected with the same probability, by its polarities.

    As in the balanced networks of Brunel 2000 (J. Comput. Neurosci. 8:183) and Vogels & Abbott 2005
    (J. Neurosci. 25:10786).

    Parameters
    ----------
    probability : four floats in [0, 1], for EE, EI, IE, II, or one for all
    weight_pA, delay_ms, velocity, weight_cv, weight_distribution
        As :class:`PolarityWiring` has them.
    """

    probability: PerPolarity

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set("probability", probabilities(self.probability, "probability"))

    def probabilities(self, reservoir: Population, sources: NDArray[np.intp]) -> Floats:
        """Probability of each pair (sources, all neurons), by its polarities."""
        return _for_pairs(self.probability, reservoir, sources)


@dataclass(frozen=True)
class DistanceWiring(PairWiring):
    """Synapses between neurons with a probability that falls with their distance.

    From a to b, at distance D: p = probability[ab] exp(-(D/length)^2), or exp(-D/length) with the
    exponential kernel; the weight is ``weight_pA[ab]``, times the same exponential if
    ``weight_falls``. Where `shortest` or `longest` is given, there are no synapses within the one
    or beyond the other; the others are what they are without.

    The defaults are those of the evolved liquid (Lopez-Herrera et al. 2026, Math. Comput. Appl.
    31(2):65), whose kernel exp(-d^2/2) has length sqrt(2). :meth:`maass` is the other known set.

    Parameters
    ----------
    probability : four floats in [0, 1], for EE, EI, IE, II, or one for all
    length : float
        In units of the positions.
    weight_falls : bool
        Weights fall with distance as probabilities do.
    kernel : {"gaussian", "exponential"}
    shortest, longest : float, optional
        Least and greatest distance of a synapse, in units of the positions; D is from the one to
        below the other.
    weight_pA, delay_ms, velocity, weight_cv, weight_distribution
        As :class:`PolarityWiring` has them.
    """

    probability: PerPolarity = (1.0, 1.0, 1.0, 0.0)
    _: KW_ONLY
    length: float = sqrt(2)
    weight_falls: bool = True
    kernel: Literal["gaussian", "exponential"] = "gaussian"
    shortest: float | None = None
    longest: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set("probability", probabilities(self.probability, "probability"))
        self._set("length", positive(self.length, "length"))
        if self.kernel not in ("gaussian", "exponential"):
            raise ValueError(f"kernel must be 'gaussian' or 'exponential', got {self.kernel!r}")
        for name in ("shortest", "longest"):
            if getattr(self, name) is not None:
                self._set(name, positive(getattr(self, name), name))
        if self.shortest is not None and self.longest is not None and self.longest <= self.shortest:
            raise ValueError(
                f"longest must be greater than shortest, {self.shortest:g}, got {self.longest:g}"
            )

    @classmethod
    def maass(cls, *, weight_pA: PerPolarity) -> DistanceWiring:
        """C exp(-D^2/lambda^2) with lambda 2 and delays as in Maass, Natschlaeger & Markram 2002.

        C is .3 (EE), .2 (EI), .4 (IE), .1 (II); delays 1.5 ms (EE) and .8 ms; weights do not fall
        with distance.
        """
        return cls(
            probability=(0.3, 0.2, 0.4, 0.1),
            weight_pA=weight_pA,
            delay_ms=(1.5, 0.8, 0.8, 0.8),
            length=2.0,
            weight_falls=False,
        )

    def falloff(self, distance2: Floats) -> Floats:
        """The kernel, at the square of a distance."""
        if self.kernel == "gaussian":
            return np.asarray(np.exp(-distance2 / self.length**2))
        return np.asarray(np.exp(-np.sqrt(distance2) / self.length))

    def probabilities(self, reservoir: Population, sources: NDArray[np.intp]) -> Floats:
        """Probability of each pair (sources, all neurons), by polarities and distance."""
        x = reservoir.positions
        distance2 = np.zeros((len(sources), len(x)))
        for along in x.T:
            distance2 += (along[sources, None] - along) ** 2
        kernel = self.falloff(distance2)
        if self.shortest is not None:
            kernel[distance2 < self.shortest**2] = 0.0
        if self.longest is not None:
            kernel[distance2 >= self.longest**2] = 0.0
        return _for_pairs(self.probability, reservoir, sources) * kernel

    def weights(self, reservoir: Population, source: Indices, target: Indices) -> Floats:
        """Weight in pA of each synapse; where `weight_falls`, the less the longer it is."""
        weights = super().weights(reservoir, source, target)
        if not self.weight_falls:
            return weights
        x = reservoir.positions
        return weights * self.falloff(((x[source] - x[target]) ** 2).sum(axis=1))

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON; `shortest` and `longest` where they are given."""
        limits = ("shortest", "longest")
        described = super().describe()
        return {k: v for k, v in described.items() if k not in limits or v is not None}


@dataclass(frozen=True)
class MotifWiring(PairWiring):
    """Sparsely connected motifs: small dense groups of neurons with sparse links between them.

    A neuron's group is its key modulo the number of groups, so that a neuron takes its group along
    and keeps it whatever happens to others. Random keys give groups of sizes as chance has them,
    keys 0, 1, 2, ... groups of one size.

    Parameters
    ----------
    motifs : int
        Number of groups.
    within, between : four floats in [0, 1], for EE, EI, IE, II, or one for all
        Probability of a synapse between neurons of one group, and of two.
    weight_pA, delay_ms, velocity, weight_cv, weight_distribution
        As :class:`PolarityWiring` has them.
    """

    motifs: int
    _: KW_ONLY
    within: PerPolarity
    between: PerPolarity

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set("motifs", positive_int(self.motifs, "motifs"))
        for name in ("within", "between"):
            self._set(name, probabilities(getattr(self, name), name))

    def probabilities(self, reservoir: Population, sources: NDArray[np.intp]) -> Floats:
        """Probability of each pair (sources, all neurons), within or between motifs."""
        group = reservoir.keys % np.uint64(self.motifs)
        within, between = (
            _for_pairs(values, reservoir, sources) for values in (self.within, self.between)
        )
        return np.where(group[sources, None] == group, within, between)
