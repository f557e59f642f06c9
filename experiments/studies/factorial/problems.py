"""The tasks: what liquids hear, and how a linear readout of them is scored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.lab.outside import made_task
from lsm import LSMClassifier, LSMSeriesRegressor, Reservoir, SpikeTrains
from lsm.encoders import GaussianPopulation
from readouts import RidgeReadout
from tasks import group_names
from tasks.baselines import FEATURES
from tasks.forecasters import Lags
from tasks.forecasts import nrmse
from tasks.series import make_series

#: Options beside a task's own, and what a readout sees: where a memory is asked for, what is left
#: at a sample's end.
TASKS: dict[str, tuple[dict[str, Any], str]] = {
    "TXOR": ({"samples_per_class": 200, "gap_ms": 100.0}, "traces:30"),
    "Evidence": ({"samples_per_class": 150}, "traces:100"),
    "FSDD": ({"takes": 12}, "bins:3"),
    "NMNIST": ({}, "bins:3"),
    "EMG": ({"samples_per_class": 40}, "bins:3"),
}
#: What is known without a liquid: of the whole sample, and at its end; of a series' last values.
CONTROLS, N_LAGS = ("time_bins_10", "traces_10_30_100ms"), 20
#: Steps of a series that train and test, and with ``--quick``; how long one lasts; how many set
#: rate and ratio; and what a readout sees.
STEPS, QUICK_STEPS, STEP_MS, TUNED_ON = (1500, 750), (300, 150), 30.0, 400
SERIES_STATE = "traces:15,30,60,150,300"


class Problem(NamedTuple):
    """What liquids hear in training, or a part of it, and in the test; and test scores.

    They are accuracies, of a series 1 - NRMSE: of a liquid, and of what is known without one.
    """

    training: SpikeTrains
    test: SpikeTrains
    score: Callable[[Reservoir], float]
    controls: dict[str, float]


def make_problem(name: str, *, seed: int, quick: bool) -> Problem:
    """A task with the samples of a seed; of FSDD each seed leaves out another speaker."""
    if name == "NARMA10":
        return _series(name, seed, QUICK_STEPS if quick else STEPS)
    options, state = TASKS[name]
    if name == "FSDD":
        speakers = group_names(name)
        options = options | {"group": speakers[seed % len(speakers)]}
    task = made_task(name, quick=quick, random_state=seed, **options)

    def score(model: Any, x: Any) -> float:
        model.fit(x[task.training], task.labels[task.training])
        return float(model.score(x[task.test], task.labels[task.test]))

    return Problem(
        task.spikes[task.training],
        task.spikes[task.test],
        lambda liquid: score(LSMClassifier(liquid, state=state), task.spikes),
        {each: score(RidgeReadout(), FEATURES[each](task.spikes)) for each in CONTROLS},
    )


def _series(name: str, seed: int, steps: tuple[int, int]) -> Problem:
    train, test = steps
    series = make_series(name, n_steps=train + test, random_state=seed)
    u, y = series.inputs, series.targets[0]
    encoder = GaussianPopulation(max_rate_Hz=2000.0, step_ms=STEP_MS).fit(u[None, :, :train])

    def score(liquid: Reservoir) -> float:
        model = LSMSeriesRegressor(liquid, encoder=encoder, state=SERIES_STATE)
        model.fit(u[None, :, :train], y[None, :train])
        return 1 - nrmse(y[train:], np.asarray(model.predict(u[None]))[0, train:])

    lags = Lags(N_LAGS).fit(u[0, :train], y[:train, None]).predict(u[0])[train:, 0]
    tuned_on, tested = u[None, :, : min(TUNED_ON, train)], u[None, :, train:]
    controls = {f"linear, {N_LAGS} lags": 1 - nrmse(y[train:], lags)}
    return Problem(encoder.transform(tuned_on), encoder.transform(tested), score, controls)
