"""The first generation of an evolution, and which neurons of a liquid come from it.

The first generation isn't kept, but it is a function of the seed, which the checkpoint has. A
neuron that is passed on keeps its key, 64 bits, until that is drawn anew: what has a key of the
first generation comes from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from evolution.genome import Genome
from evolution.seeds import EVOLUTION, NSGA2, generator
from evolution.space import GenomeSpace
from lsm.base.archives import open_npz
from lsm.reservoir import Reservoir

_ARRAYS = {each.name for each in fields(Genome)}
#: Streams of the searches that breed, by what their checkpoints call them.
_STREAMS = {"evolve": EVOLUTION, "nsga2": NSGA2}


@dataclass(frozen=True)
class Ancestry:
    """Where the neurons of a liquid began.

    Attributes
    ----------
    names : list of str
        Of the parameters that evolve.
    drawn : float array (neurons of all liquids, parameters)
        The first generation's.
    inherited : bool array (n,)
        Whether a neuron's key is of the first generation.
    parameters : float array (n, parameters)
        Values of the neuron with that key; NaN where there is none.
    positions : float array (n, dimensions)
    """

    names: list[str]
    drawn: NDArray[np.float64]
    inherited: NDArray[np.bool_]
    parameters: NDArray[np.float64]
    positions: NDArray[np.float64]


def ancestry_of(reservoir: Reservoir, checkpoint: str | Path) -> Ancestry:
    """Find where a liquid's neurons began, by the checkpoint of its search.

    Parameters
    ----------
    reservoir : Reservoir
    checkpoint : path
        Of :func:`evolution.evolve`, :func:`evolution.nsga2` or `LiquidEvolution`.

    Raises
    ------
    LoadError
        The file is damaged, or another search's.
    """
    with open_npz(checkpoint, "a checkpoint of an evolution") as file:
        search = json.loads(str(file["configuration"]))
        survivors = {name: file[name] for name in file if name in _ARRAYS}
        genomes = _first_generation(search, survivors)
        names = list(search["space"]["parameters"])
    place = {
        key: (genome, row) for genome in genomes for row, key in enumerate(genome.keys.tolist())
    }
    inherited = np.array([key in place for key in reservoir.keys.tolist()])
    parameters = np.full((len(inherited), len(names)), np.nan)
    positions = np.full(reservoir.positions.shape, np.nan)
    for neuron in np.flatnonzero(inherited):
        genome, row = place[int(reservoir.keys[neuron])]
        parameters[neuron], positions[neuron] = genome.parameters[row], genome.positions[row]
    drawn = np.concatenate([genome.parameters[_present(genome)] for genome in genomes])
    return Ancestry(names, drawn, inherited, parameters, positions)


def _first_generation(search: Mapping[str, Any], survivors: Mapping[str, Any]) -> list[Genome]:
    """What :func:`evolution.evolve` and :func:`evolution.nsga2` begin with.

    Whatever doesn't evolve is in all genomes what it is in the survivors of the last generation.
    """
    seed = SeedSequence(search["seed"]["entropy"], spawn_key=search["seed"]["spawn_key"])
    described = {name: value for name, value in search["space"].items() if value is not None}
    del described["parameters"]
    described.pop("reference", None)
    space = GenomeSpace(described.pop("n_neurons"), described.pop("ranges"), **described)
    reference = Genome.from_arrays({name: array[0] for name, array in survivors.items()})
    rng = generator(seed, _STREAMS[search["search"]], 0)
    return [replace(space, reference=reference).random(rng) for _ in survivors["keys"]]


def _present(genome: Genome) -> NDArray[np.bool_] | slice:
    return slice(None) if genome.present is None else genome.present
