"""A heterogeneous Izhikevich reservoir, and its states after a cue, trial by trial.

The trace of the cue is held by recurrent synapses whose delays go by distance, up to 0.7 s from
corner to corner: without them the neurons are silent soon after the cue. Currents decay in 5 to
30 ms, recoveries in 10 ms to half a second, other in each neuron, and noise comes in every step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive_int
from lsm.base.quantities import in_unit
from lsm.neurons import IZHIKEVICH, cortical_draw
from lsm.reservoir import Reservoir
from lsm.simulation import trajectories
from lsm.spikes import SpikeTrains
from lsm.states import FilteredTraces
from lsm.topology import InputWiring, NoWiring, RandomWiring
from tasks.base import RandomState
from tasks.what_when.trials import T_MS

Floats = NDArray[np.float64]

#: Filter of the neurons' spikes.
_FILTER_MS = 20.0
#: Probability of a synapse, and weights in pA at 1000 neurons that all hear all others.
_CONNECTED = 0.1
_EXCITATORY_PA, _INHIBITORY_PA = 8.0, -16.0
#: In sides of the square that the neurons lie in.
_VELOCITY_PER_MS = 0.002


def sample_reservoir(
    n: int, *, recurrent: bool = True, random_state: RandomState = None
) -> Reservoir:
    """A heterogeneous reservoir that holds a trace of the cue.

    Parameters
    ----------
    n : int
        Neurons, a fifth of them inhibitory.
    recurrent : bool
        Without recurrence it has the same neurons and inputs.
    random_state : int, SeedSequence, Generator or None
    """
    n = positive_int(n, "n")
    rng = np.random.default_rng(random_state)
    excitatory = rng.permutation(n) >= round(0.2 * n)
    parameters = cortical_draw(excitatory, rng)
    parameters["a_per_ms"] *= np.exp(rng.uniform(np.log(0.1), 0, n))
    parameters["tau_syn_ms"] = np.exp(rng.uniform(np.log(5), np.log(30), n))
    parameters["i_background_pA"] = rng.uniform(0, 300, n)
    parameters["noise_pA"] = np.full(n, 20.0)
    e, i = (weight * 1000 / (_CONNECTED * n) for weight in (_EXCITATORY_PA, _INHIBITORY_PA))
    wiring = RandomWiring(
        (_CONNECTED,) * 4, weight_pA=(e, e, i, i), weight_cv=0.5, velocity=_VELOCITY_PER_MS
    )
    return Reservoir(
        model=IZHIKEVICH,
        parameters=parameters,
        excitatory=excitatory,
        positions=rng.random((n, 2)),
        keys=rng.integers(2**63, size=n, dtype=np.uint64),
        side=1.0,
        wiring=wiring if recurrent else NoWiring(),
        inputs=InputWiring(fraction=0.3, weight_pA=300.0, weight_sd_pA=150.0, neurons="all"),
        seed=int(rng.integers(2**63)),
    )


def reservoir_states(
    reservoir: Reservoir, spikes: SpikeTrains, *, unlabelled: int, t_ms: ArrayLike = T_MS
) -> Floats:
    """Filtered spikes from the cue's end on, scaled: (trials, readings, neurons).

    Parameters
    ----------
    reservoir : Reservoir
    spikes : SpikeTrains
        Trials, as :func:`tasks.what_when.cue_spikes` gives them.
    unlabelled : int
        As :func:`scaled` has it.
    t_ms : array (readings,)
        From the cue's end to that of the trials, in equal steps.
    """
    t = in_unit(t_ms, "t_ms")
    state, every_ms = FilteredTraces((_FILTER_MS,)), float(t[0])
    read = trajectories(reservoir, spikes, every_ms=every_ms, state=state, n_jobs=1)
    states = np.stack([trial[0] for trial in read])[:, -len(t) :]
    return scaled(states, unlabelled=unlabelled)


def scaled(states: ArrayLike, *, unlabelled: int) -> Floats:
    """Without each feature's mean, and of length 1 on average; both are of unlabelled trials.

    Parameters
    ----------
    states : array (trials, readings, features)
    unlabelled : int
        Number of the trials, the first ones, that mean and length are taken from.
    """
    x = np.array(states, dtype=np.float64)
    first = positive_int(unlabelled, "unlabelled")
    x -= x[:first].mean(axis=(0, 1))
    length = np.sqrt((x[:first] ** 2).sum(axis=2).mean())
    return x / length if length else x
