"""Balance by design: inhibition that cancels what each neuron is excited by."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.reprs import short_repr
from lsm.plasticity.homeostasis import LEAST_MV
from lsm.plasticity.pairs import check_input, frozen
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.topology import Synapses

Floats = NDArray[np.float64]


@short_repr
class MeanCurrents(NamedTuple):
    """Mean synaptic currents in pA, (neurons,) each.

    Attributes
    ----------
    excitatory : array
        Of recurrent and input synapses with positive weights.
    inhibitory : array
        Of recurrent synapses with negative weights, up to 0.
    inhibitory_input : array
        Of input synapses with negative weights, up to 0.
    rates_Hz : array
        Of the neurons.
    """

    excitatory: Floats
    inhibitory: Floats
    inhibitory_input: Floats
    rates_Hz: Floats


def mean_currents(
    reservoir: Reservoir, spikes: SpikeTrains, *, dt_ms: float = 1.0, target: Target = "auto"
) -> MeanCurrents:
    """Mean current of each neuron over all samples, from spike counts alone.

    A spike brings its weight times a time constant in charge: w tau for a current that decays
    exponentially, e w tau for an alpha function of peak w. The little that is in flight at a
    sample's end is counted as if it had arrived.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
    dt_ms, target
        As in :func:`lsm.simulate`.

    Raises
    ------
    TypeError, ValueError
        No samples; conductances or short-term plasticity, with which a spike's charge varies.
    """
    check_input(reservoir, spikes)
    time_ms = _charge_times(reservoir)
    counts = simulate(reservoir, spikes, state="counts", dt_ms=dt_ms, target=target)[0]
    total = spikes.durations_ms.sum()
    n_spikes = counts.sum(axis=0, dtype=np.float64)
    input_counts = np.asarray(spikes.counts().sum(axis=0), dtype=np.float64)
    inputs = reservoir.input_synapses(spikes.n_channels)
    within = _by_sign(reservoir.synapses, n_spikes, reservoir.n_neurons) * time_ms / total
    outside = _by_sign(inputs, input_counts, reservoir.n_neurons) * time_ms / total
    return MeanCurrents(within[0] + outside[0], within[1], outside[1], n_spikes / (total / 1000))


def _charge_times(reservoir: Reservoir) -> Floats:
    """Charge over weight in ms, of excitatory and inhibitory synapses, (2, neurons)."""
    model, p = reservoir.model, reservoir.parameters
    if reservoir.short_term is not None:
        raise ValueError("reservoir must have no short-term plasticity, with which weights vary")
    if model.current not in ("exponential", "alpha", "double"):
        raise ValueError(
            "reservoir must be of a model whose synaptic current is 'exponential', 'alpha' or "
            f"'double', got {model.name}, whose is {model.current or 'not known'!r}"
        )
    decay = np.stack([p[name] for name in model.decay_times])
    if model.current == "exponential":
        return decay
    if model.current == "alpha":
        return np.asarray(np.e * decay)
    # y jumps by the weight times this factor, and its charge is tau_rise tau_syn.
    return np.asarray(model.weight_factor(dict(p)) * p["tau_rise_ms"] * decay)


def _by_sign(synapses: Synapses, n_spikes: Floats, n: int) -> Floats:
    """Sum of weights times spikes at each target, of positive and of negative weights."""
    charges = synapses.weight_pA * n_spikes[synapses.source]
    parts = (np.maximum(charges, 0), np.minimum(charges, 0))
    return np.stack([np.bincount(synapses.target, part, minlength=n) for part in parts])


def balance(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    degree: float = 1.0,
    tolerance: float = 0.02,
    max_iter: int = 150,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> Reservoir:
    """Scale each neuron's inhibition until its mean cancels that of its excitation.

    Simulates, compares mean currents (:func:`mean_currents`), scales the inhibitory weights that
    reach each neuron, and begins again, because less inhibition here is more of it elsewhere.
    External input counts: by the sign of its weights as excitation, which recurrent inhibition has
    to cancel as well, or as inhibition, of which the less remains to be done. This is balance of
    means (loose balance); :func:`lsm.plasticity.inhibitory` adds balance in time.

    Parameters
    ----------
    reservoir : Reservoir
        Each neuron needs inhibitory synapses: one without, or with sources that never fire, can't
        be balanced.
    spikes : SpikeTrains
        Unlabelled input of the kind that the reservoir will hear, from the training data alone.
    degree : float
        -mean(I_I) / mean(I_E) to be reached; 1 cancels exactly, less leaves excitation over.
    tolerance : float
        Stop when 95 % of the neurons are as near to `degree`.
    max_iter : int
        Simulations of all samples; the best reservoir of them is returned.
    dt_ms, target
        As in :func:`lsm.simulate`.

    Returns
    -------
    Reservoir
        The same with a :class:`lsm.topology.MatrixWiring`. Rates become what balance makes them;
        :func:`lsm.plasticity.intrinsic` changes them by way of thresholds.

    Raises
    ------
    TypeError, ValueError
        As :func:`mean_currents`; a number that is not above 0, no inhibitory synapses.

    Warns
    -----
    UserWarning
        More than 5 % of the neurons are more than 5 % off.
    """
    check_input(reservoir, spikes)
    _charge_times(reservoir)
    degree = positive(degree, "degree")
    tolerance = positive(tolerance, "tolerance")
    positive_int(max_iter, "max_iter")
    if not (reservoir.synapses.weight_pA < 0).any():
        raise ValueError(f"reservoir must have inhibitory synapses, {reservoir!r} has none")
    log_scale = np.zeros(reservoir.n_neurons)
    past: list[Floats] = []
    balanced, off, least = reservoir, log_scale, np.inf
    for k in range(max_iter):
        candidate = _scaled(reservoir, np.exp(log_scale))
        mean = mean_currents(candidate, spikes, dt_ms=dt_ms, target=target)
        now = _off(mean, degree)
        error = float(np.quantile(now, 0.95))
        if error < least:
            balanced, off, least = candidate, now, error
        if error <= tolerance:
            break
        aim = degree * mean.excitatory + mean.inhibitory_input
        ratio = np.clip(aim / np.maximum(-mean.inhibitory, 1e-9), 0.5, 2)
        log_scale = log_scale + _STEP / (1 + k / _HALVED) * np.log(ratio)
        past.append(log_scale)
        if len(past) == _AVERAGED:
            log_scale, past = np.mean(past, axis=0), []
    missed = float((off > 0.05).mean())
    if missed > 0.05:
        synapses = reservoir.synapses
        reached = synapses.target[synapses.weight_pA < 0]
        without = np.bincount(reached, minlength=len(off)) == 0
        warnings.warn(
            f"{missed:.0%} of the neurons are more than 5 % off the wanted balance; "
            f"{without.mean():.0%} have no inhibitory synapses",
            stacklevel=2,
        )
    return balanced


#: Exponent of the first correction, and the iteration in which it is half of that. All neurons move
#: at once and rates in balance are sensitive, so that corrections overshoot: after so many
#: iterations the next one begins at their mean.
_STEP, _HALVED, _AVERAGED = 0.5, 20, 8


def _scaled(reservoir: Reservoir, scale: Floats) -> Reservoir:
    """The reservoir with inhibition of each neuron multiplied."""
    synapses = reservoir.synapses
    factor = np.where(synapses.weight_pA < 0, scale[synapses.target], 1.0)
    return frozen(reservoir, factor * synapses.weight_pA)


def _off(mean: MeanCurrents, degree: float) -> Floats:
    """Distance of each neuron from balance, in parts of its excitation; 0 where it has none."""
    imbalance = np.abs(mean.inhibitory + mean.inhibitory_input + degree * mean.excitatory)
    return imbalance / np.where(mean.excitatory > 0, mean.excitatory, np.inf)


#: Of :func:`matched`: good enough to stop, the mean deviations of rates and of ratios added up;
#: exponents of the first corrections of inhibition and thresholds, and the round in which they are
#: half of that.
_MATCHED, _INHIBITION, _THRESHOLD, _MATCH_HALVED = 0.02, 0.5, 0.3, 40


def ratio(mean: MeanCurrents) -> float:
    """Mean inhibition over mean excitation of the network, external input included."""
    return float(-(mean.inhibitory + mean.inhibitory_input).sum() / mean.excitatory.sum())


def matched(
    reservoir: Reservoir, spikes: SpikeTrains, *, degree: float, rounds: int, rate_Hz: float
) -> Reservoir:
    """The liquid with an E/I ratio and a rate, the same in every neuron as far as that goes.

    In turns of one simulation, inhibition is scaled towards the ratio as :func:`balance` does, and
    thresholds move towards the rate as in :func:`lsm.plasticity.intrinsic`:
    together, since each upsets the other. With the rate, each neuron's mean excitation is the same
    at every ratio. A threshold's distance from rest is the inverse of an overall gain of all
    weights, which is why moving it leaves the ratio alone; a background current would be an
    excitation or inhibition of its own.

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
        Mean rate of every neuron.

    Raises
    ------
    TypeError, ValueError
        As :func:`balance`; a neuron model without thresholds.
    """
    degree, rate_Hz = positive(degree, "degree"), positive(rate_Hz, "rate_Hz")
    positive_int(rounds, "rounds")
    check_input(reservoir, spikes)
    if "v_threshold_mV" not in reservoir.parameters:
        raise ValueError(
            f"reservoir must be of a model with a v_threshold_mV, got {reservoir.model.name}"
        )
    synapses, parameters = reservoir.synapses, reservoir.parameters
    inhibitory, rest = synapses.weight_pA < 0, parameters["v_rest_mV"]
    log_scale = np.full(reservoir.n_neurons, np.log(degree))
    log_height = np.log(parameters["v_threshold_mV"] - rest)
    nearest, least = reservoir, np.inf
    for k in range(rounds):
        factor = np.where(inhibitory, np.exp(log_scale)[synapses.target], 1.0)
        scaled = frozen(reservoir, factor * synapses.weight_pA).replace(
            parameters={**parameters, "v_threshold_mV": rest + np.exp(log_height)}
        )
        mean = mean_currents(scaled, spikes)
        deviation = mean.rates_Hz / rate_Hz - 1
        aim = degree * mean.excitatory + mean.inhibitory_input
        ratio = aim / np.maximum(-mean.inhibitory, 1e-9)
        error = np.abs(deviation).mean() + np.abs(np.clip(ratio, 0, 2) - 1).mean()
        if error < least:
            nearest, least = scaled, error
        if error < _MATCHED:
            break
        step = 1 / (1 + k / _MATCH_HALVED)
        log_scale = log_scale + _INHIBITION * step * np.log(np.clip(ratio, 0.5, 2))
        log_height = log_height + _THRESHOLD * step * np.minimum(deviation, 2)
        log_height = np.maximum(log_height, np.log(LEAST_MV))
    return nearest
