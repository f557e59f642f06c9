"""CMA-ES on the few global gains of one random genome: the cheap rival of an evolved one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from deap import cma, tools

from evolution.genome import FloatArray
from evolution.individual import Fitness, Individual
from evolution.run import Evaluate, Row, Run, SearchResult, fitnesses_of
from evolution.seeds import CMA, REFERENCE, RandomState, generator, seed_entry, seed_sequence
from evolution.space import GenomeSpace

#: Of the first distribution, in units of the logarithmic ranges, which are 0 to 1.
SIGMA = 0.3

_STATE = ("centroid", "sigma", "pc", "ps", "C", "diagD", "B", "update_count")


def cma_search(
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
    """Search the gains of a single random genome by CMA-ES (Hansen & Ostermeier 2001).

    The genome is the space's reference, or drawn as it would be; nothing of it changes but its
    gains, in the logarithm of their ranges, from all of 1 (or the nearest allowed). Points outside
    the ranges are moved to their border, for the strategy too. A budget that isn't a multiple of
    `batch` ends with a smaller one.

    Parameters
    ----------
    space : GenomeSpace
        With gains.
    batch : int
        Points of a generation, CMA-ES's lambda: 2 at least.
    evaluate, evaluations, random_state, target, callback, checkpoint, resume, configuration
        As `random_search` has them, and the result: in the population are the best `batch`.

    Raises
    ------
    ValueError, CheckpointError, OSError
        As `random_search`; a space without gains.
    """
    seed = seed_sequence(random_state)
    if not space.gains:
        raise ValueError("space must have gains to be searched, got none")
    for name, value, least in (("evaluations", evaluations, 1), ("batch", batch, 2)):
        if value < least:
            raise ValueError(f"{name} must be at least {least}, got {value}")
    genome = replace(space, encode="both").with_reference(generator(seed, REFERENCE)).reference
    assert genome is not None
    entries = {
        "search": "cma_search",
        "seed": seed_entry(seed),
        "space": space.describe(),
        "evaluations": evaluations,
        "batch": batch,
        "target": target,
        "evaluate": configuration,
    }
    run = Run(space, evaluate, target, callback, checkpoint, resume, entries)
    nothing = np.ones(len(space.gains))
    strategy = _Strategy(np.clip(space.gains_to_unit(nothing), 0, 1), SIGMA, lambda_=batch)
    strategy.restore(run.state)
    while (start := len(run.logbook) * batch) < evaluations and not run.reached_target:
        strategy.rng = generator(seed, CMA, len(run.logbook))
        points = strategy.generate(_Point)[: evaluations - start]
        candidates = [
            Individual(genome.copy(gains=space.gains_from_unit(np.array(p)))) for p in points
        ]
        n_evaluated = run.evaluate(candidates)
        values = fitnesses_of(candidates)
        if len(points) == batch:
            for point, individual in zip(points, candidates, strict=True):
                point.fitness = individual.fitness
            strategy.update(points)
        run.state = strategy.state()
        run.record(tools.selBest(run.population + candidates, batch), values, n_evaluated)
    return run.result()


class _Point(list[float]):
    """A point of the unit cube, as DEAP's strategy wants it: with its fitness."""

    fitness: Fitness


class _Strategy(cma.Strategy):
    """DEAP's strategy in the unit cube, drawing from a generator instead of the global state."""

    rng: np.random.Generator
    sigma: float

    def generate(self, ind_init: Callable[[FloatArray], Any]) -> list[Any]:
        z = self.rng.standard_normal((self.lambda_, self.dim))
        points = self.centroid + self.sigma * z @ self.BD.T
        return [ind_init(point) for point in np.clip(points, 0, 1)]

    def update(self, population: list[Any]) -> None:
        # Where all points lie on a border, or all fitnesses are equal, the distribution would
        # shrink to nothing along an axis, or grow beyond the cube.
        self.C += 1e-12 * np.trace(self.C) * np.eye(self.dim)
        super().update(population)
        self.sigma = min(self.sigma, 1.0)

    def state(self) -> dict[str, np.ndarray]:
        return {name: np.asarray(getattr(self, name)) for name in _STATE}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` returned; from the beginning if it is empty."""
        for name, value in state.items():
            setattr(self, name, value if value.ndim else value.item())
        self.BD = self.B * self.diagD
