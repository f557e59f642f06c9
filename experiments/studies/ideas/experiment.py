"""A trial is a question with a seed; each of its methods gives a number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from experiments.lab.experiment import Done, Experiment, Tick, Trial, gathered, named
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.ideas import IdeasSettings
from experiments.studies.ideas.complexity import with_complexity
from experiments.studies.ideas.inhibition import with_predictive_inhibition
from experiments.studies.ideas.memories import braille_memories, series_memories
from experiments.studies.ideas.position import positions
from lsm.metrics.statistics import effect, spread

#: What each idea asks: a function of the settings and a seed.
QUESTIONS: dict[str, dict[str, Callable[[IdeasSettings, int], dict[str, float]]]] = {
    "legendre": {"Braille": braille_memories},
    "forecast": {name: partial(series_memories, name) for name in ("NARMA10", "MackeyGlass")},
    "complexity": {name: partial(with_complexity, name) for name in ("Braille", "TPR4")},
    "inhibition": {name: partial(with_predictive_inhibition, name) for name in ("Braille", "TPR4")},
    "path": {"Path": positions},
}


class Ideas(Experiment[IdeasSettings]):
    """Numbers of the methods of an idea, by task and seed."""

    def trials(self) -> list[Trial]:
        """Tasks within seeds."""
        return self.repeated(QUESTIONS[self.settings.idea])

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """The number of each method, that of the idea first."""
        measure = QUESTIONS[self.settings.idea][trial.name]
        return {"methods": measure(self.settings, trial.seed)}

    def summarise(self, records: Done) -> Summary:
        """Each method over seeds, and how much the idea is above it, paired by seed."""
        tasks = {}
        for task in QUESTIONS[self.settings.idea]:
            values = gathered([record["methods"] for record in named(records, task)])
            idea = next(iter(values.values()))
            tasks[task] = {
                name: spread(each) | {"idea_less_it": effect(idea - each).plain()}
                for name, each in values.items()
            }
        return {"tasks": tasks}
