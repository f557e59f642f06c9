"""The classifier from few samples: which of two it follows, how sure it is, and odd classes."""

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.metrics import log_loss

from readouts import RidgeReadout
from readouts.discriminant import OutputStatistics, discriminant
from readouts.gcv import CentredTargets, normal_equations, solution
from readouts.labels import LabelTargets
from readouts.left_out import LeftOut
from readouts.pooled import likelihood
from tests.readouts.test_left_out import few, rows_of


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
