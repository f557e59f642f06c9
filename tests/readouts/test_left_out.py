"""Errors on samples left out, against as many fits as samples, each without one."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from readouts import RidgeReadout
from readouts.gcv import RELATIVE_ALPHAS, CentredTargets, least_gcv, normal_equations
from readouts.labels import indicators_of
from readouts.left_out import LeftOut, Rows


def few(n_samples=24, n_features=60, n_classes=3, *, seed=0, apart=0.4):
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    X = rng.normal(size=(n_samples, n_features))
    return X + apart * rng.normal(size=(n_classes, n_features))[y], y


def rows_of(X, y, weight=None):
    return Rows.of(X, indicators_of(y, y.max() + 1), weight)


def without(X, y, i, alpha):
    """Ridge on all samples' scale, and its outputs for the others and the one that is left out."""
    Z, rest = X / X.std(axis=0), np.arange(len(y)) != i
    ridge = Ridge(alpha=alpha).fit(Z[rest], indicators_of(y, y.max() + 1)[rest])
    return ridge.predict(Z[rest]), ridge.predict(Z[[i]])[0], rest


def slow_scores(X, y, i, alpha, share):
    """Scores of a sample by the discriminant of all the others, from its definition."""
    F, unseen, rest = without(X, y, i, alpha)
    Y = indicators_of(y, y.max() + 1)[rest]
    prior = np.bincount(y[rest]) / rest.sum()
    means = np.array([F[y[rest] == k].mean(axis=0) for k in range(len(prior))]) - Y.mean(axis=0)
    total = (Y - Y.mean(axis=0)).T @ (F - F.mean(axis=0)) / rest.sum()
    within = ((total + total.T) / 2 - (means.T * prior) @ means) / share
    metric = np.linalg.inv(within + 1e-4 * np.trace(total) / len(total) * np.eye(len(total)))
    distances = [
        (unseen - Y.mean(axis=0) - mean) @ metric @ (unseen - Y.mean(axis=0) - mean)
        for mean in means
    ]
    return np.log(prior) - np.array(distances) / 2


@pytest.mark.parametrize("duplicated", [False, True])
def test_strength_has_the_least_error_on_samples_that_are_left_out(duplicated):
    X, y = few(apart=0.2)
    if duplicated:
        X[5] = X[2]
    Y, candidates, errors = indicators_of(y, 3), len(y) * RELATIVE_ALPHAS[12:], []
    for alpha in candidates:
        unseen = np.array([without(X, y, i, alpha)[1] for i in range(len(y))])
        errors.append(((Y - unseen) ** 2).sum())
    assert 0 < np.argmin(errors) < len(errors) - 1
    assert RidgeReadout().fit(X, y).alpha_ == candidates[np.argmin(errors)]


def test_outputs_and_scores_are_those_of_a_fit_without_the_sample():
    X, y = few()
    fit = LeftOut.of(rows_of(X, y))
    scores = fit.discriminant_scores(indicators_of(y, 3))
    for i in range(len(y)):
        _, unseen, _ = without(X, y, i, fit.regression.alpha)
        np.testing.assert_allclose(fit.unseen[i], unseen, atol=1e-9)
        expected = slow_scores(X, y, i, fit.regression.alpha, fit.share)
        np.testing.assert_allclose(
            scores[i] - scores[i].mean(), expected - expected.mean(), rtol=1e-6, atol=1e-6
        )


def test_equal_samples_do_not_take_the_penalty_away():
    # One of two that are alike tells the other's label: of these GCV makes a rule for all.
    X, y = few(40, 100, 2, apart=0.1)
    X[1], y[1] = X[0], y[0]
    Y = CentredTargets.of(indicators_of(y, 2), None)
    assert least_gcv(normal_equations(X, Y), one_strength=True) == len(y) * RELATIVE_ALPHAS[0]
    assert RidgeReadout().fit(X, y).alpha_ > len(y)


def test_weights_count_samples_also_where_they_are_few():
    X, y = few()
    weight = np.random.default_rng(2).integers(0, 4, len(y))
    weighted = RidgeReadout().fit(X, y, sample_weight=weight)
    repeated = RidgeReadout().fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    assert weighted.alpha_ == pytest.approx(repeated.alpha_)
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, rtol=1e-6, atol=1e-9)
    relative = RidgeReadout().fit(X, y, sample_weight=np.full(len(y), 0.01))
    np.testing.assert_allclose(relative.coef_, RidgeReadout().fit(X, y).coef_)


def test_samples_that_count_for_as_many_as_there_are_features_are_not_few():
    X, y = few(24, 60)
    indicators = indicators_of(y, 3)
    assert Rows.of(X, indicators, np.full(24, 2.4)) is not None
    assert Rows.of(X, indicators, np.full(24, 2.5)) is None
    assert Rows.of(X[:, :24], indicators, None) is None
    assert Rows.of(X, indicators, None).extended(X, indicators, None) is not None
    assert Rows.of(X, indicators, None).extended(X, indicators, np.full(24, 1.5)) is None
