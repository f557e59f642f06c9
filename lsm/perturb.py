"""Ways to spoil a liquid or its input: noise, lost spikes and neurons, coarse weights.

Each function takes what it spoils and a NumPy Generator and returns a spoilt copy: how well a
readout that was trained without still answers is what the liquid bears. :class:`Disturbance` is all
that a device does to a liquid, its input synapses too; :func:`lsm.robustness.disturbed_scores` and
:class:`evolution.Judge` take some.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import not_negative, number_of_bits, probability
from lsm.plasticity.pairs import frozen
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.topology import ListedInputs, Synapses

Floats = NDArray[np.float64]

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
    return frozen(reservoir, _noisy(reservoir.synapses.weight_pA, rng, sd))


def quantised(reservoir: Reservoir, rng: np.random.Generator, *, bits: int) -> Reservoir:
    """Round recurrent weights to whole multiples, 2^bits - 1 at most, of a step.

    Excitatory and inhibitory weights have a step each; the sign is a bit of its own.
    """
    return frozen(reservoir, _rounded(reservoir.synapses.weight_pA, number_of_bits(bits, "bits")))


@dataclass(frozen=True)
class Disturbance:
    """What a device makes of a liquid that is written to it: fewer levels, noise, faults.

    It changes recurrent synapses and those from input channels alike, in the order of the
    parameters. By default nothing is disturbed.

    Parameters
    ----------
    bits : int, optional
        Weights are rounded to whole multiples, ``2**bits - 1`` at most, of a step, which recurrent
        and input weights have of their own for each sign; the sign is a bit of its own. 32 at most.
    weight_noise : float
        Deviation of the normal number of mean 1 that each weight is multiplied by; one below 0
        counts as 0.
    stuck_synapses, lost_synapses : float in [0, 1]
        Probability that a synapse has the largest weight of its sign, or none.
    delay_jitter_ms : float or quantity
        Deviation of what is added to each synapse's delay, once and for all. No delay becomes
        shorter than the shortest was; those of 0 stay.
    lost_neurons : float in [0, 1]
        Share of the neurons that never fire.

    Raises
    ------
    TypeError, ValueError
        Values that are not as described.
    """

    bits: int | None = None
    weight_noise: float = 0.0
    stuck_synapses: float = 0.0
    lost_synapses: float = 0.0
    delay_jitter_ms: float = 0.0
    lost_neurons: float = 0.0

    def __post_init__(self) -> None:
        if self.bits is not None:
            number_of_bits(self.bits, "bits")
        for name in ("weight_noise", "delay_jitter_ms"):
            object.__setattr__(self, name, not_negative(getattr(self, name), name))
        for name in ("stuck_synapses", "lost_synapses", "lost_neurons"):
            object.__setattr__(self, name, probability(getattr(self, name), name))

    def copy_of(
        self, reservoir: Reservoir, rng: np.random.Generator, *, n_channels: int
    ) -> Reservoir:
        """A disturbed copy of a reservoir that hears so many channels.

        Parameters
        ----------
        reservoir : Reservoir
        rng : numpy Generator
            A stronger disturbance of one kind by a generator of the same seed is the same, but
            stronger: a synapse that was lost is lost still.
        n_channels : int

        Returns
        -------
        Reservoir
            With :class:`lsm.topology.MatrixWiring` and :class:`lsm.topology.ListedInputs`.

        Raises
        ------
        ValueError
            Neurons without a threshold, where some are to be lost.
        """
        recurrent, inputs = (
            self._disturbed(synapses, rng)
            for synapses in (reservoir.synapses, reservoir.input_synapses(n_channels))
        )
        copy = reservoir.rewired(recurrent, inputs=ListedInputs(inputs, n_channels))
        return lost_neurons(copy, rng, share=self.lost_neurons) if self.lost_neurons else copy

    def _disturbed(self, synapses: Synapses, rng: np.random.Generator) -> Synapses:
        weights, delays = synapses.weight_pA, synapses.delay_ms
        if self.bits is not None:
            weights = _rounded(weights, self.bits)
        if self.weight_noise:
            weights = _noisy(weights, rng, self.weight_noise)
        if self.stuck_synapses:
            stuck = rng.random(len(weights)) < self.stuck_synapses
            extreme = np.sign(synapses.weight_pA) * _largest(synapses.weight_pA)
            weights = np.where(stuck, extreme, weights)
        if self.lost_synapses:
            weights = np.where(rng.random(len(weights)) < self.lost_synapses, 0.0, weights)
        if self.delay_jitter_ms:
            late = delays > 0
            jittered = delays + self.delay_jitter_ms * rng.standard_normal(len(delays))
            shortest = delays.min(initial=np.inf, where=late)
            delays = np.where(late, np.maximum(jittered, shortest), delays)
        return replace(synapses, weight_pA=weights, delay_ms=delays)


def checked_disturbances(disturbances: Sequence[Disturbance]) -> tuple[Disturbance, ...]:
    """Disturbances as a tuple; TypeError for what is none."""
    if not isinstance(disturbances, Iterable):
        raise TypeError(f"disturbances must be a sequence of Disturbance, got {disturbances!r}")
    several = tuple(disturbances)
    for disturbance in several:
        if not isinstance(disturbance, Disturbance):
            raise TypeError(f"disturbances must be Disturbance objects, got {disturbance!r}")
    return several


def _noisy(weights: Floats, rng: np.random.Generator, sd: float) -> Floats:
    return weights * np.maximum(1 + sd * rng.standard_normal(len(weights)), 0)


def _rounded(weights: Floats, bits: int) -> Floats:
    largest = _largest(weights)
    step = np.where(largest > 0, largest, 1.0) / (2**bits - 1)
    return np.asarray(step * np.round(weights / step))


def _largest(weights: Floats) -> Floats:
    """For each weight the size of the largest of its sign."""
    return np.where(weights > 0, weights.max(initial=0), -weights.min(initial=0))
