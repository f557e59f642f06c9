"""The searches of a run: what evolves, and what is searched beside it with an equal budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evolution import Genome, SearchResult
from evolution.judge import Judge
from evolution.liquids import evolve_liquids, random_liquids, tune_gains
from evolution.seeds import stream
from experiments.lab.progress import SearchBar
from experiments.studies.evolve.run import Run, Stream
from lsm import NoWiring, Reservoir


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
        return self._evolve("evolution", aims=self._run.settings.aims)

    def without_recurrence(
        self, *, evaluations: int | None
    ) -> tuple[SearchResult, Callable[[Genome], Reservoir]]:
        """Evolve liquids without recurrent synapses; how a genome becomes one comes along."""

        def uncoupled(genome: Genome) -> Reservoir:
            return self._run.recipe.reservoir(genome).replace(wiring=NoWiring())

        name = "evolution_without_recurrence"
        return self._evolve(name, reservoir=uncoupled, evaluations=evaluations), uncoupled

    def random(self, name: str, evaluations: int) -> SearchResult:
        """Draw so many liquids."""
        return self._in_batches(random_liquids, name, evaluations, self._run.settings.population)

    def gains(
        self, name: str, evaluations: int
    ) -> tuple[SearchResult, Callable[[Genome], Reservoir]]:
        """Search the global gains of one random liquid; how a genome becomes one comes along."""
        batch = max(2, self._run.settings.population)
        return self._in_batches(tune_gains, name, evaluations, batch)

    def _in_batches(self, search: Any, name: str, evaluations: int, batch: int) -> Any:
        run = self._run

        def judge_of(number: int) -> Judge:
            bar.start(number)
            return run.judge

        with self._bar(name, -(-evaluations // batch), "batch") as bar:
            return search(
                run.recipe,
                run.space,
                judge_of,
                evaluations=evaluations,
                batch=batch,
                callback=bar.show,
                **self._options(name),
            )

    def _evolve(self, name: str, *, aims: Sequence[str] = (), **more: Any) -> SearchResult:
        run, settings = self._run, self._run.settings

        def judge_of(generation: int) -> Judge:
            run.compile()
            bar.start(generation)
            return self._judge_of(generation)

        if not aims:
            more["reevaluate"] = settings.redraw_fitness or settings.fresh_templates
        target = np.inf if aims else 1.0
        with self._bar(name, settings.generations + 1, "generation", target=target) as bar:
            return evolve_liquids(
                run.recipe,
                run.space,
                judge_of,
                aims=aims,
                population=settings.population,
                generations=settings.generations,
                callback=bar.show,
                **more,
                **self._options(name),
            )

    def _judge_of(self, generation: int) -> Judge:
        """The judge of a generation, which may have templates or a fitness split of its own."""
        run, settings = self._run, self._run.settings
        if settings.fresh_templates:
            return run.fresh_judge(Stream.FRESH_TEMPLATES, generation)
        if settings.redraw_fitness:
            rng = np.random.default_rng(stream(run.seed, Stream.REDRAWN_SPLITS, generation))
            shuffled = rng.permutation(run.judge.training)
            train, fitness = np.split(shuffled, [len(run.judge.train_samples)])
            return replace(run.judge, train_samples=train, fitness_samples=fitness)
        return run.judge

    def _bar(self, name: str, total: int, unit: str, *, target: float = 1.0) -> SearchBar:
        title = f"{self._run.title} {name.replace('_', ' ')}"
        return SearchBar(title, total, target=target, unit=unit)

    def _options(self, name: str) -> dict[str, Any]:
        """What all searches share: the seed, and the checkpoint."""
        run = self._run
        files = [run.results.path(f"{name}.npz{which}") for which in ("", ".previous")]
        ignored = {"generations", "controls"}
        identity = run.settings.identity() | run.fold
        return {
            "random_state": stream(run.seed, Stream.SEARCH),
            "checkpoint": files[0],
            "resume": run.settings.resume and any(file.exists() for file in files),
            "configuration": {k: v for k, v in identity.items() if k not in ignored}
            | {"recipe": run.recipe.describe()},
        }
