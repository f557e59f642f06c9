"""A liquid extended by balance, adaptation and heterogeneity."""

from __future__ import annotations

import numpy as np

from lsm.checks import positive_int
from lsm.neurons import LIF_ADAPTIVE
from lsm.presets.drawing import RandomState, polarities
from lsm.reservoir import Reservoir
from lsm.topology import DistanceWiring, InputWiring


def deckers2022(
    n: int = 1000, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """A liquid extended by balance, adaptation and heterogeneity, after Deckers et al. 2022.

    (Front. Neurosci. 16:1023470.) Its three extensions, with numbers of our own: inhibition whose
    summed weights equal those of excitation (four times the weight, for a fifth of the neurons),
    currents of adaptation in the excitatory neurons, and membrane, adaptation and refractory times
    that differ from neuron to neuron (membranes: gamma distributed of shape 3, as Perez-Nieves et
    al. 2021 have them, Nat. Commun. 12:5791). :func:`lsm.balance.balance` balances it on data.

    Parameters
    ----------
    n : int
        In a square that keeps the in-degree, connected as :class:`lsm.DistanceWiring` does but that
        inhibitory neurons reach each other too.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    rng = np.random.default_rng(random_state)
    excitatory = polarities(positive_int(n, "n"), rng)
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
        wiring=DistanceWiring((1.0, 1.0, 1.0, 1.0), weight_pA=(100.0, 100.0, -400.0, -400.0)),
        inputs=inputs or InputWiring(),
    )
