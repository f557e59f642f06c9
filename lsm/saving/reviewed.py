"""What of scikit-learn's own a file may hold: classes whose code was read, and what they learn.

Two things let a class in. What it predicts follows from numbers, strings and arrays by way of
NumPy and SciPy, which look at shapes themselves, or by compiled code all of whose sizes and places
are checked here; and no string or object of a file decides what is called beyond the choices that
are known here. Trees, and so forests and boosting, have compiled code that follows the places in
its arrays unchecked: they stay out, as do nearest neighbours in trees and sparse matrices.

Which they are stands in ``docs/saving.md``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
from joblib import parallel_config
from scipy.interpolate import interp1d
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags

from lsm.estimators import ActivityThreshold
from lsm.saving.kinds import (
    Check,
    array,
    either,
    empty,
    floats,
    list_of,
    none,
    one_of,
    places,
    whole,
)
from lsm.saving.rules import at_most_cores, is_fitted, must
from lsm.saving.schema import CLASSES, short
from lsm.saving.schema import check as check_own

#: Compiled losses, without which some linear models can't learn on.
LOSSES = {
    *(f"sklearn.linear_model._sgd_fast.{name}" for name in ("EpsilonInsensitive", "Hinge")),
    *(f"sklearn.linear_model._sgd_fast.Squared{name}" for name in ("EpsilonInsensitive", "Hinge")),
    "sklearn.linear_model._sgd_fast.ModifiedHuber",
    *(f"sklearn._loss._loss.CyHalf{name}Loss" for name in ("Binomial", "Gamma", "Poisson")),
    *(f"sklearn._loss._loss.Cy{name}" for name in ("HalfSquaredError", "HuberLoss")),
}

#: Names by the modules of scikit-learn that have them; parts of fitted ones among them.
_NAMES = {
    "calibration": "CalibratedClassifierCV _CalibratedClassifier _SigmoidCalibration "
    "_TemperatureScaling",
    "cross_decomposition": "CCA PLSCanonical PLSRegression",
    "decomposition": "PCA TruncatedSVD",
    "discriminant_analysis": "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
    "dummy": "DummyClassifier DummyRegressor",
    "ensemble": "BaggingClassifier BaggingRegressor StackingClassifier StackingRegressor "
    "VotingClassifier VotingRegressor",
    "compose": "TransformedTargetRegressor",
    "feature_selection": "VarianceThreshold",
    "frozen": "FrozenEstimator",
    "gaussian_process": "GaussianProcessClassifier GaussianProcessRegressor",
    "gaussian_process._gpc": "_BinaryGaussianProcessClassifierLaplace",
    "gaussian_process.kernels": "CompoundKernel ConstantKernel DotProduct ExpSineSquared "
    "Exponentiation Matern PairwiseKernel Product RBF RationalQuadratic Sum WhiteKernel",
    "impute": "SimpleImputer",
    "isotonic": "IsotonicRegression",
    "kernel_approximation": "Nystroem RBFSampler",
    "kernel_ridge": "KernelRidge",
    "linear_model": "ARDRegression BayesianRidge ElasticNet ElasticNetCV GammaRegressor "
    "HuberRegressor Lars LarsCV Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC LinearRegression "
    "LogisticRegression LogisticRegressionCV MultiTaskElasticNet MultiTaskElasticNetCV "
    "MultiTaskLasso MultiTaskLassoCV OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV "
    "PassiveAggressiveClassifier PassiveAggressiveRegressor Perceptron PoissonRegressor "
    "QuantileRegressor RANSACRegressor Ridge RidgeCV RidgeClassifier RidgeClassifierCV "
    "SGDClassifier SGDRegressor TheilSenRegressor",
    "_loss.link": "IdentityLink Interval LogLink",
    "_loss.loss": "HalfGammaLoss HalfPoissonLoss",
    "multiclass": "OneVsOneClassifier OneVsRestClassifier",
    "multioutput": "ClassifierChain MultiOutputClassifier MultiOutputRegressor RegressorChain",
    "naive_bayes": "BernoulliNB ComplementNB GaussianNB MultinomialNB",
    "neighbors": "KNeighborsClassifier KNeighborsRegressor NearestCentroid",
    "neural_network": "MLPClassifier MLPRegressor",
    "neural_network._stochastic_optimizers": "AdamOptimizer SGDOptimizer",
    "pipeline": "FeatureUnion Pipeline",
    "preprocessing": "Binarizer FunctionTransformer LabelBinarizer LabelEncoder MaxAbsScaler "
    "MinMaxScaler Normalizer PowerTransformer QuantileTransformer RobustScaler StandardScaler",
    "svm": "LinearSVC LinearSVR NuSVC NuSVR SVC SVR",
    "utils": "Bunch",
}

_COEF = either(floats("outputs", "features"), floats("features"))
_SGD_WEIGHTS = ("coef_", "_standard_coef", "_average_coef")
_SGD_LEARNERS = (
    *("PassiveAggressiveClassifier", "PassiveAggressiveRegressor"),
    *("Perceptron", "SGDClassifier", "SGDRegressor"),
)
_FEATURES = {"n_features_in_": whole("features")}
_LINEAR = _FEATURES | dict.fromkeys(_SGD_WEIGHTS, _COEF)
_CLASSES = {"classes_": array("biufUO", "classes"), "n_classes_": whole("classes")}
_MLP = _FEATURES | {
    **dict.fromkeys(("coefs_", "_best_coefs"), list_of(floats(None, None))),
    **dict.fromkeys(("intercepts_", "_best_intercepts"), list_of(floats(None))),
    "n_outputs_": whole("outputs"),
    "out_activation_": one_of("identity", "logistic", "softmax", "exp"),
}
_SVM = _FEATURES | {
    "classes_": array("biufUO", "classes"),
    "kernel": one_of("linear", "poly", "rbf", "sigmoid"),
    "_sparse": lambda value, sizes: value is False,
    "support_": array("i", "vectors"),
    "support_vectors_": floats("vectors", "features"),
    "_n_support": array("i", None),
    **dict.fromkeys(("dual_coef_", "_dual_coef_"), floats("pairs", "vectors")),
    **dict.fromkeys(("intercept_", "_intercept_"), floats("deciders")),
    **dict.fromkeys(("_probA", "_probB"), either(floats("deciders"), empty)),
}
_NEIGHBOURS = _FEATURES | {
    **dict.fromkeys(("metric", "effective_metric_"), one_of("minkowski", "euclidean", "manhattan")),
    **dict.fromkeys(("metric_params", "_tree"), none),
    "_fit_method": one_of("brute"),
    "_fit_X": floats("rows", "features"),
    "n_samples_fit_": whole("rows"),
    "_y": either(array("iuf", "rows"), array("iuf", "rows", None)),
    "classes_": array("biufUO", "classes"),  # of one output alone
}
_GP = _FEATURES | {
    "n_targets": lambda value, sizes: value is None or value <= 10**4,
    "X_train_": array("fiu", "rows", "features"),
    "L_": floats("rows", "rows"),
    **dict.fromkeys(("y_train_", "alpha_"), either(floats("rows"), floats("rows", "outputs"))),
}
_GP_BINARY = {
    "X_train_": array("fiu", "rows", None),
    "L_": floats("rows", "rows"),
    **dict.fromkeys(("y_train_", "f_cached", "pi_", "W_sr_"), array("fiu", "rows")),
    **_CLASSES,
}
_ANSWER = one_of("predict", "predict_proba", "decision_function")
_STACK = {"stack_method_": list_of(_ANSWER)}

#: What classes learn, where more is asked than plain numbers, strings, arrays and known objects.
_TABLES: dict[str, dict[str, Check]] = {
    **dict.fromkeys(_NAMES["linear_model"].split(), _LINEAR),
    **dict.fromkeys(("LinearSVC", "LinearSVR"), _LINEAR),
    **dict.fromkeys(("MLPClassifier", "MLPRegressor"), _MLP),
    **dict.fromkeys(("SVC", "NuSVC", "SVR", "NuSVR"), _SVM),
    **dict.fromkeys(("KNeighborsClassifier", "KNeighborsRegressor"), _NEIGHBOURS),
    **dict.fromkeys(("BaggingClassifier", "VotingClassifier"), _CLASSES),
    "GaussianProcessRegressor": _GP,
    "GaussianProcessClassifier": _FEATURES | _CLASSES,
    "_BinaryGaussianProcessClassifierLaplace": _GP_BINARY,
    "IsotonicRegression": dict.fromkeys(("X_thresholds_", "y_thresholds_"), floats("points")),
    **dict.fromkeys(("StackingClassifier", "StackingRegressor"), _STACK),
    "ClassifierChain": {"chain_method_": _ANSWER},
}


def _shapes(*lists: Any) -> list[tuple[int, ...]]:
    return [array.shape for arrays in lists for array in arrays]


def _mlp(value: Any) -> None:
    sizes = [value.n_features_in_, *np.atleast_1d(value.hidden_layer_sizes), value.n_outputs_]
    weights, offsets = list(pairwise(sizes)), [(n,) for n in sizes[1:]]
    must(_shapes(value.coefs_) == weights, value, f"coefs_ are not {weights}")
    must(_shapes(value.intercepts_) == offsets, value, f"intercepts_ are not {offsets}")
    must(value.n_layers_ == len(sizes), value, f"n_layers_ is not {len(sizes)}")
    optimizer = getattr(value, "_optimizer", None)
    for name in ("ms", "vs", "velocities"):
        moments = getattr(optimizer, name, None)
        same = moments is None or _shapes(moments) == weights + offsets
        must(same, value, f"{name} of the optimizer are not those of the weights")


def _svm(value: Any) -> None:
    per_class, classes = value._n_support, len(getattr(value, "classes_", "ab"))
    must(
        len(per_class) == classes
        and bool((per_class >= 0).all())
        and int(value.n_support_.sum()) == len(value.support_vectors_),
        value,
        "_n_support is not how many support vectors each class has",
    )
    must(len(value._dual_coef_) == max(classes - 1, 1), value, "_dual_coef_")
    must(len(value._intercept_) == classes * (classes - 1) // 2, value, "_intercept_")


def _neighbours(value: Any) -> None:
    must(value.n_neighbors <= value.n_samples_fit_, value, "n_neighbors")
    powers = {"p": 1.0} | value.effective_metric_params_
    must(powers.keys() == {"p"} and isinstance(powers["p"], int | float), value, "metric")
    if hasattr(value, "classes_"):
        labels = value._y
        is_whole = labels.ndim == 1 and labels.dtype.kind in "iu"
        in_range = is_whole and labels.min() >= 0 and labels.max() < len(value.classes_)
        must(in_range, value, "_y holds something else than places of classes_")


def _sgd(value: Any) -> None:
    weights = [getattr(value, name) for name in _SGD_WEIGHTS if hasattr(value, name)]
    must(len({array.shape for array in weights}) == 1, value, "coef_ and its means differ in shape")
    if hasattr(value, "classes_"):
        n = len(value.classes_)
        must(len(value.coef_) == (1 if n == 2 else n), value, f"coef_ is not for {n} classes")


_RULES: dict[str, Callable[[Any], None]] = {
    **dict.fromkeys(_SGD_LEARNERS, _sgd),
    **dict.fromkeys(("MLPClassifier", "MLPRegressor"), _mlp),
    **dict.fromkeys(("SVC", "NuSVC", "SVR", "NuSVR"), _svm),
    **dict.fromkeys(("KNeighborsClassifier", "KNeighborsRegressor"), _neighbours),
}


def _name(cls: type) -> str:
    """The name of a class as skops has it."""
    return f"{cls.__module__}.{cls.__name__}"


def _classes() -> Iterator[type]:
    for module, names in _NAMES.items():
        there = vars(import_module(f"sklearn.{module}"))
        yield from (there[name] for name in names.split() if name in there)
    # The readouts of this package are parts of others, too, and so is what stands before them.
    yield from (cls for cls in CLASSES.values() if cls.__module__.startswith("readouts."))
    yield ActivityThreshold


#: By the names that skops gives them.
REVIEWED = {_name(cls): cls for cls in _classes()}


def check(value: BaseEstimator) -> None:
    """Raise ValueError, or another error, for an estimator that can't have come about by learning.

    What has learned is asked for one answer: shapes that don't fit are seen then. ``n_jobs`` come
    down to the number of cores.
    """
    _check(value)
    if not hasattr(value, "n_features_in_"):
        needs = hasattr(value, "predict") and get_tags(value).requires_fit
        must(not (needs and is_fitted(value)), value, "n_features_in_ is missing")
        return
    must(places()(value.n_features_in_, {}), value, f"n_features_in_ {value.n_features_in_!r}")
    row = np.zeros((1, value.n_features_in_))
    with warnings.catch_warnings(), np.errstate(all="ignore"), parallel_config("sequential"):
        warnings.simplefilter("ignore")
        value.predict(row) if hasattr(value, "predict") else value.transform(row)


def _check(value: Any) -> None:
    """Check an estimator, or a part of one, and whatever it holds."""
    name = type(value).__name__
    if REVIEWED.get(_name(type(value))) is not type(value):
        raise ValueError(f"it holds {name}, which no file may")
    if name in CLASSES and name != "Pipeline":  # of this package
        check_own(value)
        return
    parameters = value.get_params(deep=False) if hasattr(value, "get_params") else {}
    if isinstance(value, BaseEstimator) and hasattr(value, "_parameter_constraints"):
        value._validate_params()
    if hasattr(value, "n_jobs"):
        value.n_jobs = at_most_cores(value.n_jobs)
    # A folder to keep results in is one to read pickles from.
    must(getattr(value, "memory", None) is None, value, "memory must be None")
    table, sizes = _TABLES.get(name, {}), dict[str, int]()
    for attribute, part in vars(value).items():
        if attribute not in parameters and hasattr(type(value), attribute):
            raise ValueError(f"{name} has a {attribute!r} of its own")
        if attribute in table and not table[attribute](part, sizes):
            raise ValueError(f"{name}.{attribute} can't be {short(part)}, of {sizes}")
        if type(part) is not interp1d:  # which IsotonicRegression has made anew of its points
            _check_part(part)
    if name in _RULES and is_fitted(value):
        # Without it scikit-learn doesn't compare the features that it is given.
        must(hasattr(value, "n_features_in_"), value, "n_features_in_ is missing")
        _RULES[name](value)


def _check_part(value: Any) -> None:
    """Check the content of an attribute: plain values, generators, losses, reviewed objects."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        value = value.ravel().tolist()
    if isinstance(value, list | tuple):
        for part in value:
            _check_part(part)
    elif isinstance(value, np.random.RandomState):
        position = value.get_state(legacy=False)["state"]["pos"]
        if not 0 <= position <= 624:  # of 624 numbers, which are read without a look
            raise ValueError(f"a generator can't be at its number {position}")
    elif isinstance(value, np.ndarray):
        if value.dtype.kind not in "biufU":
            raise ValueError(f"an array holds {value.dtype}")
    elif not (
        value is None
        or isinstance(value, bool | int | float | str | np.generic | np.ufunc)
        or _name(type(value)) in LOSSES
    ):
        _check(value)
