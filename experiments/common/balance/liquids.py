"""Liquids of one wiring at several E/I ratios and one firing rate, and ways to spoil them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lsm import InputWiring, Reservoir, SpikeTrains
from lsm.plasticity.balance import MeanCurrents, mean_currents
from lsm.plasticity.calibration import input_fraction
from lsm.plasticity.homeostasis import LEAST_MV
from lsm.plasticity.pairs import frozen
from lsm.topology import FixedInDegree

Floats = NDArray[np.float64]

#: Of every neuron. Low enough that half an octave or more of inhibition too much can be made up
#: for by thresholds; at 25 Hz it can't.
RATE_HZ = 10.0
#: Part of an excitatory neuron's excitation that comes from the inputs.
INPUT_SHARE = 0.75
#: Recurrent weights into a neuron, summed over its excitatory synapses.
EXCITATION_PA = 600.0
RANGES = {"tau_m_ms": (10.0, 60.0), "t_ref_ms": (1.0, 4.0)}
#: Good enough to stop: mean deviations of rates and of ratios, added up.
TOLERANCE = 0.02
#: Exponents of the first corrections of inhibition and thresholds, and the round in which they are
#: half of that.
_INHIBITION, _THRESHOLD, _HALVED = 0.5, 0.3, 40
#: A threshold that is never reached, in mV.
_SILENT_MV = 1000.0


def draw(spikes: SpikeTrains, n: int, random_state: np.random.Generator) -> Reservoir:
    """A liquid for some input: four fifths excitatory, a fixed in-degree from either population.

    A neuron hears a quarter of the excitatory and half of the inhibitory neurons, so that each can
    be balanced and single inhibitory spikes weigh little. Inhibition is about balanced where all
    fire at one rate; :func:`matched` does the rest.
    """
    from_e, from_i = n // 5, n // 10
    excitatory = random_state.permutation(n) < n - n // 5
    e = EXCITATION_PA / from_e
    i = -EXCITATION_PA / from_i
    fraction = input_fraction(spikes.n_channels)
    heard_Hz = fraction * len(spikes.times_ms) / (spikes.durations_ms.sum() / 1000)
    weight = INPUT_SHARE / (1 - INPUT_SHARE) * EXCITATION_PA * RATE_HZ / heard_Hz
    return Reservoir.random(
        n,
        random_state=random_state,
        ranges=RANGES,
        excitatory=excitatory,
        wiring=FixedInDegree(
            (from_e, from_e, from_i, from_i), weight_pA=(e, e, i / (1 - INPUT_SHARE), i)
        ),
        inputs=InputWiring(fraction, weight, weight / 2),
    )


def ratio(mean: MeanCurrents) -> float:
    """Mean inhibition over mean excitation of the network, external input included."""
    return float(-(mean.inhibitory + mean.inhibitory_input).sum() / mean.excitatory.sum())


def matched(
    reservoir: Reservoir, spikes: SpikeTrains, *, degree: float, rounds: int, rate_Hz: float
) -> Reservoir:
    """The liquid with an E/I ratio and a rate, the same in every neuron as far as that goes.

    In turns of one simulation, inhibition is scaled towards the ratio as
    :func:`lsm.plasticity.balance.balance` does, and thresholds move towards the rate as in
    :func:`lsm.plasticity.intrinsic`: together, since each upsets the other. With the rate, each
    neuron's mean excitation is the same at every ratio. A threshold's distance from rest is the
    inverse of an overall gain of all weights, which is why moving it leaves the ratio alone; a
    background current would be an excitation or inhibition of its own.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        Unlabelled input, from the training data.
    degree : float
        -mean(I_I) / mean(I_E).
    rounds : int
        Simulations of all samples at most; the best liquid of them is returned.
    rate_Hz : float
    """
    synapses, parameters = reservoir.synapses, reservoir.parameters
    inhibitory, rest = synapses.weight_pA < 0, parameters["v_rest_mV"]
    log_scale = np.full(reservoir.n_neurons, np.log(degree))
    log_height = np.log(parameters["v_threshold_mV"] - rest)
    found, least = reservoir, np.inf
    for k in range(rounds):
        factor = np.where(inhibitory, np.exp(log_scale)[synapses.target], 1.0)
        heard = frozen(reservoir, factor * synapses.weight_pA).replace(
            parameters={**parameters, "v_threshold_mV": rest + np.exp(log_height)}
        )
        mean = mean_currents(heard, spikes)
        deviation = mean.rates_Hz / rate_Hz - 1
        wanted = degree * mean.excitatory + mean.inhibitory_input
        left = wanted / np.maximum(-mean.inhibitory, 1e-9)
        error = np.abs(deviation).mean() + np.abs(np.clip(left, 0, 2) - 1).mean()
        if error < least:
            found, least = heard, error
        if error < TOLERANCE:
            break
        step = 1 / (1 + k / _HALVED)
        log_scale = log_scale + _INHIBITION * step * np.log(np.clip(left, 0.5, 2))
        log_height = log_height + _THRESHOLD * step * np.minimum(deviation, 2)
        log_height = np.maximum(log_height, np.log(LEAST_MV))
    return found


def noisy_input(spikes: SpikeTrains, rng: np.random.Generator, *, share: float) -> SpikeTrains:
    """Spikes at random times on random channels added, as many as a share of a sample's own."""
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
    """Each spike left out with this probability."""
    kept = rng.random(len(spikes.times_ms)) >= share
    offsets = np.concatenate([[0], np.cumsum(kept)])[spikes.offsets]
    return SpikeTrains(
        spikes.times_ms[kept],
        spikes.channels[kept],
        offsets,
        spikes.durations_ms,
        spikes.n_channels,
    )


