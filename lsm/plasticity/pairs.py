"""Pairs of spikes before and after a synapse, and the reservoir with changed weights."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.base.quantities import in_unit
from lsm.base.reprs import short_repr
from lsm.reservoir import Reservoir
from lsm.simulation import record
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.topology import Synapses

Floats = NDArray[np.float64]

#: Synapses taken at a time, which bounds memory.
_BLOCK = 2048


@short_repr
class Pairs(NamedTuple):
    """Sums over the spikes of each synapse that a pair-based rule needs, (synapses,) each.

    Attributes
    ----------
    causal : array
        Sum of exp(-(t_post - t_pre) / tau_plus) over all pairs with ``t_pre < t_post``.
    acausal : array
        Sum of exp(-(t_pre - t_post) / tau_minus) over all pairs with ``t_post < t_pre``.
    coincident : array
        Number of pairs in one step.
    arrivals : array
        Number of spikes that arrive.
    """

    causal: Floats
    acausal: Floats
    coincident: Floats
    arrivals: Floats


def spike_pairs(
    synapses: Synapses,
    raster: ArrayLike,
    *,
    tau_plus_ms: float = 20.0,
    tau_minus_ms: float = 20.0,
    dt_ms: float = 1.0,
) -> Pairs:
    """Sums over all pairs of a spike before and one after each synapse.

    All pairs count, not nearest ones only. A spike's time before the synapse is when it arrives,
    its delay included; spikes that arrive after the end of the sample make no pair.

    Parameters
    ----------
    synapses : Synapses
    raster : array (neurons, steps)
        Spikes of each neuron in each step.
    tau_plus_ms, tau_minus_ms, dt_ms : float

    Raises
    ------
    ValueError
        A raster without two dimensions or with too few neurons, a time that is not above 0.
    """
    spiked = np.asarray(raster, dtype=np.float64)
    neurons = 1 + max(synapses.source.max(initial=-1), synapses.target.max(initial=-1))
    if spiked.ndim != 2 or len(spiked) < neurons:
        raise ValueError(
            f"raster must have the shape (neurons, steps) with {neurons} neurons at least, got "
            f"{spiked.shape}"
        )
    dt_ms = positive(dt_ms, "dt_ms")
    before = _trace(spiked, np.exp(-dt_ms / positive(tau_plus_ms, "tau_plus_ms")))
    after = _trace(spiked, np.exp(-dt_ms / positive(tau_minus_ms, "tau_minus_ms")))
    steps = spiked.shape[1]
    lags = synapses.delay_steps(dt_ms)
    sums = np.zeros((4, len(synapses)))
    for lag in np.unique(lags[lags < steps]):
        alike = np.flatnonzero(lags == lag)
        for start in range(0, len(alike), _BLOCK):
            block = alike[start : start + _BLOCK]
            pre, post = synapses.source[block], synapses.target[block]
            arriving = spiked[pre, : steps - lag]
            leaving = spiked[post, lag:]
            sums[0, block] = _products(before[pre, : steps - lag], leaving)
            sums[1, block] = _products(arriving, after[post, lag:])
            sums[2, block] = _products(arriving, leaving)
            sums[3, block] = arriving.sum(axis=1)
    return Pairs(*sums)


def _trace(spiked: Floats, decay: float) -> Floats:
    """The trace that spikes of earlier steps have left in each step."""
    return np.asarray(scipy.signal.lfilter([0.0, decay], [1.0, -decay], spiked))


def _products(x: Floats, y: Floats) -> Floats:
    return np.asarray(np.einsum("ks,ks->k", x, y))


def spike_raster(
    reservoir: Reservoir, sample: SpikeTrains, *, dt_ms: float = 1.0, target: Target = "auto"
) -> NDArray[np.bool_]:
    """Whether each neuron spikes in each step of one sample, (neurons, steps)."""
    dt_ms = positive(dt_ms, "dt_ms")
    recording = record(reservoir, sample, dt_ms=dt_ms, target=target)
    raster = np.zeros(recording.v_mV.shape, dtype=bool)
    step = np.rint(recording.spike_times_ms / dt_ms).astype(np.int64)
    raster[recording.spike_neurons, step] = True
    return raster


def frozen(reservoir: Reservoir, weight_pA: ArrayLike) -> Reservoir:
    """The reservoir with these weights, as a :class:`lsm.topology.MatrixWiring`.

    Parameters
    ----------
    reservoir : Reservoir
    weight_pA : array (synapses,)
        In the order of ``reservoir.synapses``, whose delays are kept; a synapse of weight 0 goes.

    Raises
    ------
    ValueError
        Another number of weights, or signs that break Dale's law where it held.
    """
    synapses = reservoir.synapses
    weights = in_unit(weight_pA, "weight_pA")
    if weights.shape != (len(synapses),):
        raise ValueError(
            f"weight_pA must have the shape ({len(synapses)},), one a synapse, got {weights.shape}"
        )
    return reservoir.rewired(replace(synapses, weight_pA=weights))


def check_input(reservoir: Reservoir, spikes: SpikeTrains) -> None:
    """Raise an error where there is no reservoir, or nothing to learn from."""
    if not isinstance(reservoir, Reservoir):
        raise TypeError(f"reservoir must be a Reservoir, got {type(reservoir).__name__}")
    if not isinstance(spikes, SpikeTrains):
        raise TypeError(f"spikes must be SpikeTrains, got {type(spikes).__name__}")
    if len(spikes) == 0:
        raise ValueError("spikes must hold at least one sample, got none")


def check_signs(reservoir: Reservoir) -> None:
    """Raise ValueError where weights break Dale's law, for rules that go by polarities."""
    synapses = reservoir.synapses
    excitatory, weight = reservoir.excitatory[synapses.source], synapses.weight_pA
    wrong = np.flatnonzero(np.where(excitatory, weight < 0, weight > 0))
    if len(wrong):
        k = wrong[0]
        kind = "excitatory" if excitatory[k] else "inhibitory"
        raise ValueError(
            "reservoir must keep Dale's law, by which this rule tells synapses apart, but has a "
            f"weight of {weight[k]:g} pA from neuron {synapses.source[k]}, which is "
            f"{kind}"
        )
