"""The searches of a run: their judges, budgets, checkpoints, and who watches."""

import numpy as np
import pytest

from evolution import RECIPES
from evolution.searches import LiquidSearches
from lsm import NoWiring
from tasks import make_task
from tests.evolution.judges import judge_of
from tests.evolution.searches import assert_same

TASK = make_task("TPR4", random_state=0, samples_per_class=20)
JUDGE = judge_of(TASK)
RECIPE = RECIPES["driven"]
SPACE = RECIPE.space(8)
OPTIONS = {"population": 4, "generations": 2, "random_state": 0}


class Watcher:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def __call__(self, name, total, *, unit, target):
        self.told.append((name, total, unit, target))
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.told.append("end")

    def start(self, number):
        self.told.append(number)

    def show(self, row):
        self.told.append(row["best"])


def searches(**options):
    return LiquidSearches(RECIPE, SPACE, JUDGE, **(OPTIONS | options))


@pytest.fixture(scope="module")
def evolved():
    return searches().evolution()


def test_whoever_watches_sees_each_generation_begin_and_end(evolved):
    watcher = Watcher()
    assert_same(searches(watch=watcher).evolution(), evolved)
    shown = [value for row in evolved.logbook for value in (row["generation"], row["best"])]
    assert watcher.told == [("evolution", 3, "generation", 1.0), *shown, "end"]


def test_each_generation_may_have_a_judge_of_its_own(evolved):
    numbers = []
    same = searches(judge_of=lambda number: numbers.append(number) or JUDGE, reevaluate=True)
    same.evolution()
    assert numbers == [0, 1, 2]
    same.random("drawn", 5)  # whose judge is the same for all
    assert numbers == [0, 1, 2]


def test_rivals_have_the_budget_of_the_evolution(evolved):
    rivals = searches().of_equal_budget(evolved)
    assert list(rivals) == ["random_search", "cma_gains", "evolution_without_recurrence"]
    for name in ("random_search", "cma_gains"):
        assert rivals[name][0].evaluations == evolved.evaluations
    assert len(rivals["evolution_without_recurrence"][0].logbook) == len(evolved.logbook)
    for search, reservoir in rivals.values():
        assert JUDGE.fitness([reservoir])[0] == search.best_fitness
    alone = rivals["evolution_without_recurrence"][1]
    assert isinstance(alone.wiring, NoWiring)
    fewer = searches(generations=9).of_equal_budget(evolved)["evolution_without_recurrence"][0]
    assert (
        len(fewer.logbook) < 10
    )  # of an evolution that ended early, its evaluations are the limit


def test_where_generations_differ_a_last_judge_chooses_in_every_search():
    numbers = []

    def fresh(number):
        numbers.append(number)
        return judge_of(make_task("TPR4", random_state=number, samples_per_class=20))

    drawn_anew = searches(judge_of=fresh, final=JUDGE, reevaluate=True)
    evolved = drawn_anew.evolution()
    results = [evolved] + [result for result, _ in drawn_anew.of_equal_budget(evolved).values()]
    assert numbers == [0, 1, 2] * 4  # each search meets what the evolution has met
    for result in results[:2]:
        liquids = [RECIPE.reservoir(genome) for genome in result.population]
        np.testing.assert_array_equal(JUDGE.fitness(liquids), result.fitnesses)
    assert {result.evaluations for result in results} == {12}


def test_with_several_aims_the_front_is_sought():
    front = searches(aims=("accuracy", "spikes"), generations=0).evolution()
    assert front.fitnesses.shape == (4, 2)


def test_each_search_has_its_checkpoint_and_goes_on_from_it(tmp_path, evolved):
    kept = {"checkpoint": lambda name: tmp_path / f"{name}.npz", "configuration": {"task": "TPR4"}}
    searches(**kept, generations=1).evolution()
    again = searches(**kept, resume=True)  # no random search to go on from: it begins
    drawn = again.random("drawn", 3)
    assert_same(again.evolution(), evolved)
    assert {path.name for path in tmp_path.iterdir()} >= {"evolution.npz", "drawn.npz"}
    keys = [genome.keys for genome in drawn.population]
    np.testing.assert_array_equal(np.load(tmp_path / "drawn.npz")["keys"], keys)
