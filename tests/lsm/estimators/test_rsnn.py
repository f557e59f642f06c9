"""Networks that are trained as a whole: they learn, go on from where they were, and are kept."""

from dataclasses import replace

import numpy as np
import pytest
import sklearn
from sklearn.base import clone

from lsm import LSMClassifier, RandomLiquid, Reservoir, RSNNClassifier, RSNNRegressor, load, save
from lsm.base.files import LoadError
from lsm.learning import Adam, EProp, LearningCurve, Trainer, default_trainer
from lsm.neurons import LIF_COND
from tests.lsm.estimators.data import LABELS, gestures, parity, pitches, ramps

TRAINER = Trainer(optimizer=Adam(0.05), batch_size=32, iterations=60, window_ms=20.0)
SHORT = Trainer(optimizer=Adam(0.05), batch_size=10, iterations=4, window_ms=10.0)
X, Y = pitches(40)
X_NEW, Y_NEW = pitches(20, seed=1)
SMALL = {"reservoir": 15, "trainer": SHORT, "random_state": 0}


@pytest.fixture(scope="module")
def short():
    return RSNNClassifier(**SMALL).fit(X, Y)


def test_it_learns_what_its_readout_alone_does_not():
    data, labels = parity(256, 0)
    new, new_labels = parity(200, 1)
    model = RSNNClassifier(30, trainer=TRAINER, random_state=0).fit(data, labels)
    assert model.score(new, new_labels) > 0.95
    model.set_params(trainer__rule=EProp(trains=("readout",))).fit(data, labels)
    assert model.score(new, new_labels) < 0.85
    np.testing.assert_array_equal(
        model.reservoir_.synapses.weight_pA, model.start_.synapses.weight_pA
    )


def test_default_settings_suit_the_samples():
    trainer = default_trainer(X)
    assert trainer.batch_size == 40
    assert trainer.validation_fraction == 0  # of so few
    assert default_trainer(pitches(100)[0]).batch_size == 64  # beside 20 that are held out
    brief = replace(trainer, iterations=60)
    model = RSNNClassifier(15, trainer=brief, random_state=0).fit(X, Y)
    assert model.score(X_NEW, Y_NEW) == 1
    assert model.window_ms_ == 10  # a third of 30 ms
    assert model.progress_.stopped == "iterations"


def test_default_settings_need_samples():
    with pytest.raises(TypeError, match="spikes must be SpikeTrains, got ndarray"):
        default_trainer(np.zeros((3, 2, 5)))
    with pytest.raises(ValueError, match="spikes must hold at least one sample, got none"):
        default_trainer(X[:0])


def test_default_settings_leave_out_whole_groups():
    samples, _ = pitches(60)
    sizes = [30, 20, 4, 3, 3]
    trainer = default_trainer(samples, np.repeat(range(5), sizes))
    assert trainer.batch_size == 30  # whichever group is held out
    assert trainer.validation_fraction == 0.2
    assert default_trainer(samples, np.arange(60) % 2).validation_fraction == 0


def test_what_is_held_out_keeps_groups_together():
    groups = np.arange(40) // 10
    half = replace(SHORT, validation_fraction=0.5)
    model = RSNNClassifier(**SMALL | {"trainer": half}).fit(X, Y, groups=groups)
    assert len(model.learning_curve_.validation_losses)
    with pytest.raises(ValueError, match="hold out at least one of 1 groups"):
        model.fit(X, Y, groups=np.zeros(40))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        RSNNClassifier(15).fit(X, Y, groups=groups[:7])
    with sklearn.config_context(enable_metadata_routing=True):
        assert model.set_fit_request(groups=True) is model


def test_probabilities_and_scores_are_those_of_the_outputs(short):
    probability, score = short.predict_proba(X_NEW), short.decision_function(X_NEW)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    np.testing.assert_allclose(np.log(probability[:, 1] / probability[:, 0]), score)
    np.testing.assert_array_equal(short.predict(X_NEW), LABELS[(score > 0).astype(int)])
    alone = [short.decision_function(X_NEW[k : k + 1])[0] for k in range(len(X_NEW))]
    np.testing.assert_array_equal(score, alone)


def test_the_learning_curve_has_all_iterations(short):
    assert isinstance(short.learning_curve_, LearningCurve)
    assert len(short.learning_curve_.losses) == 4
    assert len(short.learning_curve_.validated) == 0


def test_another_pass_is_what_more_iterations_would_have_been(short):
    longer = clone(short).set_params(trainer__iterations=8).fit(X, Y)
    passed = clone(short).fit(X, Y).partial_fit(X, Y)
    assert passed.reservoir_ == longer.reservoir_
    np.testing.assert_array_equal(passed.readout_.weights, longer.readout_.weights)
    np.testing.assert_array_equal(passed.learning_curve_.losses, longer.learning_curve_.losses)


