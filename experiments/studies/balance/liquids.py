"""Liquids of one wiring at several E/I ratios and one firing rate, and ways to spoil them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from lsm import InputWiring, Reservoir, SpikeTrains
from lsm.perturb import lost_neurons, lost_spikes, noisy_input, noisy_weights, quantised
from lsm.plasticity.calibration import input_fraction
from lsm.topology import FixedInDegree

#: Of every neuron. Low enough that half an octave or more of inhibition too much can be made up
#: for by thresholds; at 25 Hz it can't.
RATE_HZ = 10.0
#: Part of an excitatory neuron's excitation that comes from the inputs.
INPUT_SHARE = 0.75
#: Recurrent weights into a neuron, summed over its excitatory synapses.
EXCITATION_PA = 600.0
RANGES = {"tau_m_ms": (10.0, 60.0), "t_ref_ms": (1.0, 4.0)}


def sample_liquid(spikes: SpikeTrains, n: int, random_state: np.random.Generator) -> Reservoir:
    """A liquid for some input: four fifths excitatory, a fixed in-degree from either population.

    A neuron hears a quarter of the excitatory and half of the inhibitory neurons, so that each can
    be balanced and single inhibitory spikes weigh little. Inhibition is about balanced where all
    fire at one rate; :func:`lsm.plasticity.balance.matched` does the rest.
    """
    from_e, from_i = n // 5, n // 10
    excitatory = random_state.permutation(n) < n - n // 5
    e = EXCITATION_PA / from_e
    i = -EXCITATION_PA / from_i
    fraction = input_fraction(spikes.n_channels)
    input_Hz = fraction * len(spikes.times_ms) / (spikes.durations_ms.sum() / 1000)
    weight = INPUT_SHARE / (1 - INPUT_SHARE) * EXCITATION_PA * RATE_HZ / input_Hz
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
