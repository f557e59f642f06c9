"""Saved models: what is loaded predicts as what was saved to the last bit, and learns on."""

import dataclasses
import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lsm import (
    ActivityThreshold,
    DistanceWiring,
    FilteredTraces,
    GroupCentring,
    InputWiring,
    LiquidTransformer,
    LSMClassifier,
    LSMEnsemble,
    LSMRegressor,
    LSMSeriesRegressor,
    PartitionedInputs,
    RandomLiquid,
    Reservoir,
)
from lsm.encoders import AudioFrontEnd, EnvelopeFrontEnd, MelFrontEnd
from lsm.encoders.registry import ENCODERS
from lsm.plasticity import intrinsic
from lsm.reservoir import description
from lsm.saving import FORMAT, LoadError, load, save
from lsm.states import make_state
from lsm.topology import RingWithJumps
from readouts import ForceReadout, RidgeReadout, RidgeRegressionReadout, ThreeFactorReadout
from tests.lsm.estimators.data import gestures, pitches, ragged, ramps
from tests.lsm.liquids import liquid

NEURONS = 20
LSM = {"reservoir": NEURONS, "random_state": 0}


def again(model, tmp_path):
    """The model as a file has it."""
    save(model, tmp_path / "model.npz")
    return load(tmp_path / "model.npz")


def rows(n=40, n_features=6, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_features))
    return X, X @ rng.normal(size=(n_features, 2)) + 0.1 * rng.normal(size=(n, 2))


def same(one, other):
    """Alike to the last bit, and no plain zeros."""
    assert one.dtype == other.dtype
    assert len(np.unique(one)) > 1
    np.testing.assert_array_equal(one, other)


def names(y):
    return np.array(["low", "high"])[(y[:, 0] > 0).astype(int)]


@pytest.mark.parametrize(
    ("readout", "target"),
    [
        (RidgeReadout(), names),
        (RidgeReadout(), lambda y: np.digitize(y[:, 0], [-1, 0, 1])),
        (RidgeReadout(), lambda y: names(y).astype(object)),
        (RidgeRegressionReadout(), lambda y: y),
        (RidgeRegressionReadout(), lambda y: y[:, 0]),
        (RidgeRegressionReadout(n_blocks=4), lambda y: y[:, :1]),
        (ForceReadout(0.5, gain="nicola-clopath", forgetting=0.99), lambda y: y[:, 0]),
        (ThreeFactorReadout(0.2, trace_decay=0.5, consolidation=0.3), lambda y: y),
    ],
)
def test_readouts_predict_and_go_on_learning(readout, target, tmp_path):
    X, y = rows()
    y = target(y)
    readout = clone(readout).fit(X[:30], y[:30])
    loaded = again(readout, tmp_path)
    assert type(loaded) is type(readout)
    assert loaded.get_params() == readout.get_params()
    same(loaded.predict(X), readout.predict(X))
    if hasattr(readout, "predict_proba"):
        same(loaded.predict_proba(X), readout.predict_proba(X))
    if getattr(readout, "n_blocks", None) is None:
        for one in (loaded, readout):
            one.partial_fit(X[30:], y[30:])
        # What has learned without having been asked since is saved as it is, too.
        moved = again(readout, tmp_path)
        same(loaded.coef_, readout.coef_)
        same(moved.coef_, readout.coef_)
        same(loaded.predict(X), readout.predict(X))


def test_a_readout_of_wide_states_goes_on(tmp_path):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 80)), rng.integers(3, size=30)
    readout = RidgeReadout().fit(X[:20], y[:20])
    loaded = again(readout, tmp_path)
    for one in (loaded, readout):
        one.partial_fit(X[20:], y[20:])
    same(loaded.decision_function(X), readout.decision_function(X))


@pytest.mark.parametrize("encoder", [cls() for cls in ENCODERS.values()], ids=repr)
def test_encoders_give_the_same_spikes(encoder, tmp_path):
    X, _ = ramps(6, n_steps=40)
    wanted = {"slopes": True, "random_state": 0}
    encoder.set_params(**{name: wanted[name] for name in wanted if hasattr(encoder, name)})
    encoder.fit(X)
    loaded = again(encoder, tmp_path)
    spikes = encoder.transform(X)
    assert len(spikes.times_ms) > 0
    assert loaded.transform(X) == spikes
    if encoder.causal:
        one_after_another = np.concatenate(X, axis=1)
        times, _ = encoder.stream().push(one_after_another)
        same(loaded.stream().push(one_after_another)[0], times)


