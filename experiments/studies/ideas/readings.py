"""What a liquid's spikes are read by."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from experiments.studies.ideas import IdeasSettings
from lsm import LiquidTransformer, Reservoir, SpikeTrains, simulate
from lsm.plasticity.calibration import calibrate
from lsm.presets.delayed import delayed
from lsm.states import TimeBins
from lsm.topology import FixedInDegree, LogUniformDelays
from readouts import RidgeReadout
from tasks import Task, make_task

Floats = NDArray[np.float64]

#: Patterns of each class where there are no recordings.
PATTERNS = 150


def liquid_and_rasters(
    name: str, settings: IdeasSettings, seed: int, parts: int
) -> tuple[Task, Reservoir, Floats]:
    """A task, a liquid drawn for it, and its spikes (samples, parts, neurons) in parts of each."""
    samples = settings.samples or (None if name == "Braille" else PATTERNS)
    task = make_task(name, random_state=seed, samples_per_class=samples)
    drawn = LiquidTransformer(settings.neurons, random_state=seed).fit(task.spikes[task.training])
    return task, drawn.reservoir_, rasters_of(drawn.reservoir_, task, parts)


def slow_liquid(n: int, spikes: SpikeTrains, seed: int) -> Reservoir:
    """A liquid drawn for spikes, whose axons take .1 to .9 s: one that remembers by its delays."""
    drawn = delayed(n, random_state=seed)
    wiring = replace(
        cast(FixedInDegree, drawn.wiring), delay_ms=LogUniformDelays(100.0, 900.0, per="source")
    )
    return calibrate(drawn.replace(wiring=wiring), spikes, rate_Hz=40.0)


def rasters_of(reservoir: Reservoir, task: Task, parts: int) -> Floats:
    """Spikes (samples, parts, neurons)."""
    states = simulate(reservoir, task.spikes, state=TimeBins(parts))[0]
    return states.reshape(len(states), parts, -1).astype(np.float64)


def accuracy(task: Task, states: Floats) -> float:
    """Test accuracy of ridge regression on states (samples, features)."""
    readout = RidgeReadout().fit(states[task.training], task.labels[task.training])
    return float(readout.score(states[task.test], task.labels[task.test]))
