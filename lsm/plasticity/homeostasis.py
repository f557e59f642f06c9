"""Plasticity that keeps neurons at a rate: of their inhibition, and of their thresholds."""

from __future__ import annotations

import numpy as np

from lsm.base.checks import positive, positive_int
from lsm.plasticity.pairs import check_input, check_signs, frozen, spike_pairs, spike_raster
from lsm.reservoir import Reservoir
from lsm.simulation import simulate
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains

#: A threshold stays so much above rest and reset, in mV.
LEAST_MV = 0.1


def inhibitory(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    rate_Hz: float,
    learning_rate: float = 0.02,
    tau_ms: float = 20.0,
    w_max_pA: float | None = None,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> Reservoir:
    """Inhibitory plasticity: synapses from inhibitory to excitatory neurons learn a balance.

    Spikes close in time before and after a synapse, in either order, strengthen its inhibition;
    each spike before it weakens it (Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, Science
    334:1569)::

        change = eta (sum over pairs of exp(-|dt| / tau) - alpha arrivals),  alpha = 2 rate tau

    Where spikes are uncorrelated, it rests where the neuron fires at `rate_Hz`; where they are not,
    inhibition comes to follow excitation in time and the rate settles somewhat beside the wanted
    one. Inhibitory neurons must fire for it to work. The weights change after each sample.

    For balance to become tighter in time, inhibitory neurons have to tell what excitation will do:
    let them hear the input by themselves (``InputWiring(neurons="all")``). Where they heard
    excitatory neurons alone, currents on speech followed each other less afterwards, not more.
    Means are left a little off; :func:`lsm.plasticity.balance.balance` mends them and keeps what
    was learned, because it scales all inhibition of a neuron at once.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        Unlabelled input, heard in its order.
    rate_Hz : float
        Rate of the excitatory neurons.
    learning_rate : float
        eta, as a part of the mean weight of the plastic synapses.
    tau_ms : float
    w_max_pA : float, optional
        Largest inhibition, above 0; by default 20 times the mean weight of the plastic synapses, or
        the largest of them, if that is more.
    dt_ms, target
        As in :func:`lsm.simulate`.

    Returns
    -------
    Reservoir
        The same with a :class:`lsm.topology.MatrixWiring`.

    Raises
    ------
    TypeError, ValueError
        No samples, a number that is not above 0, no such synapses or some that break Dale's law, a
        weight beyond ``w_max_pA``.
    """
    check_input(reservoir, spikes)
    check_signs(reservoir)
    rate_Hz, tau_ms = positive(rate_Hz, "rate_Hz"), positive(tau_ms, "tau_ms")
    alpha = 2 * rate_Hz / 1000 * tau_ms
    learning_rate = positive(learning_rate, "learning_rate")
    dt_ms = positive(dt_ms, "dt_ms")
    synapses = reservoir.synapses
    plastic = ~reservoir.excitatory[synapses.source] & reservoir.excitatory[synapses.target]
    mean = -float(synapses.weight_pA[plastic].mean()) if plastic.any() else 0.0
    if not mean:
        raise ValueError(
            "reservoir must have synapses from inhibitory to excitatory neurons, "
            f"{reservoir!r} has none"
        )
    largest = -float(synapses.weight_pA[plastic].min())
    w_max = max(20 * mean, largest) if w_max_pA is None else positive(w_max_pA, "w_max_pA")
    if w_max < largest:
        raise ValueError(
            f"w_max_pA must be at least the largest weight, {largest:g} pA, got {w_max:g}"
        )
    weights, liquid = np.array(synapses.weight_pA), reservoir
    for sample in spikes:
        raster = spike_raster(liquid, sample, dt_ms=dt_ms, target=target)
        pairs = spike_pairs(synapses, raster, tau_plus_ms=tau_ms, tau_minus_ms=tau_ms, dt_ms=dt_ms)
        # Spikes of one step are a pair, once, as in Vogels' rule stepped in time.
        close = pairs.causal + pairs.acausal + pairs.coincident
        change = learning_rate * mean * (close - alpha * pairs.arrivals)
        weights = np.where(plastic, np.clip(weights - change, -w_max, 0), weights)
        liquid = frozen(reservoir, weights)
    return liquid


def intrinsic(
    reservoir: Reservoir,
    spikes: SpikeTrains,
    *,
    rate_Hz: float,
    rounds: int = 30,
    learning_rate: float = 0.1,
    dt_ms: float = 1.0,
    target: Target = "auto",
) -> Reservoir:
    """Intrinsic plasticity: thresholds move until each neuron fires at a rate.

    After each round through all samples, the distance of a threshold from rest changes by the
    factor ``exp(learning_rate (rate / rate_Hz - 1))``, rates of more than three times the wanted
    one counting as that (threshold plasticity as in the self-organising networks of Lazar, Pipa &
    Triesch 2009, Front. Comput. Neurosci. 3:23, here in proportion).

    Parameters
    ----------
    reservoir : Reservoir
        Of integrate-and-fire neurons of any kind.
    spikes : SpikeTrains
        Unlabelled input.
    rate_Hz : float
        Wanted rate of each neuron, the mean over time and samples.
    rounds : int
    learning_rate : float
    dt_ms, target
        As in :func:`lsm.simulate`.

    Returns
    -------
    Reservoir
        The same with other ``v_threshold_mV``. A neuron that nothing reaches stays silent, its
        threshold just above rest.

    Raises
    ------
    TypeError, ValueError
        No samples, a number that is not above 0, a model whose threshold is no threshold.
    """
    check_input(reservoir, spikes)
    aim_Hz, eta = positive(rate_Hz, "rate_Hz"), positive(learning_rate, "learning_rate")
    dt_ms = positive(dt_ms, "dt_ms")
    if missing := {"v_rest_mV", "v_reset_mV", "v_threshold_mV"} - set(reservoir.parameters):
        raise ValueError(
            f"reservoir must be of a model with a threshold above rest, got "
            f"{reservoir.model.name}, which has no {sorted(missing)[-1]}"
        )
    seconds = spikes.durations_ms.sum() / 1000
    rest = reservoir.parameters["v_rest_mV"]
    least = np.maximum(rest, reservoir.parameters["v_reset_mV"]) + LEAST_MV
    for _ in range(positive_int(rounds, "rounds")):
        counts = simulate(reservoir, spikes, state="counts", dt_ms=dt_ms, target=target)[0]
        rate = counts.sum(axis=0, dtype=np.float64) / seconds
        factor = np.exp(eta * (np.minimum(rate / aim_Hz, 3) - 1))
        threshold = rest + (reservoir.parameters["v_threshold_mV"] - rest) * factor
        parameters = {**reservoir.parameters, "v_threshold_mV": np.maximum(threshold, least)}
        reservoir = reservoir.replace(parameters=parameters)
    return reservoir
