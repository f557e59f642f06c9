"""Readouts by name, and estimators of others in their place."""

import subprocess
import sys

import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.cluster import KMeans
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
    make_readout,
)


def test_readouts_by_name():
    assert isinstance(make_readout(), RidgeReadout)
    assert isinstance(make_readout("perceptron"), Perceptron)
    assert isinstance(make_readout(kind="regressor"), RidgeRegressionReadout)
    assert all(is_classifier(make_readout(name)) for name in READOUTS)
    assert all(is_regressor(make_readout(name, kind="regressor")) for name in REGRESSION_READOUTS)


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
    with pytest.raises(TypeError, match="fit and predict"):
        make_readout(StandardScaler())


def test_import_loads_nothing_heavy():
    heavy = {"brian2", "matplotlib", "numba", "aeon", "tonic", "deap"}
    code = f"import readouts, sys; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
