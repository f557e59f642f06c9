"""Liquids on members of a family of tasks."""

import numpy as np
import pytest

from evolution import RECIPES, Family
from evolution.searches import LiquidSearches
from tasks import make_task
from tests.evolution.judges import judge_of
from tests.evolution.searches import assert_same

RECIPE = RECIPES["delays"]
SPACE = RECIPE.space(8)
RESERVOIRS = [RECIPE.reservoir(SPACE.random(np.random.default_rng(k))) for k in range(4)]


def member(number, *, generation=0):
    """The judge of templates of their own."""
    seed = 100 * generation + number
    return judge_of(make_task("TPR4", random_state=seed, samples_per_class=20))


def test_members_train_readouts_of_their_own_and_count_alike():
    tested = Family(member, 3).test(RESERVOIRS)
    each = [member(number).test(RESERVOIRS) for number in range(3)]
    np.testing.assert_allclose(tested, np.mean(each, axis=0))
    assert len({tuple(scores) for scores in each}) == 3


def test_promising_liquids_meet_more_members():
    met = []
    family = Family(lambda number: met.append(number) or member(number), 2)
    fitness = family.fitness(RESERVOIRS)
    assert met == [0, 1]
    first = member(0).fitness(RESERVOIRS)
    half = np.argsort(-first, kind="stable")[:2]
    both = (first + member(1).fitness(RESERVOIRS))[half] / 2
    np.testing.assert_allclose(fitness[half], both)
    assert (np.delete(fitness, half) <= both.min()).all()


def test_an_evolution_that_goes_on_is_the_undisturbed_one(tmp_path):
    def searches(generations, **options):
        return LiquidSearches(
            RECIPE,
            SPACE,
            Family(member, 2),
            judge_of=lambda k: Family(lambda number: member(number, generation=k + 1), 2),
            final=Family(member, 2),
            reevaluate=True,
            population=4,
            generations=generations,
            random_state=0,
            **options,
        )

    kept = {"checkpoint": lambda name: tmp_path / f"{name}.npz"}
    whole = searches(2).evolution()
    searches(1, **kept).evolution()
    assert_same(searches(2, **kept, resume=True).evolution(), whole)


def test_a_family_without_members_is_refused():
    with pytest.raises(ValueError, match="members must be"):
        Family(member, 0)
