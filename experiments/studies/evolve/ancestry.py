"""The first generation of an evolution, and which neurons of the best liquid come from it.

The first generation isn't kept, but it is a function of the seed, which the checkpoint has. A
neuron that is passed on keeps its key, 64 bits, until that is drawn anew: what has a key of the
first generation comes from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from numpy.typing import NDArray

from evolution import Genome, GenomeSpace
from evolution.seeds import EVOLUTION, NSGA2, generator, stream
from experiments.lab.errors import InputError
from experiments.lab.page.liquid import Ancestry
from experiments.studies.evolve.run import Stream
from lsm import Reservoir
from lsm.base.archives import LoadError, open_npz


def ancestry_of(reservoir: Reservoir, checkpoint: Path) -> Ancestry | None:
    """Where a liquid's neurons began, by a search's checkpoint; None without one.

    Raises
    ------
    InputError
        The checkpoint is damaged.
    """
    if not checkpoint.exists():
        return None
    try:
        with open_npz(checkpoint, "a checkpoint of an evolution") as file:
            search = json.loads(str(file["configuration"]))
            genomes = _first_generation(search)
            names = search["space"]["parameters"]
    except LoadError as error:
        raise InputError(str(error)) from error
    place = {
        key: (genome, row) for genome in genomes for row, key in enumerate(genome.keys.tolist())
    }
    found = np.array([key in place for key in reservoir.keys.tolist()])
    parameters = np.full((len(found), len(names)), np.nan)
    positions = np.full(reservoir.positions.shape, np.nan)
    for neuron in np.flatnonzero(found):
        genome, row = place[int(reservoir.keys[neuron])]
        parameters[neuron], positions[neuron] = genome.parameters[row], genome.positions[row]
    return Ancestry(names, _drawn(genomes), found, parameters, positions)


def _first_generation(search: Mapping[str, Any]) -> list[Genome]:
    """What :func:`evolution.evolve` and :func:`evolution.nsga2` begin with."""
    seed = SeedSequence(search["seed"]["entropy"], spawn_key=search["seed"]["spawn_key"])
    described = dict(search["space"])
    digest = described.pop("reference")
    del described["parameters"]
    options = {name: value for name, value in described.items() if value is not None}
    space = GenomeSpace(options.pop("n_neurons"), options.pop("ranges"), **options)
    if space.encode != "both":
        run = SeedSequence(seed.entropy, spawn_key=seed.spawn_key[:-1])
        space = space.with_reference(np.random.default_rng(stream(run, Stream.REFERENCE)))
        if space.reference is None or space.reference.digest() != digest:
            raise ValueError("what doesn't evolve isn't drawn from its seed")
    rng = generator(seed, NSGA2 if search["search"] == "nsga2" else EVOLUTION, 0)
    return [space.random(rng) for _ in range(search["population"])]


def _drawn(genomes: Sequence[Genome]) -> NDArray[np.float64]:
    """Parameters of the neurons that are present."""
    return np.concatenate(
        [
            genome.parameters[slice(None) if genome.present is None else genome.present]
            for genome in genomes
        ]
    )
