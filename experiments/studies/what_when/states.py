"""What readouts see: states of a heterogeneous Izhikevich reservoir after a cue, trial by trial.

The trace of the cue is held by recurrent synapses whose delays go by distance, up to 0.7 s from
corner to corner: without them the neurons are silent soon after the cue. Currents decay in 5 to
30 ms, recoveries in 10 ms to half a second, other in each neuron, and noise comes in every step.
"""

from __future__ import annotations

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from experiments.studies.what_when.settings import PROTOCOL
from lsm import FilteredTraces, InputWiring, NoWiring, Reservoir, SpikeTrains, trajectories
from lsm.neurons import IZHIKEVICH, cortical_draw
from lsm.topology import RandomWiring
from tasks.what_when import T_MS

Floats = NDArray[np.float64]

#: Filter of the neurons' spikes.
_FILTER_MS = 20.0
#: Probability of a synapse, and weights in pA at 1000 neurons that all hear all others.
_CONNECTED = 0.1
_EXCITATORY_PA, _INHIBITORY_PA = 8.0, -16.0
#: In sides of the square that the neurons lie in.
_VELOCITY_PER_MS = 0.002


def sample_reservoir(n: int, seed: SeedSequence, *, recurrent: bool = True) -> Reservoir:
    """A reservoir; without recurrence the same neurons and inputs."""
    rng = np.random.default_rng(seed)
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


def reservoir_states(reservoir: Reservoir, spikes: SpikeTrains) -> Floats:
    """Filtered spikes from the cue's end on, scaled: (trials, readings, neurons)."""
    state, every_ms = FilteredTraces((_FILTER_MS,)), T_MS[0]
    read = trajectories(reservoir, spikes, every_ms=every_ms, state=state, n_jobs=1)
    return scaled(np.stack([trial[0] for trial in read])[:, -len(T_MS) :])


def scaled(states: NDArray[np.floating]) -> Floats:
    """Without each feature's mean, and of length 1 on average; both are of unlabelled trials."""
    x = states.astype(np.float64)
    x -= x[: PROTOCOL.unlabelled].mean(axis=(0, 1))
    length = np.sqrt((x[: PROTOCOL.unlabelled] ** 2).sum(axis=2).mean())
    return x / length if length else x
