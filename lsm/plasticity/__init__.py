"""Plasticity as pre-training: reservoirs that settle on unlabelled input, then stay as they are.

Spikes are recorded, and weights or thresholds changed on the host *between* samples, never within
one: each sample is heard by a fixed reservoir. Afterwards all is frozen into a
:class:`lsm.topology.MatrixWiring`, and the result is a :class:`lsm.Reservoir` like any other.

======================  ===========================================================================
:func:`stdp`            pairs of spikes strengthen or weaken excitatory synapses
:func:`critical_stdp`   the same, its depression controlled towards a branching factor of 1
:func:`inhibitory`      inhibition of excitatory neurons learns to cancel excitation
:func:`intrinsic`       thresholds move until each neuron fires at a rate
======================  ===========================================================================

And by design, where nothing is learned from spike to spike:

======================  ===========================================================================
:mod:`~.balance`        inhibition is scaled until it cancels what each neuron is excited by
:mod:`~.ratios`         liquids sampled for an E/I ratio, and how balanced any are
:mod:`~.calibration`    all weights are scaled until the neurons fire at a rate
:mod:`~.pretraining`    these rules by their names, one after the other
======================  ===========================================================================

:func:`spike_pairs` is what the synaptic rules are made of, and where a new one starts.
"""

from lsm.plasticity import balance, calibration, pretraining, ratios
from lsm.plasticity.homeostasis import inhibitory, intrinsic
from lsm.plasticity.pairs import Pairs, frozen, spike_pairs, spike_raster
from lsm.plasticity.stdp import ControlledSTDP, critical_stdp, stdp

__all__ = [
    "ControlledSTDP",
    "Pairs",
    "balance",
    "calibration",
    "critical_stdp",
    "frozen",
    "inhibitory",
    "intrinsic",
    "pretraining",
    "ratios",
    "spike_pairs",
    "spike_raster",
    "stdp",
]
