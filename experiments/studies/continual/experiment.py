"""Stages of classes, learned one after another and all at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier
from sklearn.preprocessing import StandardScaler

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Tick, Trial, named
from experiments.lab.outside import made_task
from experiments.lab.page import Page, RunFiles, Section, percents, points
from experiments.lab.page.figures import chart, series, table_of_columns
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.continual import ContinualSettings
from lsm import LiquidTransformer, LSMClassifier, Reservoir, RSNNClassifier, SpikeTrains, simulate
from lsm.metrics.statistics import effect
from readouts import RidgeReadout
from tasks import Task

Array = NDArray[Any]

#: Ways of learning: recursive ridge on a liquid that stays or is trained, and the gradient beside.
FIXED, TRAINED = "fixed liquid", "trained liquid"
WAYS = {
    FIXED: ("recursive ridge", "logistic by gradient"),
    TRAINED: ("e-prop underneath", "e-prop"),
}


class Continual(Experiment[ContinualSettings]):
    """A trial for each seed, and a liquid that stays or is trained."""

    def trials(self) -> list[Trial]:
        """Liquids within seeds."""
        return self.repeated(WAYS, steps=2)

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Accuracies after each stage and after all at once, by each way of learning."""
        s, seed = self.settings, trial.seed
        task = made_task(s.task, quick=s.quick, random_state=seed)
        stages = stages_of(task, s.classes)
        first = task.spikes[stages[0]]
        liquid = LiquidTransformer(s.neurons, random_state=seed).fit(first).reservoir_
        # A gradient sees the samples of all stages mixed, as often as those of one.
        mixed = default_rng(seed).permutation(np.concatenate(stages))
        runs = []
        for order in (stages, [mixed]):
            runs.append(self._learned(trial, task, order, liquid, task.labels[stages[0]]))
            tick()
        (curves, numbers), (joint, _) = runs
        return {
            way: {"stepwise": curve.tolist(), "joint": float(at_once[0, 0]), "numbers": kept}
            for way, curve, at_once, kept in zip(
                WAYS[trial.name], curves, joint, numbers, strict=True
            )
        }

    def _learned(
        self, trial: Trial, task: Task, stages: list[Array], liquid: Reservoir, first: Array
    ) -> tuple[Array, tuple[int, int]]:
        """Accuracies (ways, stages, 2) after each stage, and how many numbers the ways keep.

        On test samples of all classes so far, and on those of the `first` classes among them.
        """
        epochs, seed, classes = self.settings.epochs, trial.seed, np.unique(task.labels)
        logistic, ridge = Logistic(epochs, seed), RidgeReadout()
        model: LSMClassifier | RSNNClassifier
        if trial.name == FIXED:
            model, passes = LSMClassifier(liquid, readout=logistic, random_state=seed), 1
        else:
            model, passes = RSNNClassifier(liquid, random_state=seed), epochs
        curves = []
        for k, stage in enumerate(stages):
            spikes, labels = task.spikes[stage], task.labels[stage]
            for _ in range(passes):
                model.partial_fit(spikes, labels, classes=classes)
            # Moments of what the stage's states are now; nothing else of its samples is kept.
            ridge.partial_fit(states_of(model.reservoir_, spikes), labels, classes=classes)
            known = np.unique(task.labels[np.concatenate(stages[: k + 1])])
            test = task.test[np.isin(task.labels[task.test], known)]
            spikes, labels = task.spikes[test], task.labels[test]
            scores = np.array(
                [
                    ridge.decision_function(states_of(model.reservoir_, spikes)),
                    model.decision_function(spikes),
                ]
            )
            among = np.isin(classes, known)
            right = known[scores[..., among].argmax(axis=2)] == labels
            parts = right, right[:, np.isin(labels, first)]
            curves.append([part.mean(axis=1) for part in parts])
        return np.transpose(curves, (2, 0, 1)), numbers_kept(ridge, model)

    def summarise(self, records: Done) -> Summary:
        """Accuracies, what was forgotten, and what is kept in memory."""
        ways = {
            way: [record[way] for record in named(records, name)]
            for name, both in WAYS.items()
            for way in both
        }
        curves = {way: np.array([each["stepwise"] for each in some]) for way, some in ways.items()}
        joint = {way: np.array([each["joint"] for each in some]) for way, some in ways.items()}
        last = {way: curve[:, -1] for way, curve in curves.items()}
        return {
            "final": {way: effect(last[way][:, 0]).plain() for way in ways},
            "joint": {way: effect(joint[way]).plain() for way in ways},
            "forgetting": {way: effect(joint[way] - last[way][:, 0]).plain() for way in ways},
            "first": {way: effect(last[way][:, 1]).plain() for way in ways},
            "numbers": {way: some[0]["numbers"] for way, some in ways.items()},
            "curves": {way: curve[..., 0].mean(axis=0).tolist() for way, curve in curves.items()},
        }