def lost_neurons(reservoir: Reservoir, rng: np.random.Generator, *, share: float) -> Reservoir:
    """A share of the neurons never fires: neither the others nor a readout hear of them."""
    n = reservoir.n_neurons
    lost = rng.permutation(n) < round(share * n)
    threshold = np.where(lost, _SILENT_MV, reservoir.parameters["v_threshold_mV"])
    return reservoir.replace(parameters={**reservoir.parameters, "v_threshold_mV": threshold})


def noisy_weights(reservoir: Reservoir, rng: np.random.Generator, *, sd: float) -> Reservoir:
    """Each recurrent weight times a normal number of mean 1, or 0 where that is negative."""
    weights = reservoir.synapses.weight_pA
    return frozen(reservoir, weights * np.maximum(1 + sd * rng.standard_normal(len(weights)), 0))


def quantised(reservoir: Reservoir, rng: np.random.Generator, *, bits: int) -> Reservoir:
    """Recurrent weights rounded to whole multiples, 2^bits - 1 at most, of a step.

    Excitatory and inhibitory weights have a step each; the sign is a bit of its own.
    """
    weights = np.array(reservoir.synapses.weight_pA)
    for sign in (weights > 0, weights < 0):
        if sign.any():
            step = np.abs(weights[sign]).max() / (2**bits - 1)
            weights[sign] = step * np.round(weights[sign] / step)
    return frozen(reservoir, weights)


#: What is done to the input of a liquid that was trained without, by name.
SPOILT_INPUTS: dict[str, Callable[[SpikeTrains, np.random.Generator], SpikeTrains]] = {
    "5 % spikes added": partial(noisy_input, share=0.05),
    "20 % spikes added": partial(noisy_input, share=0.2),
    "5 % spikes lost": partial(lost_spikes, share=0.05),
    "20 % spikes lost": partial(lost_spikes, share=0.2),
}

#: What is done to the liquid.
SPOILT_LIQUIDS: dict[str, Callable[[Reservoir, np.random.Generator], Reservoir]] = {
    "5 % neurons lost": partial(lost_neurons, share=0.05),
    "20 % neurons lost": partial(lost_neurons, share=0.2),
    "weight noise of 10 %": partial(noisy_weights, sd=0.1),
    "weight noise of 30 %": partial(noisy_weights, sd=0.3),
    "weights of 5 bits": partial(quantised, bits=5),
    "weights of 3 bits": partial(quantised, bits=3),
}
