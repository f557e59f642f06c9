"""Spike-timing dependent plasticity of excitatory synapses, by itself or under control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.reprs import short_repr
from lsm.metrics import branching_factor, poisson_spikes
from lsm.plasticity.pairs import check_input, check_signs, frozen, spike_pairs, spike_raster
from lsm.reservoir import Reservoir
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]

#: Of a probe that is not given: its length, and what is cut off from its start.
PROBE_MS, START_MS = 4000.0, 200.0

#: What counts as the branching factor of a liquid that fires as fast as it can.
SATURATED = 2.0

#: Largest change of a weight by one sample under control, as a part of the largest weight: a liquid
#: that has just become supercritical has so many pairs that it would lose all of its synapses.
MOST = 0.01


@dataclass(frozen=True)
class _Rule:
    """The pair-based rule with hard bounds; its amplitudes are parts of the largest weight."""

    potentiation: float
    depression: float
    tau_plus_ms: float
    tau_minus_ms: float
    w_max_pA: float
    dt_ms: float
    most: float

    def change(self, reservoir: Reservoir, weights: Floats, raster: NDArray[np.bool_]) -> Floats:
        """The weights after a sample in which neurons spiked so."""
        pairs = spike_pairs(
            reservoir.synapses,
            raster,
            tau_plus_ms=self.tau_plus_ms,
            tau_minus_ms=self.tau_minus_ms,
            dt_ms=self.dt_ms,
        )
        step = self.potentiation * pairs.causal - self.depression * pairs.acausal
        step = np.clip(step, -self.most, self.most)
        changed = np.clip(weights + self.w_max_pA * step, 0, self.w_max_pA)
        plastic = reservoir.excitatory[reservoir.synapses.source]
        return np.where(plastic, changed, weights)


def stdp(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    potentiation: float = 0.005,
    depression: float = 0.00525,
    tau_plus_ms: float = 20.0,
    tau_minus_ms: float = 20.0,
    w_max_pA: float | None = None,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> Reservoir:
    """Pair-based spike-timing dependent plasticity of all excitatory synapses.

    A pair of spikes strengthens a synapse by ``potentiation * w_max_pA * exp(-dt / tau_plus_ms)``
    where the one before it arrives first, and weakens it by ``depression * w_max_pA *
    exp(-dt / tau_minus_ms)`` where the one after it comes first; weights stay in [0, w_max_pA]
    (Song, Miller & Abbott 2000, Nat. Neurosci. 3:919, whose numbers are the defaults). The weights
    change after each sample.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        Unlabelled input, heard in its order.
    potentiation, depression : float
        Above 0.
    tau_plus_ms, tau_minus_ms : float
    w_max_pA : float, optional
        By default twice the largest excitatory weight.
    dt_ms, target
        As in :func:`lsm.simulate`.

    Returns
    -------
    Reservoir
        The same with a :class:`lsm.topology.MatrixWiring`.

    Raises
    ------
    TypeError, ValueError
        No samples, a number out of its range, a reservoir without excitatory synapses or with
        weights that break Dale's law, a weight beyond ``w_max_pA``.
    """
    rule = _rule(
        reservoir, spikes, potentiation, depression, tau_plus_ms, tau_minus_ms, w_max_pA, dt_ms
    )
    # Synapses that fall to 0 must be able to come back: the first reservoir has them all.
    weights, liquid = np.array(reservoir.synapses.weight_pA), reservoir
    for sample in spikes:
        raster = spike_raster(liquid, sample, dt_ms=dt_ms, target=target)
        weights = rule.change(reservoir, weights, raster)
        liquid = frozen(reservoir, weights)
    return liquid


@short_repr
class ControlledSTDP(NamedTuple):
    """The reservoir that :func:`critical_stdp` leaves, and the branching factors on the way to it.

    Attributes
    ----------
    reservoir : Reservoir
        The one whose branching factor came nearest to the wanted one.
    branching : array (measurements,)
        Branching factors of the probes, the first before any change.
    """

    reservoir: Reservoir
    branching: Floats


def critical_stdp(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    wanted: float = 1.0,
    gain: float = 5.0,
    every: int = 5,
    rate_max_Hz: float = 100.0,
    probe: SpikeTrains | None = None,
    bin_ms: float = 5.0,
    max_lag: int = 5,
    potentiation: float = 0.005,
    tau_plus_ms: float = 20.0,
    tau_minus_ms: float = 20.0,
    w_max_pA: float | None = None,
    dt_ms: float = 1.0,
    target: Target = "auto",
    random_state: int | np.random.Generator | None = None,
) -> ControlledSTDP:
    """Spike-timing dependent plasticity whose depression drives the liquid to the edge of chaos.

    As the astrocyte of NALSM does (Ivanov & Michmizos 2021, NeurIPS 34), depression grows where
    activity multiplies and falls where it dies out:

        depression = potentiation * exp(gain (factor - wanted)),  at most e^2 times more or less

    The astrocyte compares how much liquid and input spike; here the branching factor itself is
    measured, by multistep regression on a probe of steady Poisson spikes, because the slopes of
    structured input tell of the input's memory as well. A liquid that fires above `rate_max_Hz`
    counts as one with a factor of :data:`SATURATED`: its slopes tell of refractory times.

    Parameters
    ----------
    reservoir, spikes, potentiation, tau_plus_ms, tau_minus_ms, w_max_pA, dt_ms, target
        As in :func:`stdp`.
    wanted : float
        Branching factor of one bin.
    gain : float
        How strongly depression answers.
    every : int
        Samples from one measurement to the next.
    rate_max_Hz : float
        On the probe, the mean over neurons.
    probe : SpikeTrains, optional
        One sample, of whose start :data:`START_MS` are left out. By default 4 s of Poisson
        spikes, all channels at the mean rate of `spikes`.
    bin_ms, max_lag
        As :func:`lsm.metrics.branching_factor` has them; bins of about a membrane's delay.
    random_state : int, Generator or None
        Draws the probe.

    Raises
    ------
    TypeError, ValueError
        As :func:`stdp`; a probe of other channels or several samples, or too short for the lags;
        no spikes that a probe could have the rate of.
    """
    wanted, gain = positive(wanted, "wanted"), positive(gain, "gain")
    bin_ms, rate_max_Hz = positive(bin_ms, "bin_ms"), positive(rate_max_Hz, "rate_max_Hz")
    potentiation, dt_ms = positive(potentiation, "potentiation"), positive(dt_ms, "dt_ms")
    positive_int(every, "every")
    if positive_int(max_lag, "max_lag") < 2:
        raise ValueError(f"max_lag must be at least 2, got {max_lag}")
    arguments = (tau_plus_ms, tau_minus_ms, w_max_pA, dt_ms, MOST)
    _rule(reservoir, spikes, potentiation, potentiation, *arguments)
    steady = _probe(spikes, probe, random_state)
    least_ms = START_MS + (max_lag + 2) * max(1, round(bin_ms / dt_ms)) * dt_ms
    if steady.durations_ms[0] < least_ms:
        raise ValueError(
            f"probe must last {least_ms:g} ms at least for max_lag {max_lag} and bin_ms {bin_ms:g},"
            f" got {steady.durations_ms[0]:g} ms"
        )

    def measured(candidate: Reservoir) -> float:
        raster = spike_raster(candidate, steady, dt_ms=dt_ms, target=target)
        if raster.mean() / dt_ms * 1000 > rate_max_Hz:
            return SATURATED
        return _factor(raster, dt_ms, bin_ms, max_lag)

    weights, liquid = np.array(reservoir.synapses.weight_pA), reservoir
    best, factors = reservoir, [measured(reservoir)]
    for start in range(0, len(spikes), every):
        depression = potentiation * float(np.exp(np.clip(gain * (factors[-1] - wanted), -2, 2)))
        rule = _rule(reservoir, spikes, potentiation, depression, *arguments)
        for sample in spikes[start : start + every]:
            raster = spike_raster(liquid, sample, dt_ms=dt_ms, target=target)
            weights = rule.change(reservoir, weights, raster)
            liquid = frozen(reservoir, weights)
        factors.append(measured(liquid))
        if abs(factors[-1] - wanted) <= np.abs(np.array(factors) - wanted).min():
            best = liquid
    return ControlledSTDP(best, np.array(factors))


def _rule(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    potentiation: float,
    depression: float,
    tau_plus_ms: float,
    tau_minus_ms: float,
    w_max_pA: float | None,
    dt_ms: float,
    most: float = np.inf,
) -> _Rule:
    check_input(reservoir, spikes)
    check_signs(reservoir)
    synapses = reservoir.synapses
    excitatory = synapses.weight_pA[reservoir.excitatory[synapses.source]]
    largest = float(excitatory.max(initial=0))
    if not largest:
        raise ValueError(f"reservoir must have excitatory synapses, {reservoir!r} has none")
    bound = 2 * largest if w_max_pA is None else positive(w_max_pA, "w_max_pA")
    if bound < largest:
        raise ValueError(
            f"w_max_pA must be at least the largest weight, {largest:g} pA, got {bound:g}"
        )
    return _Rule(
        positive(potentiation, "potentiation"),
        positive(depression, "depression"),
        positive(tau_plus_ms, "tau_plus_ms"),
        positive(tau_minus_ms, "tau_minus_ms"),
        bound,
        positive(dt_ms, "dt_ms"),
        most,
    )


def _probe(
    spikes: SpikeTrains, probe: SpikeTrains | None, random_state: int | np.random.Generator | None
) -> SpikeTrains:
    if probe is None:
        if not len(spikes.times_ms):
            raise ValueError("spikes must hold a spike where no probe is given, got none")
        seconds = spikes.durations_ms.sum() / 1000
        rate_Hz = len(spikes.times_ms) / spikes.n_channels / seconds
        return poisson_spikes(
            1,
            n_channels=spikes.n_channels,
            rate_Hz=rate_Hz,
            duration_ms=PROBE_MS,
            random_state=random_state,
        )
    if not isinstance(probe, SpikeTrains):
        raise TypeError(f"probe must be SpikeTrains, got {type(probe).__name__}")
    if len(probe) != 1 or probe.n_channels != spikes.n_channels:
        raise ValueError(
            f"probe must be one sample of {spikes.n_channels} channels, as spikes have, got "
            f"{probe!r}"
        )
    return probe


def _factor(raster: NDArray[np.bool_], dt_ms: float, bin_ms: float, max_lag: int) -> float:
    """Branching factor of the whole population; 0 where nothing ever changes."""
    width = max(1, round(bin_ms / dt_ms))
    n_spikes = raster[:, round(START_MS / dt_ms) :].sum(axis=0)
    activity = n_spikes[: len(n_spikes) // width * width].reshape(-1, width).sum(axis=1)
    if np.ptp(activity[:-max_lag]) == 0:
        return 0.0
    return branching_factor(activity, max_lag=max_lag).factor
