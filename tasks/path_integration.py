"""Path: from spikes that tell a velocity, the position."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.learning import Targets
from tasks.base import RandomState, Task, TaskKind, refuse_data, shuffled_labels, split, streams
from tasks.cues import PROBABILITY, STEP_MS, group_spikes

N_STEPS = 1000
#: How long a velocity lasts.
TAU_MS = 100.0
CLASSES = ("lower left", "upper left", "lower right", "upper right")


def path_integration(
    random_state: RandomState = None, data: None = None, *, samples_per_class: int = 500
) -> Task:
    """Path: a walk in the plane for 1 s, heard as its velocity; where is one now?

    Both components of the velocity are Ornstein-Uhlenbeck processes with a time constant of 100
    ms. Forty channels: ten for each direction (right, left, up, down), which fire in a step of 1 ms
    with .04 times the velocity in it, in units of its standard deviation. `Task.targets` is the
    position after each step, in units of its standard deviation at the end; all steps count. The
    label is the quadrant of the end.

    Counts of the whole sample tell the end: what is asked for is to keep them while they grow.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    samples_per_class : int
    """
    refuse_data("Path", data)
    _, rng, division = streams(random_state)
    labels = shuffled_labels(4, samples_per_class, rng, n_values=8 * N_STEPS)
    velocity = velocities(len(labels), rng)
    # Mirrored, a walk is as probable as before: so as many end in each quadrant.
    is_positive = np.stack([labels // 2, labels % 2], axis=1)
    velocity *= np.where((velocity.sum(axis=1) > 0) == is_positive, 1, -1)[:, np.newaxis]
    directions = np.stack([velocity, -velocity], axis=-1).reshape(len(labels), N_STEPS, 4)
    train, fitness, test = split(len(labels), division)
    return Task(
        name="Path",
        spikes=group_spikes(PROBABILITY * np.maximum(directions, 0).astype(np.float32), rng),
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        targets=Targets(np.cumsum(velocity, axis=1) / end_deviation(), "squared_error"),
        step_ms=STEP_MS,
        classes=CLASSES,
        description="path integration: velocity in, position out; label: the quadrant at the end",
        generated=True,
        source="this project",
    )


def velocities(n: int, rng: Generator) -> NDArray[np.float64]:
    """Velocities (samples, steps, 2) of mean 0 and variance 1 at each step."""
    decay = np.exp(-1 / TAU_MS)
    velocity = rng.normal(size=(n, N_STEPS, 2))
    velocity[:, 1:] *= np.sqrt(1 - decay**2)
    for k in range(1, N_STEPS):
        velocity[:, k] += decay * velocity[:, k - 1]
    return velocity


def end_deviation() -> float:
    """Standard deviation of the sum of a component's velocities."""
    lags = np.arange(1, N_STEPS)
    return float(np.sqrt(N_STEPS + 2 * ((N_STEPS - lags) * np.exp(-lags / TAU_MS)).sum()))


PATH = TaskKind(path_integration)
