"""Several aims at once: NSGA-II, which spreads a population along the Pareto front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from deap import tools
from deap.benchmarks.tools import hypervolume

from evolution.checkpoint import CheckpointError
from evolution.genome import Genome
from evolution.individual import Fitness, Individual
from evolution.operators import Operators, breed, make_toolbox
from evolution.run import Evaluate, Row, Run, SearchResult, fitnesses_of, values_of
from evolution.seeds import (
    NSGA2,
    RandomState,
    generator,
    seed_entry,
    seed_sequence,
    with_reference,
)
from evolution.space import GenomeSpace
from lsm.base.reprs import short_repr


@short_repr
@dataclass(frozen=True, eq=False)
class ParetoResult(SearchResult):
    """The last population of a search with several aims, its fitnesses, and its logbook.

    Parameters
    ----------
    population, logbook
        As :class:`SearchResult` has them. Best, mean, std and min are those of the first aim;
        ``front`` is the number of different points of the front, ``hypervolume`` what it dominates,
        as far as the worst values of the first generation.
    fitnesses : float64 array (population, aims)
    weights : tuple of float
        1 for an aim that is maximised, -1 for one that is minimised.
    """

    weights: tuple[float, ...]

    @property
    def front(self) -> npt.NDArray[np.intp]:
        """Members that no other dominates, the best in the first aim first.

        Of members that have the same values the first stands for all.
        """
        points: dict[Fitness, int] = {}
        for i, values in enumerate(self.fitnesses.tolist()):
            fitness = Fitness(self.weights)
            fitness.values = tuple(values)
            points.setdefault(fitness, i)
        individuals = [Individual(self.population[i], fitness) for fitness, i in points.items()]
        first = tools.sortNondominated(individuals, len(individuals), first_front_only=True)[0]
        fitnesses = sorted((individual.fitness for individual in first), reverse=True)
        return np.array([points[fitness] for fitness in fitnesses])

    @property
    def best(self) -> Genome:
        """The genome of the front that is best in the first aim."""
        return self.population[self.front[0]]

    @property
    def best_fitness(self) -> float:
        """Value of the first aim of the best genome."""
        return float(self.fitnesses[self.front[0], 0])


def nsga2(
    space: GenomeSpace,
    evaluate: Evaluate,
    *,
    weights: tuple[float, ...],
    random_state: RandomState,
    population: int = 50,
    generations: int = 100,
    operators: Operators | None = None,
    callback: Callable[[Row], None] | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    configuration: Mapping[str, Any] | None = None,
) -> ParetoResult:
    """Evolve genomes towards several aims (Deb et al., IEEE Trans. Evol. Comput. 6:182, 2002).

    Parents and offspring compete: the best fronts survive, and of the last one those members that
    stand where it is thinly occupied. Parents win tournaments of two by the same criteria, so
    `tournament` and `elites` of `operators` don't matter.

    Parameters
    ----------
    evaluate : callable
        ``evaluate(genomes, generation)`` returns finite values (genomes, aims).
    weights : tuple of float
        Two at least: 1 for each aim that is maximised, -1 for one that is minimised.
    population : int
        Individuals of a generation, and the offspring that compete with them.
    space, random_state, generations, operators, callback, checkpoint, resume, configuration
        As `evolve` has them.

    Raises
    ------
    ValueError, CheckpointError, OSError
        As `evolve`.
    """
    operators = Operators() if operators is None else operators
    seed = seed_sequence(random_state)
    if len(weights) < 2 or not set(weights) <= {1.0, -1.0}:
        raise ValueError(f"weights must be 1 or -1 for each of several aims, got {weights}")
    if population < 2:
        raise ValueError(f"population must be at least 2, got {population}")
    if generations < 0:
        raise ValueError(f"generations must be >= 0, got {generations}")
    toolbox = make_toolbox(with_reference(space, seed), operators)
    toolbox.register("select", select_crowded)
    entries = {
        "search": "nsga2",
        "seed": seed_entry(seed),
        "space": space.describe(),
        "weights": list(weights),
        "population": population,
        "operators": asdict(operators),
        "evaluate": configuration,
    }
    run = Run(space, evaluate, np.inf, callback, checkpoint, resume, entries, weights=weights)
    if len(run.logbook) > generations + 1:
        raise CheckpointError(
            f"generations must be at least the checkpoint's {len(run.logbook) - 1}, "
            f"got {generations}"
        )
    while (generation := len(run.logbook)) <= generations:
        rng = generator(seed, NSGA2, generation)
        if generation == 0:
            offspring = [Individual(toolbox.random(rng)) for _ in range(population)]
        else:
            offspring = breed(toolbox, run.population, population, rng, operators=operators)
        # An unchanged child is its parent, who competes once.
        parents = {id(parent) for parent in run.population}
        offspring = [child for child in offspring if id(child) not in parents]
        n_evaluated = run.evaluate(offspring)
        survivors = tools.selNSGA2(run.population + offspring, population)
        if generation == 0:
            run.state["worst"] = np.min([i.fitness.wvalues for i in survivors], axis=0)
        front = tools.sortNondominated(survivors, population, first_front_only=True)[0]
        run.record(
            survivors,
            fitnesses_of(survivors),
            n_evaluated,
            front=len({individual.fitness for individual in front}),
            hypervolume=float(hypervolume(front, -run.state["worst"])),
        )
    genomes = [individual.genome for individual in run.population]
    return ParetoResult(genomes, values_of(run.population), run.logbook, weights)


def select_crowded(
    individuals: list[Individual], k: int, rng: np.random.Generator
) -> list[Individual]:
    """Return the winners of `k` tournaments of two: the better front, then the less crowded.

    Those of equal fitness are as crowded as the most crowded of them, so that chance decides.
    """
    fronts = tools.sortNondominated(individuals, len(individuals))
    order = {}
    for rank, front in enumerate(fronts):
        tools.emo.assignCrowdingDist(front)
        nearest: dict[Fitness, float] = {}
        for fitness in (individual.fitness for individual in front):
            distance = fitness.crowding_dist
            nearest[fitness] = min(distance, nearest.get(fitness, distance))
        for individual in front:
            order[id(individual)] = (rank, -nearest[individual.fitness])
    pairs = rng.integers(len(individuals), size=(k, 2))
    return [
        min((individuals[i], individuals[j]), key=lambda individual: order[id(individual)])
        for i, j in pairs
    ]
