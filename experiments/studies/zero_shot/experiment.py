"""All pairs of classes left out in turn, and matched across modalities."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.random import default_rng
from numpy.typing import NDArray

from experiments.lab.errors import InputError
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial
from experiments.lab.page import Page, RunFiles, Section, Value, percent
from experiments.lab.page.figures import dots, note, picture, table
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.zero_shot import ZeroShotSettings
from experiments.studies.zero_shot.projection import canonical, project, train, untrained
from lsm import LiquidTransformer
from lsm.metrics.statistics import effect
from lsm.plots import panels
from tasks import Task, make_task

Array = NDArray[Any]

WITH, WITHOUT = "liquids", "no liquid"
MATCHERS = ("contrastive", "canonical correlation", "untrained")
METHODS = tuple(f"{states}, {matcher}" for states in (WITH, WITHOUT) for matcher in MATCHERS)


class ZeroShot(Experiment[ZeroShotSettings]):
    """A trial for each seed, and states with or without liquids."""

    def trials(self) -> list[Trial]:
        """States within seeds; the classes of both modalities are checked first."""
        s = self.settings
        self._tasks = [make_task(name, random_state=0) for name in s.modalities]
        classes = [np.unique(task.labels).tolist() for task in self._tasks]
        if classes[0] != classes[1]:
            raise InputError(
                f"--modalities must have the same classes, got {classes[0]} of {s.modalities[0]} "
                f"and {classes[1]} of {s.modalities[1]}"
            )
        pairs = list(combinations(classes[0], 2))
        if len(classes[0]) < 4:
            raise InputError(f"--modalities must have four classes at least, got {classes[0]}")
        rng = default_rng(s.seed)
        order = (
            rng.permutation(len(pairs))[: s.pairs] if s.pairs < len(pairs) else range(len(pairs))
        )
        self._pairs = [pairs[k] for k in sorted(order)]
        return [
            Trial(seed, states, steps=len(self._pairs))
            for seed in range(s.seed, s.seed + s.seeds)
            for states in (WITH, WITHOUT)
        ]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Accuracies of each matcher on every pair that is left out."""
        s, labels = self.settings, [task.labels for task in self._tasks]
        states = [
            states_of(task, liquid if trial.name == WITH else None, trial.seed)
            for task, liquid in zip(self._tasks, s.liquids, strict=True)
        ]
        accuracies: dict[str, list[float]] = {matcher: [] for matcher in MATCHERS}
        for pair in self._pairs:
            rng = default_rng([trial.seed, *map(int, pair)])
            seen = [~np.isin(y, pair) for y in labels]
            x = [_standard(one, mask) for one, mask in zip(states, seen, strict=True)]
            known = [one[mask] for one, mask in zip(x, seen, strict=True)]
            classes = [y[mask] for y, mask in zip(labels, seen, strict=True)]
            left = [one[~mask] for one, mask in zip(x, seen, strict=True)]
            wanted = [y[~mask] for y, mask in zip(labels, seen, strict=True)]
            drawn = [untrained(one.shape[1], s.hidden, s.dimensions, rng) for one in x]
            trained = train(known, classes, drawn, epochs=s.epochs, each=s.batch, rng=rng)
            maps = canonical(known, classes, dimensions=s.dimensions, rng=rng)
            for matcher, projected in {
                "contrastive": [project(a, p) for a, p in zip(left, trained, strict=True)],
                "canonical correlation": [_unit(a @ m) for a, m in zip(left, maps, strict=True)],
                "untrained": [project(a, p) for a, p in zip(left, drawn, strict=True)],
            }.items():
                accuracies[matcher].append(matched(projected, wanted))
            tick()
        return {"pairs": [[str(c) for c in pair] for pair in self._pairs], "accuracies": accuracies}

    def summarise(self, records: Done) -> Summary:
        """Means over pairs, after means over seeds; and how many pairs are swapped."""
        summary: Summary = {"accuracy": {}, "swapped": {}, "each": {}}
        for states in (WITH, WITHOUT):
            some = [record for (_, _, name), record in records.items() if name == states]
            for matcher in MATCHERS:
                values = np.mean([record["accuracies"][matcher] for record in some], axis=0)
                method = f"{states}, {matcher}"
                summary["accuracy"][method] = effect(values).plain()
                summary["swapped"][method] = float((values < 0.5).mean())
                summary["each"][method] = values.tolist()
            summary["pairs"] = some[0]["pairs"]
        return summary

    def figures(self, summary: Summary, records: Done) -> Figures:
        """Accuracies of all pairs."""
        return {"pairs": lambda: plot_pairs(summary["each"])}


