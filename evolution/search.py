"""Evolution of genomes, and the random search of equal budget that it must beat.

Both hand a whole generation to `evaluate` at once, so that all its liquids are simulated together,
and both draw from generators that depend on the seed and the generation (or the genome's number)
alone: a generation is a pure function of these and of the population before it, and a resumed
search is exactly an undisturbed one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deap import tools

from evolution.checkpoint import CheckpointError
from evolution.individual import Individual
from evolution.operators import Operators, breed, make_toolbox
from evolution.run import Evaluate, Row, Run, SearchResult, fitnesses_of
from evolution.seeds import (
    EVOLUTION,
    RANDOM_SEARCH,
    RandomState,
    generator,
    seed_entry,
    seed_sequence,
    with_reference,
)
from evolution.space import GenomeSpace


def evolve(
    space: GenomeSpace,
    evaluate: Evaluate,
    *,
    random_state: RandomState,
    population: int = 50,
    generations: int = 100,
    operators: Operators | None = None,
    target: float = 1.0,
    evaluations: int | None = None,
    reevaluate: bool = False,
    callback: Callable[[Row], None] | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    configuration: Mapping[str, Any] | None = None,
) -> SearchResult:
    """Evolve genomes: tournament selection, crossover, mutation, elites and the best offspring.

    Parameters
    ----------
    space : GenomeSpace
        If its encoding needs a reference and it has none, one is drawn from the seed.
    evaluate : callable
        ``evaluate(genomes, generation)`` returns a finite fitness for each genome. It gets only
        those that have changed since their last evaluation.
    random_state : int or SeedSequence
    population : int
        Individuals of a generation: the elites, and the best of as many offspring.
    generations : int
        Generations after the first, which is drawn at random.
    operators : Operators, optional
        The paper's by default.
    target : float
        The search stops at the first generation whose best fitness reaches it.
    evaluations : int, optional
        The search also stops before a generation that would begin with so many evaluations done:
        the budget of a search that this one is compared with.
    reevaluate : bool
        Evaluate everyone in every generation, because the fitness split is redrawn. Only as many
        offspring are bred as survive, so that no call gets more than `population` genomes. A
        fitness is then comparable within its generation only.
    callback : callable, optional
        Called with the logbook's new row, after the checkpoint is written.
    checkpoint : str or Path, optional
        File that is written after each generation; an earlier run's is moved to ``<name>.old``.
    resume : bool
        Go on from `checkpoint`; from the beginning, with a warning, if there is none.
    configuration : mapping, optional
        What `evaluate` depends on (task, state, ...), ready for JSON: `resume` refuses a
        checkpoint where it differs. It may differ in `generations` and `evaluations`.

    Returns
    -------
    SearchResult

    Raises
    ------
    ValueError
        If an argument or a fitness doesn't fit.
    CheckpointError
        If the checkpoint doesn't fit, before anything is evaluated. A ValueError too.
    OSError
        If the checkpoint can't be written.
    """
    operators = Operators() if operators is None else operators
    seed = seed_sequence(random_state)
    check_sizes(population, generations, elites=operators.elites)
    if evaluations is not None and evaluations < 1:
        raise ValueError(f"evaluations must be at least 1, got {evaluations}")
    toolbox = make_toolbox(with_reference(space, seed), operators)
    entries = {
        "search": "evolve",
        "seed": seed_entry(seed),
        "space": space.describe(),
        "population": population,
        "operators": asdict(operators),
        "target": target,
        "reevaluate": reevaluate,
        "evaluate": configuration,
    }
    run = Run(space, evaluate, target, callback, checkpoint, resume, entries)
    if len(run.logbook) > generations + 1:
        raise CheckpointError(
            f"generations must be at least the checkpoint's {len(run.logbook) - 1}, "
            f"got {generations}"
        )
    limit = math.inf if evaluations is None else evaluations
    if (before_last := sum(run.logbook.select("evaluations")[:-1])) >= limit:
        raise CheckpointError(
            f"evaluations must be above {before_last}, those before the checkpoint's last "
            f"generation; got {evaluations}"
        )
    n_offspring = population - operators.elites if reevaluate else population
    while (
        len(run.logbook) <= generations
        and not run.reached_target
        and sum(run.logbook.select("evaluations")) < limit
    ):
        generation = len(run.logbook)
        rng = generator(seed, EVOLUTION, generation)
        if generation == 0:
            elites: list[Individual] = []
            offspring = [Individual(toolbox.random(rng)) for _ in range(population)]
        else:
            elites = toolbox.best(run.population, operators.elites)
            offspring = breed(toolbox, run.population, n_offspring, rng, operators=operators)
        if reevaluate:
            elites = [Individual(individual.genome) for individual in elites]
            offspring = [Individual(individual.genome) for individual in offspring]
        n_evaluated = run.evaluate(elites + offspring)
        survivors = elites + toolbox.best(offspring, population - len(elites))
        run.record(survivors, fitnesses_of(survivors), n_evaluated)
    return run.result()


def check_sizes(population: int, generations: int, *, elites: int) -> None:
    """Raise ValueError where an evolution can't have such a population, or such an end."""
    if generations < 0:
        raise ValueError(f"generations must be >= 0, got {generations}")
    if population < 1 or (generations > 0 and population <= elites):
        raise ValueError(
            f"population must be above the number of elites ({elites}), got {population}"
        )


def random_search(
    space: GenomeSpace,
    evaluate: Evaluate,
    *,
    evaluations: int,
    random_state: RandomState,
    batch: int = 50,
    target: float = 1.0,
    callback: Callable[[Row], None] | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    configuration: Mapping[str, Any] | None = None,
) -> SearchResult:
    """Draw `evaluations` genomes and keep the best `batch`: the control of equal budget.

    Which genomes are drawn doesn't depend on `batch`; with the seed of an evolution, they share
    its reference. In the logbook, ``best`` is the best so far, the other values are the batch's.
    ``evaluate(genomes, batch_number)`` must score all batches alike, on one fitness split.
    The other parameters, the result and the errors are those of `evolve`.
    """
    seed = seed_sequence(random_state)
    for name, value in (("evaluations", evaluations), ("batch", batch)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    sampled_space = with_reference(space, seed)
    entries = {
        "search": "random_search",
        "seed": seed_entry(seed),
        "space": space.describe(),
        "evaluations": evaluations,
        "batch": batch,
        "target": target,
        "evaluate": configuration,
    }
    run = Run(space, evaluate, target, callback, checkpoint, resume, entries)
    while (start := len(run.logbook) * batch) < evaluations and not run.reached_target:
        individuals = [
            Individual(sampled_space.random(generator(seed, RANDOM_SEARCH, number)))
            for number in range(start, min(start + batch, evaluations))
        ]
        n_evaluated = run.evaluate(individuals)
        best = tools.selBest(run.population + individuals, batch)
        run.record(best, fitnesses_of(individuals), n_evaluated)
    return run.result()
