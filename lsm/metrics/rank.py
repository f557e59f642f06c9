"""Kernel rank and generalisation rank: what a liquid tells apart, and what it takes as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.base.quantities import number
from lsm.base.reprs import short_repr
from lsm.metrics.inputs import RandomState, displaced, joined
from lsm.metrics.options import Options
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.spikes import SpikeTrains
from lsm.states import State
from readouts.threads import blas_threads_for

Ints = NDArray[np.int64]

#: Singular values below this part of the largest one count as none.
TOLERANCE = 1e-3


@short_repr
class KernelQuality(NamedTuple):
    """Ranks of each reservoir, (reservoirs,) each.

    Attributes
    ----------
    kernel : int array
        Rank over different inputs: what a linear readout can be taught.
    generalisation : int array
        Rank over noisy versions of one input: how much of that it would learn of noise.
    """

    kernel: Ints
    generalisation: Ints

    @property
    def quality(self) -> Ints:
        """Kernel rank less generalisation rank, (reservoirs,); it predicts performance."""
        return self.kernel - self.generalisation


def state_rank(states: ArrayLike, *, tolerance: float = TOLERANCE) -> int:
    """Rank of a matrix of states: singular values above ``tolerance`` times the largest one.

    Where m inputs give states of rank m, a linear readout can give any output to each (Legenstein &
    Maass 2007, Neural Networks 20:323). A rank to rounding error is that of the noise
    nearly always; the tolerance says what counts, and comparisons should state it.

    Parameters
    ----------
    states : array (inputs, features)
    tolerance : float
        In [0, 1).

    Raises
    ------
    ValueError
        Another shape, not finite, a tolerance out of range.
    """
    x = np.asarray(states, dtype=np.float64)
    if x.ndim != 2 or not x.size or not np.isfinite(x).all():
        raise ValueError(f"states must be finite, of shape (inputs, features), got {x.shape}")
    tolerance = checked_tolerance(tolerance)
    with blas_threads_for(min(x.shape)):
        values = np.linalg.svd(x, compute_uv=False)
    floor = max(x.shape) * np.finfo(np.float64).eps
    return int((values > max(tolerance, floor) * values[0]).sum())


def kernel_ranks(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    tolerance: float = TOLERANCE,
    state: str | State = "traces:30",
    **options: Unpack[Options],
) -> Ints:
    """Rank of the states that the samples leave in each reservoir, (reservoirs,).

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons; simulated in one call.
    spikes : SpikeTrains
        Different inputs, no fewer than the features, or they are the limit.
    tolerance : float
        As in :func:`state_rank`.
    state, options
        As in :func:`lsm.simulate`.
    """
    tolerance = checked_tolerance(tolerance)
    states = simulate(reservoirs, spikes, state=state, **options)
    return state_ranks(states, tolerance)


def kernel_quality(
    reservoirs: Reservoir | Sequence[Reservoir],
    spikes: SpikeTrains,
    *,
    jitter_ms: float,
    tolerance: float = TOLERANCE,
    state: str | State = "traces:30",
    random_state: RandomState = None,
    **options: Unpack[Options],
) -> KernelQuality:
    """Kernel rank over the samples, generalisation rank over as many noisy versions of the first.

    Parameters
    ----------
    jitter_ms : float
        Deviation by which each spike of a noisy version is displaced.
    random_state : int, Generator or None
        Displaces the spikes.
    reservoirs, spikes, tolerance, state, options
        As in :func:`kernel_ranks`. Both sets of samples are simulated in one call.
    """
    tolerance = checked_tolerance(tolerance)
    jitter_ms = positive(jitter_ms, "jitter_ms")
    noisy = noisy_versions(spikes, jitter_ms, random_state)
    states = simulate(reservoirs, joined([spikes, noisy]), state=state, **options)
    different, alike = np.split(states, 2, axis=1)
    return KernelQuality(state_ranks(different, tolerance), state_ranks(alike, tolerance))


def noisy_versions(spikes: SpikeTrains, jitter_ms: float, random_state: RandomState) -> SpikeTrains:
    """As many noisy versions of the first sample as there are samples."""
    first = spikes[np.zeros(len(spikes), dtype=int)]
    return displaced(first, sd_ms=jitter_ms, random_state=random_state)


def state_ranks(states: NDArray[np.float32], tolerance: float) -> Ints:
    """Rank (reservoirs,) of the states (reservoirs, inputs, features) of each."""
    return np.array([state_rank(liquid_states, tolerance=tolerance) for liquid_states in states])


def checked_tolerance(tolerance: float) -> float:
    """A tolerance as a float; ValueError where it isn't in [0, 1)."""
    result = number(tolerance, "tolerance")
    if not 0 <= result < 1:
        raise ValueError(f"tolerance must lie in [0, 1), got {tolerance}")
    return result