def states_of(task: Task, liquid: str | None, seed: int) -> Array:
    """Spike counts of a liquid that no label has shaped, or of the input channels."""
    if liquid is None:
        return np.asarray(task.spikes.counts(), dtype=float)
    sensor = task.sensor_size if ":" in liquid else None
    name = int(liquid) if liquid.isdigit() else liquid
    model = LiquidTransformer(name, state="counts", random_state=seed, sensor_size=sensor)
    return np.asarray(model.fit_transform(task.spikes), dtype=float)


def _standard(x: Array, seen: NDArray[np.bool_]) -> Array:
    """Features scaled as the samples of the classes that are trained are."""
    deviation = x[seen].std(axis=0)
    return (x - x[seen].mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)


def _unit(x: Array) -> Array:
    return x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-12)


def matched(projected: Sequence[Array], labels: Sequence[Array]) -> float:
    """Share of samples nearest to the mean of their own class in the other modality.

    Parameters
    ----------
    projected : two arrays (samples, dimensions)
        Of unit length.
    labels : two arrays (samples,)

    Returns
    -------
    float
        The mean of both directions, and of classes within each.
    """
    shares = []
    for one, other in ((0, 1), (1, 0)):
        classes = np.unique(labels[other])
        means = np.array(
            [_unit(projected[other][labels[other] == c]).mean(axis=0) for c in classes]
        )
        nearest = classes[(projected[one] @ _unit(means).T).argmax(axis=1)]
        shares += [float(np.mean(nearest[labels[one] == c] == c)) for c in classes]
    return float(np.mean(shares))


def plot_pairs(each: dict[str, list[float]]) -> Figure:
    """A dot for each pair, a column for each method."""
    figure, (axes,) = panels(1, width=8, height=4)
    rng = default_rng(0)
    for k, values in enumerate(each.values()):
        axes.plot(k + rng.uniform(-0.2, 0.2, len(values)), 100 * np.array(values), ".", alpha=0.7)
        axes.plot([k - 0.3, k + 0.3], [100 * np.mean(values)] * 2, color="black")
    axes.axhline(50, color="0.6", linestyle=":")
    axes.set_xticks(range(len(each)), [name.replace(", ", ",\n") for name in each], fontsize=8)
    axes.set(ylabel="accuracy on a pair (%)", ylim=(-2, 102))
    return figure


def page(run: RunFiles) -> Page:
    """What is said of it."""
    summary, settings = run.summary, run.summary["settings"]
    rows = {
        method: percent(each["mean"], each["interval"])
        for method, each in summary["accuracy"].items()
    }
    swapped = [
        [method, f"{100 * share:.0f}\u00a0%"] for method, share in summary["swapped"].items()
    ]
    return Page(
        title="Digits that were never trained, matched across two senses",
        asked=[
            f"{settings['modalities']}: projections are trained on all classes but two, and "
            "samples of these two matched with their means in the other modality. Chance is 50 %.",
        ],
        facts={METHODS[0]: rows[METHODS[0]], "of the pairs": Value(len(summary["pairs"]))},
        sections=[
            Section(
                "Accuracy",
                [
                    dots(
                        "Mean over pairs that were left out, 95 % intervals.",
                        rows,
                        strong=[METHODS[0]],
                    ),
                    table(["", "pairs that are swapped (below chance)"], swapped),
                    note("A pair that is swapped is told apart, and called by the wrong names."),
                    picture(run.folder / "pairs.png", "Each pair; lines are means."),
                ],
            )
        ],
        measures=rows,
        settings=settings,
    )
