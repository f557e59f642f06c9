"""Encoders that fire often on short signals, and such signals."""

import numpy as np
import pytest

from lsm.encoders import (
    BensSpiker,
    GaussianPopulation,
    IntegrateAndFire,
    Latency,
    LevelCrossing,
    PoissonRate,
    SignMagnitude,
    StepForward,
)

# Rates and thresholds at which short signals fire often, and several times a step.
ENCODERS_THAT_FIRE = [
    IntegrateAndFire(rate_Hz=2000),
    IntegrateAndFire(rate_Hz=500, slopes=True, step_ms=0.7),
    GaussianPopulation(n_fields=4, max_rate_Hz=1500),
    PoissonRate(max_rate_Hz=1500, random_state=3),
    Latency(step_ms=5),
    StepForward(threshold=0.3, silence_ms=4),
    LevelCrossing(threshold=0.3),
    SignMagnitude(n_bits=3, unit=0.4),
    SignMagnitude(unit=0.1, slopes=True, step_ms=2),
    BensSpiker(n_taps=5, cutoff=0.3, threshold=0.7),
]


def each(encoders):
    return pytest.mark.parametrize("encoder", encoders, ids=lambda e: type(e).__name__)


every = each(ENCODERS_THAT_FIRE)
# Chance is a hash of the whole sample, value by value.
without_chance = each([e for e in ENCODERS_THAT_FIRE if not isinstance(e, PoissonRate)])


def signals(n_samples=6, n_channels=3, n_steps=40, *, seed=0):
    rng = np.random.default_rng(seed)
    walk = rng.normal(size=(n_samples, n_channels, n_steps)).cumsum(axis=2)
    return walk * rng.uniform(0.1, 10, (n_channels, 1)) + rng.normal(size=(n_channels, 1))
