"""scikit-learn's own checks of estimators."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from lsm import LiquidTransformer, LSMClassifier, LSMRegressor, RSNNClassifier, RSNNRegressor
from lsm.learning import Trainer

pytestmark = pytest.mark.usefixtures("cache")

# Training takes its time: some batches of the smallest samples that a check brings.
BRIEF = {"reservoir": 10, "trainer": Trainer(batch_size=5, iterations=2)}
# With a seed: some checks fit what they are given, and a rare liquid warns that it stays quiet.
ESTIMATORS = [
    LiquidTransformer(random_state=0),
    LSMClassifier(random_state=0),
    LSMRegressor(random_state=0),
    LSMClassifier(20, readout="logistic", state="traces", pretraining="stdp", random_state=0),
    RSNNClassifier(**BRIEF, random_state=0),
    RSNNRegressor(**BRIEF, random_state=0),
]


def expected_failures(estimator):
    """Of networks that are hardly trained those that want a good score."""
    checks = ("check_classifiers_train", "check_regressors_train")
    return dict.fromkeys(checks, "two batches") if hasattr(estimator, "trainer") else {}


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learns_checks(estimator, check):
    check(estimator)
