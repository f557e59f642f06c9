"""LSMRegressor: numbers from a liquid's states."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Lasso, LogisticRegression

from lsm import LSMRegressor, simulate
from readouts import RidgeRegressionReadout
from tests.lsm.estimators.data import gestures, pitches, ramps
from tests.lsm.liquids import liquid

X, _ = pitches(80)
NEW, _ = pitches(30, seed=1)
LIQUID = liquid(0)


def low_spikes(spikes):
    """Spikes on the lower channels, which a liquid's counts tell about."""
    return spikes.counts()[:, :2].sum(axis=1).astype(float)


def test_learns_numbers():
    model = LSMRegressor(LIQUID).fit(X, low_spikes(X))
    assert model.score(NEW, low_spikes(NEW)) > 0.9


@pytest.mark.parametrize("y", [low_spikes(X), X.counts()[:, :1].astype(float), X.counts()])
def test_is_the_simulation_with_a_readout_on_top_and_keeps_the_shape_of_y(y):
    model = LSMRegressor(LIQUID, state="traces").fit(X, y)
    train, new = (simulate(LIQUID, x, state="traces")[0].astype(float) for x in (X, NEW))
    predicted = model.predict(NEW)
    np.testing.assert_array_equal(predicted, RidgeRegressionReadout().fit(train, y).predict(new))
    assert predicted.shape == (30, *y.shape[1:])


@pytest.mark.parametrize("data", [ramps, gestures])
def test_learns_from_signals_and_events(data):
    samples, labels = data(60)
    model = LSMRegressor(random_state=0).fit(samples, labels == "right")
    samples, labels = data(60, seed=1)
    assert model.score(samples, labels == "right") > 0.6


def test_any_regressor_may_be_the_readout():
    model = LSMRegressor(LIQUID, readout=Lasso(alpha=0.1)).fit(X, low_spikes(X))
    assert isinstance(model.readout_, Lasso)
    assert model.score(NEW, low_spikes(NEW)) > 0.9


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "LSMRegressor requires y to be passed, but the target y is None"),
        (np.arange(79.0), r"inconsistent numbers of samples: \[80, 79\]"),
        (np.full(80, np.inf), "Input y contains infinity"),
        (["left"] * 80, "could not convert string to float"),
        (np.zeros((80, 2, 2)), "Found array with dim 3"),
    ],
)
def test_numbers_that_are_none_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        LSMRegressor(LIQUID).fit(X, y)


@pytest.mark.usefixtures("no_simulation")
def test_readouts_that_are_none_are_refused():
    for readout in ("perceptron", LogisticRegression()):
        with pytest.raises((ValueError, TypeError), match=r"readout must be .* regressor"):
            LSMRegressor(LIQUID, readout=readout).fit(X, low_spikes(X))
    with pytest.raises(NotFittedError):
        LSMRegressor(LIQUID).predict(X)
