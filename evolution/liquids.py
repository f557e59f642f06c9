"""Searches of liquids: what evolves, and what is searched beside it, judged on labelled spikes.

Each takes a recipe, the space of its genomes and ``judge_of``, a function that gives the judge of a
generation (or batch): the same one as a rule, another one where fitness samples or templates are
drawn anew, or a :class:`evolution.Family`. All other options are those of the search beneath.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from evolution.aims import AIMS
from evolution.cma import cma_search
from evolution.genome import Genome
from evolution.judge import Judge
from evolution.pareto import nsga2
from evolution.recipe import GAINS, Recipe
from evolution.run import SearchResult
from evolution.search import evolve, random_search
from evolution.space import GenomeSpace
from lsm.reservoir import Reservoir


class Scorer(Protocol):
    """What liquids are chosen by: a judge, or a family of tasks."""

    def fitness(self, reservoirs: Sequence[Reservoir]) -> NDArray[np.float64]:
        """The fitness (reservoirs,) of each."""


JudgeOf = Callable[[int], Scorer]
MakeReservoir = Callable[[Genome], Reservoir]


def evolve_liquids(
    recipe: Recipe,
    space: GenomeSpace,
    judge_of: JudgeOf,
    *,
    aims: Sequence[str] = (),
    reservoir: MakeReservoir | None = None,
    **options: Any,
) -> SearchResult:
    """Evolve liquids towards accuracy, or by NSGA-II towards several aims.

    Parameters
    ----------
    recipe : Recipe
        Its operators breed.
    space : GenomeSpace
    judge_of : callable
        ``judge_of(generation)`` gives what scores its liquids, a :class:`evolution.Judge` where
        there are several aims.
    aims : sequence of str
        Of :data:`evolution.aims.AIMS`; none for accuracy alone.
    reservoir : callable, optional
        How a genome becomes a reservoir, if not as the recipe says.
    **options
        As :func:`evolution.evolve` has them, or :func:`evolution.nsga2`.
    """
    reservoir = recipe.reservoir if reservoir is None else reservoir
    if not aims:
        evaluate = _fitness_of(judge_of, reservoir)
        return evolve(space, evaluate, operators=recipe.operators, **options)

    def values(genomes: list[Genome], generation: int) -> NDArray[np.float64]:
        judge = judge_of(generation)
        assert isinstance(judge, Judge)
        return judge.aims([reservoir(genome) for genome in genomes], aims, places=space.n_neurons)

    return nsga2(
        replace(space, presence="neurons" in aims),
        values,
        weights=tuple(AIMS[aim] for aim in aims),
        operators=recipe.operators,
        **options,
    )


def random_liquids(
    recipe: Recipe, space: GenomeSpace, judge_of: JudgeOf, **options: Any
) -> SearchResult:
    """Draw liquids; `options` are those of :func:`evolution.random_search`."""
    return random_search(space, _fitness_of(judge_of, recipe.reservoir), **options)


def tune_gains(
    recipe: Recipe, space: GenomeSpace, judge_of: JudgeOf, **options: Any
) -> tuple[SearchResult, MakeReservoir]:
    """Search the global gains of one random liquid: those of the recipe, or all.

    Returns
    -------
    SearchResult
        `options` are those of :func:`evolution.cma_search`.
    callable
        Makes a reservoir of a genome with its gains.
    """
    gains = recipe.gains or GAINS
    reservoir = replace(recipe, gains=gains).reservoir
    with_gains = replace(space, gains=gains)
    return cma_search(with_gains, _fitness_of(judge_of, reservoir), **options), reservoir


def _fitness_of(
    judge_of: JudgeOf, reservoir: MakeReservoir
) -> Callable[[list[Genome], int], NDArray[np.float64]]:
    def evaluate(genomes: list[Genome], generation: int) -> NDArray[np.float64]:
        judge = judge_of(generation)
        return judge.fitness([reservoir(genome) for genome in genomes])

    return evaluate
