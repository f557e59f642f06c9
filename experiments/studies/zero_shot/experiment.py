"""All pairs of classes left out in turn, and matched across modalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import combinations, permutations
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import balanced_accuracy_score
from sklearn.preprocessing import StandardScaler, normalize

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Tick, Trial, gathered, named
from experiments.lab.outside import made_task
from experiments.lab.page import Page, RunFiles, Section, percents
from experiments.lab.page.figures import folded, table_of_columns
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.zero_shot import ZeroShotSettings
from lsm import LiquidTransformer
from lsm.learning import Adam
from lsm.metrics import canonical_correlations
from lsm.metrics.statistics import effect
from tasks import Task

Array = NDArray[Any]
Views = Sequence[Array]  # of both modalities

#: Hidden units, dimensions of the sphere, samples of a class in a batch, least squared length.
HIDDEN, DIMENSIONS, EACH, _LEAST = 128, 64, 8, 1e-6
_ADAM = Adam(1e-3, corrected=True)
WITH, WITHOUT = "liquids", "no liquid"


class ZeroShot(Experiment[ZeroShotSettings]):
    """A trial for each seed, and states with or without liquids."""

    def __init__(self, settings: ZeroShotSettings) -> None:
        super().__init__(settings)
        names, quick = settings.modalities, settings.quick
        self._tasks = [made_task(name, quick=quick, random_state=0) for name in names]
        classes = [np.unique(task.labels).tolist() for task in self._tasks]
        if len(names) != 2 or classes[0] != classes[1] or len(classes[0]) < 4:
            listed = ", ".join(
                f"{name} with {some}" for name, some in zip(names, classes, strict=True)
            )
            raise InputError(
                f"--modalities must be two with the same four classes or more, got {listed}"
            )
        pairs = list(combinations(classes[0], 2))
        order = default_rng(0).permutation(len(pairs))
        self._pairs = [pairs[k] for k in sorted(order[: settings.pairs])]

    def trials(self) -> list[Trial]:
        """States within seeds."""
        return self.repeated((WITH, WITHOUT), steps=len(self._pairs))

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Accuracies of each matcher on every pair that is left out."""
        heard = [task.spikes.counts().astype(np.float64) for task in self._tasks]
        if trial.name == WITH:
            heard = [states_of(task, self.settings.neurons, trial.seed) for task in self._tasks]
        accuracies: dict[str, list[float]] = {}
        for pair in self._pairs:
            x, y, new, wanted = [], [], [], []
            for features, task in zip(heard, self._tasks, strict=True):
                out = np.isin(task.labels, pair)
                scaler = StandardScaler().fit(features[~out])
                x.append(scaler.transform(features[~out]))
                new.append(scaler.transform(features[out]))
                y.append(task.labels[~out])
                wanted.append(task.labels[out])
            rng = default_rng([trial.seed, *map(int, pair)])
            untrained = [Projection(features.shape[1], rng) for features in x]
            trained = deepcopy(untrained)
            train(trained, x, y, epochs=self.settings.epochs, rng=rng)
            maps = canonical(x, y, rng)
            for matcher, projected in {
                "contrastive": [trained[k](new[k]) for k in (0, 1)],
                "canonical correlation": [normalize(new[k] @ maps[k]) for k in (0, 1)],
                "untrained": [untrained[k](new[k]) for k in (0, 1)],
            }.items():
                accuracies.setdefault(matcher, []).append(matched(projected, wanted))
            tick()
        return {"accuracies": accuracies}

    def summarise(self, records: Done) -> Summary:
        """Means over pairs, after means over seeds; and how many pairs are swapped."""
        each: dict[str, Array] = {}
        for states in (WITH, WITHOUT):
            some = gathered([record["accuracies"] for record in named(records, states)])
            each |= {f"{states}, {name}": values.mean(axis=0) for name, values in some.items()}
        pairs = [f"{a} and {b}" for a, b in self._pairs]
        return {
            "accuracy": {method: effect(means).plain() for method, means in each.items()},
            "swapped": {method: float((means < 0.5).mean()) for method, means in each.items()},
            "pairs": {
                method: dict(zip(pairs, v.round(3).tolist(), strict=True))
                for method, v in each.items()
            },
        }


def states_of(task: Task, n: int, seed: int) -> Array:
    """Spike counts of a liquid that no label has shaped; of places it has receptive fields."""
    sensor = task.sensor_size
    name = f"fields:{n}" if sensor else n
    liquid = LiquidTransformer(name, state="counts", sensor_size=sensor, random_state=seed)
    return liquid.fit_transform(task.spikes)


