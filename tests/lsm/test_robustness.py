"""Accuracies of disturbed copies are those of classifiers made by hand."""

import copy

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from lsm import LSMClassifier, LSMRegressor, simulate
from lsm.perturb import Disturbance
from lsm.robustness import _calibrated, disturbed_scores, harden
from readouts import RidgeReadout
from tasks import make_task

pytestmark = pytest.mark.usefixtures("cache")

TASK = make_task("TPR4", random_state=0, samples_per_class=20)
X, Y = TASK.spikes[TASK.training], TASK.labels[TASK.training]
TEST_X, TEST_Y = TASK.spikes[TASK.test], TASK.labels[TASK.test]
NONE = Disturbance()
NOISE = Disturbance(weight_noise=0.5)


@pytest.fixture(scope="module")
def model(cache):
    return LSMClassifier(20, random_state=0).fit(X, Y)


def test_readouts_are_kept_or_trained_on_each_copy(model):
    kept = disturbed_scores(model, TEST_X, TEST_Y, [NONE, NOISE], draws=2, random_state=3)
    assert kept.shape == (2, 2)
    assert (kept[0] == model.score(TEST_X, TEST_Y)).all()
    again = disturbed_scores(
        model, TEST_X, TEST_Y, [NOISE], X_train=X, y_train=Y, draws=2, random_state=3
    )
    for k in range(2):
        rng = np.random.default_rng((3, k))
        copy = NOISE.copy_of(model.reservoir_, rng, n_channels=X.n_channels)
        states = simulate(copy, TEST_X, state=model.state_)[0]
        assert kept[1, k] == np.mean(model.readout_.predict(states.astype(float)) == TEST_Y)
        by_hand = LSMClassifier(copy).fit(X, Y)
        assert again[0, k] == by_hand.score(TEST_X, TEST_Y)


def test_calibrated_features_have_means_and_deviations_of_the_undisturbed(model):
    half = Disturbance(lost_synapses=0.5)
    kept, calibrated, nothing = (
        disturbed_scores(model, TEST_X, TEST_Y, [disturbance], draws=4, **options)[0]
        for disturbance, options in ((half, {}), (half, {"X_train": X}), (NONE, {"X_train": X}))
    )
    np.testing.assert_array_equal(nothing, model.score(TEST_X, TEST_Y))
    assert calibrated.mean() > kept.mean()
    rng = np.random.default_rng(0)
    undisturbed = rng.normal(3, [2, 1, 0], size=(50, 3))
    own = rng.normal(1, [4, 0, 1], size=(50, 3))
    features = _calibrated(own, own, undisturbed)
    np.testing.assert_allclose(features.mean(axis=0), undisturbed.mean(axis=0))
    np.testing.assert_allclose(features.std(axis=0), [undisturbed[:, 0].std(), 0, 0], atol=1e-12)


def test_a_hardened_readout_is_a_ridge_with_the_noise_of_copies(model):
    devices = [NOISE, Disturbance(lost_synapses=0.2)]
    before = model.readout_
    hardened = harden(model, X, Y, devices, random_state=3)
    assert hardened.reservoir_ is model.reservoir_
    assert model.readout_ is before
    states = []
    for k, device in enumerate([NONE, *devices]):
        rng = np.random.default_rng((3, k - 1, 1) if k else 0)
        liquid = device.copy_of(model.reservoir_, rng, n_channels=X.n_channels)
        states.append(simulate(liquid, X, state=model.state_)[0].astype(float))
    differences = np.concatenate([states[1] - states[0], states[2] - states[0]])
    noise = differences.T @ differences / len(differences)
    by_hand = RidgeReadout().fit(states[0], Y, noise=noise)
    np.testing.assert_allclose(hardened.readout_.coef_, by_hand.coef_, rtol=1e-6)
    np.testing.assert_array_equal(
        hardened.predict(TEST_X),
        hardened.readout_.predict(simulate(model.reservoir_, TEST_X, state=model.state_)[0]),
    )


def test_only_a_ridge_readout_at_the_end_of_a_sample_is_hardened(model):
    logistic = LSMClassifier(20, readout="logistic", random_state=0).fit(X, Y)
    with pytest.raises(TypeError, match="model must have the readout 'ridge', got Pipeline"):
        harden(logistic, X, Y, [NOISE])
    early = copy.copy(model).set_params(decide_every_ms=50)
    with pytest.raises(ValueError, match=r"must not have decide_every_ms.* got 50"):
        harden(early, X, Y, [NOISE])
    with pytest.raises(ValueError, match="at least one Disturbance, got none"):
        harden(model, X, Y, [])


def test_what_does_not_fit_is_named(model):
    with pytest.raises(TypeError, match="model must be an LSMClassifier"):
        disturbed_scores(LSMRegressor(20), TEST_X, TEST_Y, [NOISE])
    with pytest.raises(NotFittedError):
        disturbed_scores(LSMClassifier(20), TEST_X, TEST_Y, [NOISE])
    with pytest.raises(TypeError, match=r"disturbances must be Disturbance objects, got 0\.1"):
        disturbed_scores(model, TEST_X, TEST_Y, [0.1])
    with pytest.raises(TypeError, match="disturbances must be a sequence of Disturbance, got Dist"):
        disturbed_scores(model, TEST_X, TEST_Y, NOISE)
    with pytest.raises(ValueError, match=r"y must hold labels that model knows, 0, 1.*; got a"):
        disturbed_scores(model, TEST_X, ["a"] * len(TEST_Y), [NOISE])
    with pytest.raises(ValueError, match="at least one Disturbance, got none"):
        disturbed_scores(model, TEST_X, TEST_Y, [])
    with pytest.raises(ValueError, match="draws must be at least 1, got 0"):
        disturbed_scores(model, TEST_X, TEST_Y, [NOISE], draws=0)
    with pytest.raises(ValueError, match="y_train needs its samples, X_train; got None"):
        disturbed_scores(model, TEST_X, TEST_Y, [NOISE], y_train=Y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        disturbed_scores(model, TEST_X, TEST_Y[1:], [NOISE])
