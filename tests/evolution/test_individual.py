"""Fitness by itself, as DEAP's tools handle it."""

import copy
import pickle

import numpy as np
import pytest
from deap import tools

from evolution import Fitness, GenomeSpace, Individual

SPACE = GenomeSpace(4, {"t_ref_ms": (0.5, 4)}, box=(6, 6))
WEIGHTS = (-1.0, 1.0)


def population():
    rng = np.random.default_rng(0)
    made = []
    for values in [(3.0, 1.0), (1.0, 0.0), (2.0, 5.0), (4.0, 4.0)]:
        made.append(Individual(SPACE.random(rng), Fitness(WEIGHTS)))
        made[-1].fitness.values = values
    return made


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
)
def test_copies_keep_weights_and_what_goes_with_them(duplicate):
    fitness = Fitness(WEIGHTS)
    assert not duplicate(fitness).valid
    fitness.values = (3.0, 1.0)
    fitness.crowding_dist = 0.5
    copied = duplicate(fitness)
    assert copied is not fitness
    assert (copied.weights, copied.values, copied.wvalues) == (WEIGHTS, (3.0, 1.0), (-3.0, 1.0))
    assert copied.crowding_dist == 0.5
    assert copied == fitness
    assert hash(copied) == hash(fitness)
    copied.values = (7.0, 7.0)
    assert fitness.values == (3.0, 1.0)


def test_deaps_hall_of_fame_and_pareto_front_keep_the_signs_and_all_aims():
    # Both copy deeply (deap.tools.support 1.4). Of (3, 1), (1, 0), (2, 5), (4, 4), the first to be
    # minimised and the second maximised, (2, 5) dominates the first and the last.
    hall, front = (
        tools.HallOfFame(1, similar=lambda a, b: a.fitness == b.fitness),
        (tools.ParetoFront(similar=lambda a, b: a.fitness == b.fitness)),
    )
    hall.update(population())
    front.update(population())
    assert [one.fitness.values for one in hall] == [(1.0, 0.0)]
    assert sorted(one.fitness.values for one in front) == [(1.0, 0.0), (2.0, 5.0)]
    assert {one.fitness.weights for one in [*hall, *front]} == {WEIGHTS}
