"""Positions and wiring: which neuron reaches which, how strongly and how late.

Randomness in wiring is a hash of the neurons' keys, never a generator: whether a synapse from a
to b exists is decided by u(key_a, key_b) < p. A neuron that passes to a child with its key takes
its connections' luck along, and the same keys at the same places give the same liquid anywhere.

- :class:`RandomWiring`, :class:`DistanceWiring`, :class:`MotifWiring` decide on each pair by
  itself: what two neurons are to each other doesn't depend on which others there are.
- :class:`FixedInDegree`, :class:`SmallWorld` choose a given number of synapses for each neuron;
  :class:`RingWithJumps` leaves nothing to chance.
- :class:`MatrixWiring` takes a matrix as it is; :class:`NoWiring` has no synapses.
- :class:`InputWiring` connects input channels; :class:`MatrixInputs` by a matrix,
  :class:`ListedInputs` one by one; :class:`KernelInputs` as random dilated kernels;
  :class:`ReceptiveFieldInputs` from a part of a sensor around each neuron's place;
  :class:`PartitionedInputs` from the channels of its group.
- :class:`UniformDelays`, :class:`LogUniformDelays` draw delays wherever a rule takes them.
- :class:`ShortTermPlasticity`: weights that change from spike to spike.
- :func:`box`, :func:`sphere`, :func:`grid` place neurons.

A new rule is a subclass of :class:`Wiring` (of :class:`PolarityWiring` for weights and delays by
polarity); one that stands in :data:`WIRINGS` also loads from saved reservoirs.
"""

from lsm.topology.delays import DelayRule, LogUniformDelays, UniformDelays
from lsm.topology.fixed_degree import FixedInDegree, SmallWorld
from lsm.topology.hashing import mix, mix_round, uniform
from lsm.topology.inputs import InputWiring, MatrixInputs
from lsm.topology.kernels import KernelInputs
from lsm.topology.listed import ListedInputs
from lsm.topology.matrix import MatrixWiring
from lsm.topology.pairwise import DistanceWiring, MotifWiring, RandomWiring
from lsm.topology.partitions import Inputs, PartitionedInputs, restore_inputs
from lsm.topology.population import Population
from lsm.topology.positions import box, grid, side_for, sphere
from lsm.topology.receptive_fields import ReceptiveFieldInputs
from lsm.topology.ring import RingWithJumps
from lsm.topology.short_term import ShortTermPlasticity
from lsm.topology.synapses import Synapses
from lsm.topology.wiring import NoWiring, PolarityWiring, Wiring

WIRINGS: dict[str, type[Wiring]] = {
    rule.__name__: rule
    for rule in (
        DistanceWiring,
        FixedInDegree,
        MatrixWiring,
        MotifWiring,
        NoWiring,
        RandomWiring,
        RingWithJumps,
        SmallWorld,
    )
}


def get_wiring(name: str) -> type[Wiring]:
    """The wiring rule of that name; ValueError lists the known ones."""
    if name not in WIRINGS:
        raise ValueError(f"unknown wiring rule {name!r}; known are {', '.join(WIRINGS)}")
    return WIRINGS[name]


__all__ = [
    "WIRINGS",
    "DelayRule",
    "DistanceWiring",
    "FixedInDegree",
    "InputWiring",
    "Inputs",
    "KernelInputs",
    "ListedInputs",
    "LogUniformDelays",
    "MatrixInputs",
    "MatrixWiring",
    "MotifWiring",
    "NoWiring",
    "PartitionedInputs",
    "PolarityWiring",
    "Population",
    "RandomWiring",
    "ReceptiveFieldInputs",
    "RingWithJumps",
    "ShortTermPlasticity",
    "SmallWorld",
    "Synapses",
    "UniformDelays",
    "Wiring",
    "box",
    "get_wiring",
    "grid",
    "mix",
    "mix_round",
    "restore_inputs",
    "side_for",
    "sphere",
    "uniform",
]
