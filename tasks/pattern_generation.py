"""Pattern: a network that hears frozen noise says a sum of sines."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.learning import Targets
from lsm.spikes import SpikeTrains
from tasks.base import RandomState, Task, TaskKind, refuse_data, shuffled_labels, split, streams
from tasks.cues import SOURCE, STEP_MS

N_CHANNELS = 100
N_STEPS = 1000
PROBABILITY = 0.05
PERIODS_MS = (1000, 500, 333, 200)
AMPLITUDES = (0.5, 2.0)


def pattern_generation(
    random_state: RandomState = None,
    data: None = None,
    *,
    n_patterns: int = 1,
    samples_per_class: int = 10,
) -> Task:
    """Pattern: the input is the same noise every time, the target a sum of four sines.

    100 channels fire with a probability of .05 in each of 1000 steps of 1 ms. The target has one
    output, sines of 1000, 500, 333 and 200 ms of random amplitude (.5 to 2) and phase, less its
    first value and divided by its largest size; all steps count (`Task.targets`).

    It is a task of learning, not of knowing what is new: samples of a pattern are the same, in
    training and test. The label is the pattern's number; of one pattern there is nothing to
    classify.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    n_patterns : int
        Frozen inputs, each with a target of its own. As published: one.
    samples_per_class : int
        How often each comes.
    """
    refuse_data("Pattern", data)
    n = positive_int(n_patterns, "n_patterns")
    templates, rng, division = streams(random_state)
    labels = shuffled_labels(n, samples_per_class, rng, n_values=N_CHANNELS * N_STEPS)
    frozen = SpikeTrains.from_dense(
        templates.random((n, N_CHANNELS, N_STEPS)) < PROBABILITY, dt_ms=1.0
    )
    sines = sums_of_sines(n, templates)[:, :, np.newaxis]
    train, fitness, test = split(len(labels), division)
    return Task(
        name="Pattern",
        spikes=frozen[labels],
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        targets=Targets(sines[labels], "squared_error"),
        step_ms=STEP_MS,
        description=f"pattern generation: frozen noise in, a sum of four sines out; {n} in all",
        generated=True,
        source=SOURCE,
    )


def sums_of_sines(n: int, rng: Generator) -> NDArray[np.float64]:
    """Sums of sines of `PERIODS_MS`, (n, steps), that begin at 0 and reach 1 or -1.

    As in NEST's example a sine has a whole number of periods, the last step included.
    """
    shape = (n, len(PERIODS_MS), 1)
    amplitude, phase = rng.uniform(*AMPLITUDES, shape), rng.uniform(0, 2 * np.pi, shape)
    cycles = N_STEPS // np.array(PERIODS_MS)[:, np.newaxis]
    time = np.linspace(0, 2 * np.pi, N_STEPS)
    total = (amplitude * np.sin(phase + cycles * time)).sum(axis=1)
    total -= total[:, :1]
    return total / np.abs(total).max(axis=1, keepdims=True)


PATTERN = TaskKind(pattern_generation)
