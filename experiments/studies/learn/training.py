"""A trial is a training: of a rule, or of a control, with the network and samples of a seed."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, named
from experiments.lab.processor import processor_seconds
from experiments.lab.records import Record, Records
from experiments.lab.study import Summary
from experiments.studies.learn import figures
from experiments.studies.learn.networks import (
    CLASSES,
    LEARNING_RATES,
    OPTIMIZERS,
    RATE_STRENGTH,
    RATE_TARGET_HZ,
    VALUES,
)
from experiments.studies.learn.problem import DT_MS, Problem, make_problem, predict
from experiments.studies.learn.rules import RUNS, make_rule
from experiments.studies.learn.sample import read_sample, write_sample
from experiments.studies.learn.settings import RULES, LearnSettings
from lsm.learning import Devices, Network, Trained, Trainer, evaluate
from lsm.learning.eprop import Rule
from lsm.metrics.statistics import effect, mean_and_interval

#: Held-out samples that say when to stop, at most, and the share of them that is held out.
HELD_OUT, HELD_OUT_SHARE = 512, 0.2
#: Test samples by which it is shown what a network knows while it learns.
SHOWN = 128
#: Iterations from one checkpoint to the next.
CHECKPOINT_EVERY = 10


class Training(Experiment[LearnSettings]):
    """A rule and its controls on the published network."""

    def __init__(self, settings: LearnSettings) -> None:
        super().__init__(settings)
        self.rule = settings.rule or next(iter(RULES))
        self._problems = {settings.seed: make_problem(settings, settings.seed)}
        problem = self._problems[settings.seed]
        self.published = CLASSES if problem.classes else VALUES
        controls = settings.controls
        if controls is None:
            controls = ("frozen", "unadapted") if self.published.adaptive else ("frozen",)
        elif "unadapted" in controls and not self.published.adaptive:
            raise InputError(
                f"--controls unadapted needs adaptive neurons, which networks of {settings.task} "
                "don't have"
            )
        self.ways = (self.rule, *controls)
        self.iterations = settings.iterations or self.published.iterations
        trainer = self._trainer(problem, self.rule, settings.seed)
        trained = len(problem.task.training) - self._held_out(problem)
        if trainer.batch_size > trained:
            raise InputError(
                f"--batch must not be above the {trained} samples that are trained on, got "
                f"{trainer.batch_size}"
            )

    def open_records(self) -> Any:
        """The records, and beside them what networks knew in the course of their trainings."""
        records = super().open_records()
        self._history = Records(self.results.path("history.jsonl"), self.identity())
        return records

    def trials(self) -> list[Trial]:
        """Ways within seeds."""
        return self.repeated(self.ways, steps=self.iterations)

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train a network, and test it on new samples."""
        seed, way = trial.seed, trial.name
        problem, settings = self._problem(seed), self.settings
        start = self._network(problem, way, seed)
        before = processor_seconds()

        def watch(iteration: int, network: Network) -> None:
            tick()
            if problem.classes and iteration % settings.validate_every == 0:
                self._watch(problem, network, (seed, iteration, way))

        task = problem.task
        trained = self._trainer(problem, way, seed).train(
            start.reservoir,
            task.spikes[task.training],
            problem.targets.values[task.training],
            readout=start.readout,
            dt_ms=DT_MS,
            checkpoint=self.results.path(f"{way}-seed{seed}.npz"),
            checkpoint_every=CHECKPOINT_EVERY,
            random_state=seed,
            callback=watch,
        )
        seconds = processor_seconds() - before
        if seed == settings.seed and way == self.rule:
            path, rule = self.results.path("sample.npz"), self._rule(way, seed)
            write_sample(path, problem, start, trained.network, rule)
        curve = {name: np.round(v, 6).tolist() for name, v in vars(trained.curve).items()}
        return {
            "curve": curve,
            "stopped": trained.stopped,
            "iterations": len(trained.curve.losses),
            "runs": self._runs(problem, trained),
            "processor_seconds": seconds,
            **self._tested(problem, trained.network, (seed, way)),
        }

    def measured(self, trial: Trial, record: Record) -> str:
        """What a training came to."""
        error = "error" if "by_class" in record else "NRMSE"
        return (
            f"{trial.title}: {record['iterations']} iterations ({record['stopped']}), {error} on "
            f"new samples {record['error']:.3g}"
        )

    def summarise(self, records: Done) -> Summary:
        """Errors on new samples by way, iterations, and differences from the rule, by seed."""
        ways: dict[str, Any] = {}
        own = np.array([record["error"] for record in named(records, self.rule)])
        for way in self.ways:
            some = named(records, way)
            errors = np.array([record["error"] for record in some])
            ways[way] = mean_and_interval(errors) | {
                "errors": errors.tolist(),
                "above_the_rule": effect(errors - own).plain(),
                "iterations": [record["iterations"] for record in some],
                "stopped": [record["stopped"] for record in some],
                "runs": [record["runs"] for record in some],
                "processor_seconds": [record["processor_seconds"] for record in some],
            }
            if "by_class" in some[0]:
                ways[way]["forgotten"] = [record["forgotten"] for record in some]
        return {
            "task": self.settings.task,
            "rule": self.rule,
            "seeds": list(self.settings.all_seeds),
            "classes": self.published is CLASSES,
            "measures": ways,
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Curves of all ways; weights, rasters and signals of the first seed's rule."""
        every = {way: named(records, way) for way in self.ways}
        sample = read_sample(self.results.folder / "sample.npz")
        plots: dict[str, Any] = {
            "curves": partial(figures.plot_curves, every),
            "weights": partial(figures.plot_weights, sample),
            "raster": partial(figures.plot_rasters, sample),
        }
        if "signals" in sample.arrays:
            plots["signals"] = partial(figures.plot_signals, sample)
        if summary["classes"]:
            seed = self.settings.seed
            known = [r for (s, _, way), r in self._history.items() if (s, way) == (seed, self.rule)]
            plots["classes"] = partial(figures.plot_classes, known)
        return plots

    def _problem(self, seed: int) -> Problem:
        if seed not in self._problems:
            self._problems = {seed: make_problem(self.settings, seed)}
        return self._problems[seed]

    def _network(self, problem: Problem, way: str, seed: int) -> Network:
        return self.published.sample(
            problem.task.spikes.n_channels,
            problem.targets.n_outputs,
            n_neurons=self.settings.neurons,
            adaptive=way != "unadapted",
            density=1.0 if self.settings.density is None else self.settings.density,
            rng=np.random.default_rng([seed, 1]),
        )

    def _rule(self, way: str, seed: int) -> Rule:
        if self.rule != "eprop":
            return make_rule(self.rule, way)
        feedback: Any = self.settings.feedback
        if feedback == "random":
            outputs = self._problem(seed).targets.n_outputs
            rng = np.random.default_rng([seed, 2])
            feedback = self.published.feedback(outputs, self.settings.neurons, rng=rng)
        strength = self.settings.rate_strength
        return make_rule(
            self.rule,
            way,
            feedback=feedback,
            rate_strength=RATE_STRENGTH if strength is None else strength,
            rate_target_Hz=RATE_TARGET_HZ,
        )

    def _trainer(self, problem: Problem, way: str, seed: int) -> Trainer:
        settings, published = self.settings, self.published
        samples, held_out = len(problem.task.training), self._held_out(problem)
        batch_size = settings.batch or min(published.batch_size, samples - held_out)
        optimizer, devices = settings.optimizer or published.optimizer, None
        if settings.bits is not None or settings.noise:
            devices = Devices(settings.bits, settings.noise or 0.0)
        try:
            return Trainer(
                self._rule(way, seed),
                OPTIMIZERS[optimizer](settings.learning_rate or LEARNING_RATES[optimizer]),
                loss=problem.targets.loss,
                window_ms=problem.targets.window_ms,
                batch_size=batch_size,
                iterations=self.iterations,
                unit_pA=1.0,
                devices=devices,
                validation_fraction=held_out / samples,
                validate_every=settings.validate_every,
                goal=self._goal,
            )
        except ValueError as error:
            raise InputError(str(error)) from error

    @property
    def _goal(self) -> float | None:
        """The error on held-out samples that ends a training."""
        return self.published.goal if self.settings.goal is None else self.settings.goal

    def _held_out(self, problem: Problem) -> int:
        """Of the training samples, how many say when to end; none without a goal."""
        samples = len(problem.task.training)
        return 0 if self._goal is None else min(HELD_OUT, round(HELD_OUT_SHARE * samples))

    def _runs(self, problem: Problem, trained: Trained) -> int:
        """Network runs of a training; those that only show what is known are left out."""
        batch_size = self._trainer(problem, self.rule, self.settings.seed).batch_size
        updates = RUNS[self.rule] * batch_size * len(trained.curve.losses)
        return updates + self._held_out(problem) * len(trained.curve.validated)

    def _watch(self, problem: Problem, network: Network, key: tuple[int, int, str]) -> None:
        """Keep how many of the test samples shown are told, by class."""
        if key not in self._history:
            shown = problem.task.test[:SHOWN]
            self._history.add(key, {"by_class": self._by_class(problem, network, shown)})

    def _by_class(self, problem: Problem, network: Network, samples: Any) -> list[float]:
        targets = problem.targets[samples]
        asked, n = targets.values >= 0, problem.targets.n_outputs
        labels, right = targets.values[asked], predict(network, problem, samples) == targets.values
        counts = np.maximum(np.bincount(labels, minlength=n), 1)
        return (np.bincount(labels, right[asked], n) / counts).tolist()

    def _tested(self, problem: Problem, network: Network, key: tuple[int, str]) -> dict[str, Any]:
        """The error on new samples; of classes also what was known of each, and forgotten."""
        test = problem.task.test[: self.settings.test_samples]
        if not problem.classes:
            return {"error": evaluate(network, problem.task.spikes[test], problem.targets[test])[1]}
        by_class = np.array(self._by_class(problem, network, test))
        labels = problem.targets.values[test]
        labels = labels[labels >= 0]
        shares = np.bincount(labels, minlength=problem.targets.n_outputs) / len(labels)
        seed, way = key
        earlier = [r["by_class"] for (s, _, w), r in self._history.items() if (s, w) == (seed, way)]
        forgotten = np.max(earlier, axis=0) - self._by_class(
            problem, network, problem.task.test[:SHOWN]
        )
        return {
            "error": float(1 - by_class @ shares),
            "by_class": by_class.tolist(),
            "forgotten": float(np.maximum(forgotten, 0).mean()),
        }
