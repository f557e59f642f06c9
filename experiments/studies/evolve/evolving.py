"""One run of the evolution: the liquid is evolved, tested, and set beside its controls.

Whatever takes long leaves a checkpoint, so that an interrupted run resumes to the result of an
undisturbed one.
"""

from __future__ import annotations

import time
from typing import Any

from threadpoolctl import threadpool_limits

from evolution import ParetoResult, SearchResult
from experiments.lab.page.tested import write_tested
from experiments.lab.results import versions
from experiments.studies.evolve.controls import full_controls, simple_controls
from experiments.studies.evolve.figures import plot_fitness, plot_in_space, plot_sample
from experiments.studies.evolve.pareto import plot_front, write_front
from experiments.studies.evolve.run import Run
from experiments.studies.evolve.searches import Searches
from lsm import LSMClassifier, Reservoir, compilations, record


def evolve(run: Run) -> dict[str, Any]:
    """Evolve, test, set beside the controls; write the folder; return the summary."""
    settings, task = run.settings, run.task
    started, searches = time.perf_counter(), Searches(run)
    found = searches.evolution()
    run.compile()
    evolved = time.perf_counter()
    best = run.recipe.reservoir(found.best)
    classifier = LSMClassifier(
        best,
        state=run.judge.state,
        readout=settings.readout,
        dt_ms=settings.dt,
        n_jobs=settings.n_jobs,
    )
    run.note("testing")
    test, training = task.test, task.training
    with threadpool_limits(1):
        classifier.fit(task.spikes[training], task.labels[training])
        accuracy = classifier.score(task.spikes[test], task.labels[test])
    at = run.results.path("tested.npz")
    write_tested(at, classifier, task, test, task.spikes[test])
    summary = {
        "task": settings.task,
        **run.fold,
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
        summary |= simple_controls(run, searches, best)
    summary["controls"] = (
        full_controls(run, searches, best, found) if settings.controls == "full" else {}
    )
    best.save(run.results.path("best.npz"))
    run.results.csv("logbook.csv", found.logbook)
    if isinstance(found, ParetoResult):
        summary["pareto"] = write_front(run.results, run.recipe, found, settings.aims)
    draw(run, best, found)
    summary |= {
        "compilations": compilations(),
        "seconds": {
            "compile": run.compile_seconds,
            "evolve": evolved - started - run.compile_seconds,
            "total": time.perf_counter() - started,
        },
        "versions": versions(),
        "settings": settings.identity(),
    }
    run.results.json("summary.json", summary)
    return summary


def draw(run: Run, best: Reservoir, evolved: SearchResult) -> None:
    """Pictures of the evolution and of what came out."""
    recording = record(best, run.task.spikes[int(run.task.test[0])], dt_ms=run.settings.dt)
    figures = {
        "fitness": plot_fitness(run.task, best, evolved.logbook),
        "raster": plot_sample(run.task, best, recording),
        "liquid": plot_in_space(run.task, best, recording),
    }
    if isinstance(evolved, ParetoResult):
        figures["pareto"] = plot_front(run.task.name, evolved, run.settings.aims)
    for name, figure in figures.items():
        run.results.figure(name, figure, run.settings.pictures)
