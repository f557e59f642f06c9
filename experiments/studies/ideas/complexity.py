"""The Lempel-Ziv complexity of each neuron's spike train as a state."""

from __future__ import annotations

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from experiments.studies.ideas import IdeasSettings
from experiments.studies.ideas.readings import accuracy, liquid_and_rasters

#: Parts of a sample in which a neuron has fired or not.
PARTS = 256


def lempel_ziv(word: bytes) -> int:
    """Number of phrases of a word, each the shortest that hasn't occurred before.

    Lempel & Ziv 1976, IEEE Transactions on Information Theory 22:75; the last phrase may have.

    >>> lempel_ziv(b"0001101001000101")
    6
    """
    start = phrases = 0
    while start < len(word):
        end, place = start + 1, 0
        while end <= len(word) and (place := word.find(word[start:end], place, end - 1)) >= 0:
            end += 1
        start = end
        phrases += 1
    return phrases


def complexities(rasters: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Complexity (samples, neurons) of each train of rasters (samples, parts, neurons)."""
    words = np.ascontiguousarray(rasters.transpose(0, 2, 1)).view(np.uint8)
    return np.array(
        [[lempel_ziv(row.tobytes()) for row in sample] for sample in words], dtype=float
    )


def with_complexity(name: str, settings: IdeasSettings, seed: int) -> dict[str, float]:
    """Test accuracies of counts and complexity, together and each alone.

    Complexity of shuffled trains knows how often a neuron has fired, and has as many features.
    """
    task, _, rasters = liquid_and_rasters(name, settings, seed, PARTS)
    counts = rasters.sum(axis=1)
    fired = rasters > 0
    shuffled = default_rng(seed).permuted(fired, axis=1)
    complexity, of_shuffled = complexities(fired), complexities(shuffled)
    bins = rasters[:, :PARTS].reshape(len(rasters), 2, PARTS // 2, -1).sum(axis=2)
    return {
        "counts and complexity": accuracy(task, np.hstack([counts, complexity])),
        "counts": accuracy(task, counts),
        "complexity": accuracy(task, complexity),
        "counts and complexity of shuffled trains": accuracy(
            task, np.hstack([counts, of_shuffled])
        ),
        "counts in two halves": accuracy(task, bins.reshape(len(rasters), -1)),
    }
