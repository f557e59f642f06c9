"""What a liquid is worth before anything is trained: rank, separation and memory in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from lsm.metrics.distances import separations
from lsm.metrics.inputs import RandomState, at_distance, joined
from lsm.metrics.memory import ENCODER, memory_capacities
from lsm.metrics.options import Options
from lsm.metrics.rank import TOLERANCE, checked_tolerance, noisy_versions, state_ranks
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.spikes import SpikeTrains
from lsm.states import State


@short_repr
class LiquidQuality(NamedTuple):
    """One number for each reservoir, (reservoirs,) each.

    Attributes
    ----------
    kernel_rank, generalisation_rank : int array
        See :func:`lsm.metrics.kernel_quality`.
    separation : float array
        Mean distance of the states of pairs, see :func:`lsm.metrics.separation`.
    memory_capacity : float array
        See :func:`lsm.metrics.memory_capacities`.
    """

    kernel_rank: NDArray[np.int64]
    generalisation_rank: NDArray[np.int64]
    separation: NDArray[np.float64]
    memory_capacity: NDArray[np.float64]


def liquid_quality(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    jitter_ms: float = 4.0,
    distance: float = 0.2,
    tolerance: float = TOLERANCE,
    n_steps: int = 2000,
    max_delay: int = 30,
    encoder: Any = ENCODER,
    state: str | State = "traces:30",
    random_state: RandomState = None,
    **options: Unpack[Options],
) -> LiquidQuality:
    """Ranks, separation and memory capacity of any number of reservoirs, from one program.

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons.
    spikes : SpikeTrains
        Different inputs, such as :func:`lsm.metrics.poisson_spikes` draws: no fewer than features.
    jitter_ms, tolerance
        As in :func:`lsm.metrics.kernel_quality`.
    distance : float
        Of the pairs in :func:`lsm.metrics.separation`.
    n_steps, max_delay, encoder
        As in :func:`lsm.metrics.memory_capacities`.
    state : str or State
        One that is read at the end of a sample, of all neurons.
    random_state : int, Generator or None
    options
        As in :func:`lsm.simulate`.
    """
    jitter_ms = positive(jitter_ms, "jitter_ms")
    tolerance = checked_tolerance(tolerance)
    rng = np.random.default_rng(random_state)
    memory = memory_capacities(
        reservoirs,
        n_steps=n_steps,
        max_delay=max_delay,
        encoder=encoder,
        state=state,
        random_state=rng,
        **options,
    )
    noisy = noisy_versions(spikes, jitter_ms, rng)
    twins = at_distance(spikes, distance, random_state=rng)
    states = simulate(reservoirs, joined([spikes, noisy, twins]), state=state, **options)
    different, alike, apart = np.split(states, 3, axis=1)
    return LiquidQuality(
        state_ranks(different, tolerance),
        state_ranks(alike, tolerance),
        separations(np.concatenate([different, apart], axis=1), len(spikes))[:, 0],
        memory,
    )
