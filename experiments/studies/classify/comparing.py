"""What folds say together: accuracies, their spread, and paired differences with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from experiments.studies.classify.settings import ClassifySettings
from lsm.metrics.statistics import spread

#: The families of a summary, in the order of its page; the rest are baselines.
LIQUID = ("ensemble", "liquid", "liquid_without_recurrence")
#: What it says of the settings.
_SETTINGS = (
    *("reservoir", "pretraining", "neurons", "liquids"),
    *("hear", "encoder", "state", "readout", "paired_by"),
)


@dataclass(frozen=True)
class Outcome:
    """What became of the test samples of one fold with one seed.

    Parameters
    ----------
    seed : int
    name : str
        What was held out.
    labels : array of int, shape (samples,)
    columns : dict of str to array, shape (samples,)
        Group and metadata.
    predicted : dict of str to array of int, shape (repetitions, samples)
        Labels given by each way to classify.
    shared : set of str
        Those whose labels are an earlier seed's, as nothing in them depends on it.
    """

    seed: int
    name: str
    labels: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]
    predicted: dict[str, NDArray[np.int64]]
    shared: set[str]

    def correct(self, way: str) -> NDArray[np.float64]:
        """How often each sample was given its label, (samples,), as a part of the repetitions."""
        return np.mean(self.predicted[way] == self.labels, axis=0)


def summarise(settings: ClassifySettings, outcomes: list[Outcome]) -> dict[str, Any]:
    """Accuracies of every way to classify, and the main one's differences from the others.

    A difference is of pairs on the same test samples: of each fold of each seed, or, with
    ``paired_by``, of each value of that column, its mean over seeds. Intervals are Student's t at
    95 % over the pairs, and there are none for fewer than three. Folds of a cross-validation share
    training samples, and seeds of one split all samples: an interval over seeds says what other
    liquids would give, not other data.
    """
    ways = list(outcomes[0].predicted)
    accuracies = {way: _accuracies(outcomes, way) for way in ways}
    values = {way: _pairs(outcomes, way, settings.paired_by) for way in ways}
    own = values[settings.main]
    baselines = [way for way in ways if way not in (*LIQUID, *settings.rivals)]
    without = [way for way in baselines if way != "ceiling"]
    highest = max(without, key=lambda way: accuracies[way]["mean"])
    return {
        "task": settings.task,
        "split": settings.split,
        "held_out": list(dict.fromkeys(outcome.name for outcome in outcomes)),
        "seeds": list(dict.fromkeys(outcome.seed for outcome in outcomes)),
        **{name: getattr(settings, name) for name in _SETTINGS},
        "main": settings.main,
        "test_accuracy": accuracies[settings.main]["mean"],
        "test_accuracies": accuracies[settings.main]["by_seed"],
        "liquid": {way: accuracies[way] for way in LIQUID if way in ways},
        "rivals": {way: accuracies[way] for way in settings.rivals},
        "baselines": {way: accuracies[way] for way in baselines},
        "best_without_liquid": {"name": highest, "accuracy": accuracies[highest]["mean"]},
        "differences": {way: spread(own - values[way]) for way in ways if way != settings.main},
    }


def confusion(outcomes: list[Outcome], way: str) -> NDArray[np.int64]:
    """How often samples of each class (rows) were given each label (columns)."""
    given = [outcome.predicted[way] for outcome in outcomes]
    true = [np.tile(o.labels, len(labels)) for o, labels in zip(outcomes, given, strict=True)]
    matrix = confusion_matrix(np.concatenate(true), np.concatenate([g.ravel() for g in given]))
    return np.asarray(matrix)


def _accuracies(outcomes: list[Outcome], way: str) -> dict[str, Any]:
    """Mean and spread over folds and seeds, and what each seed, fold and group has.

    What no seed has a part in was done once, and has no spread over seeds.
    """
    outcomes = [outcome for outcome in outcomes if way not in outcome.shared]
    of_run = _pairs(outcomes, way, None)
    over_runs = spread(of_run)
    seeds = list(_means(of_run, [outcome.seed for outcome in outcomes]).values())
    result = {
        "mean": over_runs["mean"],
        "sd": over_runs["sd"],
        "interval": over_runs["interval"] and np.clip(over_runs["interval"], 0, 1).tolist(),
        "runs": over_runs["n"],
        "sd_over_seeds": spread(np.array(seeds))["sd"],
        "by_seed": seeds,
        "by_fold": _means(of_run, [outcome.name for outcome in outcomes]),
    }
    if "group" in outcomes[0].columns:
        result["by_group"] = _by(outcomes, way, "group")
    return result


def _pairs(outcomes: list[Outcome], way: str, column: str | None) -> NDArray[np.float64]:
    """The accuracies that are one side of the pairs: of runs, or of a column's values."""
    if column is None:
        return np.array([outcome.correct(way).mean() for outcome in outcomes])
    return np.array(list(_by(outcomes, way, column).values()))


def _by(outcomes: list[Outcome], way: str, column: str) -> dict[Any, float]:
    """Accuracies of the samples with each value of a column."""
    values = np.concatenate([outcome.columns[column] for outcome in outcomes])
    correct = np.concatenate([outcome.correct(way) for outcome in outcomes])
    return _means(correct, map(str, values))


def _means(values: NDArray[np.float64], names: Iterable[Any]) -> dict[Any, float]:
    """Mean of the values of each name, in the order of their first appearance."""
    listed = list(names)
    codes = {name: code for code, name in enumerate(dict.fromkeys(listed))}
    index = np.array([codes[name] for name in listed])
    means = np.bincount(index, weights=values) / np.bincount(index)
    return dict(zip(codes, means.tolist(), strict=True))
