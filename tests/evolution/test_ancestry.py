"""Which neurons come from the first generation: all of it, by its keys, whatever has evolved."""

from functools import partial

import numpy as np
import pytest

from evolution import RECIPES, evolve, nsga2, random_search
from evolution.ancestry import ancestry_of
from lsm.base.files import LoadError

RECIPE = RECIPES["driven"]


def late(genomes, generation):
    """A fitness that needs no simulation."""
    return [-genome.parameters[:, 0].mean() for genome in genomes]


def late_and_spread(genomes, generation):
    return [(-genome.parameters[:, 0].mean(), genome.positions.std()) for genome in genomes]


@pytest.mark.parametrize("encode", ["both", "configurations", "positions"])
@pytest.mark.parametrize("several", [False, True])
def test_the_first_generation_is_drawn_again(tmp_path, encode, several):
    path = tmp_path / "search.npz"
    space = RECIPE.space(8, encode=encode)
    options = {"population": 5, "random_state": 3, "checkpoint": path}
    search = partial(evolve, space, late, **options)
    if several:
        search = partial(nsga2, space, late_and_spread, weights=(1.0, 1.0), **options)
    first = search(generations=0)
    for genome in first.population:
        reservoir = RECIPE.reservoir(genome)
        ancestry = ancestry_of(reservoir, path)
        assert ancestry.inherited.all()
        np.testing.assert_array_equal(ancestry.parameters, genome.parameters)
        np.testing.assert_array_equal(ancestry.positions, genome.positions)
    assert ancestry.names == list(RECIPE.ranges)
    drawn = np.concatenate([genome.parameters for genome in first.population])
    np.testing.assert_array_equal(np.sort(ancestry.drawn, axis=0), np.sort(drawn, axis=0))
    later = search(generations=2).population[0]
    again = ancestry_of(RECIPE.reservoir(later), path)
    keys = {key for genome in first.population for key in genome.keys.tolist()}
    assert again.inherited.tolist() == [key in keys for key in later.keys.tolist()]
    assert np.isnan(again.positions[~again.inherited]).all()


def test_another_search_has_no_first_generation(tmp_path):
    path = tmp_path / "search.npz"
    space = RECIPE.space(8)
    drawn = random_search(space, late, evaluations=2, random_state=0, checkpoint=path)
    with pytest.raises(LoadError, match=r"search\.npz is not a checkpoint of an evolution"):
        ancestry_of(RECIPE.reservoir(drawn.best), path)
