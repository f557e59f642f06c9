"""A ridge whose penalty has the shape of a noise, against scikit-learn's on noisy samples."""

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.linear_model import Ridge

from readouts import RidgeReadout
from readouts.gcv import CentredTargets, normal_equations, solution
from readouts.noise import ADDED, Whitening

N, P = 60, 8


def samples(n=N, *, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    centres = np.random.default_rng(99).normal(size=(3, P))
    return rng.normal(size=(n, P)) + centres[y], y


def moments(rank=P, *, seed=1):
    A = np.random.default_rng(seed).normal(size=(P, rank))
    return A @ A.T / P


def test_the_penalty_is_the_mean_square_of_what_outputs_make_of_the_noise():
    X, _ = samples()
    Y, noise = np.random.default_rng(2).normal(size=(N, 2)), moments()
    whitening = Whitening.of(noise, X)
    white = whitening.of_features(X)
    equations = normal_equations(white, CentredTargets.of(Y, None), soft=np.inf)
    found = whitening.undone(solution(equations, 5.0))
    # Rows whose targets are all 0 have the penalty that their outputs' squares are.
    added = ADDED * np.mean(np.diag(noise) / X.var(axis=0)) * np.diag(X.var(axis=0))
    strength = 5.0 * white.var(axis=0).mean()
    rows = np.sqrt(strength) * np.real(sqrtm(noise + added))
    centred = X - X.mean(axis=0), Y - Y.mean(axis=0)
    by_rows = Ridge(alpha=1e-12, fit_intercept=False).fit(
        np.concatenate([centred[0], rows]), np.concatenate([centred[1], np.zeros((P, 2))])
    )
    np.testing.assert_allclose(found.coef, by_rows.coef_, rtol=1e-6)
    np.testing.assert_allclose(found(X).mean(axis=0), Y.mean(axis=0))


@pytest.mark.parametrize("n", [P - 2, N])  # fewer samples than features, and more
def test_without_any_noise_it_is_ridge_on_scaled_features(n):
    X, y = samples(n)
    plain, noisy = RidgeReadout().fit(X, y), RidgeReadout().fit(X, y, noise=np.zeros((P, P)))
    np.testing.assert_allclose(noisy.coef_, plain.coef_, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(noisy.intercept_, plain.intercept_, rtol=1e-6, atol=1e-9)
    assert noisy.alpha_ == pytest.approx(plain.alpha_)


def test_outputs_take_less_notice_of_a_noise_that_is_known():
    X, y = samples()
    noise = 100 * moments(rank=1)
    plain, noisy = RidgeReadout().fit(X, y), RidgeReadout().fit(X, y, noise=noise)
    by_noise, by_samples = (
        [np.trace(each.coef_ @ around @ each.coef_.T) for each in (plain, noisy)]
        for around in (noise, np.cov(X.T))
    )
    assert by_noise[1] / by_samples[1] < 0.1 * by_noise[0] / by_samples[0]


def test_a_feature_that_is_constant_in_training_counts_only_where_noise_does():
    X, y = samples()
    X[:, 0] = 3.0
    noise = moments()
    noise[0] = noise[:, 0] = 0.0
    assert (RidgeReadout().fit(X, y, noise=noise).coef_[:, 0] == 0).all()


def test_more_samples_begin_anew():
    X, y = samples()
    readout = RidgeReadout().fit(X, y, noise=moments())
    readout.partial_fit(X, y, classes=[0, 1, 2])
    np.testing.assert_allclose(readout.coef_, RidgeReadout().fit(X, y).coef_, rtol=1e-6)


@pytest.mark.parametrize(
    ("noise", "message"),
    [
        (np.eye(P + 1), r"noise must be symmetric, of the shape .* 8 and 8 here; got \(9, 9\)"),
        (np.triu(np.ones((P, P))), "noise must be symmetric"),
        (-np.eye(P), "noise must have no negative moments, got -1"),
        (np.full((P, P), np.nan), "noise contains NaN"),
    ],
)
def test_noise_that_cannot_be_is_refused(noise, message):
    with pytest.raises(ValueError, match=message):
        RidgeReadout().fit(*samples(), noise=noise)
