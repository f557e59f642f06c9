"""Reservoirs of chosen neurons, and ways to look at their synapses."""

import numpy as np

from lsm.reservoir import Reservoir
from lsm.topology import DistanceWiring, FixedInDegree, MotifWiring, RandomWiring, SmallWorld

#: Rules that decide on each pair of neurons by itself.
PAIRWISE = {
    "random": RandomWiring((0.3, 0.2, 0.4, 0.1)),
    "gaussian": DistanceWiring(length=2.0),
    "exponential": DistanceWiring((0.9, 0.8, 0.7, 0.6), length=1.5, kernel="exponential"),
    "motifs": MotifWiring(5, within=(0.9, 0.8, 0.7, 0.6), between=0.05),
}

#: Rules that give each neuron a number of synapses.
CHOSEN = {
    "in-degree": FixedInDegree((5, 4, 3, 2)),
    "lattice": SmallWorld(6, rewiring=0.0),
    "small world": SmallWorld(6, rewiring=0.3),
    "rewired": SmallWorld(6, rewiring=1.0),
}


def neurons(n, *, seed=0, inhibitory=0, **changes):
    """A random reservoir whose last neurons are inhibitory."""
    excitatory = np.arange(n) < n - inhibitory
    return Reservoir.random(n, random_state=seed, excitatory=excitatory).replace(**changes)


def placed(positions, *, excitatory=None, keys=None, seed=0, **changes):
    """A reservoir with neurons at these positions, in a space of side 100."""
    n = len(positions)
    rng = np.random.default_rng(seed)
    return Reservoir.random(n, random_state=rng).replace(
        positions=positions,
        side=100.0,
        excitatory=np.ones(n, dtype=bool) if excitatory is None else np.array(excitatory),
        keys=rng.integers(2**63, size=n) if keys is None else keys,
        **changes,
    )


def only(reservoir, kept):
    """The reservoir of some of the neurons."""
    names = ("excitatory", "positions", "keys")
    return reservoir.replace(
        **{name: getattr(reservoir, name)[kept] for name in names}, parameters={}
    )


def edges(synapses, names):
    """Weight and delay by the names of source and target."""
    fields = (synapses.source, synapses.target, synapses.weight_pA, synapses.delay_ms)
    return {(names[i], names[j]): (w, d) for i, j, w, d in zip(*fields, strict=True)}


def adjacency(reservoir):
    """Whether there is a synapse: array (sources, targets)."""
    exists = np.zeros((reservoir.n_neurons,) * 2, dtype=int)
    np.add.at(exists, (reservoir.synapses.source, reservoir.synapses.target), 1)
    return exists
