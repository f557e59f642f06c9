"""The searches of a run: what evolves, and what is searched beside it with an equal budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import SeedSequence

from evolution import (
    GAINS,
    Genome,
    ParetoResult,
    SearchResult,
    cma_search,
    evolve,
    nsga2,
    random_search,
)
from experiments.lab.progress import SearchBar
from experiments.studies.evolve.pareto import AIMS
from lsm import NoWiring, Reservoir

if TYPE_CHECKING:
    from experiments.studies.evolve.evolving import Run


class Stream(IntEnum):
    """Independent streams of a run's seed.

    All searches share one: each draws from a stream of its own below it.
    """

    TASK = 0
    SEARCH = 1
    RANDOM_LIQUIDS = 2
    BASELINES = 3
    ABLATIONS = 4
    FRESH_TEMPLATES = 5
    REDRAWN_SPLITS = 6
    REFERENCE = 7
    CALIBRATION = 8


def stream(seed: SeedSequence, *key: int) -> SeedSequence:
    # By key, not by spawn(), which counts its calls.
    return SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *map(int, key)))


class Searches:
    """The searches of a run, each with a checkpoint by its name.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def evolution(self) -> SearchResult:
        """Evolve the liquid, with one aim or with several."""
        if self._run.settings.aims:
            return self._pareto("evolution")
        return self._evolve("evolution", self._run.recipe.reservoir)

    def without_recurrence(
        self, *, evaluations: int | None
    ) -> tuple[SearchResult, Callable[[Genome], Reservoir]]:
        """Evolve liquids without recurrent synapses; how a genome becomes one comes along."""

        def uncoupled(genome: Genome) -> Reservoir:
            return self._run.recipe.reservoir(genome).replace(wiring=NoWiring())

        name = "evolution_without_recurrence"
        return self._evolve(name, uncoupled, evaluations=evaluations), uncoupled

    def random(self, name: str, evaluations: int) -> SearchResult:
        """Draw so many liquids."""
        run, batch = self._run, self._run.settings.population

        def evaluate(genomes: list[Genome], number: int) -> np.ndarray:
            bar.start(number)
            return run.judge.fitness([run.recipe.reservoir(genome) for genome in genomes])

        with self._bar(name, -(-evaluations // batch), "batch") as bar:
            return random_search(
                run.space,
                evaluate,
                evaluations=evaluations,
                batch=batch,
                callback=bar.show,
                **self._options(name),
            )

    def gains(
        self, name: str, evaluations: int
    ) -> tuple[SearchResult, Callable[[Genome], Reservoir]]:
        """Search the global gains of one random liquid; how a genome becomes one comes along."""
        run, batch = self._run, max(2, self._run.settings.population)
        recipe, space = replace(run.recipe, gains=GAINS), replace(run.space, gains=GAINS)

        def evaluate(genomes: list[Genome], number: int) -> np.ndarray:
            bar.start(number)
            return run.judge.fitness([recipe.reservoir(genome) for genome in genomes])

        with self._bar(name, -(-evaluations // batch), "batch") as bar:
            found = cma_search(
                space,
                evaluate,
                evaluations=evaluations,
                batch=batch,
                callback=bar.show,
                **self._options(name),
            )
        return found, recipe.reservoir

    def _evolve(
        self,
        name: str,
        reservoir: Callable[[Genome], Reservoir],
        *,
        evaluations: int | None = None,
    ) -> SearchResult:
        run, settings = self._run, self._run.settings

        def evaluate(genomes: list[Genome], generation: int) -> np.ndarray:
            run.compile()
            bar.start(generation)
            reservoirs = [reservoir(genome) for genome in genomes]
            if settings.fresh_templates:
                return run.fresh_judge(Stream.FRESH_TEMPLATES, generation).fitness(reservoirs)
            if settings.redraw_fitness:
                rng = np.random.default_rng(stream(run.seed, Stream.REDRAWN_SPLITS, generation))
                shuffled = rng.permutation(run.judge.training)
                train, fitness = np.split(shuffled, [len(run.judge.task.train)])
                return run.judge.fitness(reservoirs, split=(train, fitness))
            return run.judge.fitness(reservoirs)

        with self._bar(name, settings.generations + 1, "generation") as bar:
            return evolve(
                run.space,
                evaluate,
                population=settings.population,
                generations=settings.generations,
                operators=run.recipe.operators,
                evaluations=evaluations,
                reevaluate=settings.redraw_fitness or settings.fresh_templates,
                callback=bar.show,
                **self._options(name),
            )

    def _pareto(self, name: str) -> ParetoResult:
        run, settings = self._run, self._run.settings

        def evaluate(genomes: list[Genome], generation: int) -> np.ndarray:
            run.compile()
            bar.start(generation)
            reservoirs = [run.recipe.reservoir(genome) for genome in genomes]
            return run.judge.aims(reservoirs, settings.aims, places=settings.neurons)

        with self._bar(name, settings.generations + 1, "generation", target=np.inf) as bar:
            return nsga2(
                replace(run.space, presence="neurons" in settings.aims),
                evaluate,
                weights=tuple(AIMS[aim] for aim in settings.aims),
                population=settings.population,
                generations=settings.generations,
                operators=run.recipe.operators,
                callback=bar.show,
                **self._options(name),
            )

    def _bar(self, name: str, total: int, unit: str, *, target: float = 1.0) -> SearchBar:
        title = f"{self._run.title} {name.replace('_', ' ')}"
        return SearchBar(title, total, target=target, unit=unit)

    def _options(self, name: str) -> dict[str, Any]:
        """What all searches share: the seed, and the checkpoint."""
        run = self._run
        files = [run.folder / f"{name}.npz", run.folder / f"{name}.npz.previous"]
        ignored = {"generations", "controls"}
        identity = run.settings.identity() | run.fold
        return {
            "random_state": stream(run.seed, Stream.SEARCH),
            "checkpoint": files[0],
            "resume": run.settings.resume and any(file.exists() for file in files),
            "configuration": {k: v for k, v in identity.items() if k not in ignored}
            | {"recipe": run.recipe.describe()},
        }
