"""What is set side by side on a task, with its settings.

Settings were chosen on the training part of series with seeds that no run has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from experiments.common.forecasters import (
    EchoStateNetwork,
    Forecaster,
    Lags,
    Liquid,
    LiquidSettings,
)
from lsm.encoders import GaussianPopulation, IntegrateAndFire

ECHO_STATE_NETWORK = "echo state network"

#: A step of a series lasts so long.
_STEP_MS = 100.0
_MEMORY = LiquidSettings(
    encoder=IntegrateAndFire(step_ms=_STEP_MS, rate_Hz=100.0),
    background=(0.5, 5.0),
    tau_m_ms=30.0,
    tau_syn_ms=5.0,
    input_sd_pA=525.0,
    weight_pA=(290.0, -290.0),
    delay_ms=(150.0, 300.0, 600.0, 1200.0),
    tau_trace_ms=(30.0, 100.0, 300.0),
)
LIQUIDS: dict[str, LiquidSettings] = {
    "narma10": _MEMORY,
    "mackey-glass": LiquidSettings(
        encoder=GaussianPopulation(step_ms=_STEP_MS, n_fields=10, beta=1.0, max_rate_Hz=200.0),
        background=(0.5, 6.5),
        tau_m_ms=30.0,
        tau_syn_ms=10.0,
        input_sd_pA=157.0,
        weight_pA=(144.0, -216.0),
        delay_ms=(180.0, 360.0, 540.0, 900.0),
        tau_trace_ms=(30.0, 100.0, 300.0),
    ),
    "memory": _MEMORY,
}
#: Options of ``reservoirpy.nodes.Reservoir``, which hears standardised series.
ECHO_STATES: dict[str, Mapping[str, Any]] = {
    "narma10": {"sr": 0.9, "lr": 1.0, "input_scaling": 0.1},
    "mackey-glass": {"sr": 1.25, "lr": 0.3, "input_scaling": 0.5},
    "memory": {"sr": 0.9, "lr": 1.0, "input_scaling": 0.1},
}


def forecasters(task: str, n: int) -> dict[str, Callable[[int], Forecaster]]:
    """Name -> what makes a new forecaster of `n` neurons, or units, from a random state."""
    liquid = partial(Liquid, LIQUIDS[task], n)
    network = partial(EchoStateNetwork, n, **ECHO_STATES[task])
    linear: dict[str, Callable[[], Forecaster]] = {
        f"linear, {n_lags} lags": partial(Lags, n_lags) for n_lags in (10, 20, 50)
    }
    linear["linear, 20 lags and 55 products"] = partial(Lags, 20, n_products=10)
    return {
        "liquid": lambda seed: liquid(random_state=seed),
        "liquid without recurrence": lambda seed: liquid(random_state=seed, recurrent=False),
        ECHO_STATE_NETWORK: lambda seed: network(random_state=seed),
    } | {name: _ignoring_the_seed(make) for name, make in linear.items()}


def _ignoring_the_seed(make: Callable[[], Forecaster]) -> Callable[[int], Forecaster]:
    return lambda _: make()
