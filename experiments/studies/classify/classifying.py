"""Liquids on held-out samples, beside the same without recurrence, without a liquid, and rivals.

The work is cut into trials, a fold of a seed, and a trial into methods; each leaves a record, so
that an interrupted run goes on where it stopped. A record holds the labels that the method gave to
the fold's test samples, and all that is said of a run is computed from records.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from experiments.lab.errors import InputError
from experiments.lab.interrupts import raise_if_interrupted
from experiments.lab.page import write_page, write_tested
from experiments.lab.records import Key, Records
from experiments.lab.results import output_folder, set_aside, versions, write_json
from experiments.lab.statistics import Summary
from experiments.studies.classify.comparing import Outcome, confusion, report, summarise
from experiments.studies.classify.pictures import draw_confusion
from experiments.studies.classify.rivals import LIQUIDS, RIVALS, svm_features
from experiments.studies.classify.settings import ClassifySettings
from experiments.studies.classify.trials import Trial, columns, make_trials
from lsm import LSMClassifier, NoWiring, compilations
from lsm.states import features_per_neuron, make_state
from tasks.baselines import (
    FEATURES,
    SIGNAL_FEATURES,
    most_frequent,
    predict_without_liquid,
)
from tasks.rivals import predict_rival

Labels = NDArray[np.int64]

# Streams of a fold's seed: one for each liquid of an ensemble behind these.
_PROJECTIONS, _RIVAL, _LIQUIDS = range(3)


@dataclass(frozen=True)
class Method:
    """A way to classify, or several that share their work.

    `predict` gives for each way by name the labels of the test samples, (samples,), or (liquids,
    samples) where it was done with several. `drawn` says whether another seed gives others.
    """

    predict: Callable[[Trial], dict[str, Labels]]
    drawn: bool = True


def liquids(trial: Trial) -> dict[str, Labels]:
    """Labels of each liquid, of the same with its recurrence cut, and of all together.

    The ensemble adds up the probabilities of the classes.
    """
    X, y = trial.heard, trial.task.labels
    models = _fitted(trial)
    if (trial.seed, trial.fold) == (trial.settings.seed, 0):
        at = trial.settings.out / "tested.npz"
        write_tested(at, models[0], trial.task, trial.test, X[trial.test])
    cut = []
    for model in models:
        uncoupled = model.reservoir_.replace(wiring=NoWiring())
        alone = clone(model).set_params(reservoir=uncoupled, pretraining=None)
        cut.append(alone.fit(X[trial.train], y[trial.train]).predict(X[trial.test]))
    whole = [model.predict(X[trial.test]) for model in models]
    labels = {"liquid": np.array(whole), "liquid_without_recurrence": np.array(cut)}
    return labels | ({"ensemble": _together(trial, models)} if len(models) > 1 else {})


def liquid_rival(name: str, trial: Trial) -> dict[str, Labels]:
    """Labels of other liquids, as many as the main ones and with the same random states."""
    return {name: _together(trial, _fitted(trial, LIQUIDS[name]))}


def _fitted(trial: Trial, liquid: Mapping[str, Any] | None = None) -> list[LSMClassifier]:
    X, y, settings = trial.heard[trial.train], trial.task.labels[trial.train], trial.settings
    seeds = [trial.draw(_LIQUIDS, k) for k in range(settings.liquids)]
    return [settings.classifier(seed, liquid).fit(X, y) for seed in seeds]


def _together(trial: Trial, models: list[LSMClassifier]) -> Labels:
    """Labels of one model, or those with the largest sum of several models' probabilities."""
    X = trial.heard[trial.test]
    if len(models) == 1:
        return np.asarray(models[0].predict(X))
    votes = np.sum([model.predict_proba(X) for model in models], axis=0)
    return np.asarray(models[0].classes_[votes.argmax(axis=1)])


def without_liquid(trial: Trial) -> dict[str, Labels]:
    """Labels from statistics of spikes and signals, by chance, and by Bayes' rule if it's known."""
    task, test = trial.task, trial.test
    names = [*FEATURES, *([] if task.signals is None else SIGNAL_FEATURES)]
    labels = {"chance": np.full(len(test), most_frequent(task.labels[trial.train]))}
    labels |= _linear(trial, names)
    if task.ceiling is not None:
        labels["ceiling"] = task.ceiling[test]
    return labels


def projected(trial: Trial) -> dict[str, Labels]:
    """Labels from random projections of the input, as many as the liquid's readout sees."""
    return _linear(trial, ["random_projections"])


def rival(name: str, trial: Trial) -> dict[str, Labels]:
    """Labels of a rival without a liquid."""
    labels = predict_rival(
        name,
        trial.task,
        trial.train,
        trial.test,
        features=svm_features(trial.task.name, trial.settings.hear),
        units=trial.settings.neurons,
        random_state=trial.draw(_RIVAL),
        n_jobs=trial.settings.n_jobs,
    )
    return {name: labels}


