"""What a liquid costs on hardware, counted as NeuroBench counts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from lsm.base.reprs import short_repr
from lsm.metrics.options import Options
from lsm.reservoir import Reservoir
from lsm.simulation import simulate, trajectories
from lsm.simulation.engine import listed
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]

#: Bytes of a number: single precision, or a 32-bit index.
_BYTES = 4
#: Potentials that are looked at together, in numbers.
_POTENTIALS = 16_000_000


@short_repr
class HardwareCost(NamedTuple):
    """Cost of each reservoir without its readout, (reservoirs,) each.

    Definitions are those of NeuroBench (Yik et al. 2025, Nat. Commun. 16:1545) and its code.

    Attributes
    ----------
    footprint_bytes : array
        Memory, see :func:`footprint_bytes`.
    connection_sparsity : array
        Part of all possible weights, neurons^2 + channels * neurons, that are absent or zero.
    activation_sparsity : array
        Part of all neurons' steps without a spike.
    synaptic_operations : array
        Effective accumulates in a sample: for each spike of a channel or a neuron, its synapses
        whose weight is not zero.
    dense_operations : array
        Accumulates in a sample were every neuron and channel to spike at every step, by way of all
        possible weights.
    membrane_updates : array
        Changes of a membrane's potential from one step to the next in a sample; the first step
        counts for every neuron.
    """

    footprint_bytes: Floats
    connection_sparsity: Floats
    activation_sparsity: Floats
    synaptic_operations: Floats
    dense_operations: Floats
    membrane_updates: Floats


def hardware_cost(
    reservoirs: Reservoir | Sequence[Reservoir], spikes: SpikeTrains, **options: Unpack[Options]
) -> HardwareCost:
    """Footprint, sparsity and operations of reservoirs that hear these samples.

    Counts are means over samples. They depend on the time step: state it.

    Parameters
    ----------
    reservoirs : Reservoir or sequence of Reservoir
        Of one model and one number of neurons.
    spikes : SpikeTrains
    options
        As in :func:`lsm.simulate`.
    """
    several = listed(reservoirs)
    counts = simulate(several, spikes, state="counts", **options).astype(np.float64)
    updates = _membrane_updates(several, spikes, **options)
    n, channels = counts.shape[2], spikes.n_channels
    steps = spikes.n_steps(options.get("dt_ms", 1.0))
    possible = n * (n + channels)
    rows = []
    for reservoir, count in zip(several, counts, strict=True):
        weights = reservoir.synapses.weight_pA, reservoir.input_synapses(channels).weight_pA
        rows.append(
            (
                footprint_bytes(reservoir, channels),
                1 - sum(map(np.count_nonzero, weights)) / possible,
                1 - count.sum() / (n * steps.sum()),
                _accumulates(reservoir, count, spikes),
                possible * steps.mean(),
            )
        )
    footprint, sparsity, silence, operations, dense = np.array(rows, dtype=np.float64).T
    return HardwareCost(footprint, sparsity, silence, operations, dense, updates)


def synaptic_operations(
    reservoirs: Reservoir | Sequence[Reservoir], spikes: SpikeTrains, **options: Unpack[Options]
) -> Floats:
    """Those of :class:`HardwareCost` alone, (reservoirs,), from one simulation.

    Parameters
    ----------
    reservoirs, spikes, options
        As in :func:`hardware_cost`.
    """
    several = listed(reservoirs)
    counts = simulate(several, spikes, state="counts", **options).astype(np.float64)
    return np.array([_accumulates(*pair, spikes) for pair in zip(several, counts, strict=True)])


def _accumulates(reservoir: Reservoir, counts: Floats, spikes: SpikeTrains) -> float:
    """Effective accumulates in a sample of a reservoir that fires so, (samples, neurons)."""
    inputs = reservoir.input_synapses(spikes.n_channels)
    total = 0.0
    for fired, synapses in ((counts, reservoir.synapses), (spikes.counts(), inputs)):
        sources = synapses.source[synapses.weight_pA != 0]
        total += float(fired.mean(axis=0) @ np.bincount(sources, minlength=fired.shape[1]))
    return total


def footprint_bytes(reservoir: Reservoir, n_channels: int) -> int:
    """Memory that a reservoir takes, in bytes.

    A weight, a target and a delay for each recurrent synapse, and with short-term plasticity its
    resources, its utilisation and the time of its last spike; a weight and a target for each input
    synapse; the parameters and state variables of each neuron. Four bytes each. Absent synapses
    take none, where NeuroBench's dense layers store zeros.
    """
    synapse = 3 if reservoir.short_term is None else 6
    neuron = len(reservoir.parameters) + len(reservoir.model.state)
    inputs = reservoir.input_synapses(n_channels)
    return _BYTES * (
        synapse * len(reservoir.synapses) + 2 * len(inputs) + neuron * reservoir.n_neurons
    )


def _membrane_updates(
    reservoirs: Sequence[Reservoir], spikes: SpikeTrains, **options: Unpack[Options]
) -> Floats:
    """Mean over samples of each reservoir's updates, a few samples at a time."""
    dt_ms, n = options.get("dt_ms", 1.0), reservoirs[0].n_neurons
    per_sample = int(spikes.n_steps(dt_ms).max()) * n * len(reservoirs)
    at_once = max(1, _POTENTIALS // per_sample)
    total = np.zeros(len(reservoirs))
    for start in range(0, len(spikes), at_once):
        part = spikes[start : start + at_once]
        for path in trajectories(reservoirs, part, every_ms=dt_ms, state="potentials", **options):
            total += n + np.count_nonzero(np.diff(path, axis=1), axis=(1, 2))
    return total / len(spikes)
