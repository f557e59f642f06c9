"""What is set side by side on a task, with its settings.

Settings were chosen by random search on series with seeds that no run has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from lsm import LSMSeriesRegressor
from lsm.encoders import GaussianPopulation, IntegrateAndFire
from tasks.forecasters import (
    EchoStateNetwork,
    Forecaster,
    Lags,
    Liquid,
    LiquidSettings,
)

LIQUID, ECHO_STATE_NETWORK = "liquid", "echo state network"

#: A step of a series lasts so long.
_STEP_MS = 100.0
_NARMA10 = LiquidSettings(
    encoder=IntegrateAndFire(step_ms=_STEP_MS, rate_Hz=100.0),
    background=(0.0, 4.5),
    tau_m_ms=30.0,
    tau_syn_ms=5.0,
    input_sd_pA=750.0,
    weight_pA=(230.0, -230.0),
    delay_ms=(150.0, 600.0, 300.0, 1200.0),
)
LIQUIDS: dict[str, LiquidSettings] = {
    "narma10": _NARMA10,
    "mackey-glass": LiquidSettings(
        encoder=GaussianPopulation(step_ms=_STEP_MS, n_fields=10, beta=1.0, max_rate_Hz=200.0),
        background=(0.5, 10.5),
        tau_m_ms=50.0,
        tau_syn_ms=20.0,
        input_sd_pA=110.0,
        weight_pA=(70.0, -110.0),
        delay_ms=(150.0, 300.0, 600.0, 1200.0),
        excitatory=0.3,
    ),
    "memory": replace(
        _NARMA10,
        input_sd_pA=375.0,
        weight_pA=(260.0, -260.0),
        delay_ms=(300.0, 600.0, 1200.0, 2400.0),
    ),
}
#: Options of ``reservoirpy.nodes.Reservoir``, which hears standardised series.
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


def forecasters(task: str, n: int) -> dict[str, Callable[[int], Forecaster]]:
    """Name -> what makes a new forecaster of `n` neurons, or units, from a random state."""
    model = partial(LIQUIDS[task].model, n)
    network = partial(EchoStateNetwork, n, **ECHO_STATES[task])
    linear: dict[str, Callable[[], Forecaster]] = {
        f"linear, {n_lags} lags": partial(Lags, n_lags) for n_lags in (10, 20, 50)
    }
    linear["linear, 20 lags and 55 products"] = partial(Lags, 20, n_products=10)
    return {
        LIQUID: lambda seed: Liquid(model(random_state=seed)),
        "liquid without recurrence": lambda seed: Liquid(model(random_state=seed, recurrent=False)),
        "liquid of default settings": lambda seed: Liquid(LSMSeriesRegressor(n, random_state=seed)),
        ECHO_STATE_NETWORK: lambda seed: network(random_state=seed),
    } | {name: _ignoring_the_seed(make) for name, make in linear.items()}


def _ignoring_the_seed(make: Callable[[], Forecaster]) -> Callable[[int], Forecaster]:
    return lambda _: make()
