"""One run of the evolution: the liquid is evolved, tested, and set beside its controls."""

from __future__ import annotations

import shutil
import time

import numpy as np
from threadpoolctl import threadpool_limits

from evolution import Family, ParetoResult, SearchResult
from evolution.ablations import ablations
from evolution.seeds import generator, stream
from experiments.lab.page.tested import write_tested
from experiments.lab.results import versions
from experiments.lab.study import Summary
from experiments.studies.evolve.figures import figures_of
from experiments.studies.evolve.run import Run, Stream
from lsm import LSMClassifier, NoWiring, Reservoir, compilations
from lsm.simulation.cache import compilation_seconds
from tasks.baselines import baselines

#: Options that a summary says by their names.
SHARED = ("task", "neurons", "encode", "seed", "state", "readout", "recipe")


def evolve(run: Run) -> Summary:
    """Evolve, test, set beside the controls; write the folder; return the summary."""
    settings, task, test = run.settings, run.task, run.task.test
    started, compiled = time.perf_counter(), compilation_seconds()
    evolved = run.searches.evolution()
    compiling = compilation_seconds() - compiled
    seconds = {"compile": compiling, "evolve": time.perf_counter() - started - compiling}
    best = run.recipe.reservoir(evolved.best)
    classifier = LSMClassifier(best, **run.reading)
    run.note("testing")
    with threadpool_limits(1):
        classifier.fit(task.spikes[task.training], task.labels[task.training])
        accuracy = classifier.score(task.spikes[test], task.labels[test])
    if isinstance(run.tester, Family):
        (accuracy,) = run.tester.test([best])
    write_tested(run.results.path("tested.npz"), classifier, task, test, task.spikes[test])
    summary = run.fold | {name: getattr(settings, name) for name in SHARED}
    summary |= {
        "dt_ms": settings.dt,
        "generations": int(evolved.logbook[-1]["generation"]),
        "evaluations": evolved.evaluations,
        "fitness": evolved.best_fitness,
        "test_accuracy": float(accuracy),
        "controls": {},
    }
    if settings.controls != "none":
        summary |= simple_controls(run, best)
    if settings.controls == "full":
        summary["controls"] = full_controls(run, best, evolved)
    best.save(run.results.path("best.npz"))
    run.results.csv("logbook.csv", evolved.logbook)
    if isinstance(evolved, ParetoResult):
        summary["pareto"] = write_front(run, evolved)
    for name, figure in figures_of(run, best, evolved).items():
        run.results.figure(name, figure, settings.pictures)
    return summary | {
        "compilations": compilations(),
        "seconds": seconds | {"total": time.perf_counter() - started},
        "versions": versions(),
        "settings": settings.identity(),
    }


def simple_controls(run: Run, best: Reservoir) -> Summary:
    """Accuracies without a liquid, of random liquids, and without recurrence."""
    judge = run.judge
    run.note("baselines without a liquid")
    with threadpool_limits(1):
        without = baselines(
            run.task,
            n_features=judge.n_features(best),
            random_state=stream(run.seed, Stream.BASELINES),
        )
    strongest = without.pop("best_without_liquid")
    by_readout = {name: value for name, value in without.items() if isinstance(value, dict)}
    highest = {name: max(values.values()) for name, values in by_readout.items()}
    drawn = run.searches.random("random_liquids", run.settings.population)
    run.note("testing")
    tested = run.tester.test([run.recipe.reservoir(genome) for genome in drawn.population])
    return {
        "baselines": without
        | highest
        | {
            "best_without_liquid": strongest["accuracy"],
            "random_mean": float(tested.mean()),
            # The best by fitness, then tested: what choosing among random liquids gives.
            "random_best": float(tested[int(np.argmax(drawn.fitnesses))]),
            "no_recurrence": float(run.tester.test([best.replace(wiring=NoWiring())])[0]),
        },
        "baselines_by_readout": by_readout,
        "best_without_liquid": ", ".join(filter(None, [strongest["name"], strongest["readout"]])),
    }


def full_controls(run: Run, best: Reservoir, evolved: SearchResult) -> Summary:
    """Searches of equal budget, new templates, ablations."""
    searches = run.searches.of_equal_budget(evolved)
    controls: Summary = {
        name: {
            "fitness": search.best_fitness,
            "test_accuracy": float(run.tester.test([reservoir])[0]),
            "evaluations": search.evaluations,
        }
        for name, (search, reservoir) in searches.items()
    }
    run.note("ablations")
    controls["ablations"] = ablations(run.tester, best, rng=generator(run.seed, Stream.ABLATIONS))
    if run.task.generated and not run.settings.family:
        run.note("testing on new templates")
        # Another seed is other templates: what the liquid is worth for the family of tasks.
        other = run.fresh_judge(Stream.TASK, 1)
        rng = generator(run.seed, Stream.RANDOM_LIQUIDS, 1)
        drawn = [run.recipe.reservoir(run.space.random(rng)) for _ in range(20)]
        controls["new_templates"] = {
            "evolved": float(other.test([best])[0]),
            "random_search_best": float(other.test([searches["random_search"][1]])[0]),
            "random_mean": float(other.test(drawn).mean()),
        }
    return controls


def write_front(run: Run, evolved: ParetoResult) -> list[Summary]:
    """Write ``pareto.csv`` and every reservoir of the front as ``pareto/NN.npz``.

    Returns
    -------
    list of dict
        The file of each member and its values of the aims, the most accurate first.
    """
    members = run.results.path("pareto")
    shutil.rmtree(members, ignore_errors=True)  # of a run that was broken off
    members.mkdir()
    rows: list[Summary] = []
    for number, i in enumerate(evolved.front):
        file = members / f"{number:02d}.npz"
        run.recipe.reservoir(evolved.population[i]).save(file)
        values = dict(zip(run.settings.aims, evolved.fitnesses[i].tolist(), strict=True))
        rows.append({"file": f"{members.name}/{file.name}", **values})
    run.results.csv("pareto.csv", rows)
    return rows
