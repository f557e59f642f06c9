"""scikit-learn's meta-estimators and tools for inspection, each as a function of an estimator.

A function gets a model, X and y, and gives what the tool found: predictions, scores, states.
"""

from dataclasses import dataclass, field

import numpy as np
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFE, RFECV, SelectFromModel, SequentialFeatureSelector
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import RANSACRegressor
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    permutation_test_score,
    train_test_split,
    validation_curve,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.semi_supervised import SelfTrainingClassifier


@dataclass
class Targets:
    """Of the samples of a task whose classes only the times of spikes tell apart."""

    classes: np.ndarray
    two: np.ndarray = field(init=False)
    numbers: np.ndarray = field(init=False)
    labels: np.ndarray = field(init=False)

    def __post_init__(self):
        self.two = (self.classes > 0).astype(int)
        self.numbers = self.classes + np.arange(len(self.classes)) % 2 / 2.0
        self.labels = np.stack([self.two, self.classes % 2], axis=1)


def fitted(make, target, *, methods=("predict",)):
    """What a meta-estimator predicts of the samples that it was fitted to."""

    def run(model, X, y):
        meta = make(model).fit(X, getattr(y, target))
        return [getattr(meta, method)(X) for method in methods]

    return run


def twice(model):
    return [("one", model), ("other", clone(model))]


#: Of the task's table.
COLUMNS = 15
GRID = {"readout__var_smoothing": [1e-9, 1.0]}
PROBABILITIES = ("predict", "predict_proba")


def halving(kind, **given):
    def make(model):
        return kind(model, GRID, min_resources=18, factor=2, cv=2, random_state=0, **given)

    return fitted(make, "two", methods=PROBABILITIES)


def searched(kind, **given):
    return fitted(lambda model: kind(model, GRID, cv=2, **given), "two", methods=PROBABILITIES)


def self_trained(model, X, y):
    some = np.where(np.arange(len(y.two)) % 3 == 0, -1, y.two)
    return [SelfTrainingClassifier(model, threshold=0.6).fit(X, some).predict_proba(X)]


def frozen(model, X, y):
    meta = CalibratedClassifierCV(FrozenEstimator(model.fit(X, y.two)), cv=2)
    return [meta.fit(X, y.two).predict_proba(X)]


def validated(model, X, y):
    folds = cross_validate(model, X, y.two, cv=2, scoring=("accuracy", "neg_log_loss"))
    return [folds["test_accuracy"], folds["test_neg_log_loss"]]


def split(model, X, y):
    X_train, X_test, y_train, _ = train_test_split(X, y.two, random_state=0)
    return [model.fit(X_train, y_train).predict_proba(X_test)]


def with_groups_and_weights(model, X, y):
    weight = np.arange(len(y.two)) % 3 + 0.5
    with sklearn.config_context(enable_metadata_routing=True):
        model = model.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        search = GridSearchCV(model, GRID, cv=GroupKFold(2))
        search.fit(X, y.two, sample_weight=weight, groups=np.arange(len(y.two)) % 4)
    return [search.cv_results_["mean_test_score"], search.predict_proba(X)]


def selected(selector):
    return lambda model, X, y: [selector(model).fit(X, y.two).transform(X)]


def behind(first):
    return fitted(lambda model: Pipeline([("first", first), ("last", model)]), "two")


def importance(model, X, y):
    found = permutation_importance(model.fit(X, y.two), X, y.two, n_repeats=1, random_state=0)
    return [found.importances]


def dependence(model, X, y):
    found = partial_dependence(
        model.fit(X, y.two), X, [3], custom_values={3: [0.0, 1.0]}, response_method="predict_proba"
    )
    return [found["average"]]


