"""Rules by which each neuron has a given number of synapses: those with the smallest hashes.

A neuron that comes or goes changes no more than the places that it takes or leaves free.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int, probability, whole
from lsm.topology.hashing import REWIRED, SYNAPSE, blocks, mix, mix_round, uniform
from lsm.topology.population import Population
from lsm.topology.synapses import refuse_too_many
from lsm.topology.wiring import POLARITIES, Indices, PolarityWiring, per_polarity

_LAST = np.uint64(2**64 - 1)


@dataclass(frozen=True)
class FixedInDegree(PolarityWiring):
    """Each neuron hears exactly so many excitatory and so many inhibitory ones.

    Of the possible sources those whose keys have the smallest hashes with the target's. No neuron
    reaches itself, none another one twice.

    Parameters
    ----------
    in_degree : four ints, for EE, EI, IE, II (source first), or one for all
        ``in_degree[EI]`` is how many excitatory neurons each inhibitory one hears. ValueError if a
        reservoir has fewer.
    weight_pA, delay_ms, velocity, weight_cv, weight_distribution
        As :class:`PolarityWiring` has them.
    """

    in_degree: tuple[int, int, int, int]

    def __post_init__(self) -> None:
        super().__post_init__()
        degrees = whole(per_polarity(self.in_degree, "in_degree"), "in_degree").tolist()
        if min(degrees) < 0:
            raise ValueError(f"in_degree must not be negative, got {tuple(degrees)}")
        self._set("in_degree", tuple(degrees))

    def check(self, excitatory: NDArray[np.bool_]) -> None:
        """Raise ValueError where there are fewer other neurons than an in-degree asks for."""
        neurons = np.array([excitatory.sum(), (~excitatory).sum()])
        for k, (degree, name) in enumerate(zip(self.in_degree, POLARITIES, strict=True)):
            source, target = divmod(k, 2)
            candidates = neurons[source] - (source == target)
            if neurons[target] and degree > candidates:
                kind = ("excitatory", "inhibitory")[source]
                raise ValueError(
                    f"wiring: in_degree must be at most {candidates} for {name}, the number of "
                    f"other {kind} neurons, got {degree}"
                )

    def pairs(self, reservoir: Population) -> tuple[Indices, Indices]:
        """Source and target of every synapse, sorted by source, then by target."""
        refuse_too_many(max(self.in_degree) * reservoir.n_neurons)
        groups = [np.flatnonzero(reservoir.excitatory == polarity) for polarity in (True, False)]
        blocks_of_pairs = []
        for k, degree in enumerate(self.in_degree):
            sources, targets = groups[k // 2], groups[k % 2]
            if degree == 0 or len(targets) == 0:
                continue
            of_source = mix(SYNAPSE, reservoir.keys[sources])
            for rows in blocks(len(targets), len(sources)):
                b = targets[rows, None]
                h = mix_round(of_source, reservoir.keys[b])
                h[b == sources] = _LAST
                nearest = np.argpartition(h, degree - 1, axis=1)[:, :degree]
                blocks_of_pairs.append((sources[nearest], np.broadcast_to(b, nearest.shape)))
        return _sorted(blocks_of_pairs)


@dataclass(frozen=True)
class SmallWorld(PolarityWiring):
    """A ring on which each neuron reaches its nearest neighbours, and some far ones instead.

    The small world of Watts & Strogatz (1998, Nature 393:440) with directed synapses. Neurons stand
    on a ring in the order of their keys; each reaches ``neighbours`` others, half of them on either
    side. A hash of both keys rewires a synapse with probability ``rewiring``: its source then
    reaches, of the neurons that it doesn't reach yet, the one with the smallest hash. Every neuron
    keeps its out-degree; ``rewiring=1`` is a random graph.

    Neighbours on the ring are so by their keys, not by their places: delays that go by distance
    (``velocity``) don't follow the ring.

    Parameters
    ----------
    neighbours : int
        Out-degree, even, and less than the number of neurons.
    rewiring : float
        In [0, 1].
    weight_pA, delay_ms, velocity, weight_cv, weight_distribution
        As :class:`PolarityWiring` has them.
    """

    neighbours: int
    _: KW_ONLY
    rewiring: float

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set("neighbours", positive_int(self.neighbours, "neighbours"))
        if self.neighbours % 2:
            raise ValueError(f"neighbours must be even, got {self.neighbours}")
        self._set("rewiring", probability(self.rewiring, "rewiring"))

    def check(self, excitatory: NDArray[np.bool_]) -> None:
        """Raise ValueError where there are no more neurons than neighbours."""
        if self.neighbours >= len(excitatory):
            raise ValueError(
                f"wiring: neighbours must be less than the number of neurons, {len(excitatory)}, "
                f"got {self.neighbours}"
            )

    def pairs(self, reservoir: Population) -> tuple[Indices, Indices]:
        """Source and target of every synapse, sorted by source, then by target."""
        refuse_too_many(self.neighbours * reservoir.n_neurons)
        keys = reservoir.keys
        n = len(keys)
        ring = np.argsort(keys, kind="stable")
        steps = np.arange(1, self.neighbours // 2 + 1)
        near = np.empty((n, self.neighbours), dtype=np.intp)
        near[ring] = ring[(np.arange(n)[:, None] + np.concatenate([steps, -steps])) % n]
        stays = uniform(REWIRED, keys[:, None], keys[near]) >= self.rewiring
        source, k = np.nonzero(stays)
        blocks_of_pairs = [(source, near[source, k])]
        rewired = self.neighbours - stays.sum(axis=1)
        of_source = mix(SYNAPSE, keys)
        movers = np.flatnonzero(rewired)
        for rows in blocks(len(movers), n):
            a = movers[rows]
            h = mix_round(of_source[a, None], keys)
            h[np.arange(len(a)), a] = _LAST
            i, k = np.nonzero(stays[a])
            h[i, near[a[i], k]] = _LAST
            most = int(rewired[a].max())
            nearest = np.argpartition(h, most - 1, axis=1)[:, :most]
            order = np.argsort(np.take_along_axis(h, nearest, axis=1), axis=1)
            i, k = np.nonzero(np.arange(most) < rewired[a, None])
            blocks_of_pairs.append((a[i], np.take_along_axis(nearest, order, axis=1)[i, k]))
        return _sorted(blocks_of_pairs)


def _sorted(pairs: list[tuple[NDArray[np.intp], NDArray[np.intp]]]) -> tuple[Indices, Indices]:
    """Pairs of blocks (any shapes) as sorted sources and targets."""
    empty = np.empty(0, dtype=np.intp)
    source = np.concatenate([empty, *(a.ravel() for a, _ in pairs)])
    target = np.concatenate([empty, *(b.ravel() for _, b in pairs)])
    order = np.lexsort((target, source))
    return source[order].astype(np.int32), target[order].astype(np.int32)
