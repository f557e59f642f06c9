"""The first liquid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lsm.base.checks import number_of_neurons
from lsm.neurons import LIF_EI
from lsm.presets.sampling import RandomState, polarities
from lsm.reservoir import Reservoir
from lsm.topology import DistanceWiring, InputWiring, grid
from lsm.topology.short_term import ShortTermPlasticity


def maass2002(
    n: int = 135, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """The liquid of Maass, Natschlaeger & Markram 2002 (Neural Computation 14:2531).

    Neurons on a grid of 15 x 3 x 3, a fifth of them inhibitory; connections C exp(-D^2 / 4) with C
    .3, .2, .4, .1 (EE, EI, IE, II); gamma distributed weights of mean 30, 60, -19, -19 nA that vary
    by 100 %; currents of 3 (E) and 6 ms (I); short-term plasticity
    (:class:`lsm.ShortTermPlasticity`); membranes of 30 ms and 1 MOhm, threshold 15 mV, reset 13.5
    mV, refractory for 3 (E) or 2 ms (I), background current 13.5 nA; inputs of 18 nA onto 30 %.

    Delays are 1.5 and .8 ms: steps should be .5 ms or shorter. U, D and F don't vary from synapse
    to synapse (there by half of their mean, which raises rates by some 7 %), and inputs reach
    excitatory neurons only (there also inhibitory ones, by 9 nA). Samples begin at potentials from
    13.5 to 15 mV, as there: each neuron's rest is its first potential, and the rest of the
    background current keeps its equilibrium at 13.5 mV.

    Parameters
    ----------
    n : int
        A multiple of 9: the column has n / 9 layers.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    if number_of_neurons(n, "n") % 9:
        raise ValueError(f"n must be a multiple of 9, for a column of n/9 x 3 x 3, got {n}")
    rng = np.random.default_rng(random_state)
    excitatory = polarities(n, rng)
    start = rng.uniform(13.5, 15.0, n)
    resistance_MOhm = 1.0
    wiring = DistanceWiring.maass(weight_pA=(30e3, 60e3, -19e3, -19e3))
    reservoir = Reservoir.random(
        n,
        random_state=rng,
        excitatory=excitatory,
        ranges={},
        model=LIF_EI,
        parameters={
            "tau_m_ms": 30.0,
            "c_m_pF": 30.0 / resistance_MOhm * 1000,
            "tau_syn_e_ms": 3.0,
            "tau_syn_i_ms": 6.0,
            "t_ref_ms": np.where(excitatory, 3.0, 2.0),
            "v_rest_mV": start,
            "v_threshold_mV": 15.0,
            "v_reset_mV": 13.5,
            "i_background_pA": (13.5 - start) / resistance_MOhm * 1000,
        },
        positions=grid((n // 9, 3, 3)),
        wiring=replace(wiring, weight_cv=1.0, weight_distribution="gamma"),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=18e3, weight_sd_pA=0.0),
    )
    return reservoir.replace(short_term=ShortTermPlasticity(), given=frozenset())
