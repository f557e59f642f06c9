"""What the tests of the searches share."""

import random

import numpy as np


class Recorder:
    """An `evaluate` that keeps what it was asked, and may break off at a generation."""

    def __init__(self, evaluate, *, break_at=None):
        self.calls = []
        self._evaluate, self._break_at = evaluate, break_at

    def __call__(self, genomes, generation):
        if generation == self._break_at:
            raise KeyboardInterrupt
        self.calls.append((generation, list(genomes)))
        return self._evaluate(genomes, generation)


def assert_same(one, two):
    """The results of two searches are equal to the last bit."""
    assert list(one.logbook) == list(two.logbook)
    assert one.population == two.population
    assert np.array_equal(one.fitnesses, two.fitnesses)


def global_random_state():
    """What a search must neither read nor change."""
    return random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002


def seed_globally(seed):
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
