"""The tasks: what liquids hear, and how a linear readout of them is scored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.lab.outside import made_task
from lsm import LSMClassifier, LSMSeriesRegressor
from lsm.encoders import GaussianPopulation
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from readouts import RidgeReadout
from tasks import group_names
from tasks.baselines import FEATURES
from tasks.forecasters import Lags
from tasks.forecasts import nrmse
from tasks.series import make_series

#: Of tasks, beside what they have by default.
OPTIONS: dict[str, dict[str, Any]] = {
    "TXOR": {"samples_per_class": 200, "gap_ms": 100.0},
    "Evidence": {"samples_per_class": 150},
    "FSDD": {"takes": 12},
    "NMNIST": {},
    "EMG": {"samples_per_class": 40},
}
#: What a readout sees: where a memory is asked for, what is left at a sample's end.
STATES = {
    "TXOR": "traces:30",
    "Evidence": "traces:100",
    "FSDD": "bins:3",
    "NMNIST": "bins:3",
    "EMG": "bins:3",
    "NARMA10": "traces:15,30,60,150,300",
}
#: What is known without a liquid: of the whole sample, and at its end; of a series' last values.
CONTROLS, N_LAGS = ("time_bins_10", "traces_10_30_100ms"), 20
#: Steps of a series that train and test, and with ``--quick``; how long one lasts; and how many
#: set rate and ratio.
STEPS, QUICK_STEPS, STEP_MS, TUNED_ON = (1500, 750), (300, 150), 30.0, 400


class Problem(NamedTuple):
    """A task of a seed.

    Attributes
    ----------
    training, test : SpikeTrains
        What liquids hear; of a series a part of what trains the readout.
    score : callable
        Of a liquid, on the test part: accuracy, or 1 - NRMSE of a series.
    controls : dict of str to float
        The same without a liquid.
    """

    training: SpikeTrains
    test: SpikeTrains
    score: Callable[[Reservoir], float]
    controls: dict[str, float]


def make_problem(name: str, *, seed: int, quick: bool) -> Problem:
    """A task with the samples of a seed; of FSDD each seed leaves out another speaker.

    Raises
    ------
    InputError
        There are no recordings.
    """
    if name == "NARMA10":
        return _series(name, seed, QUICK_STEPS if quick else STEPS)
    options = OPTIONS[name]
    if name == "FSDD":
        speakers = group_names(name)
        options = options | {"group": speakers[seed % len(speakers)]}
    task = made_task(name, quick=quick, random_state=seed, **options)
    (x, y), (x_test, y_test) = (
        (task.spikes[part], task.labels[part]) for part in (task.training, task.test)
    )

    def score(liquid: Reservoir) -> float:
        return float(LSMClassifier(liquid, state=STATES[name]).fit(x, y).score(x_test, y_test))

    controls = {
        each: float(RidgeReadout().fit(features(x), y).score(features(x_test), y_test))
        for each, features in FEATURES.items()
        if each in CONTROLS
    }
    return Problem(x, x_test, score, controls)


def _series(name: str, seed: int, steps: tuple[int, int]) -> Problem:
    train, test = steps
    series = make_series(name, n_steps=train + test, random_state=seed)
    u, y = series.inputs, series.targets[0]
    encoder = GaussianPopulation(max_rate_Hz=2000.0, step_ms=STEP_MS).fit(u[None, :, :train])

    def score(liquid: Reservoir) -> float:
        model = LSMSeriesRegressor(liquid, encoder=encoder, state=STATES[name])
        model.fit(u[None, :, :train], y[None, :train])
        return 1 - nrmse(y[train:], np.asarray(model.predict(u[None]))[0, train:])

    lags = Lags(N_LAGS).fit(u[0, :train], y[:train, None]).predict(u[0])[train:, 0]
    tuned_on, tested = (
        encoder.transform(part[None]) for part in (u[:, :train][:, :TUNED_ON], u[:, train:])
    )
    return Problem(tuned_on, tested, score, {f"linear, {N_LAGS} lags": 1 - nrmse(y[train:], lags)})
