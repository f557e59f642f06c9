"""Accuracies of disturbed copies are those of classifiers made by hand."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from lsm import LSMClassifier, LSMRegressor, simulate
from lsm.perturb import Disturbance
from lsm.robustness import disturbed_scores
from tasks import make_task

pytestmark = pytest.mark.usefixtures("cache")

TASK = make_task("TPR4", random_state=0, samples_per_class=20)
X, Y = TASK.spikes[TASK.training], TASK.labels[TASK.training]
TEST_X, TEST_Y = TASK.spikes[TASK.test], TASK.labels[TASK.test]
NOISE = Disturbance(weight_noise=0.5)


@pytest.fixture(scope="module")
def model(cache):
    return LSMClassifier(20, random_state=0).fit(X, Y)


def test_readouts_are_kept_or_trained_on_each_copy(model):
    kept = disturbed_scores(model, TEST_X, TEST_Y, [Disturbance(), NOISE], draws=2, random_state=3)
    assert kept.shape == (2, 2)
    assert (kept[0] == model.score(TEST_X, TEST_Y)).all()
    again = disturbed_scores(
        model, TEST_X, TEST_Y, [NOISE], training=(X, Y), draws=2, random_state=3
    )
    for k in range(2):
        rng = np.random.default_rng((3, k))
        copy = NOISE.copy_of(model.reservoir_, rng, n_channels=X.n_channels)
        states = simulate(copy, TEST_X, state=model.state_)[0]
        assert kept[1, k] == np.mean(model.readout_.predict(states.astype(float)) == TEST_Y)
        by_hand = LSMClassifier(copy).fit(X, Y)
        assert again[0, k] == by_hand.score(TEST_X, TEST_Y)


def test_what_does_not_fit_is_named(model):
    with pytest.raises(TypeError, match="model must be an LSMClassifier"):
        disturbed_scores(LSMRegressor(20), TEST_X, TEST_Y, [NOISE])
    with pytest.raises(NotFittedError):
        disturbed_scores(LSMClassifier(20), TEST_X, TEST_Y, [NOISE])
    with pytest.raises(TypeError, match=r"disturbances must be Disturbance objects, got 0\.1"):
        disturbed_scores(model, TEST_X, TEST_Y, [0.1])
    with pytest.raises(ValueError, match="at least one Disturbance, got none"):
        disturbed_scores(model, TEST_X, TEST_Y, [])
    with pytest.raises(ValueError, match="draws must be at least 1, got 0"):
        disturbed_scores(model, TEST_X, TEST_Y, [NOISE], draws=0)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        disturbed_scores(model, TEST_X, TEST_Y[1:], [NOISE])
