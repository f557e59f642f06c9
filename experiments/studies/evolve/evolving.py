"""The evolved liquid's experiment: one run and its controls.

A run is a pure function of its settings and its seed. Whatever takes long leaves a checkpoint, so
that an interrupted run resumes to the result of an undisturbed one.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from threadpoolctl import threadpool_limits

from evolution import GAINS, RECIPES, ParetoResult, SearchResult
from evolution.judge import Judge
from evolution.seeds import stream
from experiments.lab.errors import InputError
from experiments.lab.outside import known_task
from experiments.lab.page.tested import write_tested
from experiments.lab.progress import note, note_if_long
from experiments.lab.results import Results, versions
from experiments.studies.evolve.controls import full_controls, simple_controls
from experiments.studies.evolve.figures import plot_fitness, plot_in_space, plot_sample
from experiments.studies.evolve.pareto import plot_front, write_front
from experiments.studies.evolve.searches import Searches, Stream
from experiments.studies.evolve.settings import EvolveSettings
from lsm import LSMClassifier, Reservoir, SpikeTrains, compilations, record, simulate
from lsm.states import make_state
from tasks import Task, make_task


class Run:
    """One liquid evolved on one task with one seed, and its controls."""

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
        self.searches = Searches(self)

    def result(self) -> dict[str, Any]:
        """Evolve, test, set beside the controls; write the folder; return the summary."""
        settings, task = self.settings, self.task
        started = time.perf_counter()
        found = self.searches.evolution()
        self.compile()
        evolved = time.perf_counter()
        best = self.recipe.reservoir(found.best)
        classifier = LSMClassifier(
            best,
            state=self.judge.state,
            readout=settings.readout,
            dt_ms=settings.dt,
            n_jobs=settings.n_jobs,
        )
        self.note("testing")
        test, training = task.test, task.training
        with threadpool_limits(1):
            classifier.fit(task.spikes[training], task.labels[training])
            accuracy = classifier.score(task.spikes[test], task.labels[test])
        at = self.results.path("tested.npz")
        write_tested(at, classifier, task, test, task.spikes[test])
        summary = {
            "task": settings.task,
            **self.fold,
            "neurons": settings.neurons,
            "encode": settings.encode,
            "seed": settings.seed,
            "dt_ms": settings.dt,
            "state": settings.state,
            "readout": settings.readout,
            "recipe": settings.recipe,
            "generations": int(found.logbook[-1]["generation"]),
            "evaluations": found.evaluations,
            "fitness": found.best_fitness,
            "test_accuracy": float(accuracy),
        }
        if settings.controls != "none":
            summary |= simple_controls(self, best)
        summary["controls"] = (
            full_controls(self, best, found) if settings.controls == "full" else {}
        )
        best.save(self.results.path("best.npz"))
        self.results.csv("logbook.csv", found.logbook)
        if isinstance(found, ParetoResult):
            summary["pareto"] = write_front(self.results, self.recipe, found, settings.aims)
        self._draw(best, found)
        summary |= {
            "compilations": compilations(),
            "seconds": {
                "compile": self.compile_seconds,
                "evolve": evolved - started - self.compile_seconds,
                "total": time.perf_counter() - started,
            },
            "versions": versions(),
            "settings": settings.identity(),
        }
        self.results.json("summary.json", summary)
        return summary

    def _draw(self, best: Reservoir, found: SearchResult) -> None:
        """Pictures of the evolution and of what came out."""
        recording = record(best, self.task.spikes[int(self.task.test[0])], dt_ms=self.settings.dt)
        figures = {
            "fitness": plot_fitness(self.task, best, found.logbook),
            "raster": plot_sample(self.task, best, recording),
            "liquid": plot_in_space(self.task, best, recording),
        }
        if isinstance(found, ParetoResult):
            figures["pareto"] = plot_front(self.task.name, found, self.settings.aims)
        for name, figure in figures.items():
            self.results.figure(name, figure, self.settings.pictures)

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
