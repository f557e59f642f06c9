"""The evolved liquid's experiment: one run, its controls, and many runs.

A run is a pure function of its settings and its seed. Whatever takes long leaves a checkpoint, so
that an interrupted run resumes to the result of an undisturbed one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from evolution import RECIPES, Checkpoint, Genome, SearchResult, evolve, random_search
from experiments.common.baselines import baselines
from experiments.common.liquids import Judge, ablations
from experiments.common.pictures import draw_run, draw_runs
from experiments.common.results import output_folder, versions, write_csv, write_json
from experiments.common.settings import QUICK_TASKS, Settings
from experiments.common.summaries import aggregate, report
from lsm import LSMClassifier, NoWiring, Reservoir, SpikeTrains, compilations, simulate
from lsm.states import make_state
from tasks import Task, make_task, speakers

# Independent streams of a run's seed.
_TASK, _EVOLUTION, _RANDOM, _BASELINES, _ABLATIONS, _NEW_TEMPLATES, _REDRAW, _REFERENCE = range(8)

# Each has a checkpoint.
_SEARCHES = ("evolution", "random_liquids", "random_search", "evolution_without_recurrence")


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
        self.space = space.with_reference(np.random.default_rng(_stream(seed, _REFERENCE)))
        self.judge = self._judge(self._task(_stream(seed, _TASK)))
        if settings.fresh_templates and not self.judge.task.generated:
            raise ValueError(
                f"--fresh-templates needs a task that is generated, got {settings.task}"
            )

    def result(self) -> dict[str, Any]:
        """Evolve, test, set beside the controls; write the folder; return the summary."""
        settings, judge = self.settings, self.judge
        started = time.perf_counter()
        if not settings.resume:
            self._set_aside()
        self._compile()
        compiled = time.perf_counter()
        found = self._evolve("evolution", self.recipe.reservoir)
        evolved = time.perf_counter()
        best = self.recipe.reservoir(found.best)
        classifier = LSMClassifier(
            best,
            state=judge.state,
            readout=settings.readout,
            dt_ms=settings.dt,
            n_jobs=settings.n_jobs,
        )
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
                "compile": compiled - started,
                "evolve": evolved - compiled,
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
        """Have the program ready, so that its cost is not taken for the evolution's."""
        n_channels = self.judge.task.spikes.n_channels
        silence = SpikeTrains.from_lists([[[]] * n_channels], duration_ms=2 * self.settings.dt)
        genome = self.space.random(np.random.default_rng(0))
        simulate(self.recipe.reservoir(genome), silence, dt_ms=self.settings.dt)

    def _evolve(self, name: str, reservoir: Callable[[Genome], Reservoir]) -> SearchResult:
        settings, judge = self.settings, self.judge

        def evaluate(genomes: list[Genome], generation: int) -> np.ndarray:
            reservoirs = [reservoir(genome) for genome in genomes]
            if settings.fresh_templates:
                task = self._task(_stream(self.seed, _NEW_TEMPLATES, generation))
                return self._judge(task).fitness(reservoirs)
            if settings.redraw_fitness:
                rng = np.random.default_rng(_stream(self.seed, _REDRAW, generation))
                shuffled = rng.permutation(judge.training)
                split = np.split(shuffled, [len(judge.task.train)])
                return judge.fitness(reservoirs, split=(split[0], split[1]))
            return judge.fitness(reservoirs)

        with self._bar(name, settings.generations + 1) as bar:
            return evolve(
                self.space,
                evaluate,
                random_state=_stream(self.seed, _EVOLUTION),
                population=settings.population,
                generations=settings.generations,
                operators=self.recipe.operators,
                reevaluate=settings.redraw_fitness or settings.fresh_templates,
                callback=_show(bar),
                **self._checkpoint(name),
            )

    def _random_search(self, name: str, evaluations: int) -> SearchResult:
        batch = self.settings.population

        def evaluate(genomes: list[Genome], _: int) -> np.ndarray:
            return self.judge.fitness([self.recipe.reservoir(genome) for genome in genomes])

        with self._bar(name, -(-evaluations // batch)) as bar:
            return random_search(
                self.space,
                evaluate,
                evaluations=evaluations,
                random_state=_stream(self.seed, _EVOLUTION),
                batch=batch,
                callback=_show(bar),
                **self._checkpoint(name),
            )

    def _baselines(self, best: Reservoir) -> dict[str, Any]:
        """Accuracies without a liquid, of random liquids, and without recurrence."""
        judge, settings = self.judge, self.settings
        n_features = settings.neurons * judge.state.rows
        with threadpool_limits(1):
            without = baselines(
                judge.task,
                n_features=n_features,
                random_state=_stream(self.seed, _BASELINES),
            )
        strongest = without.pop("best_without_liquid")
        by_readout = {name: value for name, value in without.items() if isinstance(value, dict)}
        flat = {
            name: max(value.values()) if name in by_readout else value
            for name, value in without.items()
        }
        drawn = self._random_search("random_liquids", settings.population)
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
            "best_without_liquid": f"{strongest['name']}, {strongest['readout']}",
        }

    def _full_controls(self, best: Reservoir, found: SearchResult) -> dict[str, Any]:
        """Searches of equal budget, new templates, ablations."""
        judge = self.judge
        searched = self._random_search("random_search", found.evaluations)

        def uncoupled(genome: Genome) -> Reservoir:
            return self.recipe.reservoir(genome).replace(wiring=NoWiring())

        alone = self._evolve("evolution_without_recurrence", uncoupled)
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
                judge, best, rng=np.random.default_rng(_stream(self.seed, _ABLATIONS))
            ),
        }
        if judge.task.generated:
            # Another seed is other templates: what the liquid is worth for the family of tasks.
            other = self._judge(self._task(_stream(self.seed, _TASK, 1)))
            rng = np.random.default_rng(_stream(self.seed, _RANDOM, 1))
            drawn = [self.recipe.reservoir(self.space.random(rng)) for _ in range(20)]
            controls["new_templates"] = {
                "evolved": float(other.test([best])[0]),
                "random_search_best": float(other.test([self.recipe.reservoir(searched.best)])[0]),
                "random_mean": float(other.test(drawn).mean()),
            }
        return controls

    def _set_aside(self) -> None:
        """Rename what an earlier run left, or --resume would take it for this one's."""
        done = self.folder / "summary.json"
        if done.exists():
            done.replace(f"{done}.old")
        for name in _SEARCHES:
            Checkpoint(self.folder / f"{name}.npz", {}).set_aside()

    def _bar(self, name: str, total: int) -> tqdm:
        return tqdm(total=total, desc=f"{self.title} {name.replace('_', ' ')}", unit="generation")

    def _checkpoint(self, name: str) -> dict[str, Any]:
        ignored = {"generations", "controls"}
        identity = self.settings.identity() | self.fold
        return {
            "checkpoint": self.folder / f"{name}.npz",
            "resume": self.settings.resume and any(self.folder.glob(f"{name}.npz*")),
            "configuration": {k: v for k, v in identity.items() if k not in ignored}
            | {"recipe": self.recipe.describe()},
        }


