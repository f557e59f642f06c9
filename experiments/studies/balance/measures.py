"""What is measured of liquids that differ in their E/I ratio alone: one seed, one kind of input.

Each kind of input has liquids of its own, tuned on samples that don't test: a ratio and a rate are
of an input, not of a liquid. All ratios of a seed share neurons, wiring, samples and what spoils
them, and are simulated in one call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.balance.liquids import (
    RATE_HZ,
    SPOILT_INPUTS,
    SPOILT_LIQUIDS,
    sample_liquid,
)
from experiments.studies.balance.settings import Scale
from lsm import Reservoir, SpikeTrains, record, simulate
from lsm.encoders import make_encoder
from lsm.metrics import (
    between,
    binned_counts,
    branching_factor,
    fano_factor,
    interval_cv,
    kernel_quality,
    loose_balance,
    lyapunov_exponents,
    population_rate,
    processing_capacities,
    separation,
    synaptic_currents,
    synchrony,
    tight_balance,
)
from lsm.metrics.memory import ENCODER
from lsm.plasticity.balance import matched, mean_currents, ratio
from readouts import make_readout
from tasks import Task, make_task
from tasks.baselines import most_frequent

#: What was measured at one ratio, by name.
Point = dict[str, Any]
Indices = NDArray[np.int64]

#: What a readout sees. TXOR's question is answered when its last spike has been heard.
STATES = {"FSDD": "counts", "TXOR": "traces:30"}
#: Held-out samples of which currents are recorded.
RECORDED = 5
#: Of the signal: samples of this length; the start of a long run that is cut off; steps that a
#: Lyapunov exponent begins after.
SIGNAL_MS, START_MS = 300.0, 200.0
#: Delays by degree, in steps of 10 ms; of degree 1 the capacity is the memory capacity.
DELAYS = {1: 30, 2: 10}
#: Time in which a noisy version of a signal moves spikes, and the distance of pairs.
JITTER_MS, DISTANCE = 4.0, 0.2
#: Singular values below this part of the largest one don't count for a rank; with the usual 1e-3
#: nearly every rank is full.
TOLERANCE = 0.05
#: An accuracy no further above chance than this has nothing to retain.
LEAST_ABOVE_CHANCE = 0.05
#: Streams of a seed.
_LIQUID, _TAKES, _TUNING, _SPOILT, _SIGNAL = range(5)


def measure(
    name: str, seed: int, scale: Scale, recordings: Task | None, progress: Callable[[], None]
) -> list[Point]:
    """Everything that is measured with one kind of input, a dictionary for each ratio.

    Parameters
    ----------
    name : str
        One of :data:`experiments.studies.balance.settings.INPUTS`.
    seed : int
    scale : Scale
    recordings : Task or None
        FSDD, of which each seed takes its own part.
    progress : callable
        Called now and then; raises where the work is to stop.
    """
    if name == "signal":
        return _signal(seed, scale, progress)
    if name == "FSDD":
        if recordings is None:
            raise ValueError("recordings must be a Task for FSDD, got None")
        task = recordings
        train, test = _takes(task, seed, scale)
    else:
        task = make_task(name, random_state=seed, samples_per_class=scale.samples_per_class)
        train, test = task.training, task.test
    liquids = _tuned(task.spikes[train], seed, scale, progress)
    recorded = [task.spikes[k] for k in _rng(seed, _TUNING).permutation(test)[:RECORDED]]
    points = _balance(liquids, task.spikes[test], recorded, scale)
    return _joined(points, _accuracies(liquids, task, train, test, STATES[name], seed, progress))


def load_recordings(data: Path | None, scale: Scale) -> Task:
    """FSDD, as many takes as there are or as the scale reads."""
    options = {} if scale.takes_read is None else {"takes": scale.takes_read}
    return make_task("FSDD", random_state=0, data=data, **options)


def _rng(seed: int, stream: int) -> np.random.Generator:
    return np.random.default_rng((seed, stream))


def _takes(task: Task, seed: int, scale: Scale) -> tuple[Indices, Indices]:
    """Training and test recordings, of all digits and speakers: takes drawn anew for each seed."""
    takes = _rng(seed, _TAKES).permutation(np.unique(task.metadata["take"]))
    tested, trained = np.split(takes[: scale.test_takes + scale.train_takes], [scale.test_takes])
    train, test = (np.isin(task.metadata["take"], part).nonzero()[0] for part in (trained, tested))
    return train, test


def _tuned(
    spikes: SpikeTrains, seed: int, scale: Scale, progress: Callable[[], None]
) -> list[Reservoir]:
    """A liquid for each ratio."""
    some = spikes[_rng(seed, _TUNING).permutation(len(spikes))[: scale.tuned_on]]
    sampled = sample_liquid(some, scale.neurons, _rng(seed, _LIQUID))
    liquids = []
    for octave in scale.octaves:
        liquids.append(
            matched(sampled, some, degree=2.0**octave, rounds=scale.rounds, rate_Hz=RATE_HZ)
        )
        progress()
    return liquids


def _balance(
    liquids: Sequence[Reservoir], spikes: SpikeTrains, recorded: Sequence[SpikeTrains], scale: Scale
) -> list[Point]:
    """Ratio, rate and balance on held-out samples, and the currents of a neuron as an example.

    Loose balance is of the means over all samples. Tight balance is taken in each sample of
    `recorded` by itself, its median over neurons, then the mean over samples.
    """
    points = []
    for liquid in liquids:
        mean = mean_currents(liquid, spikes)
        inhibitory = mean.inhibitory + mean.inhibitory_input
        currents = [
            synaptic_currents(liquid, record(liquid, sample), sample) for sample in recorded
        ]
        tight = [tight_balance(*sides) for sides in currents]
        neuron = int(np.flatnonzero(liquid.excitatory)[0])
        points.append(
            {
                "log2_ratio": float(np.log2(ratio(mean))),
                "rate_Hz": float(mean.rates_Hz.mean()),
                "rate_sd_Hz": float(mean.rates_Hz.std()),
                "loose": _median(loose_balance(mean.excitatory[:, None], inhibitory[:, None])),
                "tight": float(np.mean([_median(each.correlation) for each in tight])),
                "tight_peak": float(np.mean([_median(each.peak) for each in tight])),
                "lag_ms": float(np.mean([_median(each.lag_ms) for each in tight])),
                "example_pA": [np.round(side[neuron]).tolist() for side in currents[0]],
            }
        )
    for octave, point in zip(scale.octaves, points, strict=True):
        point["octave"] = octave
    return points


def _accuracies(
    liquids: Sequence[Reservoir],
    task: Task,
    train: Indices,
    test: Indices,
    state: str,
    seed: int,
    progress: Callable[[], None],
) -> list[Point]:
    """Accuracy of readouts trained on what isn't spoilt, and tested on that and on what is.

    ``retained`` is the mean accuracy of what is spoilt over the accuracy of what isn't, both above
    chance; NaN where there is hardly any.
    """
    spikes, y = task.spikes[test], task.labels
    trained = simulate(liquids, task.spikes[train], state=state)
    readouts = [make_readout("ridge").fit(X.astype(np.float64), y[train]) for X in trained]

    def accuracy(spoilt: Sequence[Reservoir], inputs: SpikeTrains) -> list[float]:
        states = simulate(spoilt, inputs, state=state)
        progress()
        return [
            float(np.mean(readout.predict(X.astype(np.float64)) == y[test]))
            for readout, X in zip(readouts, states, strict=True)
        ]

    clean = accuracy(liquids, spikes)
    spoilt = {}
    for name, of_input in SPOILT_INPUTS.items():
        spoilt[name] = accuracy(liquids, of_input(spikes, _rng(seed, _SPOILT)))
    for name, of_liquid in SPOILT_LIQUIDS.items():
        # Anew for each ratio, so that the same neurons are lost.
        spoilt[name] = accuracy([of_liquid(each, _rng(seed, _SPOILT)) for each in liquids], spikes)
    mean = np.mean(list(spoilt.values()), axis=0)
    chance = float(np.mean(y[test] == most_frequent(y[train])))
    above = [each - chance if each - chance > LEAST_ABOVE_CHANCE else np.nan for each in clean]
    return [
        {
            "accuracy": clean[k],
            "spoilt_accuracy": float(mean[k]),
            "retained": float((mean[k] - chance) / above[k]),
            "spoilt": {name: values[k] for name, values in spoilt.items()},
        }
        for k in range(len(liquids))
    ]


def _signal(seed: int, scale: Scale, progress: Callable[[], None]) -> list[Point]:
    """Capacities, ranks, and what spikes are like, driven by uniform random numbers."""
    rng = _rng(seed, _SIGNAL)
    n_steps = round(SIGNAL_MS / ENCODER.step_ms)
    liquids = _tuned(_encoded(scale.tuned_on, 4 * n_steps, rng), seed, scale, progress)
    points = _balance(
        liquids,
        _encoded(scale.tuned_on, 4 * n_steps, rng),
        list(_encoded(RECORDED, 4 * n_steps, rng)),
        scale,
    )
    state = int(rng.integers(2**32))
    capacities = processing_capacities(
        liquids, max_delays=DELAYS, n_steps=scale.signal_steps, random_state=state
    )
    progress()
    several = _encoded(scale.ranked, n_steps, rng)
    ranks = kernel_quality(
        liquids, several, jitter_ms=JITTER_MS, tolerance=TOLERANCE, random_state=state
    )
    progress()
    apart = separation(liquids, several[:100], distances=[DISTANCE], random_state=state)[:, 0]
    grows = lyapunov_exponents(liquids, several[:100], start_ms=START_MS, horizon_ms=50.0)
    progress()
    long = _encoded(1, round(scale.run_ms / ENCODER.step_ms), rng)
    spiking = []
    for liquid in liquids:
        spiking.append(_spiking(liquid, long))
        progress()
    measured = [
        {
            "memory_capacity": capacities[k].by_degree[1],
            "processing_capacity": capacities[k].total,
            "kernel_rank": int(ranks.kernel[k]),
            "generalisation_rank": int(ranks.generalisation[k]),
            "kernel_quality": int(ranks.quality[k]),
            "separation": float(apart[k]),
            "lyapunov_per_s": float(grows[k]),
        }
        for k in range(len(liquids))
    ]
    return _joined(_joined(points, measured), spiking)


def _encoded(n_samples: int, n_steps: int, rng: np.random.Generator) -> SpikeTrains:
    """Spikes of signals of independent uniform numbers, as capacities have them."""
    signals = rng.uniform(-1, 1, (n_samples, 1, n_steps))
    spikes: SpikeTrains = make_encoder(ENCODER).fit_transform(signals)
    return spikes


def _spiking(liquid: Reservoir, sample: SpikeTrains) -> Point:
    """Statistics of one long run, without its start."""
    recording = record(liquid, sample)
    spikes = between(recording, START_MS, float(recording.t_ms[-1]))
    activity = population_rate(spikes, bin_ms=2.0)
    return {
        "cv": _median(interval_cv(spikes)),
        "fano": _median(fano_factor(spikes, window_ms=500.0)),
        "synchrony": synchrony(binned_counts(spikes, bin_ms=5.0)[0]),
        "branching": branching_factor(activity, max_lag=20).factor,
    }


def _median(values: NDArray[np.float64]) -> float:
    """Over the neurons that have a value; NaN where none has."""
    some = values[np.isfinite(values)]
    return float(np.median(some)) if len(some) else float("nan")


def _joined(points: Sequence[Mapping[str, Any]], more: Sequence[Mapping[str, Any]]) -> list[Point]:
    return [{**point, **other} for point, other in zip(points, more, strict=True)]
