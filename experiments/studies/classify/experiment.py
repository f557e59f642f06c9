"""A trial is a method on a fold of a seed; its record holds the labels that test samples got.

All that is said of a run is computed from records.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np

from experiments.lab.experiment import Done, Experiment, Tick, Trial
from experiments.lab.records import Key, Record
from experiments.lab.results import versions
from experiments.lab.study import Summary
from experiments.studies.classify.comparing import Outcome, confusion, summarise
from experiments.studies.classify.folds import Fold, make_folds
from experiments.studies.classify.methods import METHODS, is_drawn, predict
from experiments.studies.classify.settings import ClassifySettings
from tasks.rivals import RIVALS


class Classify(Experiment[ClassifySettings]):
    """All methods on all folds of all seeds."""

    def __init__(self, settings: ClassifySettings) -> None:
        super().__init__(settings)
        self.folds = make_folds(settings)
        self.methods = (*METHODS, *settings.rivals)

    def identity(self) -> dict[str, Any]:
        """The options, and how many samples the task has."""
        return super().identity() | {"samples": len(self.folds[0].task.labels)}

    def trials(self) -> list[Trial]:
        """A trial for each method and fold; one for all seeds where nothing depends on them."""
        folds: dict[Key, Fold] = {}
        for fold in self.folds:
            for name in self.methods:
                folds.setdefault(self._key(fold, name), fold)
        return [Trial(seed, name, n, content=fold) for (seed, n, name), fold in folds.items()]

    def measure(self, trial: Trial, tick: Tick) -> Record:
        """Train a method on a fold; its record holds the labels of the test samples.

        And the bits that it keeps from one step to the next, where it hears samples as they come.
        """
        fold: Fold = trial.content
        predicted, bits = predict(trial.name, fold, tested=self.results.path("tested.npz"))
        labels = {way: each.tolist() for way, each in predicted.items()}
        return {"held_out": fold.name, "predicted": labels} | ({"bits": bits} if bits else {})

    def measured(self, trial: Trial, record: Record) -> str:
        """Nothing: there are many, and the bar says where it is."""
        return ""

    def summarise(self, records: Done) -> Summary:
        """Accuracies, paired differences, and confusion."""
        settings = self.settings
        outcomes = [self._outcome(fold, records) for fold in self.folds]
        bits: dict[str, Any] = {}
        for record in records.values():
            for way, kept in record.get("bits", {}).items():
                bits.setdefault(way, kept)  # of its first fold
        modules = [RIVALS[name].module for name in settings.rivals if name in RIVALS]
        packages = sorted({module.partition(".")[0] for module in modules if module})
        names = ("seed", "seeds", "paired_by")
        return summarise(settings, outcomes) | {
            "confusion": confusion(outcomes, settings.main).tolist(),
            "memory_bits": bits,
            "versions": versions() | {name: version(name) for name in packages},
            "settings": self.identity()
            | {name: getattr(settings, name) for name in names}
            | {"rivals": list(settings.rivals)},
        }

    def _key(self, fold: Fold, name: str) -> Key:
        """Where a method's record is; one serves all seeds if nothing in it depends on them."""
        fixed = self.settings.official or self.settings.by is not None
        shared = fixed and not is_drawn(name) and not fold.task.generated
        return (self.settings.seed if shared else fold.seed), fold.number, name

    def _outcome(self, fold: Fold, records: Done) -> Outcome:
        own = [records[self._key(fold, name)] for name in self.methods]
        return Outcome(
            seed=fold.seed,
            name=fold.name,
            labels=fold.task.labels[fold.test],
            columns={name: values[fold.test] for name, values in fold.task.columns.items()},
            predicted={
                way: np.atleast_2d(labels)
                for record in own
                for way, labels in record["predicted"].items()
            },
            shared={way for r in own if r["seed"] != fold.seed for way in r["predicted"]},
        )