def run_all(settings: Settings) -> dict[str, Any]:
    """Run every repetition (or fold), write the summary of all, and return it."""
    folder = output_folder(settings.out)
    started = time.perf_counter()
    seeds = [_stream(SeedSequence(settings.seed), run) for run in range(settings.runs)]
    work = [(seed, fold) for seed in seeds for fold in _folds(settings)]
    if len(work) == 1:
        summary = _run_once(settings, *work[0], folder, "")
    else:
        summaries = []
        for number, (seed, fold) in enumerate(work):
            at = output_folder(folder / f"run-{number:02d}")
            title = f"run {number + 1}/{len(work)}"
            summaries.append(_run_once(settings, seed, fold, at, title))
        summary = aggregate(summaries) | {
            "compilations": compilations(),
            "seconds": {"total": time.perf_counter() - started},
            "versions": versions(),
            "settings": settings.identity() | {"runs": settings.runs},
        }
        best = int(np.argmax([one["fitness"] for one in summaries]))
        Reservoir.load(folder / f"run-{best:02d}" / "best.npz").save(folder / "best.npz")
        draw_runs(folder, summaries)
        write_json(folder / "summary.json", summary)
    print(report(summary), flush=True)
    return summary


def _run_once(
    settings: Settings, seed: SeedSequence, fold: dict[str, Any], folder: Path, title: str
) -> dict[str, Any]:
    done = folder / "summary.json"
    if settings.resume and done.exists():
        summary: dict[str, Any] = json.loads(done.read_text())
        mine, theirs = settings.identity(), summary["settings"]
        if different := [name for name in mine | theirs if mine.get(name) != theirs.get(name)]:
            raise ValueError(
                f"--resume: {done} is of another run: {different[0]} was "
                f"{theirs.get(different[0])!r}, now {mine.get(different[0])!r}"
            )
        return summary
    return Run(settings, seed, fold, folder, title).result()


def _stream(seed: SeedSequence, *key: int) -> SeedSequence:
    # By key, not by spawn(), which counts its calls.
    return SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *key))


def _show(bar: tqdm) -> Callable[[dict[str, Any]], None]:
    def show(row: dict[str, Any]) -> None:
        bar.set_postfix(best=f"{row['best']:.4f}", mean=f"{row['mean']:.4f}", refresh=False)
        bar.update(row["generation"] + 1 - bar.n)

    return show


def _folds(settings: Settings) -> list[dict[str, Any]]:
    """Options of the task, one for each part that is held out in turn."""
    if settings.split == "speaker":
        return [{"speaker": name} for name in speakers(settings.data)]
    return [{}]
