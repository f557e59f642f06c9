"""What classifies the test samples of a fold: liquids, the same without recurrence, and others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from experiments.lab.page.tested import write_tested
from experiments.studies.classify.folds import Fold
from experiments.studies.classify.rivals import LIQUIDS, RIVALS, svm_features
from experiments.studies.classify.settings import ClassifySettings
from lsm import LSMClassifier, NoWiring
from lsm.states import features_per_neuron, make_state
from tasks.baselines import FEATURES, SIGNAL_FEATURES, most_frequent, predict_without_liquid
from tasks.rivals import predict_rival

Labels = NDArray[np.int64]

# Streams of a fold's seed: one for each liquid of an ensemble behind these.
_PROJECTIONS, _RIVAL, _LIQUIDS = range(3)


@dataclass(frozen=True)
class Method:
    """A way to classify, or several that share their work.

    `predict` gives for each way by name the labels of the test samples, (samples,), or (liquids,
    samples) where it was done with several. `random` says whether another seed gives others.
    """

    predict: Callable[[Fold], dict[str, Labels]]
    random: bool = True


def methods(settings: ClassifySettings, *, tested: Callable[[], Path]) -> dict[str, Method]:
    """What is done in each fold.

    Parameters
    ----------
    settings : ClassifySettings
    tested : callable
        Gives the path of a file for what becomes of the first fold's test samples.
    """
    known = {
        "liquid": Method(partial(liquids, tested=tested)),
        "baselines": Method(without_liquid, random=False),
        "random_projections": Method(projected),
    }
    for name in settings.rivals:
        predict = liquid_rival if name in LIQUIDS else rival
        known[name] = Method(partial(predict, name), RIVALS[name].drawn)
    return known


def classifier(
    settings: ClassifySettings, random_state: int, liquid: Mapping[str, Any] | None = None
) -> LSMClassifier:
    """An unfitted classifier with the main liquid, or with another as a rival describes it."""
    main = {"reservoir": settings.reservoir, "pretraining": settings.pretraining}
    kind = main if liquid is None else liquid
    preset = kind.get("reservoir")
    return LSMClassifier(
        settings.neurons if preset is None else f"{preset}:{settings.neurons}",
        pretraining=kind.get("pretraining"),
        encoder=settings.encoder,
        state=settings.state,
        readout=settings.readout,
        random_state=random_state,
        n_jobs=settings.n_jobs,
    )


def liquids(fold: Fold, *, tested: Callable[[], Path]) -> dict[str, Labels]:
    """Labels of each liquid, of the same with its recurrence cut, and of all together.

    The ensemble adds up the probabilities of the classes.
    """
    X, y = fold.inputs, fold.task.labels
    models = _fitted(fold)
    if (fold.seed, fold.number) == (fold.settings.seed, 0):
        write_tested(tested(), models[0], fold.task, fold.test, X[fold.test])
    cut = []
    for model in models:
        uncoupled = model.reservoir_.replace(wiring=NoWiring())
        alone = clone(model).set_params(reservoir=uncoupled, pretraining=None)
        cut.append(alone.fit(X[fold.train], y[fold.train]).predict(X[fold.test]))
    whole = [model.predict(X[fold.test]) for model in models]
    labels = {"liquid": np.array(whole), "liquid_without_recurrence": np.array(cut)}
    return labels | ({"ensemble": _together(fold, models)} if len(models) > 1 else {})


def liquid_rival(name: str, fold: Fold) -> dict[str, Labels]:
    """Labels of other liquids, as many as the main ones and with the same random states."""
    return {name: _together(fold, _fitted(fold, LIQUIDS[name]))}


def _fitted(fold: Fold, liquid: Mapping[str, Any] | None = None) -> list[LSMClassifier]:
    X, y = fold.inputs[fold.train], fold.task.labels[fold.train]
    states = [fold.random_state(_LIQUIDS, k) for k in range(fold.settings.liquids)]
    return [classifier(fold.settings, state, liquid).fit(X, y) for state in states]


def _together(fold: Fold, models: list[LSMClassifier]) -> Labels:
    """Labels of one model, or those with the largest sum of several models' probabilities."""
    X = fold.inputs[fold.test]
    if len(models) == 1:
        return np.asarray(models[0].predict(X))
    votes = np.sum([model.predict_proba(X) for model in models], axis=0)
    return np.asarray(models[0].classes_[votes.argmax(axis=1)])


def without_liquid(fold: Fold) -> dict[str, Labels]:
    """Labels from statistics of spikes and signals, by chance, and by Bayes' rule if it's known."""
    task, test = fold.task, fold.test
    names = [*FEATURES, *([] if task.signals is None else SIGNAL_FEATURES)]
    labels = {"chance": np.full(len(test), most_frequent(task.labels[fold.train]))}
    labels |= _linear(fold, names)
    if task.ceiling is not None:
        labels["ceiling"] = task.ceiling[test]
    return labels


def projected(fold: Fold) -> dict[str, Labels]:
    """Labels from random projections of the input, as many as the liquid's readout sees."""
    return _linear(fold, ["random_projections"])


def rival(name: str, fold: Fold) -> dict[str, Labels]:
    """Labels of a rival without a liquid."""
    labels = predict_rival(
        name,
        fold.task,
        fold.train,
        fold.test,
        features=svm_features(fold.task.name, fold.settings.hear),
        units=fold.settings.neurons,
        random_state=fold.random_state(_RIVAL),
        n_jobs=fold.settings.n_jobs,
    )
    return {name: labels}


def _linear(fold: Fold, names: list[str]) -> dict[str, Labels]:
    state = make_state(fold.settings.state)
    predicted = predict_without_liquid(
        fold.task,
        fold.train,
        fold.test,
        names=names,
        n_features=features_per_neuron(state) * fold.settings.neurons,
        random_state=fold.random_state(_PROJECTIONS),
    )
    return {
        f"{name}, {readout}": labels
        for name, by_readout in predicted.items()
        for readout, labels in by_readout.items()
    }
