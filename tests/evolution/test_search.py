"""evolve and random_search: they find, count, stop, resume, and leave no trace."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evolution import CheckpointError, GenomeSpace, Operators, evolve, random_search
from tests.evolution.searches import assert_same, global_random_state, seed_globally

SPACE = GenomeSpace(6, {"a": (0.0, 1.0), "b": (1.0, 100.0)}, box=(6.0, 6.0), scales={"b": "log"})
OPERATORS = Operators(tournament=4, drift=0.5, rewire=0.2)
WANTED = np.array([0.3, 0.8])  # in unit coordinates


def closeness(genomes, generation):
    """One minus the mean distance of the parameters from what is wanted."""
    return [1 - np.abs(SPACE.to_unit(g.parameters) - WANTED).mean() for g in genomes]


class Recorder:
    """An `evaluate` that keeps what it was asked, and may break off at a generation."""

    def __init__(self, break_at=None):
        self.calls = []
        self.break_at = break_at

    def __call__(self, genomes, generation):
        if generation == self.break_at:
            raise KeyboardInterrupt
        self.calls.append((generation, list(genomes)))
        # As if the fitness split were redrawn in every generation.
        return np.array(closeness(genomes, generation)) - 0.001 * generation


def small_evolution(evaluate=closeness, **options):
    settings = {"population": 8, "generations": 5, "operators": OPERATORS, "random_state": 3}
    return evolve(SPACE, evaluate, **(settings | options))


def small_random_search(evaluate=closeness, **options):
    settings = {"evaluations": 43, "batch": 8, "random_state": 3}
    return random_search(SPACE, evaluate, **(settings | options))


def test_evolution_beats_random_search_of_equal_budget():
    for seed in range(3):
        evolved = evolve(SPACE, closeness, population=20, generations=15, random_state=seed)
        drawn = random_search(
            SPACE, closeness, evaluations=evolved.evaluations, batch=20, random_state=seed
        )
        assert drawn.evaluations == evolved.evaluations
        assert evolved.best_fitness > drawn.best_fitness + 0.04
        SPACE.validate(evolved.best)
        assert closeness([evolved.best], 0) == [evolved.best_fitness]


def test_the_logbook_tells_the_population():
    result = small_evolution()
    assert [row["generation"] for row in result.logbook] == list(range(6))
    last = result.logbook[-1]
    assert (last["best"], last["min"]) == (result.fitnesses.max(), result.fitnesses.min())
    assert last["mean"] == pytest.approx(result.fitnesses.mean())
    assert last["std"] == pytest.approx(result.fitnesses.std())
    best = result.logbook.select("best")
    assert best == sorted(best)  # elites are kept
    assert len(result.population) == 8


def test_only_changed_individuals_are_evaluated():
    recorder = Recorder()
    result = small_evolution(recorder, generations=10)
    asked = [genome.digest() for _, genomes in recorder.calls for genome in genomes]
    assert len(asked) == len(set(asked)) == result.evaluations < 8 * 11
    assert [generation for generation, _ in recorder.calls] == list(range(11))


def test_reevaluation_asks_for_everyone_and_never_more():
    recorder = Recorder()
    result = small_evolution(recorder, reevaluate=True)
    assert [len(genomes) for _, genomes in recorder.calls] == [8] * 6
    assert np.array_equal(result.fitnesses, recorder(result.population, 5))


def test_the_whole_budget_of_the_paper():
    evaluated = evolve(SPACE, closeness, random_state=0, generations=20).evaluations
    assert evaluated == pytest.approx(50 + 20 * 45, abs=40)


@pytest.mark.parametrize("search", [small_evolution, small_random_search])
def test_one_seed_one_result_and_another_another(search):
    assert_same(search(), search())
    assert search().best != search(random_state=4).best
    seed = np.random.SeedSequence(3)
    assert_same(search(random_state=seed), search())
    assert seed.n_children_spawned == 0
    assert search(random_state=seed.spawn(1)[0]).best != search().best


@pytest.mark.parametrize("search", [small_evolution, small_random_search])
def test_global_random_state_is_neither_read_nor_touched(search):
    seed_globally(1)
    before = global_random_state()
    one = search()
    assert global_random_state() == before
    seed_globally(2)
    assert_same(one, search())


@pytest.mark.parametrize("search", [small_evolution, small_random_search])
def test_the_search_stops_at_the_target(search):
    every = search()
    target = every.logbook[2]["best"]
    stopped = search(target=target)
    first = next(row["generation"] for row in every.logbook if row["best"] >= target)
    assert list(stopped.logbook) == every.logbook[: first + 1]


def test_one_random_liquid():
    result = small_evolution(population=1, generations=0, operators=None)
    assert result.evaluations == len(result.population) == 1


def test_random_search_draws_the_same_genomes_in_any_batch():
    one, other = small_random_search(batch=43), small_random_search(batch=5)
    assert one.best == other.best
    assert one.evaluations == other.evaluations == 43
    assert one.population[:5] == other.population
    assert other.fitnesses.tolist() == sorted(other.fitnesses, reverse=True)


@pytest.mark.parametrize("encode", ["configurations", "positions"])
def test_an_encoding_freezes_the_rest_of_every_genome(encode):
    space = replace(SPACE, encode=encode)
    recorder = Recorder()
    settings = {"random_state": 5, "operators": replace(OPERATORS, rekey=1)}
    evolved = evolve(space, recorder, population=8, generations=4, **settings)
    drawn = random_search(space, recorder, evaluations=20, random_state=5)
    frozen = ["positions"] if encode == "configurations" else ["parameters", "excitatory"]
    free = {"parameters", "excitatory", "positions", "keys"} - set(frozen)
    genomes = [genome for _, asked in recorder.calls for genome in asked]
    for name in frozen:
        for genome in [*genomes, evolved.best, drawn.best]:
            assert np.array_equal(getattr(genome, name), getattr(genomes[0], name))
    for name in free:
        assert len({getattr(genome, name).tobytes() for genome in genomes}) > 8


def test_a_given_reference_is_kept():
    reference = SPACE.random(np.random.default_rng(8))
    space = replace(SPACE, encode="configurations", reference=reference)
    result = evolve(space, closeness, population=6, generations=2, random_state=0)
    assert np.array_equal(result.best.positions, reference.positions)


@pytest.mark.parametrize("search", [small_evolution, small_random_search])
@pytest.mark.parametrize("generation", range(6))
def test_a_resumed_search_is_an_undisturbed_one(search, generation, tmp_path):
    path = tmp_path / "run" / "checkpoint.npz"
    undisturbed = search(Recorder())
    with pytest.raises(KeyboardInterrupt):
        search(Recorder(break_at=generation), checkpoint=path)
    recorder = Recorder()
    if generation == 0:
        with pytest.warns(UserWarning, match="no checkpoint"):
            resumed = search(recorder, checkpoint=path, resume=True)
    else:
        resumed = search(recorder, checkpoint=path, resume=True)
    assert_same(resumed, undisturbed)
    assert recorder.calls[0][0] == generation
    assert_same(search(Recorder(break_at=0), checkpoint=path, resume=True), undisturbed)


def test_resuming_with_reevaluation_and_a_frozen_encoding(tmp_path):
    space = replace(SPACE, encode="positions")
    options = {"population": 8, "generations": 4, "random_state": 1, "reevaluate": True}
    undisturbed = evolve(space, Recorder(), **options)
    options["checkpoint"] = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        evolve(space, Recorder(break_at=3), **options)
    assert_same(evolve(space, Recorder(), **options, resume=True), undisturbed)


def test_what_was_reported_is_in_the_checkpoint(tmp_path):
    path = tmp_path / "checkpoint.npz"
    rows = []

    def report(row):
        rows.append(row)
        if row["generation"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small_evolution(checkpoint=path, callback=report)
    resumed = small_evolution(checkpoint=path, resume=True, callback=rows.append)
    assert rows == list(resumed.logbook)


def test_a_truncated_checkpoint_costs_one_generation(tmp_path):
    path = tmp_path / "checkpoint.npz"
    small_evolution(checkpoint=path)
    path.write_bytes(path.read_bytes()[:-100])
    recorder = Recorder()
    with pytest.warns(UserWarning, match="damaged"):
        resumed = small_evolution(
            lambda genomes, g: (recorder(genomes, g), closeness(genomes, g))[1],
            checkpoint=path,
            resume=True,
        )
    assert [generation for generation, _ in recorder.calls] == [5]
    assert_same(resumed, small_evolution())


def test_generations_may_be_added_but_not_taken_away(tmp_path):
    path = tmp_path / "checkpoint.npz"
    small_evolution(checkpoint=path, generations=3)
    assert_same(small_evolution(checkpoint=path, resume=True), small_evolution())
    with pytest.raises(
        CheckpointError, match="generations must be at least the checkpoint's 5, got 2"
    ):
        small_evolution(checkpoint=path, resume=True, generations=2)


@pytest.mark.parametrize("limit", [1, 8, 9, 20, 30])
def test_evolution_stops_before_the_generation_that_its_budget_does_not_reach(limit):
    whole, limited = small_evolution(), small_evolution(evaluations=limit)
    before = np.cumsum([0, *whole.logbook.select("evaluations")])[:-1]
    assert list(limited.logbook) == list(whole.logbook)[: int((before < limit).sum())]
    assert 1 <= len(limited.logbook) < len(whole.logbook)


def test_a_budget_that_is_not_reached_changes_nothing():
    assert_same(small_evolution(evaluations=1000), small_evolution())


def test_a_budget_may_be_raised_but_not_lowered(tmp_path):
    path = tmp_path / "checkpoint.npz"
    small_evolution(checkpoint=path, evaluations=20)
    assert_same(small_evolution(checkpoint=path, resume=True), small_evolution())
    with pytest.raises(CheckpointError, match=r"evaluations must be above .* got 20"):
        small_evolution(checkpoint=path, resume=True, evaluations=20)


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({"random_state": 4}, "seed.entropy was 3, now 4"),
        ({"population": 9}, "population was 8, now 9"),
        ({"operators": replace(OPERATORS, alpha=0.1)}, "operators.alpha was 0.5, now 0.1"),
        ({"configuration": {"task": "FR5"}}, 'evaluate.task was "PR12", now "FR5"'),
    ],
)
def test_a_checkpoint_of_another_configuration_is_refused(changes, entry, tmp_path):
    options = {"checkpoint": tmp_path / "checkpoint.npz", "configuration": {"task": "PR12"}}
    small_evolution(**options)
    with pytest.raises(CheckpointError, match=entry):
        small_evolution(**(options | changes), resume=True)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("logbook", lambda text: np.array("[3]"), "not subscriptable"),
        ("logbook", lambda text: np.array(str(text).replace(": 8", ": null")), "the row"),
        ("fitnesses", lambda values: values[:-1] * np.nan, "a fitness is not finite"),
        ("fitnesses", lambda values: values.astype(str), ""),
        ("parameters", lambda values: values[:, :-1], "one row for each neuron"),
        ("parameters", lambda values: values * np.nan, "must lie in"),
        ("positions", lambda values: values[..., :1], "positions must be"),
        ("keys", lambda values: values[:2], ""),
    ],
)
def test_a_checkpoint_with_content_that_no_search_left_is_refused(tmp_path, name, change, why):
    path = tmp_path / "checkpoint.npz"
    small_evolution(checkpoint=path)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **(arrays | {name: change(arrays[name])}))
    with pytest.raises(CheckpointError, match=rf"checkpoint\.npz is not .* of a search: .*{why}"):
        small_evolution(checkpoint=path, resume=True)


def test_one_search_refuses_the_others_checkpoint(tmp_path):
    small_evolution(checkpoint=tmp_path / "checkpoint.npz")
    with pytest.raises(CheckpointError, match='search was "evolve", now "random_search"'):
        small_random_search(checkpoint=tmp_path / "checkpoint.npz", resume=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"population": 2}, r"above the number of elites \(2\), got 2"),
        ({"population": 0, "generations": 0}, "population"),
        ({"evaluations": 0}, "evaluations must be at least 1, got 0"),
        ({"generations": -1}, "generations must be >= 0"),
        ({"random_state": None}, "random_state must be"),
        ({"random_state": -1}, "random_state must be"),
        ({"resume": True}, "resume needs the path"),
        ({"evaluate": lambda genomes, _: np.full(len(genomes), np.nan)}, "finite fitness .* 0 val"),
        ({"evaluate": lambda genomes, _: [1.0]}, r"each of 8 genomes, got shape \(1,\)"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        small_evolution(**options)


def test_random_search_refuses_an_empty_budget():
    with pytest.raises(ValueError, match="evaluations must be at least 1, got 0"):
        small_random_search(evaluations=0)


def test_gains_and_presence_survive_a_checkpoint(tmp_path):
    space = replace(SPACE, gains={"input": (0.5, 2.0), "delay": (1.0, 8.0)}, presence=True)
    options = {"population": 8, "generations": 4, "operators": OPERATORS, "random_state": 1}
    undisturbed = evolve(space, Recorder(), **options)
    options["checkpoint"] = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        evolve(space, Recorder(break_at=2), **options)
    assert_same(evolve(space, Recorder(), **options, resume=True), undisturbed)
    for genome in undisturbed.population:
        space.validate(genome)
        assert (genome.gains.shape, genome.present.shape) == ((2,), (6,))


def test_a_checkpoint_from_before_there_were_gains_goes_on(tmp_path):
    path = tmp_path / "checkpoint.npz"
    small_evolution(checkpoint=path, generations=3)
    arrays = dict(np.load(path))
    written = json.loads(str(arrays["configuration"]))
    for name in ("gains", "presence"):
        assert written["space"].pop(name) is None
    arrays["configuration"] = np.array(json.dumps(written))
    np.savez(path, **arrays)
    assert_same(small_evolution(checkpoint=path, resume=True), small_evolution())


def test_the_numbers_of_a_search_stay_what_they_were():
    """From before there were gains, presence and several aims."""
    result = small_evolution()
    assert result.best.digest()[:16] == "fb3195ef1d8b6c00"
    assert [row["evaluations"] for row in result.logbook] == [8, 7, 7, 8, 6, 7]
