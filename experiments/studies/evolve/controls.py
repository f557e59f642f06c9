"""What an evolved liquid stands beside: baselines, other searches, and itself without its parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from evolution import SearchResult
from evolution.ablations import ablations
from evolution.seeds import stream
from experiments.studies.evolve.run import Run, Stream
from experiments.studies.evolve.searches import Searches
from lsm import NoWiring, Reservoir
from tasks.baselines import baselines


def simple_controls(run: Run, searches: Searches, best: Reservoir) -> dict[str, Any]:
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
    named = ", ".join(filter(None, [strongest["name"], strongest["readout"]]))
    by_readout = {name: value for name, value in without.items() if isinstance(value, dict)}
    flat = {
        name: max(value.values()) if name in by_readout else value
        for name, value in without.items()
    }
    drawn = searches.random("random_liquids", run.settings.population)
    run.note("testing")
    tested = judge.test([run.recipe.reservoir(genome) for genome in drawn.population])
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


def full_controls(
    run: Run, searches: Searches, best: Reservoir, found: SearchResult
) -> dict[str, Any]:
    """Searches of equal budget, new templates, ablations."""
    judge = run.judge
    searched = searches.random("random_search", found.evaluations)
    best_drawn = run.recipe.reservoir(searched.best)
    tuned, with_gains = searches.gains("cma_gains", found.evaluations)
    # Over equal generations the budgets are about equal; one that stopped early sets the limit.
    early = len(found.logbook) <= run.settings.generations
    alone, uncoupled = searches.without_recurrence(evaluations=found.evaluations if early else None)

    def outcome(search: SearchResult, reservoir: Reservoir) -> dict[str, Any]:
        return {
            "fitness": search.best_fitness,
            "test_accuracy": float(judge.test([reservoir])[0]),
            "evaluations": search.evaluations,
        }

    run.note("ablations")
    controls: dict[str, Any] = {
        "random_search": outcome(searched, best_drawn),
        "cma_gains": outcome(tuned, with_gains(tuned.best)),
        "evolution_without_recurrence": outcome(alone, uncoupled(alone.best)),
        "ablations": ablations(
            judge, best, rng=np.random.default_rng(stream(run.seed, Stream.ABLATIONS))
        ),
    }
    if run.task.generated:
        run.note("testing on new templates")
        # Another seed is other templates: what the liquid is worth for the family of tasks.
        other = run.fresh_judge(Stream.TASK, 1)
        rng = np.random.default_rng(stream(run.seed, Stream.RANDOM_LIQUIDS, 1))
        drawn = [run.recipe.reservoir(run.space.random(rng)) for _ in range(20)]
        controls["new_templates"] = {
            "evolved": float(other.test([best])[0]),
            "random_search_best": float(other.test([best_drawn])[0]),
            "random_mean": float(other.test(drawn).mean()),
        }
    return controls
