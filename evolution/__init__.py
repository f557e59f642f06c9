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
- `evolution.recipe`: what the liquids of a search share, and how a genome becomes a reservoir;
  `evolution.recipes`, those that have a name.
- `evolution.search`: `evolve` and `random_search`.
- `evolution.pareto`: `nsga2`, for several aims at once.
- `evolution.cma`: `cma_search`, for the global gains alone.
- `evolution.run`: what all share (evaluation, logbook, checkpoint), and their `SearchResult`.
- `evolution.checkpoint`: `Checkpoint`, which survives a kill at any moment.

- `evolution.judge`: `Judge`, which scores reservoirs on labelled spikes; `evolution.family`:
  `Family`, which does so on many tasks by the race of `evolution.racing`; `evolution.liquids`, the
  searches above with a judge; `evolution.searches`, all of them for one run, with equal budgets,
  checkpoints and whoever watches; `evolution.ablations`, what carried an evolved liquid;
  `evolution.ancestry`, which of its neurons come from the first generation.
- `evolution.plots`: pictures of a logbook and of a Pareto front.
- `evolution.sampling`: points of ranges of parameters, at random or evenly.
- `evolution.estimator`: `LiquidEvolution`, all of it on own data as a scikit-learn classifier.

A new mutation is a function in `evolution.operators` and its weight, by name, in `Operators`.
"""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
