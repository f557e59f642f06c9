"""A run of the evolution: its task, judge, recipe and genomes, and the searches on them.

A run is a pure function of its settings and its seed. Whatever takes long leaves a checkpoint.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from evolution import GAINS, RECIPES, Genome, SearchResult
from evolution.judge import Judge
from evolution.liquids import evolve_liquids, random_liquids, tune_gains
from evolution.seeds import generator, stream
from experiments.lab.outside import task_of
from experiments.lab.progress import SearchBar, note
from experiments.lab.results import Results
from experiments.studies.evolve.settings import EvolveSettings
from lsm import NoWiring, Reservoir, SpikeTrains, simulate
from lsm.base.watching import telling
from lsm.states import make_state
from tasks import Task

MakeReservoir = Callable[[Genome], Reservoir]


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


class Run:
    """One task with one seed, on which a liquid is evolved."""

    def __init__(
        self,
        settings: EvolveSettings,
        seed: SeedSequence,
        fold: dict[str, Any],
        results: Results,
        title: str,
    ) -> None:
        self.settings, self.seed, self.fold, self.results = settings, seed, fold, results
        self.title = f"{settings.task} {title}".strip()
        self.recipe = RECIPES[settings.recipe]
        if settings.gains:
            self.recipe = replace(self.recipe, gains=GAINS)
        space = self.recipe.space(
            settings.neurons, encode=settings.encode, dimensions=settings.dimensions
        )
        # What doesn't evolve is the same in every search and in every random liquid.
        self.space = space.with_reference(generator(seed, Stream.REFERENCE))
        self.task = self._task(Stream.TASK)
        self.judge = self._judge(self.task)
        self.compile_seconds = 0.0
        if self.recipe.rate_Hz is not None:
            self.compile()
            self.recipe = self.recipe.calibrated(
                self.task.spikes[self.task.train],
                genome=self.space.random(generator(seed, Stream.CALIBRATION)),
                dt_ms=settings.dt,
            )

    def _task(self, *key: int) -> Task:
        """The task of a stream of the seed."""
        gap = {} if self.settings.gap_ms is None else {"gap_ms": self.settings.gap_ms}
        return task_of(self.settings, random_state=stream(self.seed, *key), **self.fold, **gap)

    def _judge(self, task: Task) -> Judge:
        settings = self.settings
        return Judge(
            task.spikes,
            task.labels,
            train_samples=task.train,
            fitness_samples=task.fitness,
            test_samples=task.test,
            state=make_state(settings.state),
            readout=settings.readout,
            dt_ms=settings.dt,
            n_jobs=settings.n_jobs,
        )

    def fresh_judge(self, *key: int) -> Judge:
        """A judge with a task of another stream: new templates."""
        return self._judge(self._task(*key))

    def compile(self) -> None:
        """Have the program ready, so that its cost is not taken for the evolution's.

        Called once there is something to evaluate: a checkpoint may refuse the run before.
        """
        if self.compile_seconds:
            return
        started = time.perf_counter()
        n_channels = self.task.spikes.n_channels
        silence = SpikeTrains.from_lists([[[]] * n_channels], duration_ms=2 * self.settings.dt)
        genome = self.space.random(np.random.default_rng(0))
        with telling(True):
            simulate(self.recipe.reservoir(genome), silence, dt_ms=self.settings.dt)
        self.compile_seconds = time.perf_counter() - started

    def note(self, text: str) -> None:
        """Say what is going on."""
        note(f"{self.title}: {text}")

    def evolution(self) -> SearchResult:
        """Evolve the liquid, with one aim or with several."""
        return self._evolve("evolution", aims=self.settings.aims)

    def without_recurrence(self, *, evaluations: int | None) -> tuple[SearchResult, MakeReservoir]:
        """Evolve liquids without recurrent synapses; how a genome becomes one comes along."""

        def uncoupled(genome: Genome) -> Reservoir:
            return self.recipe.reservoir(genome).replace(wiring=NoWiring())

        name = "evolution_without_recurrence"
        return self._evolve(name, reservoir=uncoupled, evaluations=evaluations), uncoupled

    def random(self, name: str, evaluations: int) -> SearchResult:
        """Draw so many liquids."""
        return self._in_batches(random_liquids, name, evaluations, self.settings.population)

    def gains(self, name: str, evaluations: int) -> tuple[SearchResult, MakeReservoir]:
        """Search the global gains of one random liquid; how a genome becomes one comes along."""
        return self._in_batches(tune_gains, name, evaluations, max(2, self.settings.population))

    def _in_batches(self, search: Any, name: str, evaluations: int, batch: int) -> Any:
        n_batches = -(-evaluations // batch)
        bar = SearchBar(self._bar_title(name), n_batches, unit="batch")
        options = {"evaluations": evaluations, "batch": batch}
        return self._search(search, name, bar, lambda _: self.judge, **options)

    def _evolve(self, name: str, **options: Any) -> SearchResult:
        settings = self.settings
        target = 1.0
        if options.get("aims"):
            target = np.inf
        else:
            options["reevaluate"] = settings.redraw_fitness or settings.fresh_templates
        bar = SearchBar(
            self._bar_title(name), settings.generations + 1, target=target, unit="generation"
        )
        options |= {"population": settings.population, "generations": settings.generations}
        return self._search(evolve_liquids, name, bar, self._judge_of, **options)

    def _bar_title(self, name: str) -> str:
        return f"{self.title} {name.replace('_', ' ')}"

    def _judge_of(self, generation: int) -> Judge:
        """The judge of a generation, which may have templates or a fitness split of its own."""
        judge = self.judge
        if self.settings.fresh_templates:
            return self.fresh_judge(Stream.FRESH_TEMPLATES, generation)
        if self.settings.redraw_fitness:
            rng = generator(self.seed, Stream.REDRAWN_SPLITS, generation)
            train, fitness = np.split(rng.permutation(judge.training), [len(judge.train_samples)])
            return replace(judge, train_samples=train, fitness_samples=fitness)
        return judge

    def _search(
        self,
        search: Callable[..., Any],
        name: str,
        bar: SearchBar,
        judge_of: Callable[[int], Judge],
        **options: Any,
    ) -> Any:
        """Search with the seed that all share, a bar, and a checkpoint by the search's name."""
        files = [self.results.path(f"{name}.npz{which}") for which in ("", ".previous")]
        identity = self.settings.identity() | self.fold | {"recipe": self.recipe.describe()}

        def judge(number: int) -> Judge:
            self.compile()
            bar.start(number)
            return judge_of(number)

        with bar:
            return search(
                self.recipe,
                self.space,
                judge,
                callback=bar.show,
                random_state=stream(self.seed, Stream.SEARCH),
                checkpoint=files[0],
                resume=self.settings.resume and any(file.exists() for file in files),
                configuration={
                    key: value
                    for key, value in identity.items()
                    if key not in ("generations", "controls")
                },
                **options,
            )
