"""Stages of classes, learned one after another and all at once, by readouts and by e-prop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.random import default_rng
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier
from sklearn.preprocessing import StandardScaler

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial
from experiments.lab.page import Page, RunFiles, Section, percent
from experiments.lab.page.figures import note, picture, table
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.continual import ContinualSettings
from lsm import LiquidTransformer, RSNNClassifier, simulate
from lsm.metrics.statistics import effect
from lsm.plots import panels
from readouts import RidgeReadout
from tasks import Task, make_task

Array = NDArray[Any]


class Stage(NamedTuple):
    """Training samples of some classes: their numbers in the task."""

    samples: Array
    classes: Array


class Continual(Experiment[ContinualSettings]):
    """A trial for each seed and way of learning."""

    def trials(self) -> list[Trial]:
        """Ways within seeds."""
        first, ways = self.settings.seed, WAYS
        return [
            Trial(seed, way, steps=2)
            for seed in range(first, first + self.settings.seeds)
            for way in ways
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Accuracies after each stage, on the classes so far, and after all at once."""
        s = self.settings
        task = make_task(s.task, random_state=trial.seed, data=s.data)
        stages = stages_of(task, s.classes)
        chance = default_rng(trial.seed)
        # A gradient sees the samples of all stages mixed, as often as those of one.
        mixed = [
            Stage(
                chance.permutation(np.concatenate([x.samples for x in stages])), task_classes(task)
            )
        ]
        accuracies, memory = [], 0
        for order in (stages, mixed):
            learner = WAYS[trial.name](task, stages[0], s, trial.seed)
            curve = []
            for k, stage in enumerate(order):
                learner.learn(stage)
                known = np.concatenate([x.classes for x in order[: k + 1]])
                curve.append(accuracy(learner, task, known, stages))
            accuracies.append(curve)
            memory = learner.numbers()
            tick()
        stepwise, (joint,) = accuracies
        return {
            "stages": [[str(c) for c in stage.classes] for stage in stages],
            "stepwise": stepwise,
            "joint": joint,
            "forgetting": joint["all"] - stepwise[-1]["all"],
            "numbers": memory,
        }

    def summarise(self, records: Done) -> Summary:
        """Accuracies, what was forgotten, and what is kept in memory."""
        by_way = {way: [r for (_, _, name), r in records.items() if name == way] for way in WAYS}
        last = {way: [r["stepwise"][-1]["all"] for r in some] for way, some in by_way.items()}
        curves = {
            way: np.mean([[stage["all"] for stage in r["stepwise"]] for r in some], axis=0).tolist()
            for way, some in by_way.items()
        }
        first = {
            way: np.mean(
                [[stage["first"] for stage in r["stepwise"]] for r in some], axis=0
            ).tolist()
            for way, some in by_way.items()
        }
        return {
            "final": {way: effect(values).plain() for way, values in last.items()},
            "joint": {
                way: effect([r["joint"]["all"] for r in some]).plain()
                for way, some in by_way.items()
            },
            "forgetting": {
                way: effect([r["forgetting"] for r in some]).plain() for way, some in by_way.items()
            },
            "numbers": {way: some[0]["numbers"] for way, some in by_way.items()},
            "curves": curves,
            "first": first,
        }

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Accuracies after each stage."""
        return {"stages": lambda: plot_stages(summary)}


def stages_of(task: Task, size: int) -> list[Stage]:
    """Training samples by classes, `size` classes a stage, in the order of labels."""
    classes = task_classes(task)
    if size >= len(classes):
        raise InputError(f"--classes must be below the task's {len(classes)}, got {size}")
    training = np.concatenate([task.training, task.fitness])
    stages = []
    for k in range(0, len(classes), size):
        some = classes[k : k + size]
        samples = training[np.isin(task.labels[training], some)]
        if not len(samples):
            raise InputError(
                f"--task {task.name}: no training sample of the classes {some.tolist()}"
            )
        stages.append(Stage(samples, some))
    return stages


def task_classes(task: Task) -> Array:
    """All labels."""
    return np.unique(task.labels)


def accuracy(
    learner: Learner, task: Task, known: Array, stages: Sequence[Stage]
) -> dict[str, float]:
    """On test samples of the classes so far, and of the first stage's among them."""
    test = task.test[np.isin(task.labels[task.test], known)]
    scores = learner.scores(test)[:, np.isin(task_classes(task), known)]
    right = np.sort(known)[scores.argmax(axis=1)] == task.labels[test]
    first = np.isin(task.labels[test], stages[0].classes)
    return {"all": float(right.mean()), "first": float(right[first].mean())}


