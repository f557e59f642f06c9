"""Liquids that are drawn, evolved or trained, at equal numbers of network runs.

A sample that goes forward through a network is a run, one that goes backward another. Whatever the
way, a liquid is then frozen, and the same readout is fitted to its states: ridge regression on
traces of 20 ms in the recall, where a task has one, on three time bins elsewhere. These last runs,
of training and test samples, are the same for all and aren't counted.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from evolution import SearchResult
from evolution.liquids import evolve_liquids, random_liquids
from evolution.seeds import stream
from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Tick, Trial, named
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.processor import processor_seconds
from experiments.lab.progress import SearchBar
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.learn.judging import (
    SEARCH,
    TAU_MS,
    TRAINING,
    Setting,
    make_setting,
    svm_accuracy,
)
from experiments.studies.learn.problem import DT_MS, Problem, make_problem, predict
from experiments.studies.learn.rules import RUNS, make_rule
from experiments.studies.learn.settings import LearnSettings
from lsm import Reservoir
from lsm.learning import Adam, LeakyReadout, Network, Trainer
from lsm.metrics.statistics import spread
from lsm.neurons.linear import linear_step
from tasks import Task

_BATCH, _LEARNING_RATE = 64, 0.03
#: Of rules that have one of their own.
_LEARNING_RATES = {"perturb": 0.01}
#: Share of the training samples that says which weights are best.
_HELD_OUT = 0.2
ONE, HALF, SVM = "one drawn", "evolve, half", "SVM on 8 bins"
_FOLDS = 5


class Comparison(Experiment[LearnSettings]):
    """Ways by which liquids come about, beside each other."""

    kind = "learn, compare"

    def __init__(self, settings: LearnSettings) -> None:
        super().__init__(settings)
        assert settings.compare is not None
        self.rules = [way for way in settings.compare if way in RUNS]
        evolved = "evolve" in settings.compare
        self.ways = [ONE, *([HALF] if evolved and self.rules else []), *settings.compare]
        if evolved:
            self.ways += [_from_evolved(rule) for rule in self.rules]
        problem = make_problem(settings, settings.seed)
        if problem.targets.at_each_step:
            raise InputError(
                "--compare needs a task of one class a sample, which a judge can tell, got "
                f"{settings.task}"
            )
        self._problem: tuple[int, Problem] = settings.seed, problem
        self._folds = len(self._divided(problem.task, settings.seed))
        self._check(self._setting(settings.seed, 0))

    def trials(self) -> list[Trial]:
        """A trial for each seed, fold and way; what others need comes first."""
        return [
            Trial(seed, way, fold)
            for seed in self.settings.all_seeds
            for fold in range(self._folds)
            for way in [SVM, *self.ways]
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Make a liquid in one way, and test it."""
        setting = self._setting(trial.seed, trial.fold)
        if trial.name == SVM:
            return {"accuracy": svm_accuracy(setting), "runs": 0, "processor_seconds": 0.0}
        before = processor_seconds()
        liquid, record = self._made(setting, trial)
        record["processor_seconds"] += processor_seconds() - before
        if isinstance(liquid, Network):
            predicted = predict(liquid, setting.problem, setting.test)
            record["own_accuracy"] = float(
                np.mean(predicted == setting.problem.targets.values[setting.test])
            )
            liquid = liquid.reservoir
        (accuracy,) = setting.judge.test([liquid])
        return {"accuracy": float(accuracy), **record}

    def _made(self, setting: Setting, trial: Trial) -> tuple[Reservoir | Network, Record]:
        """A liquid made in one way, with its readout if it was trained; runs and time of others."""
        way, budget = trial.name, self.settings.runs or 0
        name = f"seed{trial.seed}-fold{trial.fold}"
        half = self._records.get((trial.seed, trial.fold, HALF), {})
        earlier = half.get("processor_seconds", 0.0)
        if way == ONE:
            return setting.start, {"runs": 0, "processor_seconds": 0.0}
        for rule in self.rules:
            checkpoint = self.results.path(f"{way}-{name}.npz")
            if way == rule:
                network, runs = self._trained(setting, rule, setting.start, budget, checkpoint)
                return network, {"runs": runs, "processor_seconds": 0.0}
            if way == _from_evolved(rule):
                start = Reservoir.load(self.results.folder / f"evolved-{name}.npz")
                left = budget - half["runs"]
                network, runs = self._trained(setting, rule, start, left, checkpoint)
                return network, {"runs": runs + half["runs"], "processor_seconds": earlier}
        result = self._searched(setting, way, budget // 2 if way == HALF else budget, name)
        reservoir = setting.recipe.reservoir(result.best)
        if way == HALF:
            reservoir.save(self.results.path(f"evolved-{name}.npz"))
        return reservoir, {
            "runs": result.evaluations * setting.runs_of_a_liquid,
            "processor_seconds": earlier if way == "evolve" else 0.0,
            "fitness": result.best_fitness,
        }

    def open_records(self) -> Any:
        """The records, which later ways of a fold look into."""
        self._records = super().open_records()
        return self._records

    def measured(self, trial: Trial, record: Record) -> str:
        """What a liquid came to."""
        return f"{trial.title}, fold {trial.fold}: accuracy {record['accuracy']:.3f}"

    def summarise(self, records: Done) -> Summary:
        """Accuracies by way, and all differences, paired by seed and fold."""
        ways, accuracies = {}, {}
        for way in (SVM, *self.ways):
            some = named(records, way)
            accuracies[way] = np.array([record["accuracy"] for record in some])
            ways[way] = spread(accuracies[way]) | {
                "values": accuracies[way].tolist(),
                "runs": float(np.mean([record["runs"] for record in some])),
                "processor_seconds": float(np.mean([r["processor_seconds"] for r in some])),
            }
            if own := [record["own_accuracy"] for record in some if "own_accuracy" in record]:
                ways[way]["own"] = spread(np.array(own))
        return {
            "task": self.settings.task,
            "seeds": list(self.settings.all_seeds),
            "folds": self._folds,
            "measures": ways,
            "differences": [
                {"way": way, "less": other, **spread(accuracies[way] - accuracies[other])}
                for other, way in combinations(ways, 2)
            ],
        }

    def _check(self, setting: Setting) -> None:
        """Refuse models that rules can't train, and too few runs."""
        if self.rules:
            try:
                linear_step(setting.start.model, dict(setting.start.parameters), DT_MS)
            except ValueError as error:
                raise InputError(f"--recipe {self.settings.recipe}: {error}") from error
        trained = setting.runs_of_a_liquid - round(_HELD_OUT * setting.runs_of_a_liquid)
        if (self.settings.batch or 0) > trained:
            raise InputError(
                f"--batch must not be above the {trained} samples that are trained on, got "
                f"{self.settings.batch}"
            )
        least = 2 * setting.runs_of_a_liquid * (self.settings.population or 1)
        if (self.settings.runs or 0) < least:
            raise InputError(
                f"--runs must be at least {least}, two generations of {self.settings.population} "
                f"liquids that hear {setting.runs_of_a_liquid} samples each, got "
                f"{self.settings.runs}"
            )

    def _divided(self, task: Task, seed: int) -> list[tuple[Any, Any]]:
        """Training and test samples of each fold."""
        if self.settings.split == "own":
            return [(task.training, task.test)]
        by = "group" if self.settings.split == "group" else None
        try:
            return task.folds(by, n_splits=_FOLDS, random_state=seed)
        except ValueError as error:
            raise InputError(f"--split {self.settings.split}: {error}") from error

    def _setting(self, seed: int, fold: int) -> Setting:
        if self._problem[0] != seed:
            self._problem = seed, make_problem(self.settings, seed)
        problem = self._problem[1]
        training, test = self._divided(problem.task, seed)[fold]
        own = stream(SeedSequence(seed), fold)
        return make_setting(self.settings, problem, training, test, own)

    def _searched(self, setting: Setting, way: str, runs: int, name: str) -> SearchResult:
        """Search with so many network runs; an evolution with half of them is the whole's start."""
        kind = "draw" if way == "draw" else "evolve"
        path = self.results.path(f"{kind}-{name}.npz")
        self.results.path(f"{path.name}.previous")
        evaluations = runs // setting.runs_of_a_liquid
        population = self.settings.population or 1
        with SearchBar(f"{name} {way}", evaluations // population, unit="generation") as bar:
            options: dict[str, Any] = {
                "random_state": stream(setting.seed, SEARCH),
                "checkpoint": path,
                "resume": path.exists(),
                "configuration": self.identity(),
                "callback": bar.show,
            }
            common = setting.recipe, setting.space, lambda _: setting.judge
            if kind == "draw":
                return random_liquids(*common, evaluations=evaluations, batch=population, **options)
            # No generation begins that might not end within these evaluations.
            options["evaluations"] = max(1, evaluations - population + 1)
            return evolve_liquids(
                *common, population=population, generations=evaluations, **options
            )

    def _trained(
        self, setting: Setting, rule: str, start: Reservoir, runs: int, checkpoint: Path
    ) -> tuple[Network, int]:
        """A network trained with so many runs, and how many they were."""
        problem, settings = setting.problem, self.settings
        samples = setting.judge.training
        held_out = round(_HELD_OUT * len(samples))
        batch = settings.batch or min(_BATCH, len(samples) - held_out)
        every = settings.validate_every
        each = RUNS[rule] * batch
        # The last iteration is followed by a look at what is held out, wherever it stands.
        iterations = max(1, int((runs - held_out) / (each + held_out / every)))
        trainer = Trainer(
            make_rule(rule, ""),
            Adam(settings.learning_rate or _LEARNING_RATES.get(rule, _LEARNING_RATE)),
            loss=problem.targets.loss,
            window_ms=problem.targets.window_ms,
            batch_size=batch,
            iterations=iterations,
            validation_fraction=_HELD_OUT,
            validate_every=every,
        )
        spikes = problem.task.spikes
        seed = int(stream(setting.seed, TRAINING).generate_state(1)[0])
        readout = LeakyReadout.random(
            problem.targets.n_outputs, start.n_neurons, tau_ms=TAU_MS, random_state=seed
        )
        trained = trainer.train(
            start,
            spikes[samples],
            problem.targets.values[samples],
            readout=readout,
            dt_ms=DT_MS,
            checkpoint=checkpoint,
            checkpoint_every=max(10, iterations // 50),
            random_state=seed,
            callback=lambda *_: raise_if_interrupted(),
            progress=True,
        )
        done = len(trained.curve.losses)
        return trained.network, each * done + held_out * len(trained.curve.validated)


def _from_evolved(rule: str) -> str:
    """What training from an evolved liquid is called."""
    return f"{rule} from evolved"
