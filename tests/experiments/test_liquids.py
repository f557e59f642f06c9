"""The judge, who trains on what he may and no more, and the ablations of an evolved liquid."""

from dataclasses import replace

import numpy as np
import pytest

from evolution import RECIPES
from experiments.studies.evolve import liquids
from experiments.studies.evolve.liquids import ABLATIONS, Judge, ablations
from lsm import LSMClassifier, NoWiring, SpikeCounts, SpikeTrains, TimeBins
from lsm.states import features_per_neuron
from readouts import RidgeReadout
from tasks import make_task

TASK = make_task("PR4", random_state=0, samples_per_class=40)
RECIPE = RECIPES["driven"]
SPACE = RECIPE.space(8)
RESERVOIRS = [RECIPE.reservoir(SPACE.random(np.random.default_rng(k))) for k in range(3)]


def judge(task=TASK, state=SpikeCounts(), readout="ridge"):  # noqa: B008
    return Judge(task, state, readout, 1.0, 1)


def with_labels(turned):
    """The task with wrong labels at these samples, each the same wrong one for its class."""
    labels = TASK.labels.copy()
    labels[turned] = (labels[turned] + 1) % 4
    return replace(TASK, labels=labels)


def silenced(chosen):
    """The task with no spikes in these samples."""
    trains = TASK.spikes.to_lists()
    for sample in chosen:
        trains[sample] = [[]] * TASK.spikes.n_channels
    return replace(
        TASK, spikes=SpikeTrains.from_lists(trains, duration_ms=TASK.spikes.durations_ms)
    )


class Spy:
    """Stands in for `simulate` and keeps the spikes that it is given."""

    def __init__(self, monkeypatch):
        self.seen, self._simulate = [], liquids.simulate
        monkeypatch.setattr(liquids, "simulate", self)

    def __call__(self, reservoirs, spikes, **options):
        self.seen.append((len(reservoirs), spikes))
        return self._simulate(reservoirs, spikes, **options)


def test_scores_are_those_of_the_classifier():
    fitness, test = judge().fitness(RESERVOIRS), judge().test(RESERVOIRS)
    assert fitness.shape == test.shape == (3,)
    for reservoir, fit, tested in zip(RESERVOIRS, fitness, test, strict=True):
        model = LSMClassifier(reservoir, state="counts")
        for training, scored, expected in (
            (TASK.train, TASK.fitness, fit),
            (judge().training, TASK.test, tested),
        ):
            model.fit(TASK.spikes[training], TASK.labels[training])
            assert model.score(TASK.spikes[scored], TASK.labels[scored]) == expected
    assert fitness.max() > 0.6  # so that what follows means something


def test_fitness_knows_nothing_of_the_test_samples(monkeypatch):
    expected = judge().fitness(RESERVOIRS)
    np.testing.assert_array_equal(judge(with_labels(TASK.test)).fitness(RESERVOIRS), expected)
    np.testing.assert_array_equal(judge(silenced(TASK.test)).fitness(RESERVOIRS), expected)
    spy = Spy(monkeypatch)
    judge().fitness(RESERVOIRS)
    assert spy.seen == [(3, TASK.spikes[np.concatenate([TASK.train, TASK.fitness])])]


def test_fitness_is_trained_on_training_samples_only():
    # Taught wrong, it answers wrong; the fitness labels are only compared with.
    honest = judge().fitness(RESERVOIRS)
    taught_wrong = judge(with_labels(TASK.train)).fitness(RESERVOIRS)
    compared_wrong = judge(with_labels(TASK.fitness)).fitness(RESERVOIRS)
    assert (taught_wrong < honest - 0.3).all()
    assert (compared_wrong < honest - 0.3).all()
    # Both wrong alike: as if nothing had happened, but for ties.
    both = judge(with_labels(judge().training)).fitness(RESERVOIRS)
    np.testing.assert_allclose(both, honest, atol=0.06)


def test_the_test_is_trained_on_all_other_samples():
    np.testing.assert_array_equal(judge().training, np.concatenate([TASK.train, TASK.fitness]))
    honest = judge().test(RESERVOIRS)
    compared_wrong = judge(with_labels(TASK.test)).test(RESERVOIRS)
    assert (compared_wrong < honest - 0.3).all()
    for part in (TASK.train, TASK.fitness):
        assert (judge(with_labels(part)).test(RESERVOIRS) != honest).any()


