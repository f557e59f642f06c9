"""Readouts by name, and estimators of others in their place."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.cluster import KMeans
from sklearn.ensemble import StackingClassifier, StackingRegressor
from sklearn.linear_model import LinearRegression, Perceptron
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from readouts import (
    READOUTS,
    REGRESSION_READOUTS,
    RidgeReadout,
    RidgeRegressionReadout,
    fit_each,
    make_readout,
)


def test_readouts_by_name():
    assert isinstance(make_readout(), RidgeReadout)
    assert isinstance(make_readout("perceptron"), Perceptron)
    assert isinstance(make_readout(kind="regressor"), RidgeRegressionReadout)
    assert all(is_classifier(make_readout(name)) for name in READOUTS)
    assert all(is_regressor(make_readout(name, kind="regressor")) for name in REGRESSION_READOUTS)


@pytest.mark.parametrize("readout", ["ridge", "perceptron", SVC(C=3)], ids=["ridge", "name", "own"])
def test_fitting_each_of_many_liquids_is_fitting_them_one_by_one(readout):
    rng = np.random.default_rng(0)
    y = np.repeat(["one", "three", "two"], 20)
    centres = [rng.normal(size=(3, 1 + k)) for k in range(5)]
    liquids = [
        centre.repeat(20, axis=0) + rng.normal(size=(60, centre.shape[1])) for centre in centres
    ]
    for each, X in zip(fit_each(readout, iter(liquids), y), liquids, strict=True):
        alone = make_readout(readout).fit(X, y)
        assert each.n_features_in_ == X.shape[1]
        assert np.array_equal(each.predict(X), alone.predict(X))
        assert np.array_equal(each.decision_function(X), alone.decision_function(X))


def test_fitting_each_of_many_liquids_refuses_what_fit_refuses():
    X, y = np.eye(4), np.array([0, 1, 0, 1])
    with pytest.raises(ValueError, match="at least two classes"):
        next(fit_each("ridge", [X], np.zeros(4, dtype=int)))
    with pytest.raises(ValueError, match="continuous"):
        next(fit_each("ridge", [X], y / 3))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        next(fit_each("ridge", [X[:3]], y))
    readouts = fit_each("ridge", [X, np.full((4, 4), np.nan)], y)
    next(readouts)
    with pytest.raises(ValueError, match="X contains NaN"):
        next(readouts)


def test_any_estimator_is_cloned():
    fitted = RidgeReadout().fit([[0.0], [1.0]], [0, 1])
    assert not hasattr(make_readout(fitted), "coef_")
    assert make_readout(SVC(C=3)).C == 3
    assert make_readout(SVR(C=3), kind="regressor").C == 3
    # A type of its own, of neither kind: what it is good for is the user's affair.
    assert isinstance(make_readout(KMeans(), kind="regressor"), KMeans)


@pytest.mark.parametrize(
    "nested",
    [
        lambda estimator: estimator,
        lambda estimator: make_pipeline(StandardScaler(), estimator),
        lambda estimator: GridSearchCV(estimator, {}),
    ],
    ids=["alone", "pipeline", "search"],
)
def test_the_other_kind_is_refused(nested):
    with pytest.raises(TypeError, match=r"(?s)must be a regressor, got the classifier .*SVC"):
        make_readout(nested(SVC()), kind="regressor")
    with pytest.raises(TypeError, match=r"(?s)must be a classifier, got the regressor .*LinearReg"):
        make_readout(nested(LinearRegression()))
    make_readout(nested(SVC()))
    make_readout(nested(LinearRegression()), kind="regressor")


def test_what_can_predict_only_once_it_is_fitted_is_taken():
    """scikit-learn 1.9's stacks, whose final estimator is by default chosen in `fit`."""
    X = np.random.default_rng(0).normal(size=(40, 3))
    for stack, kind, y in (
        (StackingClassifier([("svc", SVC())], cv=2), "classifier", X[:, 0] > 0),
        (StackingRegressor([("svr", SVR())], cv=2), "regressor", X[:, 0]),
    ):
        assert not hasattr(stack, "predict")
        for nested in (stack, make_pipeline(StandardScaler(), stack)):
            assert make_readout(nested, kind=kind).fit(X, y).score(X, y) > 0.7
        with pytest.raises(TypeError, match=f"got the {kind} Stacking"):
            make_readout(stack, kind={"classifier": "regressor"}.get(kind, "classifier"))


def test_unknown_names_and_kinds_are_refused():
    known = "'ridge', 'logistic', 'perceptron'"
    with pytest.raises(ValueError, match=rf"{known}.*'Rigde'.*mean 'ridge'"):
        make_readout("Rigde")
    with pytest.raises(
        ValueError, match=r"one of 'ridge', 'ridge-blocks', 'force'.* or a regressor, got 'logi"
    ):
        make_readout("logistic", kind="regressor")
    with pytest.raises(ValueError, match="kind must be 'classifier' or 'regressor', got 'ridge'"):
        make_readout(kind="ridge")
    with pytest.raises(TypeError, match="fit and predict"):
        make_readout(RidgeReadout)
    for none in (StandardScaler(), StackingClassifier, 3):
        with pytest.raises(TypeError, match="fit and predict"):
            make_readout(none)


def test_import_loads_nothing_heavy():
    heavy = {"brian2", "matplotlib", "numba", "aeon", "tonic", "deap"}
    code = f"import readouts, sys; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
