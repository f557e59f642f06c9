"""What the benchmark shows beside costs: presets against plain Brian2, size, and metrics at once.

Each takes processes of its own: Brian2's settings are global there, and a peak of memory and a
number of compilations belong to a process.
"""

from __future__ import annotations

import os
import resource
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.apart import apart
from experiments.benchmarks.plain_brian2 import DT_MS, run
from lsm import (
    InputWiring,
    Reservoir,
    SpikeTrains,
    TimeBins,
    compilations,
    make_reservoir,
    simulate,
)
from lsm.base.temporary import temporary_folder
from lsm.metrics import between, firing_rates, interval_cv, liquid_quality, poisson_spikes
from lsm.topology import RandomWiring

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
    drawn = poisson_spikes(1, channels, rate_Hz=20, duration_ms=duration_ms, random_state=rng)
    place = np.unique(drawn.steps(DT_MS) * channels + drawn.channels)
    return SpikeTrains(
        place // channels * DT_MS,
        place % channels,
        np.array([0, len(place)]),
        np.array([duration_ms]),
        channels,
    )


def spikes_of(reservoir: Reservoir, sample: SpikeTrains) -> SpikeTrains:
    """The neurons' spikes in one sample, at steps of .1 ms, as the channels of one sample."""
    steps = int(sample.n_steps(DT_MS)[0])
    raster = simulate(reservoir, sample, dt_ms=DT_MS, state=TimeBins(bins=steps))
    step, neuron = np.nonzero(raster.reshape(steps, -1))
    return SpikeTrains(
        step * np.float64(DT_MS),
        neuron.astype(np.int32),
        np.array([0, len(step)]),
        sample.durations_ms,
        reservoir.n_neurons,
    )


def rate_and_cv(spikes: SpikeTrains, *, start_ms: float) -> tuple[float, float]:
    """Mean rate in Hz, and mean CV of the neurons with enough spikes, from a time on."""
    later = between(spikes, start_ms, float(spikes.durations_ms[0]))
    enough = later.counts()[0] >= FEWEST_SPIKES
    cv = float(interval_cv(later)[enough].mean()) if enough.any() else np.nan
    return float(firing_rates(later).mean()), cv


def first_difference(ours: SpikeTrains, theirs: SpikeTrains) -> dict[str, Any]:
    """Until when two runs have the same spikes."""
    mine, other = _places(ours), _places(theirs)
    apart = np.setxor1d(mine, other)
    n, first = ours.n_channels, apart.min(initial=np.iinfo(np.int64).max)
    return {
        "identical": not len(apart),
        "identical_ms": float(min(int(first) // n * DT_MS, ours.durations_ms[0])),
        "identical_spikes": int((mine < first).sum()),
        "spikes": len(mine),
    }


def _places(spikes: SpikeTrains) -> NDArray[np.int64]:
    return np.sort(spikes.steps(DT_MS) * spikes.n_channels + spikes.channels)


def networks(
    name: str, *, n: int, seeds: int, duration_ms: float, start_ms: float
) -> dict[str, Any]:
    """A preset and the plain Brian2 program: rates and CV over seeds, and spikes of one wiring."""
    ours, theirs = [], []
    for seed in range(seeds):
        heard = stimulus(name, duration_ms, seed)
        reservoir = make_reservoir(name, n=n, random_state=seed)
        found = spikes_of(reservoir, heard)
        ours.append(rate_and_cv(found, start_ms=start_ms))
        plain = run(name, heard, n=n, seed=seed)
        theirs.append(rate_and_cv(plain, start_ms=start_ms))
        if seed == 0:
            shared = run(name, heard, n=n, seed=seed, like=reservoir)
            agreement = first_difference(found, shared)
    result: dict[str, Any] = {"network": name, "neurons": n, "seeds": seeds, "shared": agreement}
    for key, values in (("ours", ours), ("theirs", theirs)):
        mean, sd = np.mean(values, axis=0), np.std(values, axis=0, ddof=1)
        result[key] = {
            "rate_hz": float(mean[0]),
            "rate_sd": float(sd[0]),
            "cv": float(mean[1]),
            "cv_sd": float(sd[1]),
        }
    return result


def large(*, neurons: int, synapses: int, samples: int, duration_ms: float) -> dict[str, Any]:
    """Time and memory of one large reservoir, in a process that does nothing else."""
    return apart(_large, neurons, synapses, samples, duration_ms)


def _large(neurons: int, synapses: int, samples: int, duration_ms: float) -> dict[str, Any]:
    p = synapses / neurons / (neurons - 1)
    reservoir = Reservoir.random(
        neurons,
        random_state=0,
        wiring=RandomWiring((p, p, p, p), weight_pA=(6, 6, -30, -30)),
        inputs=InputWiring(fraction=0.3, weight_pA=300.0),
    )
    spikes = poisson_spikes(samples, 20, rate_Hz=20, duration_ms=duration_ms, random_state=0)
    seconds = []
    for _ in range(2):  # the first may have to build the program
        start = time.perf_counter()
        counts = simulate(reservoir, spikes, n_jobs=1)
        seconds.append(time.perf_counter() - start)
    # The largest child's; Linux counts a child's parent in, so that this is an upper bound.
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peaks = [resource.getrusage(who).ru_maxrss for who in processes]
    return {
        "neurons": neurons,
        "synapses": len(reservoir.synapses),
        "samples": samples,
        "duration_ms": duration_ms,
        "rate_hz": float(counts.mean() / duration_ms * 1000),
        "seconds": seconds[1],
        "seconds_with_building": seconds[0],
        "peak_gib": sum(peaks) / 2**20,
    }


def quality(*, liquids: int, neurons: int) -> dict[str, Any]:
    """Rank, separation and memory capacity of many reservoirs in a call, without any program."""
    with temporary_folder("cache") as cache:
        return apart(_quality, liquids, neurons, str(cache))


def _quality(liquids: int, neurons: int, cache: str) -> dict[str, Any]:
    os.environ["LSM_CACHE"] = cache
    reservoirs = [Reservoir.random(neurons, random_state=seed) for seed in range(liquids)]
    spikes = poisson_spikes(neurons, 10, rate_Hz=20, duration_ms=300, random_state=0)
    start = time.perf_counter()
    found = liquid_quality(reservoirs, spikes, random_state=0, n_jobs=1)
    return {
        "liquids": liquids,
        "neurons": neurons,
        "seconds": time.perf_counter() - start,
        "compilations": compilations(),
        **{
            name: {"mean": float(values.mean()), "sd": float(values.std(ddof=1))}
            for name, values in found._asdict().items()
        },
    }
