"""A liquid extended by balance, adaptation and heterogeneity."""

from __future__ import annotations

import numpy as np

from lsm.base.checks import number_of_neurons
from lsm.neurons import LIF_ADAPTIVE
from lsm.presets.sampling import RandomState, polarities
from lsm.reservoir import Reservoir
from lsm.topology import FixedInDegree, InputWiring


def deckers2022(
    n: int = 1000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """A liquid extended by balance, adaptation and heterogeneity, after Deckers et al. 2022.

    (Front. Neurosci. 16:1023470.) Its three extensions, with numbers of our own: recurrent
    inhibition whose summed weights at each neuron equal those of excitation (24 synapses of 20 pA,
    6 of -80 pA), currents of adaptation in the excitatory neurons, and membrane, adaptation and
    refractory times that differ from neuron to neuron (membranes: gamma distributed of shape 3, as
    Perez-Nieves et al. 2021 have them, Nat. Commun. 12:5791).
    :func:`lsm.plasticity.balance.balance` balances it on data.

    Parameters
    ----------
    n : int
        8 at least, so that there are two inhibitory ones. Where there are fewer than 24 and 6
        others, each neuron hears all of them, by weights of the same sums.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    rng = np.random.default_rng(random_state)
    excitatory = polarities(number_of_neurons(n, "n"), rng)
    if n < 8:
        raise ValueError(f"n must be at least 8, two of them inhibitory, got {n}")
    e, i = min(24, int(excitatory.sum()) - 1), min(6, int((~excitatory).sum()) - 1)
    return Reservoir.random(
        n,
        random_state=rng,
        excitatory=excitatory,
        ranges={},
        model=LIF_ADAPTIVE,
        parameters={
            "tau_m_ms": np.clip(rng.gamma(3.0, 20.0 / 3, n), 3.0, 100.0),
            "tau_w_ms": rng.uniform(50.0, 300.0, n),
            "w_jump_pA": np.where(excitatory, rng.uniform(0.0, 40.0, n), 0.0),
            "t_ref_ms": rng.uniform(1.0, 4.0, n),
            "v_threshold_mV": rng.uniform(-68.0, -62.0, n),
        },
        wiring=FixedInDegree((e, e, i, i), weight_pA=(480 / e, 480 / e, -480 / i, -480 / i)),
        inputs=inputs or InputWiring(),
    )