def test_front_ends_give_the_same_channels(tmp_path):
    X = np.random.default_rng(0).normal(size=(2, 2000))
    for bank in ("mel", "gammatone"):
        front_end = AudioFrontEnd(8000, bank=bank, n_bands=8).fit(X)
        same(again(front_end, tmp_path).transform(X), front_end.transform(X))
    electrodes = X.reshape(2, 4, 500)
    envelopes = EnvelopeFrontEnd(200, n_filters=6, random_state=0).fit(electrodes)
    same(again(envelopes, tmp_path).transform(electrodes), envelopes.transform(electrodes))
    mel = MelFrontEnd(8000.0, n_bands=8)
    assert again(mel, tmp_path) == mel


def test_a_classifier_of_signals_comes_back_whole(tmp_path):
    X, y = ramps(24)
    model = LSMClassifier(**LSM, state="traces:10,30@0.5,1", pretraining=["intrinsic", intrinsic])
    model.fit(X[:12], y[:12])
    loaded = again(model, tmp_path)
    assert loaded.get_params() == model.get_params()
    assert vars(loaded).keys() == vars(model).keys()
    assert loaded.reservoir_ == model.reservoir_
    same(loaded.predict_proba(X), model.predict_proba(X))
    same(loaded.predict(X), model.predict(X))
    with pytest.raises(ValueError, match="expecting 2 channels"):
        loaded.predict(X[:, :1])
    for one in (loaded, model):
        one.partial_fit(X[12:], y[12:])
    same(loaded.decision_function(X), model.decision_function(X))
    # And trains anew as it did.
    same(clone(loaded).fit(X, y).predict_proba(X), clone(model).fit(X, y).predict_proba(X))


def test_a_classifier_of_recordings_hears_them_through_its_pipeline(tmp_path):
    X, y = np.random.default_rng(0).normal(size=(8, 1600)), np.arange(8) % 2
    encoder = make_pipeline(
        AudioFrontEnd(8000, n_bands=4), ENCODERS["integrate-and-fire"](step_ms=5)
    )
    model = LSMClassifier(**LSM, encoder=encoder).fit(X, y)
    same(again(model, tmp_path).decision_function(X), model.decision_function(X))


def test_a_loaded_classifier_streams(tmp_path):
    X, y = ramps(10)
    model = LSMClassifier(**LSM, state="traces:10,30").fit(X, y)
    loaded = again(model, tmp_path)
    said = []
    for one in (loaded, model):
        with one.stream() as live:
            said.append([])
            for chunk in np.split(X[0], 4, axis=1):
                live.push(chunk)
                said[-1].append(live.decision_function())
    same(*map(np.array, said))


def test_a_loaded_classifier_is_sure_at_the_same_times(tmp_path):
    X, y = ramps(40)
    model = LSMClassifier(**LSM, decide_every_ms=20).fit(X, y)
    loaded = again(model, tmp_path)
    for found, expected in zip(*(m.predict_when_sure(X) for m in (loaded, model)), strict=True):
        np.testing.assert_array_equal(found, expected)
    same(loaded.early_.policy_times_ms, model.early_.policy_times_ms)
    model.early_.readouts.pop()
    with pytest.raises(ValueError, match="EarlyReadouts: a temperature for each readout"):
        save(model, tmp_path / "model.npz")
    del model.early_
    with pytest.raises(ValueError, match="LSMClassifier: early_ and decide_every_ms"):
        save(model, tmp_path / "model.npz")


def test_spikes_and_events_are_heard_again(tmp_path):
    X, y = gestures(10)
    model = LSMClassifier(**LSM).fit(X, y)
    same(again(model, tmp_path).decision_function(X), model.decision_function(X))
    X, y = pitches(10)
    model = LSMRegressor(**LSM, readout="force").fit(X, (y == "left").astype(float))
    same(again(model, tmp_path).predict(X), model.predict(X))


def test_a_transformer_and_a_pipeline_come_back(tmp_path):
    X, y = ramps(10)
    liquids = LiquidTransformer(**LSM).fit(ragged(X))
    same(again(liquids, tmp_path).transform(ragged(X)), liquids.transform(ragged(X)))
    model = make_pipeline(LiquidTransformer(**LSM), RidgeReadout()).fit(X, y)
    same(again(model, tmp_path).predict_proba(X), model.predict_proba(X))


