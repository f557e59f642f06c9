"""Evolution of liquids on DEAP: genome, operators, search, checkpoint.

A `GenomeSpace` says what a liquid's genome may be; `evolve` searches it, `nsga2` with several aims;
`random_search` and `cma_search` are their controls of equal budget. They know nothing of spikes:
they hand lists of `Genome` to a function that returns their fitnesses. `LiquidEvolution` does all
of it for labelled data of one's own.

>>> import numpy as np
>>> from evolution import GenomeSpace, evolve
>>> space = GenomeSpace(20, {"t_ref_ms": (0.5, 4), "tau_m_ms": (6, 14)}, box=(6, 6))
>>> def shortest_refractoriness(genomes, generation):
...     return [-genome.parameters[:, 0].mean() for genome in genomes]
>>> result = evolve(space, shortest_refractoriness, generations=5, random_state=0)
>>> len(result.best), len(result.logbook)
(20, 6)

- `evolution.genome`: `Genome`, a few immutable arrays.
- `evolution.space`: `GenomeSpace`, the ranges, drawing, clamping, validation, and what is frozen
  when configurations or positions evolve alone.
- `evolution.operators`: BLX-alpha, the mutations and tournament, each a function of genomes and a
  NumPy Generator; their settings `Operators`; `make_toolbox` registers them with DEAP.
- `evolution.recipe`: what the liquids of a search share, and how a genome becomes a reservoir.
- `evolution.search`: `evolve` and `random_search`.
- `evolution.pareto`: `nsga2`, for several aims at once.
- `evolution.cma`: `cma_search`, for the global gains alone.
- `evolution.run`: what all share (evaluation, logbook, checkpoint), and their `SearchResult`.
- `evolution.checkpoint`: `Checkpoint`, which survives a kill at any moment.

- `evolution.judge`: `Judge`, which scores reservoirs on labelled spikes; `evolution.liquids`, the
  searches above with a judge; `evolution.ablations`, what carried an evolved liquid.
- `evolution.estimator`: `LiquidEvolution`, all of it on own data as a scikit-learn classifier.

A new mutation is a function in `evolution.operators` and its weight, by name, in `Operators`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evolution.checkpoint import Checkpoint, CheckpointError
from evolution.cma import cma_search
from evolution.genome import Genome
from evolution.individual import Fitness, Individual
from evolution.operators import Operators, make_toolbox
from evolution.pareto import ParetoResult, nsga2
from evolution.recipe import GAINS, RECIPES, Recipe
from evolution.run import SearchResult
from evolution.search import evolve, random_search
from evolution.space import ENCODINGS, Encode, GenomeSpace

if TYPE_CHECKING:
    from evolution.estimator import LiquidEvolution
    from evolution.judge import Judge

__all__ = [
    "ENCODINGS",
    "GAINS",
    "RECIPES",
    "Checkpoint",
    "CheckpointError",
    "Encode",
    "Fitness",
    "Genome",
    "GenomeSpace",
    "Individual",
    "Judge",
    "LiquidEvolution",
    "Operators",
    "ParetoResult",
    "Recipe",
    "SearchResult",
    "cma_search",
    "evolve",
    "make_toolbox",
    "nsga2",
    "random_search",
]

#: What comes when it is asked for, by the module that has it: these import scikit-learn.
_LAZY = {"Judge": "judge", "LiquidEvolution": "estimator"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"evolution.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
