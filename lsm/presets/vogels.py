"""Balanced networks."""

from __future__ import annotations

import numpy as np

from lsm.base.checks import number_of_neurons
from lsm.neurons import LIF_COND, LIF_EI
from lsm.presets.sampling import RandomState, polarities
from lsm.reservoir import Reservoir
from lsm.topology import InputWiring, RandomWiring

_VOGELS = {
    "tau_m_ms": 20.0,
    "c_m_pF": 200.0,
    "tau_syn_e_ms": 5.0,
    "tau_syn_i_ms": 10.0,
    "t_ref_ms": 5.0,
    "v_threshold_mV": -50.0,
    "v_reset_mV": -60.0,
}


def cuba(
    n: int = 4000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """The balanced network with currents of Vogels & Abbott 2005 (J. Neurosci. 25:10786).

    With the numbers of Brian2's example CUBA (benchmark 2 of Brette et al. 2007, J. Comput.
    Neurosci. 23:349): 80 % excitatory neurons, membranes of 20 ms (200 pF), currents of 5 (E) and
    10 ms (I), synapses of 1.62 and -9 mV with probability .02, threshold -50 mV, reset -60 mV,
    equilibrium -49 mV, refractory for 5 ms. It fires by itself; potentials begin between -60 and
    -50 mV: each neuron's rest is where it begins, and a background current makes up for it.

    Parameters
    ----------
    n : int
        Probabilities are .02 * 4000 / n, at most 1: each neuron keeps its 80 synapses.
    random_state : int, Generator or None
    inputs : InputWiring, optional
        By default five times as strong as an excitatory synapse.
    """
    rng = np.random.default_rng(random_state)
    excitatory = polarities(number_of_neurons(n, "n"), rng)
    start = rng.uniform(-60.0, -50.0, n)
    leak_nS = 10.0  # 200 pF in 20 ms
    e, i = 1.62 * leak_nS, -9.0 * leak_nS
    return Reservoir.random(
        n,
        random_state=rng,
        excitatory=excitatory,
        ranges={},
        model=LIF_EI,
        parameters={
            **_VOGELS,
            "v_rest_mV": start,
            "i_background_pA": (-49.0 - start) * leak_nS,
        },
        wiring=_vogels_wiring(n, e, i),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=5 * e, weight_sd_pA=0.0),
    )


def coba(
    n: int = 4000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """The balanced network with conductances of Vogels & Abbott 2005 (J. Neurosci. 25:10786).

    With the numbers of Brian2's example COBA (benchmark 1 of Brette et al. 2007, J. Comput.
    Neurosci. 23:349): as :func:`cuba`, with conductances of 6 and 67 nS that reverse at 0 and -80
    mV, and a rest of -60 mV. Without input it is silent: samples begin at rest.

    Parameters
    ----------
    n, random_state, inputs
        As in :func:`cuba`.
    """
    rng = np.random.default_rng(random_state)
    excitatory = polarities(number_of_neurons(n, "n"), rng)
    e, i = 6.0 * (0.0 + 60.0), 67.0 * (-80.0 + 60.0)  # the currents that flow at rest
    return Reservoir.random(
        n,
        random_state=rng,
        excitatory=excitatory,
        ranges={},
        model=LIF_COND,
        parameters={**_VOGELS, "v_rest_mV": -60.0, "v_e_mV": 0.0, "v_i_mV": -80.0},
        wiring=_vogels_wiring(n, e, i),
        inputs=inputs or InputWiring(fraction=0.3, weight_pA=5 * e, weight_sd_pA=0.0),
    )


def _vogels_wiring(n: int, e: float, i: float) -> RandomWiring:
    p = min(1.0, 0.02 * 4000 / n)
    return RandomWiring((p, p, p, p), weight_pA=(e, e, i, i), delay_ms=(0.0, 0.0, 0.0, 0.0))
