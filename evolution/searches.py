"""The searches of one run: what evolves, and what is searched beside it with an equal budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from evolution.genome import Genome
from evolution.liquids import (
    JudgeOf,
    MakeReservoir,
    Scorer,
    evolve_liquids,
    random_liquids,
    tune_gains,
)
from evolution.recipe import Recipe
from evolution.run import Row, SearchResult
from evolution.seeds import RandomState
from evolution.space import GenomeSpace
from lsm.reservoir import Reservoir
from lsm.topology import NoWiring


class Watcher(Protocol):
    """What shows how far a search is, in a context of its own."""

    def __enter__(self) -> Self:
        """The search begins."""

    def __exit__(self, *error: object) -> None:
        """It has ended."""

    def start(self, number: int) -> object:
        """A generation or a batch begins."""

    def show(self, row: Row) -> None:
        """One has ended, with this row of the logbook."""


class _Nobody:
    """A watcher who doesn't look."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def start(self, number: int) -> None:
        pass

    def show(self, row: Row) -> None:
        pass


class LiquidSearches:
    """Searches of liquids that share a seed, each with a checkpoint by its name.

    Parameters
    ----------
    recipe : Recipe
    space : GenomeSpace
    judge : Judge or Family
        Scores liquids.
    judge_of : callable, optional
        The judge of a generation, where it isn't the same for all.
    final : Judge or Family, optional
        Scores the last liquids of every search once more and so chooses the best: where no two
        generations have been scored on the same. Drawn liquids too then go by `judge_of`.
    aims : sequence of str
        As :func:`evolution.liquids.evolve_liquids` has them.
    population, generations, reevaluate
        Of what evolves, as :func:`evolution.evolve` has them; so many liquids are drawn at a time.
    random_state : int or SeedSequence
        Each search draws from a stream of its own below it.
    checkpoint : callable, optional
        The path of a search's checkpoint, by its name; without it none is written.
    resume : bool
        Whether searches go on from their checkpoints, where there are some.
    configuration : mapping, optional
        What else liquids depend on, ready for JSON: the checkpoint of another is refused.
    watch : callable, optional
        ``watch(name, total, unit=..., target=...)`` gives a :class:`Watcher` of so many generations
        or batches; a fitness of `target` ends them.
    """

    def __init__(
        self,
        recipe: Recipe,
        space: GenomeSpace,
        judge: Scorer,
        *,
        judge_of: JudgeOf | None = None,
        final: Scorer | None = None,
        aims: Sequence[str] = (),
        population: int,
        generations: int,
        reevaluate: bool = False,
        random_state: RandomState,
        checkpoint: Callable[[str], Path] | None = None,
        resume: bool = False,
        configuration: Mapping[str, Any] | None = None,
        watch: Callable[..., Watcher] = lambda *_, **__: _Nobody(),
    ) -> None:
        self._liquids = recipe, space
        self._same: JudgeOf = lambda _: judge
        self._judge_of, self._final = judge_of or self._same, final
        self._aims, self._reevaluate = aims, reevaluate
        self._population, self._generations = population, generations
        self._random_state, self._configuration = random_state, configuration
        self._checkpoint, self._resume, self._watch = checkpoint, resume, watch

    def evolution(self) -> SearchResult:
        """Evolve liquids, with one aim or with several."""
        recipe, _ = self._liquids
        return self._settled(self._evolve("evolution", aims=self._aims), recipe.reservoir)

    def without_recurrence(
        self, *, evaluations: int | None = None
    ) -> tuple[SearchResult, MakeReservoir]:
        """Evolve liquids without recurrent synapses; how a genome becomes one comes along.

        Parameters
        ----------
        evaluations : int, optional
            The most; without it as many generations as the evolution may have.
        """
        recipe, _ = self._liquids

        def uncoupled(genome: Genome) -> Reservoir:
            return recipe.reservoir(genome).replace(wiring=NoWiring())

        name = "evolution_without_recurrence"
        evolved = self._evolve(name, reservoir=uncoupled, evaluations=evaluations)
        return self._settled(evolved, uncoupled), uncoupled

    def random(self, name: str, evaluations: int) -> SearchResult:
        """Draw so many liquids, in a search of this name."""
        recipe, _ = self._liquids
        drawn = self._in_batches(random_liquids, name, evaluations, self._population)
        return self._settled(drawn, recipe.reservoir)

    def gains(self, evaluations: int) -> tuple[SearchResult, MakeReservoir]:
        """Search the global gains of one random liquid; how a genome becomes one comes along."""
        batch = max(2, self._population)
        tuned, with_gains = self._in_batches(tune_gains, "cma_gains", evaluations, batch)
        return self._settled(tuned, with_gains), with_gains

    def of_equal_budget(self, evolved: SearchResult) -> dict[str, tuple[SearchResult, Reservoir]]:
        """What :meth:`evolution` must beat with as many evaluations, each with its best liquid.

        Random search, CMA-ES on the gains of one random liquid, and evolution without recurrence.
        """
        recipe, _ = self._liquids
        budget = evolved.evaluations
        drawn = self.random("random_search", budget)
        tuned, with_gains = self.gains(budget)
        # Over equal generations the budgets are about equal; one that stopped early sets the limit.
        early = len(evolved.logbook) <= self._generations
        alone, uncoupled = self.without_recurrence(evaluations=budget if early else None)
        return {
            "random_search": (drawn, recipe.reservoir(drawn.best)),
            "cma_gains": (tuned, with_gains(tuned.best)),
            "evolution_without_recurrence": (alone, uncoupled(alone.best)),
        }

    def _in_batches(self, search: Any, name: str, evaluations: int, batch: int) -> Any:
        watcher = self._watch(name, -(-evaluations // batch), unit="batch", target=1.0)
        options = {"evaluations": evaluations, "batch": batch}
        judge_of = self._same if self._final is None else self._judge_of
        return self._search(search, name, watcher, judge_of, **options)

    def _settled(self, result: SearchResult, reservoir: MakeReservoir) -> SearchResult:
        """The result with what its last liquids are worth to the final judge, if there is one."""
        if self._final is None:
            return result
        liquids = [reservoir(genome) for genome in result.population]
        return replace(result, fitnesses=self._final.fitness(liquids))

    def _evolve(self, name: str, *, aims: Sequence[str] = (), **options: Any) -> SearchResult:
        if not aims:
            options["reevaluate"] = self._reevaluate
        total, target = self._generations + 1, np.inf if aims else 1.0
        watcher = self._watch(name, total, unit="generation", target=target)
        options |= {"population": self._population, "generations": self._generations}
        return self._search(evolve_liquids, name, watcher, self._judge_of, aims=aims, **options)

    def _search(
        self,
        search: Callable[..., Any],
        name: str,
        watcher: Watcher,
        judge_of: JudgeOf,
        **options: Any,
    ) -> Any:
        path = None if self._checkpoint is None else self._checkpoint(name)
        files = [path, path.with_name(f"{path.name}.previous")] if path else []

        def judge(number: int) -> Scorer:
            judge = judge_of(number)
            watcher.start(number)
            return judge

        with watcher:
            return search(
                *self._liquids,
                judge,
                callback=watcher.show,
                random_state=self._random_state,
                checkpoint=path,
                resume=self._resume and any(file.exists() for file in files),
                configuration=self._configuration,
                **options,
            )
