"""What there is to forecast, and how well: NARMA10, Mackey-Glass, and what is remembered.

A seed is a series of its own. The last part of it is held out, and predicted once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks import make_series
from tasks.forecasters import Floats, Forecaster

#: Steps ahead in the Mackey-Glass series (Jaeger & Haas 2004, Science 304:78).
HORIZON = 84
#: Points from which it is forecast, and the steps heard before each.
STARTS, HEARD = 50, 300
#: Largest delay of the memory.
DELAYS = 100
#: Steps of a prediction that are kept for a picture.
_SHOWN = HORIZON

#: What a trial measures, ready for JSON.
Result = dict[str, Any]
#: How a task is done: a new forecaster, steps of training and test, and the seed.
Run = Callable[[Callable[[], Forecaster], int, int, np.random.SeedSequence], Result]


@dataclass(frozen=True)
class ForecastTask:
    """A task and what is measured.

    Parameters
    ----------
    title : str
    measures : dict of str to str
        Headings of what `run` measures, by name.
    run : callable
        Gives a result: ``measures``, ``n_features``, and what its picture shows.
    """

    title: str
    measures: dict[str, str]
    run: Run


def nrmse(true: Floats, predicted: Floats, *, scale: float | None = None) -> float:
    """Root mean squared error over the standard deviation (by default, of what is true)."""
    deviation = true.std() if scale is None else scale
    return float(np.sqrt(np.mean((true - predicted) ** 2)) / deviation)


def narma10(
    make: Callable[[], Forecaster], n_train: int, n_test: int, seed: np.random.SeedSequence
) -> Result:
    """Errors of the next value of a system of tenth order, from its input alone."""
    series = make_series("NARMA10", n_steps=n_train + n_test, random_state=seed)
    u, y = series.inputs[0], series.targets.T
    model = make().fit(u[:n_train], y[:n_train])
    predicted = model.predict(u)[n_train:]
    return {
        "measures": {"nrmse": nrmse(y[n_train:], predicted)},
        "n_features": model.n_features,
        "true": y[n_train:, 0][:_SHOWN].tolist(),
        "said": predicted[:_SHOWN, 0].tolist(),
    }


def mackey_glass(
    make: Callable[[], Forecaster], n_train: int, n_test: int, seed: np.random.SeedSequence
) -> Result:
    """Errors 84 steps ahead: of a readout for that, and of forecasts that hear themselves.

    Forecasts start at points that divide the test part evenly, each after steps of it that are
    heard.
    """
    series = make_series("MackeyGlass", n_steps=n_train + n_test + HORIZON, random_state=seed)
    x = series.inputs[0]
    ahead = x[HORIZON:, np.newaxis]
    # Nothing behind the training part is a target.
    direct = make().fit(x[: n_train - HORIZON], ahead[: n_train - HORIZON])
    predicted = direct.predict(x[: n_train + n_test])[n_train:]

    model = make().fit(x[: n_train - 1], x[1:n_train, np.newaxis])
    starts = np.linspace(n_train + HEARD, n_train + n_test, STARTS).astype(int)
    past = np.stack([x[start - HEARD : start] for start in starts])
    true = np.stack([x[start : start + HORIZON] for start in starts])
    forecast = model.go_on(past, HORIZON)
    scale = float(x[n_train : n_train + n_test].std())
    errors = [nrmse(true[:, k], forecast[:, k], scale=scale) for k in range(HORIZON)]
    return {
        "measures": {
            "nrmse84_direct": nrmse(ahead[n_train : n_train + n_test], predicted, scale=scale),
            "nrmse84_free": errors[-1],
        },
        "n_features": model.n_features,
        "errors": errors,
        "true": true[0].tolist(),
        "said": forecast[0].tolist(),
    }


def memory(
    make: Callable[[], Forecaster], n_train: int, n_test: int, seed: np.random.SeedSequence
) -> Result:
    """Memory capacity: how much of a uniform input is known 1, 2, ... steps later.

    The sum over delays of the squared correlation of input and prediction in the test part (Jaeger
    2001, GMD report 152), less the same for inputs that were shuffled and so were never heard.
    """
    rng = np.random.default_rng(seed)
    u = rng.uniform(-1, 1, n_train + n_test)
    y = np.hstack([delayed(u), delayed(rng.permutation(u))])
    model = make().fit(u[:n_train], y[:n_train])
    squared = squared_correlations(y[n_train:], model.predict(u)[n_train:])
    remembered, shuffled = squared[:DELAYS], squared[DELAYS:]
    return {
        "measures": {
            "capacity": float(remembered.sum() - shuffled.sum()),
            "floor": float(shuffled.sum()),
        },
        "n_features": model.n_features,
        "by_delay": remembered.tolist(),
    }


def delayed(u: Floats) -> Floats:
    """The input 1, 2, ..., `DELAYS` steps ago, (steps, delays); 0 before the first."""
    before = np.concatenate([np.zeros(DELAYS), u[:-1]])
    return np.lib.stride_tricks.sliding_window_view(before, DELAYS)[:, ::-1]


def squared_correlations(true: Floats, predicted: Floats) -> Floats:
    """Squared correlation of each column; 0 where a column is constant."""
    true, predicted = true - true.mean(axis=0), predicted - predicted.mean(axis=0)
    product = (true * predicted).mean(axis=0)
    variances = (true**2).mean(axis=0) * (predicted**2).mean(axis=0)
    return np.divide(product**2, variances, out=np.zeros_like(product), where=variances > 0)


FORECAST_TASKS: dict[str, ForecastTask] = {
    "narma10": ForecastTask("NARMA10", {"nrmse": "NRMSE"}, narma10),
    "mackey-glass": ForecastTask(
        f"Mackey-Glass, tau 17, {HORIZON} steps ahead",
        {"nrmse84_direct": "NRMSE84 direct", "nrmse84_free": "NRMSE84 free-running"},
        mackey_glass,
    ),
    "memory": ForecastTask(
        f"Memory capacity, delays 1 to {DELAYS}", {"capacity": "capacity"}, memory
    ),
}
