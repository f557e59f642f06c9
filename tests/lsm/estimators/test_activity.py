"""Hyperactive neurons: which features are left, and a threshold chosen with the readout."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm import ActivityThreshold
from readouts import RidgeReadout


@parametrize_with_checks([ActivityThreshold(1e300)])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_features_whose_mean_is_below_the_threshold_are_left():
    X = np.array([[0.0, 2.0, 40.0, 9.0], [1.0, 4.0, 60.0, 11.0]])
    selector = ActivityThreshold(10).fit(X)
    np.testing.assert_array_equal(selector.activity_, [0.5, 3, 50, 10])
    np.testing.assert_array_equal(selector.get_support(), [True, True, False, False])
    np.testing.assert_array_equal(selector.transform(X), X[:, :2])
    assert selector.get_feature_names_out(["a", "b", "c", "d"]).tolist() == ["a", "b"]
    assert ActivityThreshold(np.inf).fit(X).get_support().all()


def test_a_search_finds_the_threshold_that_leaves_the_noise_out():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    quiet = rng.poisson(np.where(y == 1, 4.0, 2.0)[:, np.newaxis], (60, 20))
    busy = rng.poisson(50.0, (60, 200))
    model = GridSearchCV(
        make_pipeline(ActivityThreshold(20), RidgeReadout()),
        {"activitythreshold__most": [20, np.inf]},
    ).fit(np.hstack([busy, quiet]), y)
    assert model.best_params_ == {"activitythreshold__most": 20}


@pytest.mark.parametrize(
    ("most", "error", "message"),
    [
        (0, ValueError, "most must be above 0, got 0"),
        (np.nan, ValueError, "most must be above 0, got nan"),
        ("few", TypeError, "most must be a number"),
        (2.0, ValueError, "most must leave a feature, but all means are 3 or higher; got 2.0"),
    ],
)
def test_bad_thresholds_are_refused(most, error, message):
    with pytest.raises(error, match=message):
        ActivityThreshold(most).fit(np.full((4, 2), 3.0))
