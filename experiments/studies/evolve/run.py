"""A run of the evolution before anything is searched: its task, judge, recipe and genomes.

A run is a pure function of its settings and its seed. Whatever takes long leaves a checkpoint.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from evolution import GAINS, RECIPES, Judge
from evolution.searches import LiquidSearches
from evolution.seeds import generator, stream
from experiments.lab.outside import task_of
from experiments.lab.page.contents import plain
from experiments.lab.progress import SearchBar, note
from experiments.lab.results import Results
from experiments.studies.evolve.settings import EvolveSettings
from lsm.states import make_state
from tasks import Task


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
        #: How states are read, by a judge as by a classifier.
        self.reading: dict[str, Any] = {
            "state": make_state(settings.state),
            "readout": settings.readout,
            "dt_ms": settings.dt,
            "n_jobs": settings.n_jobs,
        }
        self.judge = Judge.of_task(self.task, **self.reading)
        self.recipe = self.recipe.calibrated(
            self.task.spikes[self.task.train],
            genome=self.space.random(generator(seed, Stream.CALIBRATION)),
            dt_ms=settings.dt,
        )
        identity = settings.identity() | fold | {"recipe": self.recipe.describe()}
        for name in ("generations", "controls"):  # there may be more of them
            del identity[name]
        self.searches = LiquidSearches(
            self.recipe,
            self.space,
            self.judge,
            judge_of=self._judge_of,
            aims=settings.aims,
            population=settings.population,
            generations=settings.generations,
            reevaluate=settings.redraw_fitness or settings.fresh_templates,
            random_state=stream(seed, Stream.SEARCH),
            checkpoint=self._checkpoint,
            resume=settings.resume,
            configuration=identity,
            watch=self._bar,
        )

    def _checkpoint(self, name: str) -> Path:
        self.results.path(f"{name}.npz.previous")
        return self.results.path(f"{name}.npz")

    def _bar(self, name: str, total: int, **options: Any) -> SearchBar:
        return SearchBar(f"{self.title} {plain(name)}", total, **options)

    def _task(self, *key: int) -> Task:
        """The task of a stream of the seed."""
        gap = {} if self.settings.gap_ms is None else {"gap_ms": self.settings.gap_ms}
        return task_of(self.settings, random_state=stream(self.seed, *key), **self.fold, **gap)

    def fresh_judge(self, *key: int) -> Judge:
        """A judge with a task of another stream: new templates."""
        return Judge.of_task(self._task(*key), **self.reading)

    def note(self, text: str) -> None:
        """Say what is going on."""
        note(f"{self.title}: {text}")

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
