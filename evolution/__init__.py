"""Evolution of liquids on DEAP: genome, operators, search, checkpoint.

A `GenomeSpace` says what a liquid's genome may be; `evolve` searches it and `random_search` is its
control of equal budget. Both know nothing of spikes: they hand lists of `Genome` to a function
that returns their fitnesses.

>>> import numpy as np
>>> from evolution import GenomeSpace, evolve
>>> space = GenomeSpace(20, {"t_ref_ms": (0.5, 4), "tau_m_ms": (6, 14)}, box=(6, 6))
>>> def shortest_refractoriness(genomes, generation):
...     return [-genome.parameters[:, 0].mean() for genome in genomes]
>>> result = evolve(space, shortest_refractoriness, generations=5, random_state=0)
>>> len(result.best), len(result.logbook)
(20, 6)

- `evolution.genome`: `Genome`, four immutable arrays.
- `evolution.space`: `GenomeSpace`, the ranges, drawing, clamping, validation, and what is frozen
  when configurations or positions evolve alone.
- `evolution.operators`: BLX-alpha, the mutations and tournament, each a function of genomes and a
  NumPy Generator; their settings `Operators`; `make_toolbox` registers them with DEAP.
- `evolution.recipe`: what the liquids of a search share, and how a genome becomes a reservoir.
- `evolution.search`: `evolve` and `random_search`.
- `evolution.run`: what both share (evaluation, logbook, checkpoint), and their `SearchResult`.
- `evolution.checkpoint`: `Checkpoint`, which survives a kill at any moment.

A new mutation is a function in `evolution.operators` and its weight, by name, in `Operators`.
"""

from evolution.checkpoint import Checkpoint, CheckpointError
from evolution.genome import Genome
from evolution.operators import Fitness, Individual, Operators, make_toolbox
from evolution.recipe import RECIPES, Recipe
from evolution.run import SearchResult
from evolution.search import evolve, random_search
from evolution.space import ENCODINGS, Encode, GenomeSpace

__all__ = [
    "ENCODINGS",
    "RECIPES",
    "Checkpoint",
    "CheckpointError",
    "Encode",
    "Fitness",
    "Genome",
    "GenomeSpace",
    "Individual",
    "Operators",
    "Recipe",
    "SearchResult",
    "evolve",
    "make_toolbox",
    "random_search",
]