class Learner:
    """Recursive ridge on the states of a fixed liquid, which hears the first stage to be set up."""

    def __init__(self, task: Task, first: Stage, s: ContinualSettings, seed: int) -> None:
        self.task, self.classes, self.s, self.seed = task, task_classes(task), s, seed
        self.liquid = LiquidTransformer(s.neurons, random_state=seed).fit(
            task.spikes[first.samples]
        )
        self.readout: Any = RidgeReadout()

    def states(self, samples: Array) -> Array:
        """Of the liquid as it is."""
        return np.asarray(self.liquid.transform(self.task.spikes[samples]))

    def learn(self, stage: Stage) -> None:
        """All samples of a stage; nothing of them is kept."""
        labels = self.task.labels[stage.samples]
        self.readout.partial_fit(self.states(stage.samples), labels, classes=self.classes)

    def scores(self, samples: Array) -> Array:
        """Scores (samples, classes)."""
        return np.asarray(self.readout.decision_function(self.states(samples)))

    def numbers(self) -> int:
        """How many numbers are kept from one stage to the next: moments."""
        n = self.s.neurons
        return n * (n + 1) // 2 + n * (len(self.classes) + 1)


class Logistic(Learner):
    """A logistic readout by gradient on the same states, scaled as the first stage's are."""

    def __init__(self, task: Task, first: Stage, s: ContinualSettings, seed: int) -> None:
        super().__init__(task, first, s, seed)
        self.scaler = StandardScaler().fit(self.states(first.samples))
        self.readout = SGDClassifier(loss="log_loss", random_state=seed)

    def states(self, samples: Array) -> Array:
        """Scaled."""
        states = super().states(samples)
        return self.scaler.transform(states) if hasattr(self, "scaler") else states

    def learn(self, stage: Stage) -> None:
        """Several passes over a stage, shuffled."""
        x, y = self.states(stage.samples), self.task.labels[stage.samples]
        rng = default_rng(self.seed)
        for _ in range(self.s.epochs):
            order = rng.permutation(len(y))
            self.readout.partial_fit(x[order], y[order], classes=self.classes)

    def numbers(self) -> int:
        """Weights."""
        return (self.s.neurons + 1) * len(self.classes)


class Underneath(Learner):
    """Recursive ridge on a liquid that e-prop goes on training at each stage."""

    def __init__(self, task: Task, first: Stage, s: ContinualSettings, seed: int) -> None:
        super().__init__(task, first, s, seed)
        self.network = RSNNClassifier(self.liquid.reservoir_, random_state=seed)

    def learn(self, stage: Stage) -> None:
        """First the network, then moments of what the stage's states are now."""
        spikes, labels = self.task.spikes[stage.samples], self.task.labels[stage.samples]
        for _ in range(self.s.epochs):
            self.network.partial_fit(spikes, labels, classes=self.classes)
        super().learn(stage)

    def states(self, samples: Array) -> Array:
        """Of the trained liquid."""
        return simulate(self.network.reservoir_, self.task.spikes[samples], state="counts")[0]

    def numbers(self) -> int:
        """Moments, and the network's weights."""
        reservoir = self.network.reservoir_
        inputs = reservoir.input_synapses(self.task.spikes.n_channels)
        own = self.s.neurons * len(self.classes)
        return super().numbers() + len(reservoir.synapses) + len(inputs) + own


class Trained(Underneath):
    """The network by itself, whose readout learns by gradient as well."""

    def scores(self, samples: Array) -> Array:
        """The network's outputs."""
        return np.asarray(self.network.decision_function(self.task.spikes[samples]))


#: Ways of learning by their names.
WAYS: dict[str, Callable[[Task, Stage, ContinualSettings, int], Learner]] = {
    "recursive ridge": Learner,
    "logistic by gradient": Logistic,
    "e-prop underneath": Underneath,
    "e-prop": Trained,
}


def plot_stages(summary: Summary) -> Figure:
    """Mean accuracies on all classes so far and on the first stage's, by stage."""
    figure, axes = panels(2, width=4.5, height=3.5, sharey=True)
    for axis, name, title in zip(
        axes, ("curves", "first"), ("classes so far", "the first stage's"), strict=True
    ):
        for way, curve in summary[name].items():
            axis.plot(range(1, len(curve) + 1), 100 * np.array(curve), "o-", label=way)
        axis.set(
            xlabel="stage", ylabel="accuracy (%)", title=title, xticks=range(1, len(curve) + 1)
        )
    axes[0].legend()
    return figure


def page(run: RunFiles) -> Page:
    """What is said of it."""
    summary, settings = run.summary, run.summary["settings"]
    ways = list(summary["final"])
    said = {
        name: {way: percent(each["mean"], each["interval"]) for way, each in summary[name].items()}
        for name in ("final", "joint", "forgetting")
    }
    cells = [
        [
            way,
            *(f"{said[name][way].text} ({said[name][way].range})" for name in said),
            f"{summary['numbers'][way]:,}",
        ]
        for way in ways
    ]
    heads = ["", "stage after stage", "all at once", "forgotten (points)", "numbers kept"]
    return Page(
        title=f"{settings['task']}, {settings['classes']} classes at a time",
        asked=["What is forgotten when classes come a few at a time, and old samples are gone?"],
        facts={f"{way}, forgotten": said["forgetting"][way] for way in ways},
        sections=[
            Section(
                "Accuracy", [table(heads, cells), note("On all classes, after the last stage.")]
            ),
            Section("Stages", [picture(run.folder / "stages.png", "Means over seeds.")]),
        ],
        measures=said["final"],
        settings=settings,
    )
