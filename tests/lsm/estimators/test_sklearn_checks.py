"""scikit-learn's own checks of estimators."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor

pytestmark = pytest.mark.usefixtures("cache")

ESTIMATORS = [
    LiquidTransformer(),
    LSMClassifier(),
    LSMRegressor(),
    LSMClassifier(20, readout="logistic", state="traces", pretraining="stdp"),
]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)
