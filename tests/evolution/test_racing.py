"""Successive halving, on looks whose noise is known."""

import numpy as np
import pytest

from evolution.racing import race


class Looks:
    """Values of candidates with noise, and how many of them have been looked at."""

    def __init__(self, values, noise):
        self.values, self.noise = np.asarray(values), np.asarray(noise)
        self.seen = np.zeros(len(values), dtype=int)

    def __call__(self, number, chosen):
        self.seen[chosen] += 1
        return self.values[chosen] + self.noise[number, chosen]


def test_the_better_half_is_looked_at_as_often_again():
    worth = np.random.default_rng(0).permutation(20) / 20
    looks = Looks(worth, np.zeros((8, 20)))
    np.testing.assert_allclose(race(20, looks, looks=8), worth)
    by_worth = looks.seen[np.argsort(-worth)]
    assert by_worth.tolist() == [8] * 3 + [4] * 2 + [2] * 5 + [1] * 10
    few = Looks(worth, np.zeros((3, 20)))
    race(20, few, looks=3)  # what is left gets all, and no more
    assert np.bincount(few.seen).tolist() == [0, 10, 5, 5]


def test_one_who_drops_out_counts_no_more_than_who_goes_on():
    # The first two look best at first; the last of them proves bad in the second look.
    noise = np.zeros((2, 4))
    noise[0], noise[1] = (0.3, 0.25, 0.2, -0.1), (0.0, -0.5, 0.0, 0.0)
    values = race(4, Looks([0.5, 0.5, 0.5, 0.5], noise), looks=2)
    np.testing.assert_allclose(values, [0.65, 0.375, 0.375, 0.375])


def test_it_finds_the_best_more_often_than_equal_looks_of_the_same_number():
    """Of 16 candidates, 40 looks: 2.5 for each, or by halving 16, 8 + 4 x 2 ... to 8 looks."""
    rng = np.random.default_rng(0)
    worth, hits = np.linspace(0, 1.5, 16), np.zeros(2)
    for _ in range(400):
        noise = rng.normal(size=(8, 16))
        looks = Looks(worth, noise)
        hits[0] += race(16, looks, looks=8).argmax() == 15
        assert looks.seen.sum() == 40
        hits[1] += (worth + noise[:3].mean(axis=0)).argmax() == 15  # 48 looks
    assert hits[0] > 1.1 * hits[1]


@pytest.mark.parametrize(("candidates", "looks"), [(0, 1), (1, 0), (2, -1)])
def test_nothing_to_look_at_is_refused(candidates, looks):
    with pytest.raises(ValueError, match="must be"):
        race(candidates, lambda number, chosen: np.zeros(len(chosen)), looks=looks)
