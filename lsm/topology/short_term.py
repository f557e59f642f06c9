"""Synapses whose strength changes from spike to spike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsm.topology.population import Population
from lsm.topology.synapses import Synapses
from lsm.topology.wiring import PerPolarity, by_polarity, per_polarity

#: In ms: what is over within any step is over at once.
_AT_ONCE_MS = 1e-9


@dataclass(frozen=True)
class ShortTermPlasticity:
    """Depression and facilitation of recurrent synapses (Markram, Wang & Tsodyks 1998).

    The n-th spike of a synapse, an interval dt after the one before, has the share u_n R_n of the
    weight (PNAS 95:5323, equations 1 to 4):

        R_n = 1 + (R_{n-1} - R_{n-1} u_{n-1} - 1) exp(-dt / recovery)
        u_n = U + u_{n-1} (1 - U) exp(-dt / facilitation)

    with u_1 = U and R_1 = 1 at a sample's first. The defaults are those of Maass, Natschlaeger &
    Markram 2002 (Neural Computation 14:2531).

    Parameters
    ----------
    utilisation : four floats, for EE, EI, IE, II (source first), or one for all
        U, in (0, 1].
    recovery_ms, facilitation_ms : four floats, for EE, EI, IE, II, or one for all
        Numbers, or quantities (:mod:`lsm.base.quantities`). 0: at once.

    Raises
    ------
    ValueError
        Not four finite numbers, or out of range.
    """

    utilisation: PerPolarity = (0.5, 0.05, 0.25, 0.32)
    recovery_ms: PerPolarity = (1100.0, 125.0, 700.0, 144.0)
    facilitation_ms: PerPolarity = (50.0, 1200.0, 20.0, 60.0)

    def __post_init__(self) -> None:
        for name in ("utilisation", "recovery_ms", "facilitation_ms"):
            values = per_polarity(getattr(self, name), name)
            if min(values) < 0:
                raise ValueError(f"{name} must not be negative, got {values}")
            object.__setattr__(self, name, values)
        if min(self.utilisation) == 0 or max(self.utilisation) > 1:
            raise ValueError(f"utilisation must lie in (0, 1], got {self.utilisation}")

    def of_synapses(
        self, reservoir: Population, synapses: Synapses
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Utilisation, recovery and facilitation in ms of each synapse, (synapses,) each.

        For simulators that take no time constant of 0: those are above it.
        """
        utilisation, recovery_ms, facilitation_ms = (
            by_polarity(values, reservoir, synapses.source, synapses.target)
            for values in (self.utilisation, self.recovery_ms, self.facilitation_ms)
        )
        return (
            utilisation,
            np.maximum(recovery_ms, _AT_ONCE_MS),
            np.maximum(facilitation_ms, _AT_ONCE_MS),
        )


#: Every spike has the whole weight.
FIXED = ShortTermPlasticity((1.0,) * 4, (0.0,) * 4, (0.0,) * 4)
