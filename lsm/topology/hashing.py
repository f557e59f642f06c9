"""A hash of integers that stands in for a random generator."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Independent streams of the hash.
SYNAPSE, INPUT, INPUT_WEIGHT, WEIGHT, REWIRED, DELAY, KERNEL, DILATION, SIGNALS, KIND = (
    np.uint64(k) for k in range(1, 11)
)
ORIENTATION, PHASE, WAVELENGTH = (np.uint64(k) for k in range(11, 14))

#: Pairs of neurons at a time: few enough that their numbers stay in a processor's cache.
BLOCK = 250_000


def mix_round(h: NDArray[np.uint64], integer: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Take one more integer into a hash."""
    with np.errstate(over="ignore"):
        h = (h ^ integer) + np.uint64(0x9E3779B97F4A7C15)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return h ^ (h >> np.uint64(31))


def mix(*integers: ArrayLike) -> NDArray[np.uint64]:
    """Hash integers (arrays broadcast) to uint64: SplitMix64's finaliser after each.

    Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators".
    """
    h = np.zeros((), dtype=np.uint64)
    for integer in integers:
        h = mix_round(h, np.asarray(integer).astype(np.uint64))
    return np.asarray(h)


def unit(h: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Turn hashes into numbers in the open interval (0, 1)."""
    return ((h >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def uniform(*integers: ArrayLike) -> NDArray[np.float64]:
    """Hash integers to numbers in the open interval (0, 1)."""
    return unit(mix(*integers))


def blocks(rows: int, columns: int) -> Iterator[NDArray[np.intp]]:
    """Indices of as many rows at a time as make a block of pairs."""
    step = max(1, BLOCK // columns)
    for start in range(0, rows, step):
        yield np.arange(start, min(start + step, rows))
