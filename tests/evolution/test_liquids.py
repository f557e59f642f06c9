"""Searches of liquids: which judge each generation has, and what their genomes become."""

import numpy as np

from evolution import GAINS, RECIPES
from evolution.liquids import evolve_liquids, random_liquids, tune_gains
from lsm import NoWiring
from tasks import make_task
from tests.evolution.judges import judge_of

TASK = make_task("TPR4", random_state=0, samples_per_class=20)
JUDGE = judge_of(TASK)
RECIPE = RECIPES["driven"]
SPACE = RECIPE.space(8)


class Judges:
    """The judge of every generation, which keeps their numbers."""

    def __init__(self):
        self.numbers = []

    def __call__(self, number):
        self.numbers.append(number)
        return JUDGE


def test_every_generation_asks_for_its_judge():
    judges = Judges()
    options = {"random_state": 0, "population": 4, "generations": 2}
    result = evolve_liquids(RECIPE, SPACE, judges, **options)
    assert judges.numbers == [0, 1, 2]
    assert JUDGE.fitness([RECIPE.reservoir(result.best)])[0] == result.best_fitness


def test_a_genome_becomes_what_is_asked_for():
    made = []

    def uncoupled(genome):
        made.append(RECIPE.reservoir(genome).replace(wiring=NoWiring()))
        return made[-1]

    options = {"random_state": 0, "population": 3, "generations": 0}
    result = evolve_liquids(RECIPE, SPACE, Judges(), reservoir=uncoupled, **options)
    np.testing.assert_array_equal(np.sort(JUDGE.fitness(made)), np.sort(result.fitnesses))


def test_with_aims_neurons_may_be_absent():
    aims = ("accuracy", "neurons")
    options = {"random_state": 0, "population": 4, "generations": 0}
    result = evolve_liquids(RECIPE, SPACE, Judges(), aims=aims, **options)
    assert result.weights == (1.0, -1.0)
    sizes = [RECIPE.reservoir(genome).n_neurons for genome in result.population]
    assert result.fitnesses[:, 1].tolist() == sizes


def test_random_liquids_come_in_batches():
    judges = Judges()
    options = {"random_state": 0, "evaluations": 5, "batch": 3, "target": 2.0}
    result = random_liquids(RECIPE, SPACE, judges, **options)
    assert judges.numbers == [0, 1]
    assert result.evaluations == 5


def test_gains_are_tuned_of_one_liquid():
    options = {"random_state": 0, "evaluations": 4, "batch": 2, "target": 2.0}
    result, reservoir = tune_gains(RECIPE, SPACE, Judges(), **options)
    one, other = result.population[:2]
    assert (one.parameters == other.parameters).all()
    assert one.gains.shape == (len(GAINS),)
    assert reservoir(one).inputs != reservoir(other).inputs
