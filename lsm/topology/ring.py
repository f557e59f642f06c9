"""A ring with regular jumps: a wiring without chance."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import not_negative, positive_int
from lsm.topology.population import Population
from lsm.topology.wiring import Indices, PolarityWiring


@dataclass(frozen=True)
class RingWithJumps(PolarityWiring):
    """A one-way ring with jumps both ways between neurons that are regular distances apart.

    The cycle reservoir with regular jumps of Rodan & Tino (2012, Neural Computation 24:1822).
    Neurons stand on a ring in the order of their keys, and each reaches the next one. Of `n`
    neurons n // `jump` are linked by jumps: the first one and the one `jump` further on reach each
    other, that one and the next so far on, and so on; the last jump closes the circle where `jump`
    divides n, and ends before the first neuron where it doesn't. ``jump_gain=0`` leaves the ring
    alone.

    There, all weights of the ring are the same and positive, and those of the jumps. Here the sign
    is that of the source, by Dale's law, and weights may go by polarity: a network of excitatory
    neurons (``excitatory_fraction=1``) has theirs.

    Chance has no part in this but by the order of the keys. A neuron that comes or goes opens the
    ring at its place, and moves the jumps behind it by one. Neighbours are so by their keys:
    ``velocity`` doesn't follow the ring.

    Parameters
    ----------
    jump : int
        Steps of the ring that a jump spans, 2 at least, and less than half of the neurons.
    jump_gain : float
        Weight of a jump, times that of the ring.
    weight_pA, delay_ms, velocity, weight_cv, weight_distribution
        As :class:`PolarityWiring` has them.
    """

    jump: int
    _: KW_ONLY
    jump_gain: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set("jump", positive_int(self.jump, "jump"))
        if self.jump < 2:
            raise ValueError(f"jump must be 2 or more, got {self.jump}")
        self._set("jump_gain", not_negative(self.jump_gain, "jump_gain"))

    def check(self, excitatory: NDArray[np.bool_]) -> None:
        """Raise ValueError where a jump is half of the ring or more."""
        if 2 * self.jump >= len(excitatory):
            raise ValueError(
                f"wiring: jump must be less than half of the number of neurons, {len(excitatory)}, "
                f"got {self.jump}"
            )

    def pairs(self, reservoir: Population) -> tuple[Indices, Indices]:
        """Source and target of every synapse, sorted by source, then by target."""
        ring = np.argsort(reservoir.keys, kind="stable").astype(np.int32)
        n = len(ring)
        ends = np.arange(n // self.jump + 1 if self.jump_gain else 1) * self.jump % n
        source = np.concatenate([ring, ring[ends[:-1]], ring[ends[1:]]])
        target = np.concatenate([np.roll(ring, -1), ring[ends[1:]], ring[ends[:-1]]])
        order = np.lexsort((target, source))
        return source[order], target[order]

    def weights(
        self, reservoir: Population, source: Indices, target: Indices
    ) -> NDArray[np.float64]:
        """Weight in pA of each synapse."""
        weights = super().weights(reservoir, source, target)
        place = np.argsort(np.argsort(reservoir.keys, kind="stable"))
        on_ring = (place[target] - place[source]) % len(place) == 1
        return np.where(on_ring, weights, self.jump_gain * weights)
