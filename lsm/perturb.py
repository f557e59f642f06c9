"""Ways to spoil a liquid or its input: noise, lost spikes and neurons, coarse weights.

Each takes what it spoils and a NumPy Generator and returns a spoilt copy: how well a readout that
was trained without still answers is what the liquid bears.
"""

from __future__ import annotations

import numpy as np

from lsm.base.checks import not_negative, positive_int, probability
from lsm.plasticity.pairs import frozen
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains

#: A threshold that is never reached, in mV.
_SILENT_MV = 1000.0


def noisy_input(spikes: SpikeTrains, rng: np.random.Generator, *, share: float) -> SpikeTrains:
    """Add spikes at random times on random channels, as many as a share of a sample's own.

    Their number is drawn from a Poisson distribution with this mean.
    """
    share = not_negative(share, "share")
    own = np.diff(spikes.offsets)
    added = rng.poisson(share * own)
    sample = np.concatenate([spikes.sample_indices(), np.repeat(np.arange(len(own)), added)])
    times = rng.random(added.sum()) * np.repeat(spikes.durations_ms, added)
    channels = rng.integers(spikes.n_channels, size=added.sum())
    order = np.argsort(sample, kind="stable")
    return SpikeTrains(
        np.concatenate([spikes.times_ms, times])[order],
        np.concatenate([spikes.channels, channels])[order],
        np.concatenate([[0], np.cumsum(own + added)]),
        spikes.durations_ms,
        spikes.n_channels,
    )


def lost_spikes(spikes: SpikeTrains, rng: np.random.Generator, *, share: float) -> SpikeTrains:
    """Leave out each spike with this probability."""
    share = probability(share, "share")
    survivors = rng.random(len(spikes.times_ms)) >= share
    offsets = np.concatenate([[0], np.cumsum(survivors)])[spikes.offsets]
    return SpikeTrains(
        spikes.times_ms[survivors],
        spikes.channels[survivors],
        offsets,
        spikes.durations_ms,
        spikes.n_channels,
    )


def lost_neurons(reservoir: Reservoir, rng: np.random.Generator, *, share: float) -> Reservoir:
    """Silence a share of the neurons: neither the others nor a readout learn of them.

    Raises
    ------
    ValueError
        A share outside 0..1, a neuron model without a threshold.
    """
    share = probability(share, "share")
    if "v_threshold_mV" not in reservoir.parameters:
        raise ValueError(
            f"reservoir must be of a model with a v_threshold_mV, got {reservoir.model.name}"
        )
    n = reservoir.n_neurons
    silent = rng.permutation(n) < round(share * n)
    threshold = np.where(silent, _SILENT_MV, reservoir.parameters["v_threshold_mV"])
    return reservoir.replace(parameters={**reservoir.parameters, "v_threshold_mV": threshold})


def noisy_weights(reservoir: Reservoir, rng: np.random.Generator, *, sd: float) -> Reservoir:
    """Multiply each recurrent weight by a normal number of mean 1, or by 0 if that is negative."""
    sd = not_negative(sd, "sd")
    weights = reservoir.synapses.weight_pA
    return frozen(reservoir, weights * np.maximum(1 + sd * rng.standard_normal(len(weights)), 0))


def quantised(reservoir: Reservoir, rng: np.random.Generator, *, bits: int) -> Reservoir:
    """Round recurrent weights to whole multiples, 2^bits - 1 at most, of a step.

    Excitatory and inhibitory weights have a step each; the sign is a bit of its own.
    """
    positive_int(bits, "bits")
    weights = np.array(reservoir.synapses.weight_pA)
    for sign in (weights > 0, weights < 0):
        if sign.any():
            step = np.abs(weights[sign]).max() / (2**bits - 1)
            weights[sign] = step * np.round(weights[sign] / step)
    return frozen(reservoir, weights)
