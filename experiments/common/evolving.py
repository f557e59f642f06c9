"""The evolved liquid's experiment: one run and its controls.

A run is a pure function of its settings and its seed. Whatever takes long leaves a checkpoint, so
that an interrupted run resumes to the result of an undisturbed one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from threadpoolctl import threadpool_limits

from evolution import RECIPES, Genome, SearchResult, evolve, random_search
from experiments.common.baselines import baselines
from experiments.common.liquids import Judge, ablations
from experiments.common.pictures import draw_run
from experiments.common.progress import SearchBar, note, note_if_long
from experiments.common.results import versions, write_csv, write_json
from experiments.common.settings import QUICK_TASKS, InputError, Settings
from lsm import LSMClassifier, NoWiring, Reservoir, SpikeTrains, compilations, simulate
from lsm.states import make_state
from tasks import Task, make_task

# Independent streams of a run's seed. All searches share one: `evolve` and `random_search` draw
# from streams of their own below it.
(
    _TASK,
    _SEARCH,
    _RANDOM_LIQUIDS,
    _BASELINES,
    _ABLATIONS,
    _FRESH_TEMPLATES,
    _REDRAWN_SPLITS,
    _REFERENCE,
    _CALIBRATION,
) = range(9)


class Run:
    """One liquid evolved on one task with one seed, and its controls."""

    def __init__(
        self, settings: Settings, seed: SeedSequence, fold: dict[str, Any], folder: Path, title: str
    ) -> None:
        self.settings, self.seed, self.fold, self.folder = settings, seed, fold, folder
        self.title = f"{settings.task} {title}".strip()
        self.recipe = RECIPES[settings.recipe]
        space = self.recipe.space(settings.neurons, encode=settings.encode)
        # What doesn't evolve is the same in every search and in every random liquid.
        self.space = space.with_reference(np.random.default_rng(stream(seed, _REFERENCE)))
        try:
            self.judge = self._judge(self._task(stream(seed, _TASK)))
        except (ImportError, OSError, TypeError, ValueError) as error:
            raise InputError(str(error)) from error
        self.compile_seconds = 0.0
        if self.recipe.rate_Hz is not None:
            self._compile()
            genome = self.space.random(np.random.default_rng(stream(seed, _CALIBRATION)))
            heard = self.judge.task.spikes[self.judge.task.train]
            self.recipe = self.recipe.calibrated(heard, genome=genome, dt_ms=settings.dt)

    def result(self) -> dict[str, Any]:
        """Evolve, test, set beside the controls; write the folder; return the summary."""
        settings, judge = self.settings, self.judge
        started = time.perf_counter()
        found = self._evolve("evolution", self.recipe.reservoir)
        self._compile()
        evolved = time.perf_counter()
        best = self.recipe.reservoir(found.best)
        classifier = LSMClassifier(
            best,
            state=judge.state,
            readout=settings.readout,
            dt_ms=settings.dt,
            n_jobs=settings.n_jobs,
        )
        self._note("testing")
        test, training = judge.task.test, judge.training
        with threadpool_limits(1):
            classifier.fit(judge.task.spikes[training], judge.task.labels[training])
            accuracy = classifier.score(judge.task.spikes[test], judge.task.labels[test])
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
            summary |= self._baselines(best)
        summary["controls"] = (
            self._full_controls(best, found) if settings.controls == "full" else {}
        )
        best.save(self.folder / "best.npz")
        write_csv(self.folder / "logbook.csv", found.logbook)
        draw_run(self.folder, judge.task, best, found.logbook, settings.dt)
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
        write_json(self.folder / "summary.json", summary)
        return summary

    def _task(self, seed: SeedSequence) -> Task:
        settings = self.settings
        options: dict[str, Any] = dict(self.fold)
        if settings.gap_ms is not None:
            options["gap_ms"] = settings.gap_ms
        if settings.quick:
            options |= QUICK_TASKS.get(settings.task, {"samples_per_class": 60})
        return make_task(settings.task, random_state=seed, data=settings.data, **options)

    def _judge(self, task: Task) -> Judge:
        settings = self.settings
        state = make_state(settings.state)
        return Judge(task, state, settings.readout, settings.dt, settings.n_jobs)

    def _compile(self) -> None:
        """Have the program ready, so that its cost is not taken for the evolution's.

        Called once there is something to evaluate: a checkpoint may refuse the run before.
        """
        if self.compile_seconds:
            return
        started = time.perf_counter()
        n_channels = self.judge.task.spikes.n_channels
        silence = SpikeTrains.from_lists([[[]] * n_channels], duration_ms=2 * self.settings.dt)
        genome = self.space.random(np.random.default_rng(0))
        with note_if_long(f"{self.title}: compiling the liquid program"):
            simulate(self.recipe.reservoir(genome), silence, dt_ms=self.settings.dt)
        self.compile_seconds = time.perf_counter() - started

    def _evolve(
        self,
        name: str,
        reservoir: Callable[[Genome], Reservoir],
        *,
        evaluations: int | None = None,
    ) -> SearchResult:
        settings, judge = self.settings, self.judge

        def evaluate(genomes: list[Genome], generation: int) -> np.ndarray:
            self._compile()
            bar.start(generation)
            reservoirs = [reservoir(genome) for genome in genomes]
            if settings.fresh_templates:
                task = self._task(stream(self.seed, _FRESH_TEMPLATES, generation))
                return self._judge(task).fitness(reservoirs)
            if settings.redraw_fitness:
                rng = np.random.default_rng(stream(self.seed, _REDRAWN_SPLITS, generation))
                shuffled = rng.permutation(judge.training)
                split = np.split(shuffled, [len(judge.task.train)])
                return judge.fitness(reservoirs, split=(split[0], split[1]))
            return judge.fitness(reservoirs)

        with self._bar(name, settings.generations + 1, "generation") as bar:
            return evolve(
                self.space,
                evaluate,
                random_state=stream(self.seed, _SEARCH),
                population=settings.population,
                generations=settings.generations,
                operators=self.recipe.operators,
                evaluations=evaluations,
                reevaluate=settings.redraw_fitness or settings.fresh_templates,
                callback=bar.show,
                **self._checkpoint(name),
            )

    def _random_search(self, name: str, evaluations: int) -> SearchResult:
        batch = self.settings.population

        def evaluate(genomes: list[Genome], number: int) -> np.ndarray:
            bar.start(number)
            return self.judge.fitness([self.recipe.reservoir(genome) for genome in genomes])

        with self._bar(name, -(-evaluations // batch), "batch") as bar:
            return random_search(
                self.space,
                evaluate,
                evaluations=evaluations,
                random_state=stream(self.seed, _SEARCH),
                batch=batch,
                callback=bar.show,
                **self._checkpoint(name),
            )

    def _baselines(self, best: Reservoir) -> dict[str, Any]:
        """Accuracies without a liquid, of random liquids, and without recurrence."""
        judge, settings = self.judge, self.settings
        self._note("baselines without a liquid")
        with threadpool_limits(1):
            without = baselines(
                judge.task,
                n_features=judge.n_features(best),
                random_state=stream(self.seed, _BASELINES),
            )
        strongest = without.pop("best_without_liquid")
        named = ", ".join(filter(None, [strongest["name"], strongest["readout"]]))
        by_readout = {name: value for name, value in without.items() if isinstance(value, dict)}
        flat = {
            name: max(value.values()) if name in by_readout else value
            for name, value in without.items()
        }
        drawn = self._random_search("random_liquids", settings.population)
        self._note("testing")
        random_liquids = [self.recipe.reservoir(genome) for genome in drawn.population]
        tested = judge.test(random_liquids)
        flat |= {
            "best_without_liquid": strongest["accuracy"],
            "random_mean": float(tested.mean()),
            # The best by fitness, then tested: what choosing among random liquids gives.
            "random_best": float(tested[int(np.argmax(drawn.fitnesses))]),
            "no_recurrence": float(judge.test([best.replace(wiring=NoWiring())])[0]),
        }
        return {
            "baselines": flat,
            "baselines_by_readout": by_readout,
            "best_without_liquid": named,
        }

    def _full_controls(self, best: Reservoir, found: SearchResult) -> dict[str, Any]:
        """Searches of equal budget, new templates, ablations."""
        judge = self.judge
        searched = self._random_search("random_search", found.evaluations)

        def uncoupled(genome: Genome) -> Reservoir:
            return self.recipe.reservoir(genome).replace(wiring=NoWiring())

        # Over equal generations the budgets are about equal; one that stopped early sets the limit.
        early = len(found.logbook) <= self.settings.generations
        alone = self._evolve(
            "evolution_without_recurrence",
            uncoupled,
            evaluations=found.evaluations if early else None,
        )
        self._note("ablations")
        controls: dict[str, Any] = {
            "random_search": {
                "fitness": searched.best_fitness,
                "test_accuracy": float(judge.test([self.recipe.reservoir(searched.best)])[0]),
                "evaluations": searched.evaluations,
            },
            "evolution_without_recurrence": {
                "fitness": alone.best_fitness,
                "test_accuracy": float(judge.test([uncoupled(alone.best)])[0]),
                "evaluations": alone.evaluations,
            },
            "ablations": ablations(
                judge, best, rng=np.random.default_rng(stream(self.seed, _ABLATIONS))
            ),
        }
        if judge.task.generated:
            self._note("testing on new templates")
            # Another seed is other templates: what the liquid is worth for the family of tasks.
            other = self._judge(self._task(stream(self.seed, _TASK, 1)))
            rng = np.random.default_rng(stream(self.seed, _RANDOM_LIQUIDS, 1))
            drawn = [self.recipe.reservoir(self.space.random(rng)) for _ in range(20)]
            controls["new_templates"] = {
                "evolved": float(other.test([best])[0]),
                "random_search_best": float(other.test([self.recipe.reservoir(searched.best)])[0]),
                "random_mean": float(other.test(drawn).mean()),
            }
        return controls

    def _bar(self, name: str, total: int, unit: str) -> SearchBar:
        return SearchBar(f"{self.title} {name.replace('_', ' ')}", total, unit=unit)

    def _note(self, text: str) -> None:
        note(f"{self.title}: {text}")

    def _checkpoint(self, name: str) -> dict[str, Any]:
        files = [self.folder / f"{name}.npz", self.folder / f"{name}.npz.previous"]
        ignored = {"generations", "controls"}
        identity = self.settings.identity() | self.fold
        return {
            "checkpoint": files[0],
            "resume": self.settings.resume and any(file.exists() for file in files),
            "configuration": {k: v for k, v in identity.items() if k not in ignored}
            | {"recipe": self.recipe.describe()},
        }


def stream(seed: SeedSequence, *key: int) -> SeedSequence:
    # By key, not by spawn(), which counts its calls.
    return SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *key))