#: Name -> what the tool finds with a classifier.
OF_CLASSIFIERS = {
    "BaggingClassifier": fitted(
        lambda model: BaggingClassifier(model, 3, random_state=0), "two", methods=PROBABILITIES
    ),
    "AdaBoostClassifier": fitted(
        lambda model: AdaBoostClassifier(model, n_estimators=3, random_state=0), "two"
    ),
    "OneVsOneClassifier": fitted(OneVsOneClassifier, "classes"),
    "OneVsRestClassifier": fitted(OneVsRestClassifier, "classes", methods=PROBABILITIES),
    "OutputCodeClassifier": fitted(lambda m: OutputCodeClassifier(m, random_state=6), "classes"),
    "MultiOutputClassifier": fitted(MultiOutputClassifier, "labels", methods=PROBABILITIES),
    "ClassifierChain": fitted(ClassifierChain, "labels", methods=PROBABILITIES),
    "SelfTrainingClassifier": self_trained,
    "VotingClassifier": fitted(lambda m: VotingClassifier(twice(m), voting="soft"), "two"),
    "StackingClassifier": fitted(
        lambda model: StackingClassifier(twice(model), GaussianNB(), cv=2),
        "two",
        methods=PROBABILITIES,
    ),
    "StackingClassifier(passthrough=True)": fitted(
        lambda model: StackingClassifier(twice(model), GaussianNB(), cv=2, passthrough=True), "two"
    ),
    "CalibratedClassifierCV": fitted(
        lambda model: CalibratedClassifierCV(model, cv=2), "two", methods=PROBABILITIES
    ),
    "FrozenEstimator": frozen,
    "TunedThresholdClassifierCV": fitted(lambda m: TunedThresholdClassifierCV(m, cv=2), "two"),
    "FixedThresholdClassifier": fitted(
        lambda model: FixedThresholdClassifier(model, threshold=0.7), "two"
    ),
    "GridSearchCV": searched(GridSearchCV),
    "RandomizedSearchCV": searched(RandomizedSearchCV, n_iter=2, random_state=0),
    "HalvingGridSearchCV": halving(HalvingGridSearchCV),
    "HalvingRandomSearchCV": halving(HalvingRandomSearchCV, n_candidates=2),
    "cross_validate": validated,
    "cross_val_score": lambda m, X, y: [cross_val_score(m, X, y.two, cv=2)],
    "cross_val_predict": lambda m, X, y: [
        cross_val_predict(m, X, y.two, cv=2, method="predict_proba")
    ],
    "train_test_split": split,
    "learning_curve": lambda m, X, y: learning_curve(m, X, y.two, cv=2, train_sizes=[0.5, 1.0]),
    "validation_curve": lambda m, X, y: validation_curve(
        m, X, y.two, cv=2, param_name="readout__var_smoothing", param_range=[1e-9, 1.0]
    ),
    "permutation_test_score": lambda m, X, y: permutation_test_score(
        m, X, y.two, cv=2, n_permutations=2, random_state=0
    ),
    "permutation_importance": importance,
    "partial_dependence": dependence,
    "sample_weight, groups": with_groups_and_weights,
    "RFE": selected(RFE),
    "RFECV": selected(lambda model: RFECV(model, cv=2)),
    "SelectFromModel": selected(SelectFromModel),
    "SequentialFeatureSelector": selected(
        lambda model: SequentialFeatureSelector(
            model, n_features_to_select=COLUMNS - 1, direction="backward", cv=2
        )
    ),
    "Pipeline": behind("passthrough"),
    "ColumnTransformer": behind(ColumnTransformer([("some", "passthrough", [0, 1, 2, 3])])),
}
#: Name -> what the tool finds with a regressor.
OF_REGRESSORS = {
    "BaggingRegressor": fitted(lambda m: BaggingRegressor(m, 3, random_state=0), "numbers"),
    "AdaBoostRegressor": fitted(
        lambda model: AdaBoostRegressor(model, n_estimators=3, random_state=0), "numbers"
    ),
    "MultiOutputRegressor": fitted(MultiOutputRegressor, "labels"),
    "RegressorChain": fitted(RegressorChain, "labels"),
    "VotingRegressor": fitted(lambda model: VotingRegressor(twice(model)), "numbers"),
    "StackingRegressor": fitted(lambda model: StackingRegressor(twice(model), cv=2), "numbers"),
    "TransformedTargetRegressor": fitted(
        lambda m: TransformedTargetRegressor(m, func=np.log1p, inverse_func=np.expm1), "numbers"
    ),
    "RANSACRegressor": fitted(
        lambda model: RANSACRegressor(model, min_samples=30, max_trials=5, random_state=0),
        "numbers",
    ),
}
#: Name -> what the tool finds with a transformer.
OF_TRANSFORMERS = {
    "FeatureUnion": lambda model, X, y: [FeatureUnion(twice(model)).fit_transform(X, y.two)],
}
