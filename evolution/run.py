"""What every search shares: the population, the logbook, their checkpoint, and the result."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from deap import tools

from evolution.checkpoint import Checkpoint, CheckpointError
from evolution.genome import FloatArray, Genome
from evolution.individual import Fitness, Individual
from evolution.space import GenomeSpace
from lsm.base.files import refusing
from lsm.base.reprs import short_repr

Evaluate = Callable[[list[Genome], int], npt.ArrayLike]
Row = dict[str, Any]

_STATE = "state."


@short_repr
@dataclass(frozen=True, eq=False)
class SearchResult:
    """The last population of a search, its fitnesses, and its logbook.

    Parameters
    ----------
    population : list of Genome
        The last population; of a random search, the best of all.
    fitnesses : float64 array (population,)
    logbook : deap.tools.Logbook
        A row (dict) for each generation or batch: generation, evaluations, best, mean, std, min.
    """

    population: list[Genome]
    fitnesses: FloatArray
    logbook: tools.Logbook

    @property
    def best(self) -> Genome:
        """The fittest genome of the population."""
        return self.population[int(self.fitnesses.argmax())]

    @property
    def best_fitness(self) -> float:
        """Fitness of the best genome."""
        return float(self.fitnesses.max())

    @property
    def evaluations(self) -> int:
        """Number of genomes that were evaluated."""
        return sum(self.logbook.select("evaluations"))


class Run:
    """A search under way: evaluates, logs, writes checkpoints and goes on from them.

    Parameters
    ----------
    space : GenomeSpace
        That its genomes are of.
    evaluate, target, callback, resume
        As `evolve` has them.
    path : str or Path, optional
        The checkpoint.
    configuration : mapping
        What the search is, ready for JSON; a checkpoint of another is refused.
    weights : tuple of float
        Above 0 for each value of a fitness that is maximised, below 0 if it is minimised.

    Attributes
    ----------
    state : dict of str to array
        What else a search has to remember: it goes into the checkpoint and comes from it.
    """

    def __init__(
        self,
        space: GenomeSpace,
        evaluate: Evaluate,
        target: float,
        callback: Callable[[Row], None] | None,
        path: str | Path | None,
        resume: bool,
        configuration: Mapping[str, Any],
        *,
        weights: tuple[float, ...] = (1.0,),
    ) -> None:
        self.population: list[Individual] = []
        self.state: dict[str, np.ndarray] = {}
        self.logbook = tools.Logbook()
        self._evaluate = evaluate
        self._target = target
        self._weights = weights
        self._callback = callback
        self._checkpoint = None if path is None else Checkpoint(path, configuration)
        if self._checkpoint is None:
            if resume:
                raise ValueError("resume needs the path of a checkpoint, got checkpoint=None")
        elif not resume:
            self._checkpoint.set_aside()
        elif (arrays := self._checkpoint.load()) is not None:
            with refusing(str(path), "a checkpoint of a search", kind=CheckpointError):
                self._restore(arrays, space)
        else:
            warnings.warn(f"no checkpoint {path}: starting from the beginning", stacklevel=3)

    @property
    def reached_target(self) -> bool:
        """Whether the last generation's best fitness is at least the target."""
        return bool(self.logbook) and self.logbook[-1]["best"] >= self._target

    def evaluate(self, individuals: list[Individual]) -> int:
        """Evaluate those whose fitness isn't valid, and return how many they were."""
        pending = [individual for individual in individuals if not individual.fitness.valid]
        if pending:
            genomes = [individual.genome for individual in pending]
            values = np.asarray(self._evaluate(genomes, len(self.logbook)), dtype=np.float64)
            aims = len(self._weights)
            shape = (len(pending),) if aims == 1 else (len(pending), aims)
            if values.shape != shape or not np.isfinite(values).all():
                expected = "a finite fitness" if aims == 1 else f"{aims} finite values"
                raise ValueError(
                    f"evaluate must return {expected} for each of {len(pending)} genomes, "
                    f"got shape {values.shape}, {np.isfinite(values).sum()} values finite"
                )
            self._assign(pending, values)
        return len(pending)

    def _assign(self, individuals: list[Individual], values: FloatArray) -> None:
        rows = values.reshape(len(individuals), -1).tolist()
        for individual, row in zip(individuals, rows, strict=True):
            individual.fitness = Fitness(self._weights)
            individual.fitness.values = tuple(row)

    def record(
        self,
        population: list[Individual],
        values: FloatArray,
        evaluations: int,
        **more: float,
    ) -> None:
        """End a generation: log it, write the checkpoint, and only then report it.

        Of several aims the logbook has the first, and whatever `more` says.
        """
        self.population = population
        best = max(population, key=lambda individual: individual.fitness.wvalues[0])
        self.logbook.record(
            generation=len(self.logbook),
            evaluations=evaluations,
            best=float(best.fitness.values[0]),
            mean=float(values.mean()),
            std=float(values.std()),
            min=float(values.min()),
            **more,
        )
        if self._checkpoint is not None:
            genomes = [individual.genome.to_arrays() for individual in population]
            self._checkpoint.save(
                {name: np.stack([arrays[name] for arrays in genomes]) for name in genomes[0]}
                | {
                    "fitnesses": values_of(population),
                    "logbook": np.array(json.dumps(self.logbook)),
                }
                | {f"{_STATE}{name}": value for name, value in self.state.items()}
            )
        if self._callback is not None:
            self._callback(dict(self.logbook[-1]))

    def _restore(self, arrays: dict[str, np.ndarray], space: GenomeSpace) -> None:
        for row in json.loads(str(arrays.pop("logbook"))):
            if not (isinstance(row["evaluations"], int) and isinstance(row["best"], float)):
                raise ValueError(f"its logbook has the row {row}")
            self.logbook.record(**row)
        fitnesses = arrays.pop("fitnesses")
        if not np.isfinite(fitnesses).all():
            raise ValueError("a fitness is not finite")
        for name in [name for name in arrays if name.startswith(_STATE)]:
            self.state[name.removeprefix(_STATE)] = arrays.pop(name)
        for i in range(len(fitnesses)):
            genome = Genome.from_arrays({name: array[i] for name, array in arrays.items()})
            space.validate(genome)
            self.population.append(Individual(genome))
        self._assign(self.population, fitnesses)

    def result(self) -> SearchResult:
        """Return the population as it is, with the logbook."""
        genomes = [individual.genome for individual in self.population]
        return SearchResult(genomes, fitnesses_of(self.population), self.logbook)


def fitnesses_of(individuals: list[Individual]) -> FloatArray:
    """Return the fitness (individuals,) of each, or the first of its values."""
    return np.array([individual.fitness.values[0] for individual in individuals])


def values_of(individuals: list[Individual]) -> FloatArray:
    """Return the fitness of each: (individuals,), or (individuals, aims) if it has several."""
    values = np.array([individual.fitness.values for individual in individuals])
    return values[:, 0] if values.shape[1] == 1 else values
