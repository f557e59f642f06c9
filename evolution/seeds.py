"""Streams of a seed: each search draws from its own, also apart from those that a caller spawns."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from evolution.space import GenomeSpace

RandomState = int | np.random.SeedSequence

REFERENCE, EVOLUTION, RANDOM_SEARCH, NSGA2, CMA = range(0x45564F, 0x45564F + 5)


def seed_sequence(random_state: RandomState) -> np.random.SeedSequence:
    """The seed as NumPy has it; ValueError for what is none."""
    if isinstance(random_state, np.random.SeedSequence):
        return random_state
    if isinstance(random_state, Integral) and random_state >= 0:
        return np.random.SeedSequence(int(random_state))
    raise ValueError(f"random_state must be an int >= 0 or a SeedSequence, got {random_state!r}")


def stream(seed: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    """The seed of a stream below another seed, by its key."""
    # Made by key, not by spawn(), which would count calls in the caller's seed.
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *map(int, key)))


def generator(seed: np.random.SeedSequence, *key: int) -> np.random.Generator:
    """A new generator of this stream."""
    return np.random.default_rng(stream(seed, *key))


def seed_entry(seed: np.random.SeedSequence) -> dict[str, Any]:
    """The seed, ready for JSON."""
    return {
        "entropy": np.asarray(seed.entropy, dtype=object).tolist(),
        "spawn_key": list(seed.spawn_key),
    }


def with_reference(space: GenomeSpace, seed: np.random.SeedSequence) -> GenomeSpace:
    """The space with a reference drawn from the seed, if its encoding needs one."""
    return space if space.encode == "both" else space.with_reference(generator(seed, REFERENCE))
