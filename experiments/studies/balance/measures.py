"""What is measured of liquids that differ in their E/I ratio alone: one seed, one kind of input.

Each kind of input has liquids of its own, tuned on samples that don't test: a ratio and a rate are
of an input, not of a liquid. All ratios of a seed share neurons, wiring, samples and what spoils
them, and are simulated in one call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.studies.balance.settings import Scale
from lsm import Reservoir, SpikeTrains, metrics, record
from lsm.encoders import make_encoder
from lsm.metrics.memory import ENCODER
from lsm.plasticity.balance import matched
from lsm.plasticity.ratios import RATE_HZ, measure_balance, sample_balanced
from tasks import Task, make_task
from tasks.robustness import robustness

#: What was measured at one ratio, by name.
Point = dict[str, Any]
Indices = NDArray[np.int64]

#: What a readout sees. TXOR's question is answered when its last spike has been heard.
STATES = {"FSDD": "counts", "TXOR": "traces:30"}
#: Held-out samples of which currents are recorded.
RECORDED = 5
#: Of the signal: samples of this length; the start of a run that a Lyapunov exponent begins after.
SIGNAL_MS, START_MS = 300.0, 200.0
#: Delays by degree, in steps of 10 ms; of degree 1 the capacity is the memory capacity.
DELAYS = {1: 30, 2: 10}
#: Time in which a noisy version of a signal moves spikes, and the distance of pairs.
JITTER_MS, DISTANCE = 4.0, 0.2
#: Singular values below this part of the largest one don't count for a rank; with the usual 1e-3
#: nearly every rank is full.
TOLERANCE = 0.05
#: Streams of a seed.
_LIQUID, _TAKES, _TUNING, _SPOILT, _SIGNAL = range(5)


def measure(
    name: str, seed: int, scale: Scale, recordings: Task | None, tick: Callable[[], None]
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
    tick : callable
        Called now and then; raises where the work is to stop.
    """
    if name == "signal":
        return _signal(seed, scale, tick)
    if recordings is not None and name == "FSDD":
        task = recordings
        train, test = _takes(task, seed, scale)
    else:
        task = make_task(name, random_state=seed, samples_per_class=scale.samples_per_class)
        train, test = task.training, task.test
    liquids = _tuned(task.spikes[train], seed, scale, tick)
    recorded = [task.spikes[k] for k in _rng(seed, _TUNING).permutation(test)[:RECORDED]]
    points = _balance(liquids, task.spikes[test], recorded, scale)
    bears = robustness(
        liquids,
        task,
        train,
        test,
        state=STATES[name],
        random_state=(seed, _SPOILT),
        tick=tick,
    )
    for k, point in enumerate(points):
        point["accuracy"] = float(bears.accuracy[k])
        point["spoilt_accuracy"] = float(bears.mean[k])
        point["retained"] = float(bears.retained[k])
        point["spoilt"] = {way: float(accuracy[k]) for way, accuracy in bears.spoilt.items()}
    return points


def _rng(seed: int, stream: int) -> np.random.Generator:
    return np.random.default_rng((seed, stream))


def _takes(task: Task, seed: int, scale: Scale) -> tuple[Indices, Indices]:
    """Training and test recordings, of all digits and speakers: takes drawn anew for each seed."""
    takes = _rng(seed, _TAKES).permutation(np.unique(task.metadata["take"]))
    tested, trained = np.split(takes[: scale.test_takes + scale.train_takes], [scale.test_takes])
    train, test = (np.isin(task.metadata["take"], part).nonzero()[0] for part in (trained, tested))
    return train, test


def _tuned(
    spikes: SpikeTrains, seed: int, scale: Scale, tick: Callable[[], None]
) -> list[Reservoir]:
    """A liquid for each ratio."""
    some = spikes[_rng(seed, _TUNING).permutation(len(spikes))[: scale.tuned_on]]
    sampled = sample_balanced(scale.neurons, some, random_state=_rng(seed, _LIQUID))
    liquids = []
    for octave in scale.octaves:
        liquids.append(
            matched(sampled, some, degree=2.0**octave, rounds=scale.rounds, rate_Hz=RATE_HZ)
        )
        tick()
    return liquids


def _balance(
    liquids: Sequence[Reservoir], spikes: SpikeTrains, recorded: Sequence[SpikeTrains], scale: Scale
) -> list[Point]:
    """Ratio, rate and balance on held-out samples, and the currents of a neuron as an example."""
    points = []
    for octave, liquid in zip(scale.octaves, liquids, strict=True):
        point = {"octave": octave, **measure_balance(liquid, spikes, recorded)._asdict()}
        neuron = int(np.flatnonzero(liquid.excitatory)[0])
        point["example_pA"] = [np.round(s[neuron]).tolist() for s in point.pop("currents")]
        points.append(point)
    return points


def _signal(seed: int, scale: Scale, tick: Callable[[], None]) -> list[Point]:
    """Capacities, ranks, and what spikes are like, driven by uniform random numbers."""
    rng = _rng(seed, _SIGNAL)
    n_steps = round(SIGNAL_MS / ENCODER.step_ms)
    tuned_on, tested, recorded = (
        _encoded(n, 4 * n_steps, rng) for n in (scale.tuned_on, scale.tuned_on, RECORDED)
    )
    liquids = _tuned(tuned_on, seed, scale, tick)
    points = _balance(liquids, tested, list(recorded), scale)
    state = int(rng.integers(2**32))
    capacities = metrics.processing_capacities(
        liquids, max_delays=DELAYS, n_steps=scale.signal_steps, random_state=state
    )
    tick()
    several = _encoded(scale.ranked, n_steps, rng)
    ranks = metrics.kernel_quality(
        liquids, several, jitter_ms=JITTER_MS, tolerance=TOLERANCE, random_state=state
    )
    tick()
    apart = metrics.separation(liquids, several[:100], distances=[DISTANCE], random_state=state)
    grows = metrics.lyapunov_exponents(liquids, several[:100], start_ms=START_MS, horizon_ms=50.0)
    tick()
    long = _encoded(1, round(scale.run_ms / ENCODER.step_ms), rng)
    for k, point in enumerate(points):
        point |= {
            "memory_capacity": capacities[k].by_degree[1],
            "processing_capacity": capacities[k].total,
            "kernel_rank": int(ranks.kernel[k]),
            "generalisation_rank": int(ranks.generalisation[k]),
            "kernel_quality": int(ranks.quality[k]),
            "separation": float(apart[k, 0]),
            "lyapunov_per_s": float(grows[k]),
            **metrics.spiking_regime(record(liquids[k], long), start_ms=START_MS)._asdict(),
        }
        tick()
    return points


def _encoded(n_samples: int, n_steps: int, rng: np.random.Generator) -> SpikeTrains:
    """Spikes of signals of independent uniform numbers, as capacities have them."""
    signals = rng.uniform(-1, 1, (n_samples, 1, n_steps))
    spikes: SpikeTrains = make_encoder(ENCODER).fit_transform(signals)
    return spikes
