"""scikit-learn's own checks of estimators."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor

pytestmark = pytest.mark.usefixtures("cache")

# With a seed: some checks fit what they are given, and a rare liquid warns that it stays quiet.
ESTIMATORS = [
    LiquidTransformer(random_state=0),
    LSMClassifier(random_state=0),
    LSMRegressor(random_state=0),
    LSMClassifier(20, readout="logistic", state="traces", pretraining="stdp", random_state=0),
]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)