@pytest.mark.parametrize(("batch_size", "parts"), [(4, [3, 3, 3]), (9, [9]), (16, [9])])
def test_a_pass_shows_each_sample_once_whatever_was_before(monkeypatch, batch_size, parts):
    model = RSNNClassifier(15, trainer=replace(SHORT, batch_size=batch_size), random_state=0)
    model.partial_fit(X[:10], Y[:10], classes=LABELS)
    shown, gradients = [], EProp.gradients

    def watched(self, network, spikes, *args, **options):
        shown.append([spikes[k].digests[0] for k in range(len(spikes))])
        return gradients(self, network, spikes, *args, **options)

    monkeypatch.setattr(EProp, "gradients", watched)
    model.partial_fit(X[10:19], Y[10:19])
    assert [len(part) for part in shown] == parts
    assert {each for part in shown for each in part} == {X[k].digests[0] for k in range(10, 19)}


def test_the_first_batch_decides_and_later_ones_may_lack_a_class():
    model = RSNNClassifier(**SMALL)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        model.partial_fit(X, Y)
    model.partial_fit(X[:20], Y[:20], classes=LABELS)
    start = model.start_
    left = np.flatnonzero(Y == "left")[:5]
    model.partial_fit(X[left], Y[left])
    assert model.start_ is start
    assert len(model.learning_curve_.losses) == 3
    with pytest.raises(ValueError, match="do not exist in the initial classes"):
        model.partial_fit(X[:1], ["up"])


def test_a_file_holds_what_goes_on_as_if_nothing_had_been(short, tmp_path):
    model = clone(short).set_params(checkpoint=tmp_path / "training.npz").fit(X, Y)
    save(model, tmp_path / "model.npz")
    loaded = load(tmp_path / "model.npz")
    assert loaded.get_params() == short.get_params()
    np.testing.assert_array_equal(loaded.decision_function(X_NEW), short.decision_function(X_NEW))
    for one in (loaded, model):
        one.partial_fit(X_NEW, Y_NEW)
    assert loaded.reservoir_ == model.reservoir_


def test_fit_goes_on_from_a_checkpoint(short, tmp_path):
    path = tmp_path / "training.npz"
    model = clone(short).set_params(checkpoint=path).fit(X, Y)
    written = path.stat().st_mtime_ns
    again = clone(model).fit(X, Y)
    assert path.stat().st_mtime_ns == written
    assert again.reservoir_ == model.reservoir_ == short.reservoir_
    with pytest.raises(LoadError, match="is the checkpoint of another training"):
        clone(model).fit(X, Y[::-1])


def test_numbers_are_learned_in_their_own_scale(tmp_path):
    numbers = 300.0 + 50 * (Y == "right")
    model = RSNNRegressor(15, trainer=TRAINER, random_state=0).fit(X, numbers)
    predicted = model.predict(X_NEW)
    assert predicted.shape == (20,)
    assert model.score(X_NEW, 300.0 + 50 * (Y_NEW == "right")) > 0.8
    save(model, tmp_path / "model.npz")
    np.testing.assert_array_equal(load(tmp_path / "model.npz").predict(X_NEW), predicted)
    two = RSNNRegressor(**SMALL).fit(X, np.stack([numbers, -numbers], axis=1))
    assert two.partial_fit(X, np.stack([numbers, -numbers], axis=1)).predict(X).shape == (40, 2)
    with pytest.raises(ValueError, match="y must have 2 outputs, as in the first call, got 1"):
        two.partial_fit(X, numbers)


def test_signals_and_events_are_heard_as_elsewhere():
    signals, y = ramps(20)
    events, of_events = gestures(20)
    for data, labels in ((signals, y), (events, of_events)):
        model = RSNNClassifier(**SMALL).fit(data, labels)
        drawn = LSMClassifier(15, random_state=0).fit(data, labels)
        assert model.start_ == drawn.reservoir_
        assert model.predict(data).shape == (20,)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("parameters", "y", "error", "message"),
    [
        ({"trainer": Trainer(batch_size=50)}, Y, ValueError, "not be above the 40 samples .* 50"),
        ({"trainer": "eprop"}, Y, TypeError, "trainer must be a lsm.learning.Trainer or None"),
        ({"tau_out_ms": 0.0}, Y, ValueError, "tau_out_ms must be finite and above 0"),
        ({"checkpoint": "a.npz", "random_state": None}, Y, ValueError, "needs an integer random"),
        ({"reservoir": Reservoir.random(9, model=LIF_COND)}, Y, ValueError, "no pseudo-derivative"),
        ({"reservoir": RandomLiquid(15, model="lif_cond")}, Y, ValueError, "no pseudo-derivative"),
        ({"reservoir": "maass2002"}, Y, ValueError, "short_term: plastic synapses can't be"),
        ({}, ["left"] * 40, ValueError, "y must have at least two classes|one class|1 class"),
        ({}, Y[:-1], ValueError, "inconsistent numbers of samples"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(parameters, y, error, message):
    with pytest.raises(error, match=message):
        RSNNClassifier(**{**SMALL, **parameters}).fit(X, y)
