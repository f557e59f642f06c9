"""cma_search: it finds a known optimum, changes nothing but gains, and leaves no trace."""

from dataclasses import replace

import numpy as np
import pytest

from evolution import CheckpointError, GenomeSpace, cma_search
from tests.evolution.searches import Recorder, assert_same, global_random_state, seed_globally

SPACE = GenomeSpace(
    5,
    {"a": (0.0, 1.0)},
    box=(6.0, 6.0),
    gains={"e": (0.25, 4.0), "i": (0.1, 10.0), "input": (0.5, 8.0), "delay": (1.0, 8.0)},
)
WANTED = np.array([0.2, 0.7, 0.55, 0.4])  # in unit coordinates
# A long valley across all four: axis by axis there is no way down.
HESSIAN = np.diag([1.0, 3.0, 10.0, 30.0]) + np.full((4, 4), 0.8)


def quadratic(genomes, generation, wanted=WANTED):
    away = [SPACE.gains_to_unit(genome.gains) - wanted for genome in genomes]
    return [float(-x @ HESSIAN @ x) for x in away]


def search(evaluate=quadratic, **options):
    settings = {"evaluations": 64, "batch": 10, "random_state": 3}
    return cma_search(SPACE, evaluate, **(settings | options))


@pytest.mark.parametrize("seed", range(3))
def test_the_optimum_of_a_quadratic_function_is_found(seed):
    result = search(evaluations=1000, random_state=seed)
    found = SPACE.gains_to_unit(result.best.gains)
    np.testing.assert_allclose(found, WANTED, atol=1e-4)
    assert result.evaluations == 1000


def test_an_optimum_on_the_border_is_found():
    border = np.array([0.0, 1.0, 0.5, 1.0])
    result = search(lambda genomes, n: quadratic(genomes, n, border), evaluations=1000)
    np.testing.assert_allclose(SPACE.gains_to_unit(result.best.gains), border, atol=1e-3)


def test_nothing_but_gains_changes_and_the_first_lie_around_one():
    recorder = Recorder(quadratic)
    search(recorder)
    genomes = [genome for _, asked in recorder.calls for genome in asked]
    for genome in genomes:
        SPACE.validate(genome)
        assert genome.copy(gains=None) == genomes[0].copy(gains=None)
    assert len({genome.gains.tobytes() for genome in genomes}) == len(genomes) == 64
    first = search(recorder, evaluations=2000, batch=2000, target=np.inf).population
    drawn = SPACE.gains_to_unit(np.ones(4))
    mean = np.mean([SPACE.gains_to_unit(genome.gains) for genome in first], axis=0)
    assert mean[:3] == pytest.approx(drawn[:3], abs=0.05)


@pytest.mark.parametrize("encode", ["both", "positions"])
def test_the_genome_is_the_reference_of_the_space(encode):
    reference = replace(SPACE, gains={}).random(np.random.default_rng(5))
    space = replace(SPACE, encode=encode, reference=reference)
    result = cma_search(space, quadratic, evaluations=20, batch=10, random_state=0)
    assert result.best.copy(gains=None) == reference


def test_a_budget_ends_with_a_smaller_batch():
    recorder = Recorder(quadratic)
    assert search(recorder).evaluations == 64
    assert [len(genomes) for _, genomes in recorder.calls] == [10] * 6 + [4]
    assert search(evaluations=1).evaluations == 1


@pytest.mark.parametrize("value", [0.5, 0.0])
def test_equal_fitnesses_are_no_harm(value):
    result = search(lambda genomes, _: [value] * len(genomes), evaluations=1500)
    for genome in result.population:
        SPACE.validate(genome)


def test_the_search_stops_at_the_target():
    every = search(evaluations=400)
    target = every.logbook[5]["best"]
    stopped = search(evaluations=400, target=target)
    first = next(row["generation"] for row in every.logbook if row["best"] >= target)
    assert list(stopped.logbook) == every.logbook[: first + 1]


def test_one_seed_one_result_whatever_the_global_random_state():
    seed_globally(1)
    before = global_random_state()
    one = search()
    assert global_random_state() == before
    seed_globally(2)
    assert_same(one, search())
    assert one.best != search(random_state=4).best


@pytest.mark.parametrize("number", [1, 2, 6])
def test_a_resumed_search_is_an_undisturbed_one(number, tmp_path):
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        search(Recorder(quadratic, break_at=number), checkpoint=path)
    recorder = Recorder(quadratic)
    resumed = search(recorder, checkpoint=path, resume=True)
    assert_same(resumed, search())
    assert recorder.calls[0][0] == number


def test_a_checkpoint_of_other_gains_is_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    search(checkpoint=path)
    wider = replace(SPACE, gains=SPACE.gains | {"e": (0.1, 4.0)})
    with pytest.raises(CheckpointError, match=r"space\.gains\.e was \[0.25, 4.0\]"):
        cma_search(
            wider, quadratic, evaluations=64, batch=10, random_state=3, checkpoint=path, resume=True
        )


@pytest.mark.parametrize(
    ("space", "options", "message"),
    [
        (replace(SPACE, gains={}), {}, "space must have gains"),
        (SPACE, {"evaluations": 0}, "evaluations must be at least 1, got 0"),
        (SPACE, {"batch": 1}, "batch must be at least 2, got 1"),
    ],
)
def test_bad_arguments_are_refused(space, options, message):
    with pytest.raises(ValueError, match=message):
        cma_search(space, quadratic, **({"evaluations": 9, "random_state": 0} | options))
