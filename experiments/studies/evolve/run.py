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
from numpy.typing import NDArray

from evolution import GAINS, RECIPES, Family, Judge
from evolution.searches import LiquidSearches
from evolution.seeds import generator, stream
from experiments.lab.errors import InputError
from experiments.lab.outside import known_task, task_to_classify
from experiments.lab.page.contents import plain
from experiments.lab.progress import SearchBar, note
from experiments.lab.results import Results
from experiments.studies.evolve.settings import EvolveSettings
from lsm.states import make_state
from tasks import Task

#: Members of a family on which liquids are tested.
TESTED = 10
#: So many times as many members choose among the last liquids as among those of a generation.
FINAL = 4
#: Samples of each class of a member that is met in the search.
SAMPLES_PER_CLASS = 125


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
    MEMBERS = 9
    FINAL_MEMBERS = 10
    TESTED_MEMBERS = 11


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
            self.recipe = replace(self.recipe, gains=self.recipe.gains or GAINS)
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
        #: What liquids are tested by.
        self.tester: Judge | Family = self.judge
        final = None
        if settings.family and self.task.generated:
            self.tester = Family(lambda k: self.fresh_judge(Stream.TESTED_MEMBERS, k), TESTED)
            final = self._family(FINAL * settings.family, Stream.FINAL_MEMBERS)
        elif settings.family:
            self.judge = self.tester = replace(self.judge, folds=self._folds())
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
            final=final,
            aims=settings.aims,
            population=settings.population,
            generations=settings.generations,
            reevaluate=settings.redraw_fitness or settings.fresh_templates or final is not None,
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

    def _task(self, *key: int, **options: Any) -> Task:
        """The task of a stream of the seed."""
        gap = {} if self.settings.gap_ms is None else {"gap_ms": self.settings.gap_ms}
        options |= self.fold | gap
        return task_to_classify(self.settings, random_state=stream(self.seed, *key), **options)

    def fresh_judge(self, *key: int) -> Judge:
        """A judge with a task of another stream: new templates."""
        return Judge.of_task(self._task(*key), **self.reading)

    def _folds(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Of the samples that aren't for testing each group is left out in turn."""
        try:
            return self.task.folds("group", samples=self.task.training)
        except ValueError as error:
            raise InputError(f"--family: {error}") from error

    def _family(self, members: int, *key: int) -> Family:
        """Members of a stream of the seed, with few samples each, all of them to choose by."""
        few = "samples_per_class"
        options = {few: SAMPLES_PER_CLASS} if few in known_task(self.settings.task).quick else {}

        def member(number: int) -> Judge:
            task = self._task(*key, number, **options)
            judge = Judge.of_task(task, **self.reading)
            return replace(judge, train_samples=task.training, fitness_samples=task.test)

        return Family(member, members)

    def note(self, text: str) -> None:
        """Say what is going on."""
        note(f"{self.title}: {text}")

    def _judge_of(self, generation: int) -> Judge | Family:
        """The judge of a generation, which may have templates or a fitness split of its own."""
        judge = self.judge
        if self.settings.family and self.task.generated:
            return self._family(self.settings.family, Stream.MEMBERS, generation)
        if self.settings.fresh_templates:
            return self.fresh_judge(Stream.FRESH_TEMPLATES, generation)
        if self.settings.redraw_fitness:
            rng = generator(self.seed, Stream.REDRAWN_SPLITS, generation)
            train, fitness = np.split(rng.permutation(judge.training), [len(judge.train_samples)])
            return replace(judge, train_samples=train, fitness_samples=fitness)
        return judge
