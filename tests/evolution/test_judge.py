"""The judge, who trains on what he may and no more."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import evolution.judge as module
from evolution import RECIPES
from lsm import LSMClassifier, SpikeCounts, SpikeTrains, TimeBins, simulate
from lsm.learning import Adam, Trainer, eprop
from lsm.perturb import Disturbance
from lsm.plasticity.pretraining import pretrain
from lsm.states import features_per_neuron
from readouts import RidgeReadout
from tasks import make_task
from tests.evolution.judges import judge_of

TASK = make_task("PR4", random_state=0, samples_per_class=40)
RECIPE = RECIPES["driven"]
SPACE = RECIPE.space(8)
RESERVOIRS = [RECIPE.reservoir(SPACE.random(np.random.default_rng(k))) for k in range(3)]


def judge(task=TASK, **options):
    return judge_of(task, **options)


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
        self.seen, self._simulate = [], module.simulate
        monkeypatch.setattr(module, "simulate", self)

    def __call__(self, reservoirs, spikes, **options):
        self.seen.append((len(reservoirs), spikes))
        return self._simulate(reservoirs, spikes, **options)


def test_fitness_by_folds_is_their_mean_from_one_simulation(monkeypatch):
    """Samples for testing have no part in it."""
    whole = judge()
    parts = np.array_split(whole.training, 3)
    folds = [(np.setdiff1d(whole.training, part), part) for part in parts]
    spy = Spy(monkeypatch)
    fitness = replace(whole, folds=folds).fitness(RESERVOIRS)
    ((liquids, spikes),) = spy.seen
    assert (liquids, len(spikes)) == (3, len(whole.training))
    each = [
        replace(whole, train_samples=train, fitness_samples=score).fitness(RESERVOIRS)
        for train, score in folds
    ]
    np.testing.assert_allclose(fitness, np.mean(each, axis=0))


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


def test_labels_may_be_of_any_kind():
    names = np.array(["a", "b", "c", "d"])[TASK.labels]
    named = replace(judge(), labels=names).fitness(RESERVOIRS)
    np.testing.assert_array_equal(named, judge().fitness(RESERVOIRS))


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match=r"labels must have shape \(160,\), one a sample; got"):
        replace(judge(), labels=TASK.labels[:3])
    with pytest.raises(ValueError, match="test_samples must be given to be tested on, got None"):
        replace(judge(), test_samples=None).test(RESERVOIRS)


@pytest.mark.parametrize("state", [SpikeCounts(), TimeBins(2)])
def test_few_states_at_a_time_change_nothing(monkeypatch, state):
    expected = judge(state=state).fitness(RESERVOIRS)
    monkeypatch.setattr(
        module, "STATES_AT_A_TIME", 2 * 8 * features_per_neuron(state) * len(judge().training)
    )
    spy = Spy(monkeypatch)
    np.testing.assert_array_equal(judge(state=state).fitness(RESERVOIRS), expected)
    assert [number for number, _ in spy.seen] == [2, 1]
    monkeypatch.setattr(module, "STATES_AT_A_TIME", 1)
    np.testing.assert_array_equal(judge(state=state).fitness(RESERVOIRS), expected)
    assert [number for number, _ in spy.seen[2:]] == [1, 1, 1]


def test_the_readout_is_the_one_asked_for():
    expected = judge(readout=RidgeReadout()).fitness(RESERVOIRS)
    np.testing.assert_array_equal(judge().fitness(RESERVOIRS), expected)
    assert (judge(readout="perceptron").fitness(RESERVOIRS) != expected).any()


def test_reservoirs_are_trained_on_training_samples_before_they_are_scored():
    trainer = Trainer(optimizer=Adam(0.05), batch_size=16, iterations=2)
    rule = partial(eprop, trainer=trainer)
    spikes, labels = TASK.spikes[TASK.train], TASK.labels[TASK.train]
    trained = [
        pretrain(reservoir, spikes, [rule], y=labels, rate_Hz=40.0, random_state=0)
        for reservoir in RESERVOIRS
    ]
    expected = judge().fitness(trained)
    learning = replace(judge(), pretraining=rule)
    np.testing.assert_array_equal(learning.fitness(RESERVOIRS), expected)
    with pytest.raises(ValueError, match="pretraining can't be with folds"):
        replace(learning, folds=[(TASK.train, TASK.fitness)])


def test_disturbed_copies_are_scored_by_the_readout_of_the_undisturbed():
    noise = Disturbance(bits=4, weight_noise=0.5, lost_neurons=0.2)
    plain, disturbing = judge(), replace(judge(), disturbances=[noise] * 2)
    fitness = disturbing.fitness(RESERVOIRS)
    X, y = TASK.spikes, TASK.labels
    for reservoir, fit in zip(RESERVOIRS, fitness, strict=True):
        model = LSMClassifier(reservoir, state="counts").fit(X[TASK.train], y[TASK.train])
        scores = []
        for k in range(2):
            rng = np.random.default_rng(k)
            copy = noise.copy_of(reservoir, rng, n_channels=X.n_channels)
            states = simulate(copy, X[TASK.fitness])[0].astype(float)
            scores.append(np.mean(model.readout_.predict(states) == y[TASK.fitness]))
        assert fit == pytest.approx(np.mean(scores))
    assert (fitness != plain.fitness(RESERVOIRS)).any()
    np.testing.assert_array_equal(disturbing.test(RESERVOIRS), plain.test(RESERVOIRS))
    values = disturbing.aims(RESERVOIRS, ("accuracy", "neurons"), places=12)
    np.testing.assert_array_equal(values[:, 0], fitness)


def test_copies_that_are_not_disturbed_change_nothing_by_folds_either():
    whole = judge()
    parts = np.array_split(whole.training, 3)
    folds = [(np.setdiff1d(whole.training, part), part) for part in parts]
    by_folds = replace(whole, folds=folds)
    same = replace(by_folds, disturbances=[Disturbance()])
    np.testing.assert_allclose(same.fitness(RESERVOIRS), by_folds.fitness(RESERVOIRS))