class Logistic(SGDClassifier):
    """Logistic regression by gradient: passes over each batch, scaled as the first one is."""

    def __init__(self, epochs: int = 1, random_state: int = 0) -> None:
        super().__init__(loss="log_loss", random_state=random_state)
        self.epochs = epochs

    def partial_fit(self, X: Array, y: Array, classes: Array | None = None) -> Self:
        """Learn from one more batch."""
        if not hasattr(self, "scaler_"):
            self.scaler_ = StandardScaler().fit(X)
        X, rng = self.scaler_.transform(X), default_rng(self.random_state)
        for _ in range(self.epochs):
            order = rng.permutation(len(y))
            super().partial_fit(X[order], y[order], classes)
        return self

    def decision_function(self, X: Array) -> Array:
        """Scores (samples, classes)."""
        return super().decision_function(self.scaler_.transform(X))


def states_of(liquid: Reservoir, spikes: SpikeTrains) -> Array:
    """States (samples, features): spikes in three bins, as classifiers have them by default."""
    return simulate(liquid, spikes, state="bins:3")[0].astype(np.float64)


def numbers_kept(ridge: RidgeReadout, model: LSMClassifier | RSNNClassifier) -> tuple[int, int]:
    """How many numbers are kept from stage to stage, by ridge and by gradient.

    Products of features, their sums, and those by class, beside a network; weights, of a network
    with Adam's two means of each.
    """
    n = ridge.n_features_in_
    moments = n * (n + 1) // 2 + n * (1 + len(ridge.classes_))
    if isinstance(model, LSMClassifier):
        return moments, model.readout_.coef_.size + model.readout_.intercept_.size
    inputs = model.reservoir_.input_synapses(model.n_features_in_)
    weights = len(model.reservoir_.synapses) + len(inputs) + model.readout_.weights.size
    return moments + 3 * weights, 3 * weights


def stages_of(task: Task, size: int) -> list[Array]:
    """Training samples by classes, `size` classes a stage, in the order of labels."""
    classes = np.unique(task.labels)
    if size >= len(classes):
        raise InputError(f"--classes must be below the task's {len(classes)}, got {size}")
    parts = np.split(classes, range(size, len(classes), size))
    stages = [task.training[np.isin(task.labels[task.training], part)] for part in parts]
    for part, stage in zip(parts, stages, strict=True):
        if not len(stage):
            raise InputError(f"--task {task.name}: no training sample of {part.tolist()}")
    return stages


def page(run: RunFiles) -> Page:
    """What is said of it."""
    summary, settings = run.summary, run.summary["settings"]
    final = percents(summary["final"])
    forgotten = {way: points(each) for way, each in summary["forgetting"].items()}
    columns: dict[str, Mapping[str, object]] = {
        "stage after stage": final,
        "of it the first stage's": percents(summary["first"]),
        "all at once": percents(summary["joint"]),
        "forgotten": forgotten,
        "numbers kept": {way: f"{n:,}" for way, n in summary["numbers"].items()},
    }
    curves = [
        series(way, range(1, len(curve) + 1), 100 * np.array(curve), line=True)
        for way, curve in summary["curves"].items()
    ]
    caption = "On test samples of all classes so far; means over seeds."
    return Page(
        title=f"{settings['task']}, {settings['classes']} classes at a time",
        asked=["What is forgotten when classes come a few at a time, and old samples are gone?"],
        facts={f"{way}, forgotten": value for way, value in forgotten.items()},
        sections=[
            Section("Accuracy after the last stage", [table_of_columns(columns)]),
            Section("Stages", [chart(caption, curves, x="stage", y="accuracy (%)", whole=True)]),
        ],
        measures=final,
        settings=settings,
    )
