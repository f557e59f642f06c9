"""Liquids of every kind that readers of NIR are held against, and what simulate says of them.

The tests run the graphs step by step in NumPy; ``.ci/readers`` runs them where they are read.
"""

import numpy as np

from evolution import RECIPES
from lsm import LSMClassifier, Reservoir, record
from lsm.topology import DistanceWiring, InputWiring, NoWiring
from tests.lsm.liquids import samples

N_CHANNELS = 4
N_STEPS = 300
_HEARD = samples(0, [N_STEPS] * 12)
#: What every one of these liquids hears.
SPIKES = _HEARD[:2]

_DRAWN = {"tau_m_ms": (6, 14), "tau_syn_ms": (1.5, 4), "v_threshold_mV": (-68, -60)}
_INPUTS = InputWiring(weight_pA=600.0, neurons="all")
_AT_ONCE = DistanceWiring(weight_pA=(300.0, 400.0, -300.0, -90.0), delay_ms=0.0)
_DELAYED = DistanceWiring(weight_pA=(300.0, 400.0, -300.0, -90.0), delay_ms=(3.0, 1.0, 2.0, 0.0))


def _liquid(*, wiring=_AT_ONCE, inputs=_INPUTS, tau_syn_ms=None, **ranges):
    fixed = {} if "t_ref_ms" in ranges else {"t_ref_ms": 0.0}
    if tau_syn_ms is not None:
        fixed["tau_syn_ms"] = tau_syn_ms
    drawn = {name: bounds for name, bounds in (_DRAWN | ranges).items() if name not in fixed}
    return Reservoir.random(
        40, random_state=1, ranges=drawn, parameters=fixed, wiring=wiring, inputs=inputs
    )


def _everything():
    return _liquid(wiring=_DELAYED, t_ref_ms=(0.0, 7.0), i_background_pA=(-50.0, 100.0))


def _evolved():
    """A liquid as evolution describes it: its genes are refractory periods and more."""
    recipe = RECIPES["driven"]
    return recipe.reservoir(recipe.space(40).random(np.random.default_rng(0)))


def fitted(state, reservoir=None, **options):
    """A classifier of SPIKES and more, by chance."""
    y = np.random.default_rng(2).integers(3, size=len(_HEARD))
    return LSMClassifier(reservoir or _everything(), state=state, **options).fit(_HEARD, y)


#: So short a current is gone after a step: a spike lifts the potential at once.
_NO_CURRENT = {"tau_syn_ms": 1e-3, "inputs": InputWiring(weight_pA=1.5e6, neurons="all")}

#: Row of the table -> what is exported.
CASES = {
    "LIF, no currents": lambda: _liquid(wiring=NoWiring(), **_NO_CURRENT),
    "CubaLIF": lambda: _liquid(wiring=NoWiring()),
    "recurrent": _liquid,
    "delays": lambda: _liquid(wiring=_DELAYED),
    "refractory periods": lambda: _liquid(t_ref_ms=(0.0, 7.0)),
    "background currents": lambda: _liquid(i_background_pA=(-50.0, 100.0)),
    "reset below rest": lambda: _liquid(v_reset_mV=(-75.0, -70.0)),
    "all of these but the reset": _everything,
    "evolved": _evolved,
    "steps of 0.5 ms": _everything,
    "estimator, counts": lambda: fitted("counts"),
    "estimator, traces": lambda: fitted("traces:5,20", readout="logistic"),
    "estimator, excitatory": lambda: fitted("excitatory"),
}

#: Their steps, where they aren't of 1 ms.
DT_MS = {"steps of 0.5 ms": 0.5}


def rasters(reservoir, spikes=SPIKES, dt_ms=1.0):
    """Our own spikes (samples, steps, neurons)."""
    n_steps = spikes.n_steps(dt_ms).max()
    fired = np.zeros((len(spikes), n_steps, reservoir.n_neurons))
    for k in range(len(spikes)):
        recording = record(reservoir, spikes[k], dt_ms=dt_ms)
        step = np.rint(recording.spike_times_ms / dt_ms).astype(int)
        np.add.at(fired[k], (step, recording.spike_neurons), 1)
    return fired


def dense(spikes=SPIKES, dt_ms=1.0):
    """Input (samples, steps, channels)."""
    return np.asarray(spikes.to_dense(dt_ms)).transpose(0, 2, 1).astype(np.float32)
