"""Problems for forecasters, and what is set side by side on each, with its settings.

`PROBLEMS` has NARMA10, the Mackey-Glass series, and how much of an input is remembered. A seed is
a series of its own, whose last part is held out and predicted once:

>>> import numpy as np
>>> from tasks.forecasts import PROBLEMS, forecasters
>>> make = forecasters("narma10", 100)["linear, 10 lags"]
>>> result = PROBLEMS["narma10"].run(lambda: make(0), 500, 300, np.random.SeedSequence(0))
>>> bool(0.5 < result["measures"]["nrmse"] < 0.8)
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone

from lsm import LSMSeriesRegressor, SeriesLiquid
from lsm.encoders import IntegrateAndFire
from tasks.forecasters import (
    EchoStateNetwork,
    Floats,
    Forecaster,
    Lags,
    Liquid,
    RandomUnits,
)
from tasks.series import make_series

#: Steps ahead in the Mackey-Glass series (Jaeger & Haas 2004, Science 304:78).
HORIZON = 84
#: Points from which it is forecast, and the steps before each that a forecaster gets.
STARTS, PAST_STEPS = 50, 300
#: Largest delay of the memory.
DELAYS = 100
#: Steps of a prediction that are kept for a picture.
_SHOWN = HORIZON

#: What a trial measures, ready for JSON.
Result = dict[str, Any]
#: How a problem is done: a new forecaster, steps of training and test, and the seed.
Run = Callable[[Callable[[], Forecaster], int, int, np.random.SeedSequence], Result]


@dataclass(frozen=True)
class Problem:
    """A problem and what is measured.

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
    starts = np.linspace(n_train + PAST_STEPS, n_train + n_test, STARTS).astype(int)
    past = np.stack([x[start - PAST_STEPS : start] for start in starts])
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


#: The problems by name.
PROBLEMS: dict[str, Problem] = {
    "narma10": Problem("NARMA10", {"nrmse": "NRMSE"}, narma10),
    "mackey-glass": Problem(
        f"Mackey-Glass, tau 17, {HORIZON} steps ahead",
        {"nrmse84_direct": "NRMSE84 direct", "nrmse84_free": "NRMSE84 free-running"},
        mackey_glass,
    ),
    "memory": Problem(f"Memory capacity, delays 1 to {DELAYS}", {"capacity": "capacity"}, memory),
}

LIQUID, ECHO_STATE_NETWORK = "liquid", "echo state network"

#: Liquids by problem, chosen by random search and by hand on series of other seeds than
#: ``forecast.py`` has.
LIQUIDS: dict[str, LSMSeriesRegressor] = {
    "narma10": LSMSeriesRegressor(
        SeriesLiquid(
            input_delay_steps=0,
            input_sd_pA=440.0,
            background=(0.0, 4.5),
            tau_m_ms=30.0,
            tau_syn_ms=5.4,
            weight_pA=(165.0, -155.0),
            delay_steps=(1.5, 3.0, 2.0, 9.0),
            in_degree=3.5,
            excitatory_fraction=0.5,
        ),
        encoder=IntegrateAndFire(step_ms=400.0, rate_Hz=100.0),
    ),
    "mackey-glass": LSMSeriesRegressor(SeriesLiquid()),
    "memory": LSMSeriesRegressor(SeriesLiquid(input_delay_steps=DELAYS)),
}
#: Liquids without what one of these parameters gives, as far as a problem's has it.
CONTROLS = {
    "liquid without recurrence": "in_degree",
    "liquid without input delays": "input_delay_steps",
}
#: Options of ``reservoirpy.nodes.Reservoir`` by problem, chosen alike; it gets standardised series.
ECHO_STATES: dict[str, Mapping[str, Any]] = {
    "narma10": {
        "sr": 1.1,
        "input_scaling": 0.01,
        "bias": 0.5,
        "rc_connectivity": 0.02,
        "input_connectivity": 0.1,
    },
    "mackey-glass": {
        "sr": 1.25,
        "lr": 0.3,
        "input_scaling": 0.5,
        "bias": 0.5,
        "rc_connectivity": 0.1,
        "input_connectivity": 0.2,
    },
    "memory": {
        "sr": 1.0,
        "input_scaling": 0.01,
        "rc_connectivity": 0.02,
        "input_connectivity": 1.0,
    },
}


def liquid(problem: str, n_neurons: int, seed: int, **changes: Any) -> Liquid:
    """The liquid of a problem with so many neurons, and with other parameters if there are any."""
    changes = {f"reservoir__{name}": value for name, value in changes.items()}
    model = clone(LIQUIDS[problem])
    return Liquid(model.set_params(random_state=seed, reservoir__n_neurons=n_neurons, **changes))


def forecasters(problem: str, n: int) -> dict[str, Callable[[int], Forecaster]]:
    """What makes new forecasters for a problem from a random state, by their names.

    Parameters
    ----------
    problem : str
        A key of `PROBLEMS`.
    n : int
        Neurons of a liquid, units of an echo state network.

    Returns
    -------
    dict of str to callable
        Liquids with the settings of `LIQUIDS`, without recurrence, and, if they have them, without
        input delays, a liquid of default settings, an echo state network (which needs reservoirpy
        once it is made), as many random units on the last values, and linear models, in which
        chance has no part.
    """
    network = partial(EchoStateNetwork, n, **ECHO_STATES[problem])
    linear: dict[str, Callable[[], Forecaster]] = {
        f"linear, {n_lags} lags": partial(Lags, n_lags) for n_lags in (10, 20, 50)
    }
    linear["linear, 20 lags and 55 products"] = partial(Lags, 20, n_products=10)
    parameters = LIQUIDS[problem].get_params()
    controls = {
        name: partial(liquid, problem, n, **{parameter: 0})
        for name, parameter in CONTROLS.items()
        if parameters[f"reservoir__{parameter}"]
    }
    return {
        LIQUID: partial(liquid, problem, n),
        **controls,
        "liquid of default settings": lambda seed: Liquid(LSMSeriesRegressor(n, random_state=seed)),
        ECHO_STATE_NETWORK: lambda seed: network(random_state=seed),
        "random units on 20 lags": lambda seed: RandomUnits(n, 20, random_state=seed),
        **{name: _ignoring_the_seed(make) for name, make in linear.items()},
    }


def _ignoring_the_seed(make: Callable[[], Forecaster]) -> Callable[[int], Forecaster]:
    return lambda _: make()
