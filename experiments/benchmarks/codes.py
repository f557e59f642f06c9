"""What spike codes keep of a series, and what random kernels reach with them.

Inside the training part of each set, so that a code can be chosen by this: a code is fitted and a
classifier trained on some folds, the inverse and the labels are judged on the fold left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from lsm import KernelLiquid, LSMClassifier
from lsm.encoders import (
    Encoder,
    GaussianPopulation,
    IntegrateAndFire,
    LevelCrossing,
    SignMagnitude,
    StepForward,
)
from lsm.signals import Signals
from tasks.aeon_sets import aeon_set

FULL: dict[str, Any] = {
    "neurons": 1000,
    "folds": 4,
    "seeds": 3,
    "sets": ["ArrowHead", "GunPoint", "ItalyPowerDemand", "JapaneseVowels", "OSULeaf"],
}
QUICK: dict[str, Any] = {"neurons": 60, "folds": 2, "seeds": 1, "sets": ["UnitTest"]}

#: Thresholds and units in standard deviations.
CODES: dict[str, Encoder] = {
    "sign-magnitude, 8 digits of .02, slopes": SignMagnitude(n_bits=8, unit=0.02, slopes=True),
    "sign-magnitude, 8 digits of .02": SignMagnitude(n_bits=8, unit=0.02),
    "sign-magnitude, 4 digits of .25": SignMagnitude(n_bits=4, unit=0.25),
    "level-crossing, .02": LevelCrossing(threshold=0.02),
    "level-crossing, .1": LevelCrossing(threshold=0.1),
    "level-crossing, .5": LevelCrossing(threshold=0.5),
    "step-forward, .1": StepForward(threshold=0.1),
    "step-forward, .5": StepForward(threshold=0.5),
    "population, 8 fields, 4 spikes a step": GaussianPopulation(max_rate_Hz=4000),
    "integrate-and-fire, 4 spikes a step": IntegrateAndFire(rate_Hz=4000),
}


def measured(
    *, seed: int, neurons: int, folds: int, seeds: int, sets: Sequence[str]
) -> list[dict[str, Any]]:
    """Of each code and set: accuracy, error of the inverse, spikes for a value of the signal."""
    rows = []
    for name in sets:
        task = aeon_set(name, 0)
        assert task.signals is not None
        X, y = [task.signals[i] for i in task.training], task.labels[task.training]
        for code, encoder in CODES.items():
            figures = []
            for random_state in range(seed, seed + seeds):
                splits = StratifiedKFold(folds, shuffle=True, random_state=random_state)
                for training, held_out in splits.split(X, y):
                    model = LSMClassifier(
                        KernelLiquid(neurons), encoder=encoder, random_state=random_state
                    ).fit([X[i] for i in training], y[training])
                    signals = [X[i] for i in held_out]
                    deviation = np.concatenate([X[i] for i in training], axis=1).std(axis=1)
                    figures.append(
                        (model.score(signals, y[held_out]), *kept(model, signals, deviation))
                    )
            accuracy, error, spikes = np.mean(figures, axis=0)
            rows.append(
                {"set": name, "code": code, "accuracy": accuracy, "error": error, "spikes": spikes}
            )
    return rows


def kept(model: LSMClassifier, signals: Signals, deviation: Any) -> tuple[float, float]:
    """The root mean square error of the inverse in deviations, and spikes for a value."""
    spikes = model.encode(signals)
    inverse = model.encoder_.inverse_transform(spikes)
    wrong = [
        (decoded - signal) / deviation[:, np.newaxis]
        for decoded, signal in zip(inverse, signals, strict=True)
    ]
    squares = np.concatenate([each.ravel() ** 2 for each in wrong])
    return float(np.sqrt(squares.mean())), len(spikes.times_ms) / len(squares)


def report(rows: Sequence[Mapping[str, Any]]) -> list[Part]:
    """A row for each code, with the accuracy on each set and the means over sets."""
    sets = list(dict.fromkeys(row["set"] for row in rows))
    lines = []
    for code in dict.fromkeys(row["code"] for row in rows):
        of_code = {row["set"]: row for row in rows if row["code"] == code}
        means = {
            name: np.mean([row[name] for row in of_code.values()])
            for name in ("accuracy", "error", "spikes")
        }
        line = {"code": code} | {name: f"{100 * of_code[name]['accuracy']:.1f}" for name in sets}
        line |= {"mean": f"{100 * means['accuracy']:.1f}", "error": f"{means['error']:.3f}"}
        lines.append(line | {"spikes": f"{means['spikes']:.2f}"})
    columns = {"": "{code}"} | {name: f"{{{name}}}" for name in (*sets, "mean")}
    columns |= {"error of the inverse": "{error}", "spikes a value": "{spikes}"}
    return [
        note(
            "Accuracy of random kernels in percent, in folds of the training parts; the error "
            "of the inverse on the fold left out, in standard deviations of the signal."
        ),
        table_of(columns, lines),
    ]


PART = BenchmarkPart(
    "Spike codes",
    lambda settings, _: measured(seed=settings.seed, **settings.size(FULL, QUICK)),
    report,
)
