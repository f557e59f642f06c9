"""Liquids for an E/I ratio: sampled for their input, brought to it, and how balanced they are.

:func:`calibrate_ratio` gives a network a ratio and a rate as a whole;
:func:`lsm.plasticity.balance.matched` gives them to each neuron.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lsm.base.checks import positive, positive_int
from lsm.base.reprs import short_repr
from lsm.metrics.balance import Currents, loose_balance, synaptic_currents, tight_balance
from lsm.metrics.inputs import RandomState
from lsm.metrics.regime import finite_median
from lsm.plasticity.balance import mean_currents, ratio
from lsm.plasticity.calibration import calibrate, input_fraction
from lsm.plasticity.pairs import check_input, frozen
from lsm.reservoir import Reservoir
from lsm.simulation import record
from lsm.spikes import SpikeTrains
from lsm.topology import FixedInDegree, InputWiring

#: Of every neuron. Low enough that half an octave or more of inhibition too much can be made up
#: for by thresholds; at 25 Hz it can't.
RATE_HZ = 10.0
#: Part of an excitatory neuron's excitation that comes from the inputs.
INPUT_SHARE = 0.75
#: Recurrent weights into a neuron, summed over its excitatory synapses.
EXCITATION_PA = 600.0
#: Time constants and refractory times of the neurons.
RANGES = {"tau_m_ms": (10.0, 60.0), "t_ref_ms": (1.0, 4.0)}


@short_repr
class BalanceMeasures(NamedTuple):
    """How balanced a liquid is on some input.

    Attributes
    ----------
    log2_ratio : float
        Of mean inhibition over mean excitation of the network, in octaves.
    rate_Hz, rate_sd_Hz : float
        Mean rate, and its deviation over neurons.
    loose : float
        Loose balance of the means over all samples, the median over neurons.
    tight, tight_peak, lag_ms : float
        Tight balance: correlation, its peak over lags, and the lag of that. Each sample's median
        over neurons, and of these the mean.
    currents : Currents
        Of the first sample that was recorded.
    """

    log2_ratio: float
    rate_Hz: float
    rate_sd_Hz: float
    loose: float
    tight: float
    tight_peak: float
    lag_ms: float
    currents: Currents


def measure_balance(
    reservoir: Reservoir, spikes: SpikeTrains, recorded: Sequence[SpikeTrains]
) -> BalanceMeasures:
    """Ratio, rate, and loose and tight balance of a liquid.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        Of which means are taken.
    recorded : sequence of SpikeTrains
        Samples, one each, of which currents are recorded for the tight balance.

    Raises
    ------
    TypeError, ValueError
        What :func:`lsm.plasticity.balance.mean_currents` and
        :func:`lsm.metrics.synaptic_currents` refuse.
    """
    mean = mean_currents(reservoir, spikes)
    inhibitory = mean.inhibitory + mean.inhibitory_input
    currents = [synaptic_currents(reservoir, record(reservoir, each), each) for each in recorded]
    tight = [tight_balance(*sides) for sides in currents]
    return BalanceMeasures(
        log2_ratio=float(np.log2(ratio(mean))),
        rate_Hz=float(mean.rates_Hz.mean()),
        rate_sd_Hz=float(mean.rates_Hz.std()),
        loose=finite_median(loose_balance(mean.excitatory[:, None], inhibitory[:, None])),
        tight=float(np.mean([finite_median(each.correlation) for each in tight])),
        tight_peak=float(np.mean([finite_median(each.peak) for each in tight])),
        lag_ms=float(np.mean([finite_median(each.lag_ms) for each in tight])),
        currents=currents[0],
    )


def sample_balanced(
    n: int,
    spikes: SpikeTrains,
    *,
    rate_Hz: float = RATE_HZ,
    input_share: float = INPUT_SHARE,
    excitation_pA: float = EXCITATION_PA,
    random_state: RandomState = None,
) -> Reservoir:
    """A liquid for some input: four fifths excitatory, a fixed in-degree from either population.

    A neuron hears a quarter of the excitatory and half of the inhibitory neurons, so that each can
    be balanced and single inhibitory spikes weigh little. Inhibition is about balanced where all
    fire at one rate; :func:`lsm.plasticity.balance.matched` does the rest.

    Parameters
    ----------
    n : int
        Neurons, 10 at least.
    spikes : SpikeTrains
        Of the kind that it will hear.
    rate_Hz : float
        That the neurons will have.
    input_share : float
        Part of an excitatory neuron's excitation that comes from the inputs, between 0 and 1.
    excitation_pA : float
        Recurrent weights into a neuron, summed over its excitatory synapses.
    random_state : int, Generator or None

    Raises
    ------
    ValueError
        Too few neurons; a share outside (0, 1); numbers that aren't above 0.
    """
    if n < 10:
        raise ValueError(f"n must be at least 10, so that both populations are heard, got {n}")
    if not 0 < input_share < 1:
        raise ValueError(f"input_share must lie between 0 and 1, got {input_share}")
    rate_Hz = positive(rate_Hz, "rate_Hz")
    excitation_pA = positive(excitation_pA, "excitation_pA")
    rng = np.random.default_rng(random_state)
    from_e, from_i = n // 5, n // 10
    excitatory = rng.permutation(n) < n - n // 5
    e, i = excitation_pA / from_e, -excitation_pA / from_i
    fraction = input_fraction(spikes.n_channels)
    input_Hz = fraction * len(spikes.times_ms) / (spikes.durations_ms.sum() / 1000)
    weight = input_share / (1 - input_share) * excitation_pA * rate_Hz / input_Hz
    return Reservoir.random(
        n,
        random_state=rng,
        ranges=RANGES,
        excitatory=excitatory,
        wiring=FixedInDegree(
            (from_e, from_e, from_i, from_i), weight_pA=(e, e, i / (1 - input_share), i)
        ),
        inputs=InputWiring(fraction, weight, weight / 2),
    )


def calibrate_ratio(
    reservoir: Reservoir, spikes: SpikeTrains, *, degree: float, rate_Hz: float, rounds: int = 2
) -> Reservoir:
    """Scale all recurrent inhibition, and all weights, until a liquid has an E/I ratio and a rate.

    Of the network as a whole: neurons keep what makes them differ. In turns, weights are scaled to
    the rate (:func:`lsm.plasticity.calibration.calibrate`) and inhibition to the ratio, by at most
    a factor of four; the rate comes last.

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        Unlabelled input of the kind that it will hear, from the training data alone.
    degree : float
        Mean inhibition over mean excitation, external input included
        (:func:`lsm.plasticity.balance.ratio`).
    rate_Hz : float
        Mean rate of the excitatory neurons.
    rounds : int
        Turns.

    Returns
    -------
    Reservoir
        The same with a :class:`lsm.topology.MatrixWiring`.

    Raises
    ------
    TypeError, ValueError
        Numbers that aren't above 0, no inhibitory synapses, or what
        :func:`lsm.plasticity.balance.mean_currents` refuses.
    """
    check_input(reservoir, spikes)
    degree, rate_Hz = positive(degree, "degree"), positive(rate_Hz, "rate_Hz")
    positive_int(rounds, "rounds")
    if not (reservoir.synapses.weight_pA < 0).any():
        raise ValueError(f"reservoir must have inhibitory synapses, {reservoir!r} has none")
    for _ in range(rounds):
        reservoir = calibrate(reservoir, spikes, rate_Hz=rate_Hz)
        mean = mean_currents(reservoir, spikes)
        aim = degree * mean.excitatory.sum() + mean.inhibitory_input.sum()
        factor = np.clip(aim / max(-mean.inhibitory.sum(), 1e-9), 0.25, 4)
        weights = reservoir.synapses.weight_pA
        reservoir = frozen(reservoir, np.where(weights < 0, factor, 1.0) * weights)
    return calibrate(reservoir, spikes, rate_Hz=rate_Hz)
