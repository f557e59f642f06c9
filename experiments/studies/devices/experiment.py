"""A trial is a liquid on a fold: accuracies of its disturbed copies, however they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evolution import LiquidEvolution
from experiments.lab.experiment import Done, Experiment, Figures, Tick, Trial, named
from experiments.lab.outside import divided, known_task, made_task, refuse_one_class
from experiments.lab.records import Record
from experiments.lab.study import Summary
from experiments.studies.devices import KINDS, DevicesSettings
from lsm import LSMClassifier
from lsm.learning import default_trainer, eprop
from lsm.metrics.statistics import effect, mean_and_interval
from lsm.perturb import Disturbance
from lsm.plots import panels, plot_metric
from lsm.robustness import disturbed_scores, harden
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]

#: What each kind does at a strength, and its strengths.
DISTURBED: dict[str, tuple[Callable[[float], Disturbance], tuple[float, ...]]] = {
    "noise": (lambda s: Disturbance(weight_noise=s / 100), (5, 10, 20, 40)),
    "bits": (lambda s: Disturbance(bits=int(s)), (6, 4, 3, 2)),
    "device": (lambda s: Disturbance(bits=4, weight_noise=s / 100), (0, 10, 20, 40)),
    "synapses": (lambda s: Disturbance(lost_synapses=s / 100), (1, 2, 5, 10, 20)),
    "stuck": (lambda s: Disturbance(stuck_synapses=s / 100), (0.5, 1, 2, 5)),
    "neurons": (lambda s: Disturbance(lost_neurons=s / 100), (2, 5, 10, 20)),
    "delays": (lambda s: Disturbance(delay_jitter_ms=s), (1, 2, 4, 8)),
}
#: What hardened readouts expect.
EXPECTED = 8 * [Disturbance(bits=4, weight_noise=0.1)]
WAYS = ("one readout", "hardened", "calibrated", "its own")


class Devices(Experiment[DevicesSettings]):
    """All liquids on all folds."""

    def __init__(self, settings: DevicesSettings) -> None:
        super().__init__(settings)
        recorded, task, s = known_task(settings.task).recorded, None, settings
        self._trials = []
        for seed in s.all_seeds:
            if task is None or not recorded:
                task = made_task(s.task, quick=s.quick, random_state=0 if recorded else seed)
                refuse_one_class(task, f"--task {s.task}")
            for fold, pair in enumerate(divided(task, s, seed).values()):
                parts = [(task.spikes[some], task.labels[some]) for some in pair]
                self._trials += [
                    Trial(seed, liquid, fold, steps=1 + len(WAYS), content=parts)
                    for liquid in s.liquids
                ]

    def identity(self) -> dict[str, Any]:
        """The strengths as well."""
        strengths = {kind: list(DISTURBED[kind][1]) for kind in self.settings.kinds}
        return super().identity() | {"strengths": strengths}

    def trials(self) -> list[Trial]:
        """Liquids within folds within seeds."""
        return self._trials

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Accuracies (draws) of each way, kind and strength, and those of the liquid itself."""
        s, ((X, y), (test_X, test_y)) = self.settings, trial.content
        model = make(trial.name, s, trial.seed, X).fit(X, y)
        model = getattr(model, "classifier_", model)  # of an evolution
        tick("trained")
        hardened = harden(model, X, y, EXPECTED, random_state=trial.seed)
        options: dict[str, Any] = {"draws": s.draws, "random_state": 1000 * trial.seed + trial.fold}
        scores: dict[str, Callable[[list[Disturbance]], Floats]] = {
            way: partial(disturbed_scores, read, test_X, test_y, **own, **options)
            for way, read, own in (
                (WAYS[0], model, {}),
                (WAYS[1], hardened, {}),
                (WAYS[2], model, {"X_train": X}),
                (WAYS[3], model, {"X_train": X, "y_train": y}),
            )
        }
        accuracies = {}
        for way in WAYS:
            accuracies[way] = {
                kind: scores[way]([of(strength) for strength in strengths]).tolist()
                for kind, (of, strengths) in DISTURBED.items()
                if kind in s.kinds
            }
            tick(way)
        undisturbed = [each.score(test_X, test_y) for each in (model, hardened)]
        return {"undisturbed": dict(zip(WAYS, undisturbed, strict=False)), "accuracies": accuracies}

    def summarise(self, records: Done) -> Summary:
        """Accuracies over folds, and what each is less the liquid itself with its own readout."""
        liquids = {}
        for liquid in self.settings.liquids:
            some = named(records, liquid)
            itself, hardened = (
                np.array([record["undisturbed"][way] for record in some]) for way in WAYS[:2]
            )

            def numbers(accuracies: Floats, itself: Floats = itself) -> dict[str, Any]:
                return {
                    "folds": accuracies.tolist(),
                    **mean_and_interval(accuracies),
                    "less": effect(accuracies - itself).plain(),
                }

            liquids[liquid] = {
                "undisturbed": numbers(itself),
                "hardened": numbers(hardened),
                "ways": {
                    way: {
                        kind: [
                            {"strength": strength, **numbers(folds)}
                            for strength, folds in zip(
                                DISTURBED[kind][1],
                                np.mean([r["accuracies"][way][kind] for r in some], axis=2).T,
                                strict=True,
                            )
                        ]
                        for kind in self.settings.kinds
                    }
                    for way in WAYS
                },
            }
        return {"liquids": liquids}

    def figures(self, summary: Summary, records: Done) -> Figures:
        """A picture for each liquid."""
        return {name: partial(plot_curves, each) for name, each in summary["liquids"].items()}


def make(liquid: str, s: DevicesSettings, seed: int, X: SpikeTrains) -> Any:
    """What is to be fitted: a classifier, or an evolution that has one."""
    shared: dict[str, Any] = {"state": s.state, "n_jobs": s.n_jobs, "random_state": seed}
    if liquid == "evolved":
        return LiquidEvolution(
            neurons=s.neurons, population=s.population, generations=s.generations, **shared
        )
    rule = None
    if liquid == "learned":
        rule = partial(eprop, trainer=replace(default_trainer(X), iterations=s.iterations))
    return LSMClassifier(s.neurons, pretraining=rule, **shared)


def plot_curves(liquid: Mapping[str, Any]) -> Figure:
    """A panel for each kind: accuracy by strength, the mean over folds and its interval."""
    kinds = next(iter(liquid["ways"].values()))
    figure, axes = panels(len(kinds), width=3.4, height=2.8, columns=4, sharey=True)
    for axis, kind in zip(axes, kinds, strict=True):
        for way, of_kind in liquid["ways"].items():
            strengths = [each["strength"] for each in of_kind[kind]]
            folds = 100 * np.array([each["folds"] for each in of_kind[kind]])
            plot_metric(axis, strengths, folds, label=way)
        axis.axhline(100 * liquid["undisturbed"]["mean"], color="black", linestyle=":")
        axis.set(xlabel=KINDS[kind], title=kind)
        if kind == "bits":
            axis.invert_xaxis()  # fewer of them are the stronger disturbance
    axes[0].set_ylabel("accuracy (%)")
    axes[0].legend()
    return figure
