"""The Legendre memory in spikes, beside the exact one, delay lines and drawn liquids."""

from __future__ import annotations

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from experiments.studies.ideas import IdeasSettings
from experiments.studies.ideas.legendre import exact_memory, legendre_liquid
from experiments.studies.ideas.readings import accuracy, slow_liquid
from lsm import LiquidTransformer, Reservoir, SeriesLiquid, SpikeTrains, simulate
from lsm.encoders import IntegrateAndFire
from lsm.simulation import trajectories
from lsm.topology import MatrixInputs, NoWiring
from tasks import make_task
from tasks.baselines import time_bins
from tasks.braille import STEP_MS
from tasks.forecasters import WASHOUT, HeldOutRidge
from tasks.forecasts import HORIZON, nrmse
from tasks.series import make_series

Floats = NDArray[np.float64]

#: Of a channel of Braille, which is remembered as a whole.
ORDER = 6
#: Coefficients and steps of what is remembered of a series; whether neurons hear several of them.
SERIES = {"NARMA10": (16, 12.0, False), "MackeyGlass": (6, 40.0, True)}
VALUE_MS, RATE_HZ = 400.0, 200.0


def braille_memories(settings: IdeasSettings, seed: int) -> dict[str, float]:
    """Test accuracies on Braille of what is left at a recording's end, and of all of it."""
    task = make_task("Braille", random_state=seed, samples_per_class=settings.samples)
    spikes, training = task.spikes, task.training
    u = spikes.to_dense(STEP_MS) / STEP_MS
    n_channels, n_steps = u.shape[1:]
    duration_ms = n_steps * STEP_MS

    results = {}
    per_channel = settings.neurons // n_channels
    for name, recurrent in (("Legendre in spikes", True), ("without recurrence", False)):
        liquid = legendre_liquid(
            u[training],
            ORDER,
            per_channel,
            theta_ms=duration_ms,
            step_ms=STEP_MS,
            weights=np.eye(n_channels),
            mixed=False,
            rng=default_rng(seed),
            recurrent=recurrent,
        )
        states = simulate(liquid.reservoir, spikes, state=f"{liquid.state}+counts")[0]
        traces, counts = np.split(states.astype(np.float64), 2, axis=1)
        results[f"{name}, at the end"] = accuracy(task, traces)
        results[f"{name}, counts"] = accuracy(task, counts)
        if recurrent:
            results["its decoded coefficients"] = accuracy(task, traces @ liquid.decoders)
    memory = exact_memory(u, ORDER, n_steps)[:, :, -1].reshape(len(u), -1)
    results["Legendre, exact"] = accuracy(task, memory)
    line = delay_line(n_channels, per_channel, duration_ms)
    results["delay line, at the end"] = accuracy(
        task, simulate(line, spikes, state=liquid.state)[0]
    )
    drawn = LiquidTransformer(settings.neurons, random_state=seed).fit(spikes[training]).reservoir_
    slow = slow_liquid(settings.neurons, spikes[training], seed)
    for name, reservoir in (("drawn liquid", drawn), ("drawn liquid with long delays", slow)):
        states = simulate(reservoir, spikes, state=f"{liquid.state}+counts")[0]
        traces, counts = np.split(states.astype(np.float64), 2, axis=1)
        results |= {
            f"{name}, at the end": accuracy(task, traces),
            f"{name}, counts": accuracy(task, counts),
        }
    results[f"no liquid, {ORDER} time bins"] = accuracy(task, time_bins(spikes, ORDER))
    results["no liquid, counts"] = accuracy(task, spikes.counts().astype(np.float64))
    return results


def delay_line(n_channels: int, per_channel: int, longest_ms: float) -> Reservoir:
    """Neurons that repeat the spikes of a channel, each after its own delay."""
    n = n_channels * per_channel
    weights = np.kron(np.eye(n_channels), np.full(per_channel, 2000.0))
    delays = np.tile(np.arange(per_channel) / per_channel * longest_ms, n_channels)
    return Reservoir.random(
        n,
        random_state=0,
        ranges={},
        parameters={"tau_syn_ms": 1.0, "t_ref_ms": 4.0},
        excitatory=np.ones(n, dtype=bool),
        wiring=NoWiring(),
        inputs=MatrixInputs(weights, delay_ms=np.where(weights > 0, delays, 0.0)),
    )


def series_memories(name: str, settings: IdeasSettings, seed: int) -> dict[str, float]:
    """NRMSE of NARMA10, or of Mackey-Glass 84 steps ahead, on the last third of a series."""
    order, theta, mixed = SERIES[name]
    ahead = HORIZON if name == "MackeyGlass" else 0
    series = make_series(name, n_steps=settings.steps + ahead, random_state=seed)
    u = series.inputs[0, : settings.steps]
    y = (series.inputs if ahead else series.targets).T[ahead:]
    n_train = settings.steps * 2 // 3
    z = (u - u[:n_train].mean()) / u[:n_train].std()

    def error(states: Floats) -> float:
        # Nothing behind the training part is a target.
        heard = slice(WASHOUT, n_train - ahead)
        predicted = HeldOutRidge().fit(states[heard], y[heard]).predict(states)
        return nrmse(y[n_train:], predicted[n_train:])

    encoder = IntegrateAndFire(step_ms=VALUE_MS, rate_Hz=RATE_HZ).fit(u[None, None, :n_train])
    spikes: SpikeTrains = encoder.transform(u[None, None])
    results = {}
    for method, recurrent in (("Legendre in spikes", True), ("without recurrence", False)):
        liquid = legendre_liquid(
            z[None, None, :n_train],
            order,
            settings.neurons,
            theta_ms=theta * VALUE_MS,
            step_ms=VALUE_MS,
            weights=np.array([[1e3 / RATE_HZ], [-1e3 / RATE_HZ]]),
            mixed=mixed,
            rng=default_rng(seed),
            recurrent=recurrent,
        )
        states = trajectories(liquid.reservoir, spikes, every_ms=VALUE_MS, state=liquid.state)
        results[method] = error(states[0][0].astype(np.float64))
        if recurrent:
            decoded = states[0][0].astype(np.float64) @ liquid.decoders
            results["its decoded coefficients"] = error(decoded)
    memory = exact_memory(z, order, theta)
    results["Legendre, exact"] = error(memory)
    results["Legendre, exact, and products"] = error(with_products(memory))
    for method, in_degree in (("delay line of neurons", 0.0), ("drawn liquid", 3.0)):
        drawn = SeriesLiquid(settings.neurons, in_degree=in_degree)
        states = trajectories(
            drawn.draw(2, step_ms=VALUE_MS, random_state=seed),
            spikes,
            every_ms=VALUE_MS,
            state=drawn.state(VALUE_MS),
        )
        results[method] = error(states[0][0].astype(np.float64))
    return results | {
        "no liquid, 20 lags": error(lags(z)),
        "no liquid, 20 lags and products": error(with_products(lags(z))),
    }


def lags(z: Floats) -> Floats:
    """The last 20 values (steps, 20)."""
    padded = np.concatenate([np.zeros(19), z])
    return np.lib.stride_tricks.sliding_window_view(padded, 20)[:, ::-1]


def with_products(features: Floats) -> Floats:
    """Features (steps, k) and all products of two."""
    i, j = np.triu_indices(features.shape[1])
    return np.hstack([features, features[:, i] * features[:, j]])
