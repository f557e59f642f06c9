"""RidgeReadout against scikit-learn's ridge and discriminant, and GCV from the hat matrix."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Perceptron, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from readouts import RidgeReadout, make_readout
from readouts import ridge as ridge_module
from readouts.ridge import RELATIVE_ALPHAS, _fit_gcv


def states(n_samples=80, n_features=6, n_classes=3, *, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    centres = rng.normal(size=(n_classes, n_features))
    X = 10 + rng.uniform(0.1, 20, n_features) * (
        rng.normal(size=(n_samples, n_features)) + centres[y]
    )
    return X, y


def one_hot(y):
    return np.where(y[:, np.newaxis] == np.unique(y), 1.0, -1.0)


def brute_force_gcv(X, targets, alpha):
    """GCV from the trace of the hat matrix of [1, Z], the intercept not penalised."""
    n = len(X)
    design = np.column_stack([np.ones(n), StandardScaler().fit_transform(X)])
    penalty = alpha * np.eye(design.shape[1])
    penalty[0, 0] = 0
    hat = design @ np.linalg.solve(design.T @ design + penalty, design.T)
    residual = targets - hat @ targets
    return (residual**2).sum() / n / (1 - np.trace(hat) / n) ** 2


@parametrize_with_checks([RidgeReadout()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("shape", [(80, 6), (30, 50)], ids=["tall", "wide"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_strength_has_the_least_gcv_and_regression_is_ridge(shape, n_classes):
    X, y = states(*shape, n_classes)
    coef, intercept, alpha = _fit_gcv(X, one_hot(y), None)
    candidates = len(X) * RELATIVE_ALPHAS
    scores = [brute_force_gcv(X, one_hot(y), candidate) for candidate in candidates]
    assert alpha == candidates[np.argmin(scores)] == RidgeReadout().fit(X, y).alpha_

    scaler = StandardScaler().fit(X)
    ridge = Ridge(alpha=alpha).fit(scaler.transform(X), one_hot(y))
    expected = ridge.predict(scaler.transform(X))
    np.testing.assert_allclose(X @ coef.T + intercept, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_weak_penalty_gives_the_linear_discriminant(n_classes, monkeypatch):
    X, y = states(600, 5, n_classes)
    y = np.where(np.arange(600) < 150, 0, y)  # unequal priors
    monkeypatch.setattr(ridge_module, "RELATIVE_ALPHAS", np.array([1e-12]))
    ours = RidgeReadout().fit(X, y)
    theirs = LinearDiscriminantAnalysis().fit(X, y)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    scores, expected = ours.decision_function(X), theirs.decision_function(X)
    if n_classes > 2:
        scores, expected = (s - s[:, :1] for s in (scores, expected))
    # Their pooled covariance divides by n - classes, ours by n.
    correlation = np.corrcoef(scores.ravel(), expected.ravel())[0, 1]
    assert correlation > 0.99999


def test_class_between_two_others_is_not_masked():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 200)
    X = y[:, np.newaxis] + rng.normal(scale=0.15, size=(600, 1))
    assert RidgeReadout().fit(X, y).score(X, y) > 0.98


def test_classes_that_are_entirely_separate_are_told_apart():
    y = np.arange(60) % 3
    assert RidgeReadout().fit(np.eye(3)[y], y).score(np.eye(3)[y], y) == 1


def test_strength_follows_the_noise():
    X, y = states(seed=1)
    rng = np.random.default_rng(1)
    noise = np.column_stack([X, rng.normal(size=(len(X), 60))])
    assert RidgeReadout().fit(noise, y).alpha_ > RidgeReadout().fit(X, y).alpha_


def test_scale_and_offset_of_a_feature_change_nothing():
    X, y = states()
    moved = X * np.logspace(-4, 4, X.shape[1]) + 1000
    np.testing.assert_allclose(
        RidgeReadout().fit(moved, y).decision_function(moved),
        RidgeReadout().fit(X, y).decision_function(X),
        atol=1e-6,
    )


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9])
def test_constant_features_have_no_part(constant):
    X, y = states()
    silent = np.insert(X, [0, 3], constant, axis=1)
    readout, reference = RidgeReadout().fit(silent, y), RidgeReadout().fit(X, y)
    assert not readout.coef_[:, [0, 4]].any()
    np.testing.assert_allclose(readout.coef_[:, [1, 2, 3, 5, 6, 7]], reference.coef_)
    assert readout.alpha_ == reference.alpha_


def test_silent_liquid_predicts_the_most_frequent_class():
    y = np.array(["rare", "often", "often"])
    assert set(RidgeReadout().fit(np.zeros((3, 4)), y).predict(np.ones((2, 4)))) == {"often"}


def test_weights_count_samples():
    X, y = states()
    weight = np.random.default_rng(2).integers(0, 4, len(y))
    weighted = RidgeReadout().fit(X, y, sample_weight=weight)
    repeated = RidgeReadout().fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    assert weighted.alpha_ == pytest.approx(repeated.alpha_)
    np.testing.assert_allclose(weighted.coef_, repeated.coef_)


def test_relative_weights_are_scaled():
    X, y = states()
    relative = RidgeReadout().fit(X, y, sample_weight=np.full(len(y), 1 / len(y)))
    np.testing.assert_allclose(relative.coef_, RidgeReadout().fit(X, y).coef_)


def test_one_sample_with_weight_is_what_is_predicted():
    X, y = states()
    readout = RidgeReadout().fit(X, y, sample_weight=np.eye(len(y))[1])
    assert set(readout.predict(X)) == {y[1]}


def test_single_class_and_zero_weights_are_refused():
    X, y = states()
    with pytest.raises(ValueError, match="at least two classes, got one class"):
        RidgeReadout().fit(X, np.zeros(len(X), int))
    with pytest.raises(ValueError, match="at least one non-zero"):
        RidgeReadout().fit(X, y, sample_weight=np.zeros(len(X)))


def test_readouts_by_name():
    assert isinstance(make_readout(), RidgeReadout)
    assert isinstance(make_readout("perceptron"), Perceptron)
    fitted = RidgeReadout().fit(*states())
    assert not hasattr(make_readout(fitted), "coef_")
    known = "'ridge', 'logistic', 'perceptron'"
    with pytest.raises(ValueError, match=rf"{known}.*'Rigde'.*mean 'ridge'"):
        make_readout("Rigde")
    with pytest.raises(TypeError, match="fit and predict"):
        make_readout(RidgeReadout)