def matched(projected: Views, labels: Views) -> float:
    """Share of samples nearest to the mean of their own class in the other modality.

    The mean of both directions, and of classes within each; `projected` are of unit length.
    """
    shares = []
    for (x, y), (others, its) in permutations(zip(projected, labels, strict=True)):
        classes = np.unique(its)
        means = normalize([others[its == c].mean(axis=0) for c in classes])
        shares.append(balanced_accuracy_score(y, classes[(x @ means.T).argmax(axis=1)]))
    return float(np.mean(shares))


class Projection:
    """A network of two layers from features to the unit sphere, as He et al. 2015 draw it."""

    def __init__(self, n_features: int, rng: Generator) -> None:
        self.weights = {
            "first": rng.normal(0, np.sqrt(2 / n_features), (n_features, HIDDEN)),
            "first bias": np.zeros(HIDDEN),
            "second": rng.normal(0, np.sqrt(2 / HIDDEN), (HIDDEN, DIMENSIONS)),
            "second bias": np.zeros(DIMENSIONS),
        }

    def __call__(self, x: Array) -> Array:
        """Samples (samples, features) on the sphere, (samples, dimensions)."""
        hidden = np.maximum(0, x @ self.weights["first"] + self.weights["first bias"])
        raw = hidden @ self.weights["second"] + self.weights["second bias"]
        length = np.sqrt((raw**2).sum(axis=1, keepdims=True) + _LEAST)
        self._activity = x, hidden, length, raw / length
        return raw / length

    def gradients(self, slope: Array) -> dict[str, Array]:
        """Gradients of all weights from that of the outputs that it gave last."""
        x, hidden, length, z = self._activity
        raw = (slope - z * (slope * z).sum(axis=1, keepdims=True)) / length
        active = (raw @ self.weights["second"].T) * (hidden > 0)
        parts = x.T @ active, active.sum(axis=0), hidden.T @ raw, raw.sum(axis=0)
        return dict(zip(self.weights, parts, strict=True))


def contrast(a: Array, b: Array, y: Array) -> tuple[float, Array, Array]:
    """The symmetric cross entropy of a batch, temperature 1, and its gradients by a and b.

    Row k of both is of the class y[k]; rows of a class are each other's targets in equal shares.
    """
    target = (y[:, None] == y).astype(float)
    target /= target.sum(axis=1, keepdims=True)
    rows, columns = (softmax(a @ b.T, axis=axis) for axis in (1, 0))
    loss = -(target * (np.log(rows) + np.log(columns))).sum() / (2 * len(y))
    slope = (rows + columns - 2 * target) / (2 * len(y))
    return float(loss), slope @ b, slope.T @ a


def train(
    networks: Sequence[Projection], x: Views, y: Views, *, epochs: int, rng: Generator
) -> None:
    """Train a network for each modality on batches of pairs of samples x of the same classes y."""
    members = [[np.flatnonzero(labels == c) for c in np.unique(labels)] for labels in y]
    batches = -(-max(map(len, y)) // (EACH * len(members[0])))
    kept = [_ADAM.start(network.weights) for network in networks]
    for _ in range(epochs * batches):
        rows = [np.concatenate([rng.choice(m, EACH) for m in some]) for some in members]
        a, b = (networks[k](x[k][rows[k]]) for k in (0, 1))
        _, *slopes = contrast(a, b, y[0][rows[0]])
        for k, network in enumerate(networks):
            _ADAM.move(network.weights, network.gradients(slopes[k]), kept[k])


def canonical(x: Views, y: Views, rng: Generator) -> list[Array]:
    """Matrices (features, dimensions) of correlations of samples paired at random by classes."""
    order = max(y, key=len)
    rows = [[rng.choice(np.flatnonzero(labels == c)) for c in order] for labels in y]
    strengths, *maps = canonical_correlations(*(x[k][rows[k]] for k in (0, 1)), ridge=0.1)
    return [(strengths * matrix)[:, :DIMENSIONS] for matrix in maps]


def page(run: RunFiles) -> Page:
    """What is said of it."""
    summary, settings = run.summary, run.summary["settings"]
    rows = percents(summary["accuracy"])
    columns: dict[str, Mapping[str, object]] = {
        "accuracy, mean over pairs": rows,
        "pairs below chance": {name: f"{each:.0%}" for name, each in summary["swapped"].items()},
    }
    pairs = folded("The accuracy on each pair", table_of_columns(summary["pairs"]))
    return Page(
        title="Digits that were never trained, matched across two senses",
        asked=[
            f"{' and '.join(settings['modalities'])}: projections are trained on all classes but "
            "two, and samples of these matched with their means in the other modality. Chance is "
            "50 %; a pair below it is swapped: told apart, and called by the wrong names.",
        ],
        facts=rows,
        sections=[Section("Accuracy", [table_of_columns(columns), pairs])],
        measures=rows,
        settings=settings,
    )
