"""Streams of random numbers by their place in a study."""

from __future__ import annotations

from numpy.random import SeedSequence


def stream(seed: SeedSequence, *key: int) -> SeedSequence:
    """The seed with this key below another one: by key, not by a count of calls as ``spawn()``."""
    return SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *map(int, key)))
