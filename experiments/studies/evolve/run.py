"""What a run of the evolution has before anything is searched: task, judge, recipe, genomes.

A run is a pure function of its settings and its seed.
"""

from __future__ import annotations

import time
from dataclasses import replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from evolution import GAINS, RECIPES
from evolution.judge import Judge
from evolution.seeds import stream
from experiments.lab.errors import InputError
from experiments.lab.outside import known_task
from experiments.lab.progress import note, note_if_long
from experiments.lab.results import Results
from experiments.studies.evolve.settings import EvolveSettings
from lsm import SpikeTrains, simulate
from lsm.states import make_state
from tasks import Task, make_task


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
        self.space = space.with_reference(np.random.default_rng(stream(seed, Stream.REFERENCE)))
        try:
            self.task = self._task(stream(seed, Stream.TASK))
            self.judge = self._judge(self.task)
        except (ImportError, OSError, TypeError, ValueError) as error:
            raise InputError(str(error)) from error
        self.compile_seconds = 0.0
        if self.recipe.rate_Hz is not None:
            self.compile()
            genome = self.space.random(np.random.default_rng(stream(seed, Stream.CALIBRATION)))
            spikes = self.task.spikes[self.task.train]
            self.recipe = self.recipe.calibrated(spikes, genome=genome, dt_ms=settings.dt)

    def _task(self, seed: SeedSequence) -> Task:
        settings = self.settings
        options: dict[str, Any] = dict(self.fold)
        if settings.gap_ms is not None:
            options["gap_ms"] = settings.gap_ms
        if settings.resample:
            options["resample"] = True
        if settings.quick:
            options |= dict(known_task(settings.task).quick)
        return make_task(settings.task, random_state=seed, data=settings.data, **options)

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
        return self._judge(self._task(stream(self.seed, *key)))

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
        with note_if_long(f"{self.title}: compiling the liquid program"):
            simulate(self.recipe.reservoir(genome), silence, dt_ms=self.settings.dt)
        self.compile_seconds = time.perf_counter() - started

    def note(self, text: str) -> None:
        """Say what is going on."""
        note(f"{self.title}: {text}")
