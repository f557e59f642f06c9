"""Rivals against slow references, and on data that tell them from linear readouts."""

import sys

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import FunctionTransformer

from lsm.spikes import SpikeTrains
from readouts import make_readout
from tasks import Task
from tasks.online import ONLINE
from tasks.rivals import (
    RIVALS,
    EchoStates,
    MeanDecision,
    echo_state_network,
    minirocket,
    padded,
    predict_rival,
    simple_features,
    support_vector_machine,
)


def ramps(*, seed=0, n_samples=40, steps=(12, 20), n_channels=2):
    """Noisy signals of many lengths that fall or rise; and which is which."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_samples) % 2
    signals = np.empty(n_samples, dtype=object)
    for i, label in enumerate(labels):
        n_steps = rng.integers(*steps, endpoint=True)
        noise = rng.normal(scale=0.3, size=(n_channels, n_steps))
        signals[i] = (2 * label - 1) * np.linspace(-1, 1, n_steps) + noise
    return signals, labels


def task(name, *, signals=True):
    heard, labels = ramps()
    trains = [[[1.0] * (1 + 3 * label)] for label in labels]
    return Task(
        name=name,
        spikes=SpikeTrains.from_lists(trains, duration_ms=10),
        labels=labels,
        train=np.arange(20),
        fitness=np.arange(20, 30),
        test=np.arange(30, 40),
        signals=heard if signals else None,
    )


def ring(rng, n=120):
    labels = np.arange(n) % 2
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = 1 + labels + rng.normal(scale=0.1, size=n)
    return np.column_stack([radius * np.cos(angle), 100 * radius * np.sin(angle)]), labels


def test_the_support_vector_machine_bends_where_a_line_cannot_and_scales_its_features():
    rng = np.random.default_rng(0)
    (X, y), (X_test, y_test) = ring(rng), ring(rng)
    assert support_vector_machine(2).fit(X, y).score(X_test, y_test) > 0.95
    assert make_readout("ridge").fit(X, y).score(X_test, y_test) < 0.7


def test_echo_states_follow_the_equation():
    pytest.importorskip("reservoirpy", reason="the echo state network needs reservoirpy")
    signals, _ = ramps(n_samples=3)
    model = EchoStates(15, random_state=0).fit(signals)
    network = model.network_
    features = model.transform(signals)
    steps = np.concatenate([signal.T for signal in signals])
    for row, signal in zip(features, signals, strict=True):
        x, path = np.zeros(15), []
        for u in (signal.T - steps.mean(axis=0)) / steps.std(axis=0):
            x = 0.9 * x + 0.1 * np.tanh(network.W @ x + network.Win @ u)
            path.append(x)
        np.testing.assert_allclose(row, np.concatenate([np.mean(path, axis=0), x]), atol=1e-12)
    radius = np.abs(np.linalg.eigvals(network.W.toarray())).max()
    assert radius == pytest.approx(0.9)
    # A sample stands alone, whatever was heard before it.
    np.testing.assert_array_equal(model.transform(signals[2:]), features[2:])


@pytest.mark.parametrize("make", [echo_state_network, lambda n, **seed: minirocket(20, **seed)])
def test_drawn_rivals_learn_from_signals_of_many_lengths(make):
    pytest.importorskip("aeon", reason="MiniRocket needs aeon")
    pytest.importorskip("reservoirpy", reason="the echo state network needs reservoirpy")
    (signals, labels), (others, wanted) = ramps(), ramps(seed=1)
    models = [make(30, random_state=seed).fit(signals, labels) for seed in (0, 0, 1)]
    scores = [model.score(others, wanted) for model in models]
    assert min(scores) > 0.9
    assert scores[0] == scores[1]


def test_another_seed_is_another_network():
    pytest.importorskip("reservoirpy", reason="the echo state network needs reservoirpy")
    signals, _ = ramps(n_samples=4)
    one, same, other = (EchoStates(9, random_state=s).fit_transform(signals) for s in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


def test_padding_puts_zeros_behind():
    signals = [np.ones((2, 3)), np.full((2, 4), 2.0)]
    by_hand = [[[1, 1, 1, 0, 0]] * 2, [[2, 2, 2, 2, 0]] * 2]
    np.testing.assert_array_equal(padded(signals, 5), by_hand)


def test_signals_shorter_than_a_kernel_are_padded_too():
    pytest.importorskip("aeon", reason="MiniRocket needs aeon")
    signals, labels = ramps(steps=(4, 6))
    assert minirocket(6, random_state=0).fit(signals, labels).predict(signals).shape == (40,)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("root_mean_absolute", 2), ("time_bins_10", 10), ("signal_bins_10", 20), ("time_bins_3", 3)],
)
def test_simple_features_by_name(name, columns):
    assert simple_features(task("toy"), name).shape == (40, columns)


def test_features_of_signals_need_signals():
    with pytest.raises(ValueError, match=r"samples must have signals .* got Task\(name='EMG'"):
        simple_features(task("EMG", signals=False), "root_mean_absolute")


@pytest.mark.parametrize("name", RIVALS)
def test_neither_labels_of_test_samples_nor_the_global_random_state_are_touched(name):
    for module in ("aeon", "reservoirpy"):
        pytest.importorskip(module, reason="some rivals need it")
    honest = task("toy")
    turned = Task(**{**vars(honest), "labels": honest.labels.copy()})
    turned.labels[honest.test] = 1 - turned.labels[honest.test]
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    predicted = [
        predict_rival(name, one, one.training, one.test, units=30, random_state=0)
        for one in (honest, turned)
    ]
    np.testing.assert_array_equal(*predicted)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert np.mean(predicted[0] == honest.labels[honest.test]) > 0.8


@pytest.mark.parametrize("name", ["minirocket", "esn"])
def test_a_missing_package_names_the_extra(name, monkeypatch):
    package, extra = RIVALS[name].module.partition(".")[0], RIVALS[name].extra
    monkeypatch.setitem(sys.modules, RIVALS[name].module, None)
    with pytest.raises(ImportError, match=rf"{package}: pip install \"liquidstate\[{extra}\]\""):
        RIVALS[name].load()


def test_a_rival_says_what_it_lacks(monkeypatch):
    assert RIVALS["svm"].missing == ""
    monkeypatch.setitem(sys.modules, "reservoirpy.nodes", None)
    assert 'pip install "liquidstate[series]"' in RIVALS["esn"].missing


@pytest.mark.parametrize("classes", [("no", "yes"), ("a", "b", "c")])
def test_an_ensemble_takes_the_mean_of_decision_values(classes):
    rng = np.random.default_rng(0)
    y = np.array(classes)[np.arange(60) % len(classes)]
    X = rng.normal(size=(60, 5)) + np.arange(60)[:, np.newaxis] % len(classes)
    members = [RidgeClassifier(alpha) for alpha in (0.1, 1, 100)]
    ensemble = MeanDecision(members).fit(X[:40], y[:40])
    values = np.mean([m.fit(X[:40], y[:40]).decision_function(X[40:]) for m in members], axis=0)
    np.testing.assert_allclose(ensemble.decision_function(X[40:]), values)
    values = values if values.ndim == 2 else np.column_stack([-values, values])
    np.testing.assert_array_equal(ensemble.predict(X[40:]), np.array(classes)[values.argmax(1)])


def test_minirocket_is_aeons_classifier():
    pytest.importorskip("aeon", reason="MiniRocket needs aeon")
    from aeon.classification.convolution_based import MiniRocketClassifier

    signals, labels = ramps(n_samples=60, steps=(20, 20))
    X = np.stack(list(signals)) + np.random.default_rng(1).normal(size=(60, 2, 20))
    theirs = MiniRocketClassifier(random_state=3).fit(X[:30], labels[:30])
    ours = minirocket(20, random_state=3).fit(X[:30], labels[:30])
    np.testing.assert_array_equal(ours.predict(X[30:]), theirs.predict(X[30:]))


def test_members_of_an_ensemble_are_drawn_apart(monkeypatch):
    seeds = []

    def make(units, random_state):
        seeds.append(random_state)
        return FunctionTransformer(SpikeTrains.counts)

    monkeypatch.setitem(ONLINE, "drawn", (make, True))
    given = task("levels")
    options = {"units": 3, "random_state": 0, "n_members": 3}
    labels = predict_rival("drawn", given, given.training, given.test, **options)
    assert len(set(seeds)) == 3
    np.testing.assert_array_equal(labels, given.labels[given.test])
