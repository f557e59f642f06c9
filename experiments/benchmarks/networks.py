"""Presets against plain Brian2 programs: rates and CV over seeds, and spikes of one wiring.

Brian2's settings are global, so that each plain program has a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from experiments.benchmarks.apart import apart
from experiments.benchmarks.parts import BenchmarkPart
from experiments.lab.page import Part
from experiments.lab.page.figures import note, table_of
from lsm import Reservoir, SpikeTrains, TimeBins, make_reservoir, simulate
from lsm.metrics import between, firing_rates, interval_cv, poisson_spikes
from lsm.presets.plain_brian2 import DT_MS, on_grid, plain_spikes

FULL: tuple[dict[str, Any], ...] = (
    {"name": "cuba", "n": 4000, "seeds": 5, "duration_ms": 1200.0, "start_ms": 200.0},
    {"name": "coba", "n": 4000, "seeds": 5, "duration_ms": 1200.0, "start_ms": 200.0},
    {"name": "maass2002", "n": 135, "seeds": 5, "duration_ms": 2000.0, "start_ms": 0.0},
)
QUICK = tuple(each | {"n": min(each["n"], 400), "seeds": 2, "duration_ms": 500.0} for each in FULL)
_SIDES = {"ours": "the preset", "theirs": "plain Brian2"}
#: A neuron with fewer spikes has no CV.
FEWEST_SPIKES = 4


def stimulus(name: str, duration_ms: float, seed: int) -> SpikeTrains:
    """What a network hears: the current-based one nothing, it fires by itself.

    The liquid four Poisson trains of 20 Hz; the conductance-based network, which is silent by
    itself, five. No channel fires twice in a step.
    """
    channels = {"cuba": 0, "coba": 5, "maass2002": 4}[name]
    if not channels:
        return SpikeTrains.from_lists([[[]]], duration_ms=duration_ms)
    rng = np.random.default_rng([seed, 1])  # not the one that draws the preset
    spikes = poisson_spikes(1, channels, rate_Hz=20, duration_ms=duration_ms, random_state=rng)
    step, channel = np.divmod(np.unique(spikes.steps(DT_MS) * channels + spikes.channels), channels)
    return on_grid(step, channel, spikes, channels)


def spikes_of(reservoir: Reservoir, sample: SpikeTrains) -> SpikeTrains:
    """The neurons' spikes in one sample, at steps of .1 ms, as the channels of one sample."""
    steps = int(sample.n_steps(DT_MS)[0])
    raster = simulate(reservoir, sample, dt_ms=DT_MS, state=TimeBins(bins=steps))
    step, neuron = np.nonzero(raster.reshape(steps, -1))
    return on_grid(step, neuron, sample, reservoir.n_neurons)


def rate_and_cv(spikes: SpikeTrains, *, start_ms: float) -> tuple[float, float]:
    """Mean rate in Hz, and mean CV of the neurons with enough spikes, from a time on."""
    later = between(spikes, start_ms, float(spikes.durations_ms[0]))
    enough = later.counts()[0] >= FEWEST_SPIKES
    cv = float(interval_cv(later)[enough].mean()) if enough.any() else np.nan
    return float(firing_rates(later).mean()), cv


def first_difference(ours: SpikeTrains, theirs: SpikeTrains) -> dict[str, Any]:
    """Until when two runs have the same spikes."""
    n = ours.n_channels
    mine, other = (np.sort(spikes.steps(DT_MS) * n + spikes.channels) for spikes in (ours, theirs))
    apart = np.setxor1d(mine, other)
    first = apart.min(initial=np.iinfo(np.int64).max)
    return {
        "identical": not len(apart),
        "identical_ms": float(min(int(first) // n * DT_MS, ours.durations_ms[0])),
        "identical_spikes": int((mine < first).sum()),
        "spikes": len(mine),
    }


def networks(
    name: str, *, n: int, seeds: int, duration_ms: float, start_ms: float
) -> dict[str, Any]:
    """A preset and the plain Brian2 program: rates and CV over seeds, and spikes of one wiring."""
    measured: dict[str, list[tuple[float, float]]] = {side: [] for side in _SIDES}
    for seed in range(seeds):
        sample = stimulus(name, duration_ms, seed)
        reservoir = make_reservoir(name, n=n, random_state=seed)
        spikes = spikes_of(reservoir, sample)
        measured["ours"].append(rate_and_cv(spikes, start_ms=start_ms))
        plain = apart(partial(plain_spikes, name, sample, n=n, seed=seed))
        measured["theirs"].append(rate_and_cv(plain, start_ms=start_ms))
        if seed == 0:
            shared = apart(partial(plain_spikes, name, sample, n=n, seed=seed, like=reservoir))
            agreement = first_difference(spikes, shared)
    result: dict[str, Any] = {"network": name, "neurons": n, "seeds": seeds, "shared": agreement}
    for side, values in measured.items():
        rate_hz, cv = np.mean(values, axis=0).tolist()
        rate_sd, cv_sd = np.std(values, axis=0, ddof=1).tolist()
        result[side] = {"rate_hz": rate_hz, "rate_sd": rate_sd, "cv": cv, "cv_sd": cv_sd}
    return result


def networks_report(results: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Rates and CV of presets and of plain Brian2, and until when the spikes are identical."""
    parts = []
    for result in results:
        sides = [{"name": name} | result[key] for key, name in _SIDES.items()]
        columns = {
            f"{result['network']}, {result['neurons']} neurons": "{name}",
            "rate (Hz)": "{rate_hz:.2f} +- {rate_sd:.2f}",
            "CV": "{cv:.2f} +- {cv_sd:.2f}",
        }
        shared = result["shared"]
        how = "all" if shared["identical"] else f"to {shared['identical_ms']:.1f} ms"
        remark = (
            f"{result['seeds']} seeds, mean and SD; with the preset's wiring, identical spikes: "
            f"{how} ({shared['identical_spikes']} of {shared['spikes']})"
        )
        parts += [table_of(columns, sides), note(remark)]
    return parts


PART = BenchmarkPart(
    "Presets and plain Brian2",
    lambda settings, _: [networks(**options) for options in settings.size(FULL, QUICK)],
    networks_report,
)
