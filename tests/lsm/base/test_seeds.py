"""Random states of estimators: those of scikit-learn, and one message for all else."""

import numpy as np
import pytest

from evolution import LiquidEvolution
from lsm import (
    LiquidTransformer,
    LSMClassifier,
    LSMEnsemble,
    LSMRegressor,
    LSMSeriesRegressor,
    RSNNClassifier,
    RSNNRegressor,
)
from lsm.base.seeds import numpy_seed
from lsm.encoders import PoissonRate
from tasks.online import DelayLine, OnlineEchoState
from tests.lsm.estimators.data import pitches, ramps

SPIKES, Y = pitches(12)
SIGNALS = ramps(12)[0]


def test_all_forms_of_scikit_learn_are_taken():
    generator = np.random.default_rng(0)
    assert numpy_seed(generator) is generator
    assert [numpy_seed(seed) for seed in (None, 7, np.int64(8), 2**70)] == [None, 7, 8, 2**70]
    one, same = (numpy_seed(np.random.RandomState(3)) for _ in range(2))
    assert one == same


@pytest.mark.parametrize("random_state", [-1, np.int64(-2), 1.5, "0", [1]])
def test_all_else_is_refused(random_state):
    with pytest.raises(ValueError, match=r"random_state must be an integer from 0 on, .* got "):
        numpy_seed(random_state)


@pytest.mark.parametrize(
    ("estimator", "X", "y"),
    [
        (LSMClassifier(), SPIKES, Y),
        (RSNNClassifier(), SPIKES, Y),
        (LSMEnsemble(), SPIKES, Y),
        (LSMRegressor(), SPIKES, np.arange(12.0)),
        (RSNNRegressor(), SPIKES, np.arange(12.0)),
        (LiquidTransformer(), SPIKES, None),
        (LSMSeriesRegressor(), SIGNALS, None),
        (LiquidEvolution(), SPIKES, Y),
        (PoissonRate(), SIGNALS, None),
        (DelayLine(units=4), SPIKES, None),
        (OnlineEchoState(4, random_state=0), SPIKES, Y),
    ],
)
def test_every_estimator_names_its_random_state(estimator, X, y):
    with pytest.raises(ValueError, match="random_state must be an integer from 0 on"):
        estimator.set_params(random_state=-1).fit(X, y)
