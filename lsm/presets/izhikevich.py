"""Heterogeneous cortical neurons."""

from __future__ import annotations

from math import sqrt

import numpy as np

from lsm.base.checks import number_of_neurons
from lsm.neurons import IZHIKEVICH, cortical_draw
from lsm.presets.sampling import RandomState, polarities
from lsm.reservoir import Reservoir
from lsm.topology import InputWiring, RandomWiring


def izhikevich2003(
    n: int = 1000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """Heterogeneous cortical neurons, all to all (Izhikevich 2003, IEEE Trans. Neural Netw. 14).

    800 regular spiking to chattering and 200 fast to low-threshold spiking neurons
    (:func:`lsm.neurons.cortical_draw`). A spike moves others by .25 mV (E) and -.5 mV (I) on
    average, varying by 58 %, here through currents of 5 ms of the same charge, weights lognormal
    instead of uniform. Input takes the place of the thalamic noise: as drawn the neurons are silent
    where it is weak (20 Poisson channels of 5 or 20 Hz: hardly a spike; of 50 Hz: 10 to 15 Hz).
    :func:`lsm.plasticity.calibration.calibrate` makes it strong enough.

    Parameters
    ----------
    n : int
        Weights are those of the paper times 1000 / n, so that their sum stays.
    random_state : int, Generator or None
    inputs : InputWiring, optional
        By default 5 mV a spike.
    """
    rng = np.random.default_rng(random_state)
    excitatory = polarities(number_of_neurons(n, "n"), rng)
    # A weight w moves a neuron by w tau_syn / c_m.
    pA_per_mV = IZHIKEVICH.parameters["c_m_pF"].default / 5.0
    e, i = 0.25 * pA_per_mV * 1000 / n, -0.5 * pA_per_mV * 1000 / n
    return Reservoir.random(
        n,
        random_state=rng,
        excitatory=excitatory,
        ranges={},
        model=IZHIKEVICH,
        parameters={**cortical_draw(excitatory, rng), "tau_syn_ms": 5.0},
        wiring=RandomWiring((1.0, 1.0, 1.0, 1.0), weight_pA=(e, e, i, i), weight_cv=1 / sqrt(3)),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=5 * pA_per_mV, weight_sd_pA=0.0),
    )
