"""Liquids that differ widely, and all that their metrics say of them before any task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm import DistanceWiring, InputWiring, Reservoir, metrics, record, simulate
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]

#: What each liquid draws, log-uniformly: the deviation of its input weights, were a neuron to hear
#: one spike a ms; the weight of its excitatory synapses, and how many times as strong inhibitory
#: ones are; the length of synapses in units of the positions, and their delay; time constants of
#: its neurons (each draws within a factor 1.5) and synapses; the part of neurons that inhibits.
RANGES = {
    "input_pA": (3.0, 100.0),
    "weight_pA": (3.0, 300.0),
    "inhibition": (0.5, 8.0),
    "length": (0.5, 4.0),
    "delay_ms": (1.0, 30.0),
    "tau_m_ms": (5.0, 100.0),
    "tau_syn_ms": (2.0, 20.0),
    "inhibitory_fraction": (0.05, 0.5),
}
#: Part of the excitatory neurons that a channel reaches.
FRACTION = 0.6
#: Channels of what metrics listen to, and their rate, which is that of :func:`lsm.metrics.
#: memory_capacities`' encoder. It lasts as long as each metric needs.
CHANNELS, RATE_HZ = 8, 40.0
#: From when on a liquid has forgotten its reset; when pairs begin to hear the same, and how long.
START_MS, SWITCH_MS, FADES_MS = 200.0, 500.0, 500.0
#: What is beyond them, also infinite, counts as these: exponents, and time constants.
MOST_PER_S, MOST_MS = 200.0, 10_000.0


def draw(seed: int, n_neurons: int) -> tuple[Reservoir, dict[str, float]]:
    """A liquid, and what it has drawn from `RANGES`; its input is yet to be scaled."""
    rng = np.random.default_rng(seed)
    drawn = {name: float(np.exp(rng.uniform(*np.log(ends)))) for name, ends in RANGES.items()}
    drawn["delay_ms"] = float(round(drawn["delay_ms"]))
    tau_m_ms, e = drawn["tau_m_ms"], drawn["weight_pA"]
    i = e * drawn["inhibition"]
    liquid = Reservoir.random(
        n_neurons,
        random_state=rng,
        ranges={
            "tau_m_ms": (tau_m_ms / 1.5, tau_m_ms * 1.5),
            "t_ref_ms": (1.0, 4.0),
            "v_threshold_mV": (-69.5, -65.0),
        },
        parameters={"tau_syn_ms": drawn["tau_syn_ms"]},
        excitatory_fraction=1 - drawn["inhibitory_fraction"],
        wiring=DistanceWiring(
            (0.5,) * 4,
            weight_pA=(e, e, -i, -i),
            delay_ms=(drawn["delay_ms"],) * 4,
            length=drawn["length"],
            weight_falls=False,
        ),
        inputs=InputWiring(FRACTION, 0.0, drawn["input_pA"]),
    )
    return liquid, drawn


def hearing(liquids: Sequence[Reservoir], spikes: SpikeTrains) -> list[Reservoir]:
    """The liquids with inputs scaled so that the current's deviation is theirs whatever is heard.

    That of Poisson spikes rises with the root of their rate, over all channels that a neuron hears.
    """
    per_ms = FRACTION * len(spikes.times_ms) / spikes.durations_ms.sum()
    return [liquid.scaled(per_ms**-0.5, inputs_only=True) for liquid in liquids]


def measured(liquids: Sequence[Reservoir], n_jobs: int) -> dict[str, list[float | None]]:
    """All metrics, one number a liquid each; None where a liquid has none, as a silent one."""
    options: dict[str, Any] = {"n_jobs": n_jobs}
    rng = np.random.default_rng(0)  # all liquids hear the same

    def poisson(n_samples: int, duration_ms: float) -> SpikeTrains:
        return metrics.poisson_spikes(
            n_samples, CHANNELS, rate_Hz=RATE_HZ, duration_ms=duration_ms, random_state=rng
        )

    inputs, run = poisson(150, 500.0), poisson(1, 10_000.0)
    pairs = poisson(40, SWITCH_MS + FADES_MS)
    liquids = hearing(liquids, run)
    ranks = metrics.kernel_quality(liquids, inputs, jitter_ms=4.0, random_state=1, **options)
    capacities = metrics.processing_capacities(
        liquids, max_delays={1: 30, 2: 8}, n_steps=2000, random_state=1, **options
    )
    fading = metrics.fading_memory(liquids, pairs, switch_ms=SWITCH_MS, **options).decay_ms
    exponents = metrics.lyapunov_exponents(liquids, pairs, start_ms=START_MS, **options)
    exponents = np.clip(np.nan_to_num(exponents, nan=-MOST_PER_S), -MOST_PER_S, MOST_PER_S)
    counts = simulate(liquids, inputs, state="counts", **options)
    rates = counts.mean(axis=(1, 2)) / (inputs.durations_ms[0] / 1000)
    with np.errstate(divide="ignore"):
        off = np.abs(np.log(rates / 40.0))
    cost = metrics.hardware_cost(liquids, inputs[:10], **options)
    values: dict[str, Any] = {
        "kernel rank": ranks.kernel,
        "generalisation rank": ranks.generalisation,
        "kernel less generalisation": ranks.quality,
        "separation": metrics.separation(
            liquids, inputs[:100], distances=[0.2], random_state=1, **options
        )[:, 0],
        "memory capacity": [capacity.by_degree[1] for capacity in capacities],
        "quadratic capacity": [capacity.by_degree[2] for capacity in capacities],
        **{
            f"linear time constant, {state}": np.minimum(
                metrics.linear_time_constants(liquids, pairs[:20], state=state, **options), MOST_MS
            )
            for state in ("traces:30", "potentials")
        },
        "fading memory": np.minimum(fading, FADES_MS),
        "Lyapunov exponent": exponents,
        "nearness of the exponent to 0": -np.abs(exponents),
        "rate": rates,
        "nearness of the rate to 40 Hz": -np.minimum(off, 10.0),
        "neurons that fire": (counts.sum(axis=1) > 0).mean(axis=1),
        "synaptic operations": cost.synaptic_operations,
        "membrane updates": cost.membrane_updates,
        **_of_one_run(liquids, run),
    }
    return {
        name: [float(x) if np.isfinite(x) else None for x in each] for name, each in values.items()
    }


def _of_one_run(liquids: Sequence[Reservoir], run: SpikeTrains) -> dict[str, list[float]]:
    """How each liquid fires, and how its currents balance."""
    rows = []
    for liquid in liquids:
        recording = record(liquid, run)
        try:
            regime = list(metrics.spiking_regime(recording, start_ms=START_MS))
        except ValueError:  # no spike after the start
            regime = [np.nan] * 4
        currents = metrics.synaptic_currents(liquid, recording, run)
        loose = metrics.regime.finite_median(metrics.loose_balance(*currents))
        rows.append([*regime, -loose])
    names = ("CV", "Fano factor", "synchrony", "branching factor", "loose balance")
    return dict(zip(names, np.transpose(rows).tolist(), strict=True))
