"""RidgeReadout against scikit-learn's ridge and against GCV computed from the hat matrix."""

import numpy as np
import pytest
from sklearn.linear_model import Perceptron, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from readouts import RidgeReadout, make_readout
from readouts.ridge import RELATIVE_ALPHAS


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
def test_strength_has_the_least_gcv_and_coefficients_are_ridge(shape, n_classes):
    X, y = states(*shape, n_classes)
    readout = RidgeReadout().fit(X, y)
    targets = one_hot(y)
    candidates = len(X) * RELATIVE_ALPHAS
    scores = [brute_force_gcv(X, targets, alpha) for alpha in candidates]
    assert readout.alpha_ == candidates[np.argmin(scores)]

    scaler = StandardScaler().fit(X)
    ridge = Ridge(alpha=readout.alpha_).fit(scaler.transform(X), targets)
    expected = ridge.predict(scaler.transform(X))
    outputs = readout.decision_function(X)
    if n_classes == 2:
        expected = expected[:, 1]
        assert readout.coef_.shape == (1, X.shape[1])
    np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-9)


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
    with pytest.raises(ValueError, match=r"'ridge', 'perceptron'.*'Rigde'.*mean 'ridge'"):
        make_readout("Rigde")
    with pytest.raises(TypeError, match="fit and predict"):
        make_readout(RidgeReadout)
