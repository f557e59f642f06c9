"""LiquidEvolution: the same numbers as its parts, resuming, and scikit-learn."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from evolution import GAINS, RECIPES, CheckpointError, Judge, LiquidEvolution
from evolution import estimator as module
from lsm import LSMClassifier, SpikeCounts, SpikeTrains, TimeBins
from lsm.learning import Adam, Trainer, eprop
from lsm.perturb import Disturbance
from tasks import make_task
from tests.lsm.estimators.data import gestures, ragged, ramps

pytestmark = pytest.mark.usefixtures("cache")

TASK = make_task("TPR4", random_state=0, samples_per_class=20)
X, Y = TASK.spikes[TASK.training], TASK.labels[TASK.training]
SMALL = {"recipe": "driven", "neurons": 8, "population": 5, "generations": 2, "random_state": 0}


def model(**changed):
    return LiquidEvolution(**SMALL | changed)


@pytest.fixture(scope="module")
def fitted(cache):
    """A small evolution; not to be changed."""
    return model().fit(X, Y)


def assert_same(one, other):
    assert one.logbook_ == other.logbook_
    assert one.best_reservoir_ == other.best_reservoir_
    np.testing.assert_array_equal(one.predict(TASK.spikes), other.predict(TASK.spikes))


def test_the_best_liquid_is_worth_what_is_claimed(fitted):
    train, fitness = fitted.split_
    judge = Judge(X, Y, train_samples=train, fitness_samples=fitness, state=TimeBins(3))
    assert judge.fitness([fitted.best_reservoir_])[0] == fitted.best_fitness_
    rows = fitted.logbook_
    assert [row["generation"] for row in rows] == [0, 1, 2]
    assert rows[-1]["best"] == fitted.best_fitness_ >= rows[0]["best"]
    assert rows[0]["evaluations"] == 5
    assert not hasattr(fitted, "pareto_front_")


def test_the_readout_is_that_of_a_classifier_on_all_samples(fitted):
    alone = LSMClassifier(fitted.best_reservoir_).fit(X, Y)
    np.testing.assert_array_equal(fitted.predict(TASK.spikes), alone.predict(TASK.spikes))
    np.testing.assert_array_equal(
        fitted.decision_function(TASK.spikes), alone.decision_function(TASK.spikes)
    )
    assert fitted.classifier_.reservoir_ == fitted.best_reservoir_
    test = TASK.spikes[TASK.test], TASK.labels[TASK.test]
    assert fitted.score(*test) == alone.score(*test) > 0.5


def test_samples_that_choose_do_not_train(fitted):
    train, fitness = fitted.split_
    assert sorted([*train, *fitness]) == list(range(len(Y)))
    assert len(fitness) == len(Y) * 3 // 10
    shares = [np.bincount(Y[part]) / len(part) for part in (train, fitness)]
    np.testing.assert_allclose(*shares, atol=0.1)


def test_groups_stay_whole():
    groups = np.arange(len(Y)) % 5
    train, fitness = model(generations=0).fit(X, Y, groups=groups).split_
    assert len({*groups[fitness]}) == 1
    assert not {*groups[train]} & {*groups[fitness]}


def test_one_seed_one_result_and_another_seed_another(fitted):
    assert_same(fitted, model(n_jobs=2).fit(X, Y))
    assert model(random_state=1, generations=0).fit(X, Y).logbook_[0] != fitted.logbook_[0]


def test_recipes_may_be_objects_and_are_calibrated():
    named = model(recipe="varied", generations=0).fit(X, Y)
    given = model(recipe=RECIPES["varied"], generations=0).fit(X, Y)
    assert_same(named, given)
    assert named.recipe_.inputs != RECIPES["varied"].inputs


def test_a_frozen_part_is_the_same_in_all():
    front = model(encode="configurations", aims=("accuracy", "spikes"), generations=1)
    places = [one["reservoir"].positions for one in front.fit(X, Y).pareto_front_]
    assert all((place == places[0]).all() for place in places)


def test_with_aims_there_is_a_front(fitted):
    several = model(aims=["neurons", "accuracy", "spikes"], population=6).fit(X, Y)
    front = several.pareto_front_
    assert list(front[0]) == ["reservoir", "accuracy", "spikes", "neurons"]
    assert front[0]["reservoir"] == several.best_reservoir_
    assert front[0]["accuracy"] == several.best_fitness_
    judge = Judge(
        X,
        Y,
        train_samples=several.split_[0],
        fitness_samples=several.split_[1],
        state=TimeBins(3),
    )
    for one in front:
        assert judge.fitness([one["reservoir"]])[0] == one["accuracy"]
        assert one["reservoir"].n_neurons == one["neurons"] <= 8
    again = several.set_params(aims=None).fit(X, Y)
    assert not hasattr(again, "pareto_front_")
    assert_same(again, model(population=6).fit(X, Y))


class StoppedError(Exception):
    pass


def stop_after(generation):
    def callback(row):
        if row["generation"] == generation:
            raise StoppedError

    return callback


def test_a_stopped_evolution_resumes_to_the_same(fitted, tmp_path):
    at = tmp_path / "evolution.npz"
    stopped = model(checkpoint=at, callback=stop_after(1))
    with pytest.raises(StoppedError):
        stopped.fit(X, Y)
    assert not hasattr(stopped, "best_reservoir_")
    rows = []
    resumed = model(checkpoint=at, resume=True, callback=rows.append).fit(X, Y)
    assert rows == fitted.logbook_[2:]
    assert_same(resumed, fitted)


def test_more_generations_go_on(tmp_path):
    at = tmp_path / "evolution.npz"
    model(checkpoint=at, generations=1).fit(X, Y)
    longer = model(checkpoint=at, resume=True).fit(X, Y)
    assert len(longer.logbook_) == 3


@pytest.mark.parametrize(
    ("changed", "labels", "message"),
    [
        ({"state": SpikeCounts()}, Y, "evaluate.state was"),
        ({"disturbances": [Disturbance(bits=4)]}, Y, "evaluate.disturbances was"),
        ({"random_state": 1}, Y, "seed.entropy was 0, now 1|data was"),
        ({}, np.roll(Y, 1), "evaluate.data was"),
    ],
)
def test_another_checkpoint_is_refused_before_anything_is_judged(
    tmp_path, monkeypatch, changed, labels, message
):
    at = tmp_path / "evolution.npz"
    model(checkpoint=at, generations=0).fit(X, Y)
    monkeypatch.setattr(Judge, "fitness", lambda *_: pytest.fail("judged"))
    with pytest.raises(CheckpointError, match=message):
        model(checkpoint=at, resume=True, **changed).fit(X, labels)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"recipe": "drivn"}, ValueError, "recipe must be .* 'drivn', did you mean 'driven'"),
        ({"recipe": 3}, TypeError, "recipe must be a Recipe or a recipe's name, got 3"),
        ({"neurons": 3}, ValueError, "n_neurons must be at least 4"),
        ({"neurons": 10**11}, ValueError, "n_neurons must be at most 100000 neurons"),
        ({"population": 2}, ValueError, r"above the number of elites \(2\), got 2"),
        ({"generations": -1}, ValueError, "generations must be >= 0, got -1"),
        ({"encode": "all"}, ValueError, "encode must be one of"),
        ({"aims": "accuracy,spikes"}, ValueError, "aims must be accuracy and at least one of"),
        ({"aims": ["accuracy"]}, ValueError, "aims must be accuracy and at least one of"),
        ({"aims": ["accuracy", "speed"]}, ValueError, "aims must be .*'speed'"),
        (
            {"aims": ["accuracy", "neurons"], "encode": "positions"},
            ValueError,
            "aims with neurons need configurations",
        ),
        ({"disturbances": [0.1]}, TypeError, "disturbances must be Disturbance objects, got 0.1"),
        ({"state": "bin"}, ValueError, "unknown state 'bin'"),
        ({"readout": "rigde"}, ValueError, "did you mean 'ridge'"),
        ({"dt_ms": 0}, ValueError, "dt_ms must be finite and above 0, got 0"),
        ({"resume": True}, ValueError, "resume needs the path of a checkpoint"),
        (
            {"resume": True, "checkpoint": "a.npz", "random_state": None},
            ValueError,
            "resume needs the random_state of the run, an integer; got None",
        ),
    ],
)
def test_what_does_not_fit_is_named_before_anything_is_simulated(
    monkeypatch, changed, error, message
):
    monkeypatch.setattr(module, "LiquidTransformer", lambda *_, **__: pytest.fail("simulated"))
    with pytest.raises(error, match=message):
        model(**changed).fit(X, Y)


def test_data_that_do_not_fit_are_named(monkeypatch):
    monkeypatch.setattr(module, "evolve_liquids", lambda *_, **__: pytest.fail("simulated"))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model().fit(X, Y[:3])
    with pytest.raises(ValueError, match="y must hold at least two classes, got one class"):
        model().fit(X, np.zeros(len(Y)))
    with pytest.raises(ValueError, match="groups must be two at least, got one: 7"):
        model().fit(X, Y, groups=np.full(len(Y), 7))
    with pytest.raises(ValueError, match=r"groups must have shape .* got \(2,\)"):
        model().fit(X, Y, groups=[0, 1])
    with pytest.raises(ValueError, match="y must leave two classes to train on and a sample"):
        model().fit(X[:2], [0, 1])
    with pytest.raises(NotFittedError):
        model().predict(X)


@pytest.mark.parametrize("kind", [ramps, gestures])
def test_signals_and_events_evolve_too(kind):
    data, y = kind(40)
    chosen = slice(0, 30)
    whole = model(recipe="varied", generations=0).fit(data[chosen], y[chosen])
    assert whole.score(data[30:], y[30:]) > 0.7
    assert set(whole.predict(data[30:])) <= {"left", "right"}


def test_an_encoder_is_learned_once_and_used_for_all():
    signals, y = ramps(30)
    data = ragged(signals)
    named = model(recipe="varied", encoder="poisson", generations=0).fit(data, y)
    alone = LSMClassifier(
        named.best_reservoir_,
        encoder="poisson",
        random_state=named.classifier_.random_state,
    ).fit(data, y)
    np.testing.assert_array_equal(named.predict(data), alone.predict(data))


def test_parameters_are_scikit_learns(fitted):
    copy = clone(fitted)
    assert copy.get_params()["neurons"] == 8
    assert not hasattr(copy, "classifier_")
    changed = model(state=TimeBins(3)).set_params(state__bins=2)
    assert changed.state == TimeBins(2)
    with pytest.raises(ValueError, match=r"give state=TimeBins\(bins=3.*\), an object"):
        model(state="bins:3").set_params(state__bins=2)


def test_scikit_learns_tools_take_it():
    scores = cross_val_score(model(generations=0, population=3), X, Y, cv=2)
    assert scores.shape == (2,)
    search = GridSearchCV(model(generations=0, population=3), {"neurons": [4, 8]}, cv=2)
    assert search.fit(X, Y).best_params_["neurons"] in (4, 8)


def test_what_evolves_may_be_what_learning_starts_from():
    trainer = Trainer(optimizer=Adam(0.05), batch_size=16, iterations=2)
    rule = partial(eprop, trainer=trainer)
    learned = model(pretraining=rule, population=4, generations=1).fit(X, Y)
    start, end = learned.best_reservoir_, learned.classifier_.reservoir_
    assert end != start
    np.testing.assert_array_equal(end.parameters["tau_m_ms"], start.parameters["tau_m_ms"])


def test_gains_evolve_where_the_recipe_has_them():
    evolved = model(recipe=replace(RECIPES["driven"], gains=GAINS), generations=0).fit(X, Y)
    assert evolved.best_reservoir_.wiring != RECIPES["driven"].wiring


def test_silence_is_no_error_of_its_own():
    silent = SpikeTrains.from_lists([[[]] * 2] * 12, duration_ms=20)
    with pytest.warns(UserWarning, match="no neuron of"):
        model(generations=0).fit(silent, np.arange(12) % 2)


@parametrize_with_checks(
    [LiquidEvolution(neurons=30, population=3, generations=0, random_state=0)],
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)
