"""What a classifier from few samples does, against as many fits as samples, each without one."""

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.linear_model import Ridge
from sklearn.metrics import log_loss

from readouts import RidgeReadout
from readouts.discriminant import OutputStatistics, discriminant
from readouts.gcv import RELATIVE_ALPHAS, CentredTargets, least_gcv, normal_equations, solution
from readouts.labels import LabelTargets, indicators_of
from readouts.left_out import LeftOut, Rows, likelihood


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


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("better", ["regression", "discriminant"])
def test_the_better_on_samples_left_out_stands_alone(better, n_classes, monkeypatch):
    X, y = few(30, 60, n_classes)
    scores = LeftOut.discriminant_scores
    sign = 1 if better == "discriminant" else -1
    monkeypatch.setattr(
        LeftOut, "discriminant_scores", lambda fit, Y: sign * 50 * Y + 0 * scores(fit, Y)
    )
    readout = RidgeReadout().fit(X, y)
    regression = LeftOut.of(rows_of(X, y)).regression
    if better == "regression":
        expected = regression(X).argmax(axis=1)
    else:
        targets = LabelTargets.of(y)
        equations = normal_equations(X, CentredTargets.of(targets.indicators, None))
        fit = solution(equations, regression.alpha)
        weight = targets.class_weight(None)
        outputs = OutputStatistics.of_sums(fit, equations.xy, equations.y_mean, weight)
        of_all = discriminant(fit, outputs, LeftOut.of(rows_of(X, y)).share)(X)
        expected = of_all.argmax(axis=1) if n_classes > 2 else (of_all[:, 0] > 0).astype(int)
    np.testing.assert_array_equal(readout.predict(X), expected)


def test_factor_has_the_highest_likelihood_of_smoothed_labels():
    rng = np.random.default_rng(0)
    labels = np.eye(3)[rng.integers(0, 3, 50)] > 0
    scores, weights = 4 * labels + 3 * rng.normal(size=(50, 3)), rng.uniform(0.5, 2, 50)
    factor, likelihoods = likelihood(scores, labels, weights)
    n = weights.sum()

    def smoothed(factor):
        logs = log_softmax(factor * scores, axis=1)
        return weights @ (((n * labels + 1 / 3) / (n + 1)) * logs).sum(axis=1)

    assert all(smoothed(factor) > smoothed(factor * other) for other in (0.99, 1.01))
    np.testing.assert_allclose(likelihoods, log_softmax(factor * scores, axis=1)[labels])


def test_scores_without_a_mistake_and_without_a_difference_have_a_finite_factor():
    labels = np.eye(3)[np.arange(9) % 3] > 0
    for scores in (1.0 * labels, -1.0 * labels, np.zeros((9, 3))):
        factor, likelihoods = likelihood(scores, labels, np.ones(9))
        assert np.isfinite(factor)
        assert factor > 0
        assert np.isfinite(likelihoods).all()


def test_probabilities_are_not_too_sure_where_few_samples_are_known():
    X, y = few(60, 300, 3, apart=0.12)
    test, labels = few(600, 300, 3, seed=1, apart=0.0)
    # The same classes: centres are drawn after the noise, so those of the training set are taken.
    rng = np.random.default_rng(0)
    rng.normal(size=(60, 300))
    test += 0.12 * rng.normal(size=(3, 300))[labels]
    readout = RidgeReadout().fit(X, y)
    loss = log_loss(labels, readout.predict_proba(test))
    accuracy = readout.score(test, labels)
    assert 0.6 < accuracy < 0.95
    assert readout.predict_proba(test).max(axis=1).mean() == pytest.approx(accuracy, abs=0.12)
    assert loss < np.log(3) * 0.85


def test_a_class_of_one_sample_and_one_that_has_not_come_yet():
    X, y = few(20, 60, 2)
    y[0] = 2
    alone = RidgeReadout().fit(X, y)
    assert np.isfinite(alone.predict_proba(X)).all()
    assert alone.predict(X[:1]) == [2]
    coming = RidgeReadout().partial_fit(X, y, classes=[0, 1, 2, 3])
    np.testing.assert_array_equal(coming.predict_proba(X)[:, 3], 0)
    np.testing.assert_allclose(coming.predict_proba(X)[:, :3], alone.predict_proba(X), atol=1e-4)


def test_one_sample_of_each_class_is_enough():
    X = np.random.default_rng(0).normal(size=(3, 10))
    assert RidgeReadout().fit(X, [0, 1, 2]).score(X, [0, 1, 2]) == 1


def test_batches_are_few_samples_until_they_are_as_many_as_the_features():
    X, y = few(60, 40)
    readout = RidgeReadout().partial_fit(X[:20], y[:20], classes=[0, 1, 2])
    for start, stop in ((20, 30), (30, 60)):
        readout.partial_fit(X[start:stop], y[start:stop])
        whole = RidgeReadout().fit(X[:stop], y[:stop])
        assert readout.alpha_ == pytest.approx(whole.alpha_)
        np.testing.assert_allclose(readout.coef_, whole.coef_, rtol=1e-6, atol=1e-8)


def test_samples_are_copied():
    X, y = few()
    readout = RidgeReadout().fit(X, y)
    whole = RidgeReadout().fit(np.concatenate([X, X[:6] + 1]), np.concatenate([y, y[:6]]))
    more = X[:6] + 1
    X[:] = 0
    readout.partial_fit(more, y[:6])
    np.testing.assert_allclose(readout.coef_, whole.coef_, rtol=1e-6, atol=1e-8)