def test_names_of_columns_and_forms_of_output_are_kept(tmp_path):
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame(ramps(8, n_channels=1)[0][:, 0]).rename(columns=lambda k: f"t{k}")
    liquids = LiquidTransformer(**LSM).fit(X).set_output(transform="pandas")
    loaded = again(liquids, tmp_path)
    assert list(loaded.feature_names_in_) == list(X.columns)
    assert loaded.transform(X).equals(liquids.transform(X))
    with pytest.raises(ValueError, match="feature names should match"):
        loaded.transform(X.rename(columns={"t0": "other"}))


def test_a_series_regressor_forecasts_on(tmp_path):
    t = np.arange(150)
    X = np.stack([np.sin(t / 5), np.sin(t / 7)])[:, np.newaxis]
    model = LSMSeriesRegressor(**LSM, washout=20).fit(X)
    loaded = again(model, tmp_path)
    same(loaded.predict(X), model.predict(X))
    same(loaded.forecast(X, 5), model.forecast(X, 5))


@pytest.mark.parametrize("whose", [np.arange(9) % 3, np.array(list("abc" * 3), dtype=object)])
def test_means_of_groups_come_back(whose, tmp_path):
    X, _ = rows(9)
    centring = GroupCentring().fit(X, whose)
    loaded = again(centring, tmp_path)
    same(loaded.transform(X, whose), centring.transform(X, whose))
    centring.groups_ = centring.groups_[::-1]
    with pytest.raises(ValueError, match="groups_ must be sorted, each there once"):
        save(centring, tmp_path / "other.npz")


def test_an_ensemble_votes_as_before(tmp_path):
    X, y = pitches(10)
    model = LSMEnsemble(LSMClassifier(NEURONS), n_liquids=2, random_state=0).fit(X, y)
    same(again(model, tmp_path).predict_proba(X), model.predict_proba(X))


def test_an_ensemble_with_one_readout_predicts_as_before(tmp_path):
    X, y = pitches(10)
    members = [
        LSMClassifier(
            RandomLiquid(NEURONS, wiring=wiring, inputs=PartitionedInputs(2, InputWiring(0.5))),
            readout=make_pipeline(ActivityThreshold(50.0), RidgeReadout()),
        )
        for wiring in (DistanceWiring(longest=3.0), RingWithJumps(3))
    ]
    model = LSMEnsemble(members, combine="states", random_state=0).fit(X, y)
    loaded = again(model, tmp_path)
    same(loaded.predict_proba(X), model.predict_proba(X))
    assert [member.reservoir.wiring for member in loaded.estimator] == [
        member.reservoir.wiring for member in members
    ]


def test_a_reservoir_is_saved_once_and_in_its_own_format(tmp_path):
    reservoir = liquid(0)
    save(reservoir, tmp_path / "liquid.npz")
    assert load(tmp_path / "liquid.npz") == Reservoir.load(tmp_path / "liquid.npz") == reservoir
    X, y = pitches(10)
    model = LSMClassifier(reservoir, state=FilteredTraces((5.0,))).fit(X, y)
    assert model.reservoir is model.reservoir_
    loaded = again(model, tmp_path)
    assert loaded.reservoir is loaded.reservoir_
    assert loaded.reservoir == reservoir
    with pytest.raises(LoadError, match=r"not a saved reservoir: lsm\.saving\.load reads"):
        Reservoir.load(tmp_path / "model.npz")


def test_states_of_several_parts_are_saved(tmp_path):
    X, y = pitches(10)
    state = make_state("bins:2+first+silence@0.5,1+variables:I+potentials")
    model = LSMClassifier(liquid(0), state=state).fit(X, y)
    loaded = again(model, tmp_path)
    assert loaded.state_ == loaded.state == state
    same(loaded.decision_function(X), model.decision_function(X))


def test_a_generator_goes_on_where_it_was(tmp_path):
    rng = np.random.default_rng(3)
    rng.random(5)
    loaded = again(LSMClassifier(random_state=rng), tmp_path)
    assert loaded.random_state.random() == rng.random()