def test_another_split_takes_the_place_of_the_tasks_own():
    train, fitness = judge().training[::2], judge().training[1::2]
    given = judge().fitness(RESERVOIRS, split=(train, fitness))
    own = judge(replace(TASK, train=train, fitness=fitness)).fitness(RESERVOIRS)
    np.testing.assert_array_equal(given, own)


@pytest.mark.parametrize("state", [SpikeCounts(), TimeBins(2)])
def test_few_states_at_a_time_change_nothing(monkeypatch, state):
    expected = judge(state=state).fitness(RESERVOIRS)
    monkeypatch.setattr(
        liquids, "STATES_AT_A_TIME", 2 * 8 * features_per_neuron(state) * len(judge().training)
    )
    spy = Spy(monkeypatch)
    np.testing.assert_array_equal(judge(state=state).fitness(RESERVOIRS), expected)
    assert [number for number, _ in spy.seen] == [2, 1]
    monkeypatch.setattr(liquids, "STATES_AT_A_TIME", 1)
    np.testing.assert_array_equal(judge(state=state).fitness(RESERVOIRS), expected)
    assert [number for number, _ in spy.seen[2:]] == [1, 1, 1]


def test_the_readout_is_the_one_asked_for():
    expected = judge(readout=RidgeReadout()).fitness(RESERVOIRS)
    np.testing.assert_array_equal(judge().fitness(RESERVOIRS), expected)
    assert (judge(readout="perceptron").fitness(RESERVOIRS) != expected).any()


def parts(reservoir):
    """What an ablation may change, and what none may."""
    return {
        "wiring": reservoir.wiring,
        "positions": reservoir.positions.tolist(),
        "keys": reservoir.keys.tolist(),
        "parameters": {name: v.tolist() for name, v in reservoir.parameters.items()},
        "excitatory": reservoir.excitatory.tolist(),
        "rest": (reservoir.inputs, reservoir.model, reservoir.side, reservoir.seed),
    }


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("recurrence_cut", "wiring"),
        ("positions_permuted", "positions"),
        ("keys_redrawn", "keys"),
        ("parameters_permuted", "parameters"),
    ],
)
def test_an_ablation_changes_one_thing_and_keeps_the_rest(name, changed):
    whole = RESERVOIRS[0]
    before, after = parts(whole), parts(ABLATIONS[name](whole, np.random.default_rng(0)))
    assert {part for part in before if before[part] != after[part]} == {changed}
    assert after == parts(ABLATIONS[name](whole, np.random.default_rng(0)))


def test_cutting_the_recurrence_leaves_the_inputs():
    cut = ABLATIONS["recurrence_cut"](RESERVOIRS[0], np.random.default_rng(0))
    assert cut.wiring == NoWiring()
    assert len(cut.synapses) == 0 < len(RESERVOIRS[0].synapses)
    given, kept = (r.input_synapses(8) for r in (RESERVOIRS[0], cut))
    np.testing.assert_array_equal(given.weight_pA, kept.weight_pA)
    assert len(kept) > 0


def test_permuted_positions_are_the_same_places():
    moved = ABLATIONS["positions_permuted"](RESERVOIRS[0], np.random.default_rng(0))
    assert sorted(moved.positions.tolist()) == sorted(RESERVOIRS[0].positions.tolist())


def test_permuted_parameters_stay_together():
    whole = RESERVOIRS[0]
    moved = ABLATIONS["parameters_permuted"](whole, np.random.default_rng(0))
    rows = [sorted(zip(*r.parameters.values(), strict=True)) for r in (whole, moved)]
    assert rows[0] == rows[1]


def test_redrawn_keys_are_all_new():
    redrawn = ABLATIONS["keys_redrawn"](RESERVOIRS[0], np.random.default_rng(0))
    assert not set(redrawn.keys.tolist()) & set(RESERVOIRS[0].keys.tolist())
    assert len(set(redrawn.keys.tolist())) == 8


def test_ablations_report_mean_and_deviation_over_draws():
    result = ablations(judge(), RESERVOIRS[0], rng=np.random.default_rng(0), draws=2)
    assert set(result) == set(ABLATIONS)
    cut = RESERVOIRS[0].replace(wiring=NoWiring())
    assert result["recurrence_cut"] == {"mean": judge().test([cut])[0], "std": 0.0}
    rng = np.random.default_rng(0)
    drawn = [ABLATIONS["positions_permuted"](RESERVOIRS[0], rng) for _ in range(2)]
    scores = judge().test(drawn)
    assert result["positions_permuted"] == {"mean": scores.mean(), "std": scores.std()}
    assert result == ablations(judge(), RESERVOIRS[0], rng=np.random.default_rng(0), draws=2)