def _linear(trial: Trial, names: list[str]) -> dict[str, Labels]:
    state = make_state(trial.settings.state)
    predicted = predict_without_liquid(
        trial.task,
        trial.train,
        trial.test,
        names=names,
        n_features=features_per_neuron(state) * trial.settings.neurons,
        random_state=trial.draw(_PROJECTIONS),
    )
    return {
        f"{name}, {readout}": labels
        for name, by_readout in predicted.items()
        for readout, labels in by_readout.items()
    }


def methods(settings: ClassifySettings) -> dict[str, Method]:
    """What is done in each trial."""
    known = {
        "liquid": Method(liquids),
        "baselines": Method(without_liquid, drawn=False),
        "random_projections": Method(projected),
    }
    for name in settings.rivals:
        work = liquid_rival if name in LIQUIDS else rival
        known[name] = Method(partial(work, name), RIVALS[name].drawn)
    return known


def classify(settings: ClassifySettings) -> Summary:
    """Do what is missing of all trials, write the summary of all, and return it.

    Without ``--resume``, whatever an earlier run left in the folder is set aside first.

    Raises
    ------
    InputError
        The task can't be made or divided so, or the folder's records are of other settings.
    """
    started = time.perf_counter()
    folder = output_folder(settings.out)
    try:
        trials = make_trials(settings)
    except (ValueError, TypeError, ImportError) as error:
        raise InputError(str(error)) from error
    if not settings.resume:
        set_aside(folder)
    identity = settings.identity() | {"samples": len(trials[0].task.labels)}
    records = Records(folder / "records.jsonl", identity)
    known = methods(settings)
    keys = {
        (trial.seed, trial.fold, name): _key(settings, trial, name, method)
        for trial in trials
        for name, method in known.items()
    }
    _work(settings, trials, known, keys, records)

    outcomes = [
        _outcome(trial, {name: records[keys[trial.seed, trial.fold, name]] for name in known})
        for trial in trials
    ]
    packages = {module.partition(".")[0] for r in settings.rivals if (module := RIVALS[r].module)}
    summary = summarise(settings, outcomes) | {
        "confusion": confusion(outcomes, settings.main).tolist(),
        "compilations": compilations(),
        "seconds": {
            "total": time.perf_counter() - started,
            "methods": {
                name: sum(records[k]["seconds"] for k in set(keys.values()) if k[2] == name)
                for name in known
            },
        },
        "versions": versions() | {name: version(name) for name in sorted(packages)},
        "settings": identity
        | {name: getattr(settings, name) for name in ("seed", "seeds", "paired_by")}
        | {"rivals": list(settings.rivals)},
    }
    draw_confusion(folder, summary, trials[0].task.classes)
    write_json(folder / "summary.json", summary)
    write_page(folder)
    print(f"{report(summary)}\nresults in {folder}", flush=True)
    return summary


def _key(settings: ClassifySettings, trial: Trial, name: str, method: Method) -> Key:
    """Where a method's record is; one serves all seeds if none of it depends on them."""
    fixed = settings.official or settings.by is not None
    shared = fixed and not method.drawn and not trial.task.generated
    return (settings.seed if shared else trial.seed), trial.fold, name


def _work(
    settings: ClassifySettings,
    trials: list[Trial],
    known: dict[str, Method],
    keys: dict[Key, Key],
    records: Records,
) -> None:
    """Do what has no record yet."""
    total = len(set(keys.values()))
    missing: dict[Key, Trial] = {}
    for trial in trials:
        for name in known:
            if (key := keys[trial.seed, trial.fold, name]) not in records:
                missing.setdefault(key, trial)
    title = f"{settings.task} {settings.split}"
    with (
        threadpool_limits(1),
        tqdm(total=total, initial=total - len(missing), desc=title, unit="result") as bar,
    ):
        for key, trial in missing.items():
            bar.set_postfix_str(f"seed {trial.seed}, {trial.name}: {key[2]}")
            before = time.perf_counter()
            predicted = known[key[2]].predict(trial)
            seconds = time.perf_counter() - before
            labels = {way: found.tolist() for way, found in predicted.items()}
            records.add(key, {"held_out": trial.name, "seconds": seconds, "predicted": labels})
            bar.update()
            raise_if_interrupted()


def _outcome(trial: Trial, records: dict[str, dict[str, Any]]) -> Outcome:
    return Outcome(
        seed=trial.seed,
        name=trial.name,
        labels=trial.task.labels[trial.test],
        columns={name: values[trial.test] for name, values in columns(trial.task).items()},
        predicted={
            way: np.atleast_2d(labels)
            for record in records.values()
            for way, labels in record["predicted"].items()
        },
        shared={
            way
            for record in records.values()
            if record["seed"] != trial.seed
            for way in record["predicted"]
        },
    )