def test_other_readouts_go_through_skops(tmp_path):
    pytest.importorskip("skops")
    X, y = pitches(12)
    for readout in ("logistic", "perceptron"):
        model = LSMClassifier(**LSM, readout=readout).fit(X, y)
        same(again(model, tmp_path).decision_function(X), model.decision_function(X))
    model = LSMRegressor(**LSM, readout=make_pipeline(StandardScaler(), Ridge()))
    model.fit(X, (y == "left").astype(float))
    same(again(model, tmp_path).predict(X), model.predict(X))


class Guess(ClassifierMixin, BaseEstimator):
    """A classifier of somebody's own."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def test_what_no_file_holds_is_refused_by_name(tmp_path):
    path = tmp_path / "model.npz"
    states, labels = np.eye(4).repeat(2, axis=0), [0, 1] * 4
    search = GridSearchCV(RidgeReadout(), {}, cv=2).fit(states, labels)
    for model, why in [
        (
            LSMClassifier(pretraining=lambda reservoir, spikes: reservoir),
            "a function.*pretraining=",
        ),
        (LSMClassifier(random_state=np.random.RandomState(0)), r"random_state: .*an integer"),
        (LSMClassifier(readout=object()), r"LSMClassifier\.readout: <object"),
        (make_pipeline(RidgeReadout(), memory=str(tmp_path)), "memory can't be saved"),
        (search, "a search can't be saved, GridSearchCV; save its best_estimator_"),
        (np.zeros(3), "must be a reservoir or an estimator"),
    ]:
        with pytest.raises((TypeError, ValueError), match=why):
            save(model, path)
    odd = RidgeReadout()
    odd.note_ = "mine"
    with pytest.raises(ValueError, match="RidgeReadout learns no 'note_'"):
        save(odd, path)
    pytest.importorskip("skops")
    with pytest.raises(
        TypeError,
        match=r"LSMClassifier\.readout: Guess.* it holds .*Guess, which no file may; docs",
    ):
        save(LSMClassifier(readout=Guess()), path)
    assert not list(tmp_path.iterdir())


def test_without_skops_the_error_says_what_to_install(tmp_path, monkeypatch):
    pytest.importorskip("skops")
    save(LogisticRegression(), tmp_path / "model.npz")
    monkeypatch.setitem(__import__("sys").modules, "skops.io", None)
    for call in (
        lambda: save(LSMClassifier(readout=LogisticRegression()), tmp_path / "other.npz"),
        lambda: load(tmp_path / "model.npz"),
    ):
        with pytest.raises(ImportError, match=r"pip install 'liquidstate\[skops\]'"):
            call()


def test_the_file_is_plain_and_says_its_format(tmp_path):
    path = tmp_path / "model.npz"
    save(RidgeReadout().fit(*[rows()[0], names(rows()[1])]), path)
    with np.load(path, allow_pickle=False) as file:
        assert not any(file[name].dtype.hasobject for name in file.files)
        header = json.loads(str(file["header"]))
        arrays = {name: file[name] for name in file.files if name != "header"}
    assert header["format"] == FORMAT
    header["format"] += 10
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    with pytest.raises(LoadError, match=rf"model\.npz has format {FORMAT + 10}; this version"):
        load(path)


def test_a_newer_reservoir_in_a_model_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    with monkeypatch.context() as later:
        later.setattr(description, "FORMAT", 9)
        save(LSMClassifier(liquid(0)), path)
    with pytest.raises(LoadError, match="its reservoir has format 9; this version reads up to"):
        load(path)


def test_a_classifier_of_few_samples_goes_on_from_a_file(tmp_path):
    X, y = rows(20, 40)
    readout = RidgeReadout().fit(X, names(y))
    copy = again(readout, tmp_path)
    same(copy.predict_proba(X), readout.predict_proba(X))
    more, others = rows(40, 40, seed=1)
    same(
        copy.partial_fit(more, names(others)).predict_proba(X),
        readout.partial_fit(more, names(others)).predict_proba(X),
    )


@pytest.mark.parametrize("wrong", [{"weight": np.zeros(20)}, {"Y": np.zeros((20, 2))}])
def test_samples_of_a_readout_that_can_not_be_are_refused(wrong, tmp_path):
    X, y = rows(20, 40)
    readout = RidgeReadout().fit(X, names(y))
    readout._rows = dataclasses.replace(readout._rows, **wrong)
    with pytest.raises(ValueError, match="samples have weights above 0 and indicators"):
        again(readout, tmp_path)
