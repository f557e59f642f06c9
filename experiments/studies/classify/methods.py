"""What classifies the test samples of a fold: liquids, the same without recurrence, and others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from experiments.lab.page.tested import write_tested
from experiments.studies.classify.folds import Fold
from experiments.studies.classify.settings import AUTO, CONTROLS, LIQUIDS, ClassifySettings
from lsm import LiquidTransformer, LSMClassifier, NoWiring
from lsm.spikes.address_events import SensorSize
from lsm.states import features_per_neuron, make_state
from tasks import baselines
from tasks.online import ONLINE, liquid_bits
from tasks.rivals import RIVALS, predict_rival, svm_features

#: Labels of the test samples by way of classifying: (samples,), or (liquids, samples) where it was
#: done with several.
Labels = dict[str, NDArray[np.int64]]
#: Bits kept from one step to the next by way of classifying, and there by what they are for.
Bits = dict[str, dict[str, int]]

#: What is done in each fold, beside rivals; of these only baselines are the same with each seed.
LIQUID, BASELINES, PROJECTIONS = METHODS = ("liquid", "baselines", "random_projections")
# Streams of a fold's seed: one for each liquid of an ensemble behind these.
_PROJECTIONS, _RIVAL, _LIQUIDS = range(3)


def is_drawn(method: str) -> bool:
    """Whether another seed gives other labels."""
    return method != BASELINES and (method not in RIVALS or RIVALS[method].drawn)


def predict(method: str, fold: Fold, *, tested: Path) -> tuple[Labels, Bits]:
    """Labels of a fold's test samples, and the memory of what hears them as they come.

    Of the first fold `tested` keeps what became of them.
    """
    settings = fold.settings
    if method == LIQUID:
        return liquids(fold, tested=tested)
    if method == BASELINES:
        return without_liquid(fold), {}
    if method == PROJECTIONS:
        return _linear(fold, [PROJECTIONS]), {}
    if method in LIQUIDS or method in CONTROLS:
        models = _fitted(fold, method) if method in LIQUIDS else _controls(fold, method)
        return {method: _together(fold, models)}, {method: _bits(fold, models)}
    random_state = fold.random_state(_RIVAL)
    units = _n_features(settings) if method == "delay-units" else settings.neurons
    labels = predict_rival(
        method,
        fold.task,
        fold.train,
        fold.test,
        features=svm_features(fold.task.name, signals=settings.hear == "signals"),
        units=units,
        random_state=random_state,
        n_jobs=settings.n_jobs,
    )
    if method not in ONLINE:
        return {method: labels}, {}
    rival = ONLINE[method][0](units, random_state)
    return {method: labels}, {method: {"rival": rival.memory_bits(fold.task.spikes[fold.train])}}


def classifier(
    settings: ClassifySettings,
    random_state: int,
    rival: str | None = None,
    *,
    sensor_size: SensorSize | None = None,
) -> LSMClassifier:
    """An unfitted classifier with the main liquid, or with a rival one."""
    preset, pretraining = settings.reservoir, settings.pretraining
    if rival is not None:
        _, preset, pretraining = LIQUIDS[rival]
    return LSMClassifier(
        settings.neurons if preset is None else f"{preset}:{settings.neurons}",
        pretraining=pretraining,
        encoder=settings.encoder,
        state=settings.state,
        rate_Hz=settings.rate_Hz,
        readout=settings.readout,
        sensor_size=sensor_size,
        random_state=random_state,
        n_jobs=settings.n_jobs,
    )


def liquids(fold: Fold, *, tested: Path) -> tuple[Labels, Bits]:
    """Labels of each liquid, of the same with its recurrence cut, and of all; and the memory.

    The ensemble adds up the probabilities of the classes.
    """
    X, y = fold.inputs, fold.task.labels
    models = _fitted(fold)
    if (fold.seed, fold.number) == (fold.settings.seed, 0):
        write_tested(tested, models[0], fold.task, fold.test, X[fold.test])
    cut = []
    whole = [model.predict(X[fold.test]) for model in models]
    for model, given in zip(models, whole, strict=True):
        if not len(model.reservoir_.synapses):  # it is its own control
            cut.append(given)
            continue
        uncoupled = model.reservoir_.replace(wiring=NoWiring())
        alone = clone(model).set_params(reservoir=uncoupled, pretraining=None)
        cut.append(alone.fit(X[fold.train], y[fold.train]).predict(X[fold.test]))
    labels = {LIQUID: np.array(whole), "liquid_without_recurrence": np.array(cut)}
    bits = {LIQUID: _bits(fold, models[:1])}
    if len(models) > 1:
        labels["ensemble"], bits["ensemble"] = _together(fold, models), _bits(fold, models)
    return labels, bits


def _unfitted(fold: Fold, rival: str | None = None) -> list[LSMClassifier]:
    states = [fold.random_state(_LIQUIDS, k) for k in range(fold.settings.liquids)]
    sensor_size = fold.task.sensor_size
    return [classifier(fold.settings, state, rival, sensor_size=sensor_size) for state in states]


def _fitted(fold: Fold, rival: str | None = None) -> list[LSMClassifier]:
    X, y = fold.inputs[fold.train], fold.task.labels[fold.train]
    return [model.fit(X, y) for model in _unfitted(fold, rival)]


def _controls(fold: Fold, control: str) -> list[LSMClassifier]:
    """The main liquids less their recurrence or their delays, calibrated anew and fitted."""
    X, y = fold.inputs[fold.train], fold.task.labels[fold.train]
    controls = []
    for model in _unfitted(fold):
        names = LiquidTransformer._get_param_names()
        liquid = LiquidTransformer(**{name: getattr(model, name) for name in names})
        reservoir = liquid.fit(X).reservoir_  # no sample is simulated
        wiring: Any = reservoir.wiring
        if control == "uncoupled":
            wiring = NoWiring()
        elif hasattr(wiring, "delay_ms"):
            wiring = replace(wiring, delay_ms=1.0, velocity=None)
        changed = reservoir.replace(wiring=wiring)
        controls.append(model.set_params(reservoir=changed, pretraining="calibrate").fit(X, y))
    return controls


def _bits(fold: Fold, models: list[LSMClassifier]) -> dict[str, int]:
    """Bits that models keep from one step to the next, together, by what they are for."""
    n_channels = models[0].encode(fold.inputs[fold.test[:1]]).n_channels
    kept = [
        liquid_bits(m.reservoir_, m.state_, n_channels=n_channels, dt_ms=m.dt_ms) for m in models
    ]
    return {part: sum(bits[part] for bits in kept) for part in kept[0]}


def _together(fold: Fold, models: list[LSMClassifier]) -> NDArray[Any]:
    """Labels of one model, or those with the largest sum of several models' probabilities."""
    X = fold.inputs[fold.test]
    if len(models) == 1:
        return np.asarray(models[0].predict(X))
    votes = np.sum([model.predict_proba(X) for model in models], axis=0)
    return np.asarray(models[0].classes_[votes.argmax(axis=1)])


def without_liquid(fold: Fold) -> Labels:
    """Labels from statistics of spikes and signals, by chance, and by Bayes' rule if it's known."""
    task, test = fold.task, fold.test
    names = [*baselines.FEATURES, *([] if task.signals is None else baselines.SIGNAL_FEATURES)]
    labels = {"chance": np.full(len(test), baselines.most_frequent(task.labels[fold.train]))}
    labels |= _linear(fold, names)
    if task.ceiling is not None:
        labels["ceiling"] = task.ceiling[test]
    return labels


def _linear(fold: Fold, names: list[str]) -> Labels:
    """Labels from features of the input; random projections are as many as the readout sees."""
    return baselines.by_readout(
        baselines.predict_without_liquid(
            fold.task,
            fold.train,
            fold.test,
            names=names,
            n_features=_n_features(fold.settings),
            random_state=fold.random_state(_PROJECTIONS),
        )
    )


def _n_features(settings: ClassifySettings) -> int:
    """Features that the readout sees of a liquid."""
    state = make_state("counts" if settings.state == AUTO else settings.state)
    return features_per_neuron(state) * settings.neurons
