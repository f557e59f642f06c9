"""Ridge classification with its strength chosen by generalised cross-validation."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

#: Candidate strengths in units of the mean eigenvalue of the standardised Gram matrix.
RELATIVE_ALPHAS: NDArray[np.float64] = np.logspace(-6, 4, 41)


class RidgeReadout(ClassifierMixin, BaseEstimator):
    """Linear classifier: ridge regression on class indicators, read as a discriminant.

    The outputs of a ridge regression on targets of -1 and +1 span the directions in which the
    classes differ; in them a sample goes to the class of the nearest mean, in the metric of the
    penalised covariance within classes, with the classes' frequencies as priors: penalised
    discriminant analysis (Hastie, Buja & Tibshirani, Annals of Statistics 23(1):73, 1995). Taking
    the largest output instead loses classes that lie among the others (masking): with 12 classes on
    the spike counts of 20 neurons that costs 10 points of accuracy.

    Features are scaled to unit variance on the training data, constant ones are left out, and the
    intercept is not penalised. The strength alpha is the one in `RELATIVE_ALPHAS` with the least

        GCV(alpha) = (RSS / n) / (1 - df / n)^2,    df = 1 + sum_i l_i / (l_i + alpha)

    where RSS is the residual sum of squares of all targets, l_i are the eigenvalues of the
    standardised Gram matrix and the 1 in df is the intercept (Golub, Heath & Wahba, Technometrics
    21(2):215, 1979). One eigendecomposition, of the Gram matrix of the features or of the samples,
    whichever is smaller, serves all strengths.

    Attributes
    ----------
    classes_ : array (n_classes,)
        Sorted labels.
    coef_ : float array (n_classes, n_features), or (1, n_features) for two classes
        Coefficients of the features as given, not of the scaled ones.
    intercept_ : float array (n_classes,) or (1,)
        Intercepts.
    alpha_ : float
        Chosen strength: the penalty on the coefficients of the scaled features is
        ``alpha_ * ||coef||^2``, beside the sum of squared errors.
    n_features_in_ : int
        Number of features seen by `fit`.
    """

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit on training data; the strength is chosen within it.

        Parameters
        ----------
        X : array (n_samples, n_features)
            Liquid states.
        y : array (n_samples,)
            Labels.
        sample_weight : array (n_samples,), optional
            A weight of 2 counts as two samples, of 0 as none. Weights that sum to less than the
            number of samples with any weight are taken as relative and scaled to sum to it.

        Raises
        ------
        ValueError
            Not finite, shapes that don't match, fewer than two classes, weights all zero.
        """
        states: NDArray[np.float64]
        states, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"y must hold at least two classes, got one class: {self.classes_.tolist()}"
            )
        targets = np.where(codes[:, np.newaxis] == np.arange(len(self.classes_)), 1.0, -1.0)
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(
                sample_weight, states, dtype=np.float64, ensure_non_negative=True
            )
            weight = weight * max(1.0, np.count_nonzero(weight) / weight.sum())
        coef, intercept, self.alpha_ = _fit_gcv(states, targets, weight)
        scores, offsets = _discriminant(states @ coef.T + intercept, targets, weight)
        self.coef_, self.intercept_ = scores @ coef, scores @ intercept + offsets
        if len(self.classes_) == 2:
            self.coef_ = self.coef_[1:] - self.coef_[:1]
            self.intercept_ = self.intercept_[1:] - self.intercept_[:1]
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Scores, (n_samples, n_classes), or (n_samples,) for two classes: positive is the 2nd.

        Up to a constant of the sample, the logarithm of a class's probability.
        """
        check_is_fitted(self)
        states = validate_data(self, X, dtype=np.float64, reset=False)
        scores: NDArray[np.float64] = states @ self.coef_.T + self.intercept_
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Label with the largest score for each sample, (n_samples,)."""
        scores = self.decision_function(X)
        codes = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[codes]


def _fit_gcv(
    X: NDArray[np.float64], targets: NDArray[np.float64], weight: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Coefficients (outputs, features), intercepts (outputs,) and strength of least GCV."""
    n_rows, n_features = X.shape
    n = n_rows if weight is None else weight.sum()
    X_mean = np.average(X, axis=0, weights=weight)
    y_mean = np.average(targets, axis=0, weights=weight)
    Z, T = X - X_mean, targets - y_mean
    if weight is not None:
        root = np.sqrt(weight)[:, np.newaxis]
        Z *= root
        T *= root

    variance = np.einsum("ij,ij->j", Z, Z) / n
    # What rounding can leave of a constant feature; scikit-learn's StandardScaler has this bound.
    eps = np.finfo(np.float64).eps
    varies = variance > n_rows * eps * variance + (n_rows * X_mean * eps) ** 2
    # A constant feature is multiplied by 0: no eigenvector with weight on it, coefficient 0.
    inverse_scale = np.where(varies, 1 / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
    Z *= inverse_scale

    # Z' Z = V diag(eigenvalues) V', and its range alone: no division by rounding errors below.
    eigenvalues, V = np.linalg.eigh(Z.T @ Z if n_features <= n_rows else Z @ Z.T)
    kept = eigenvalues > max(X.shape) * eps * eigenvalues[-1]
    eigenvalues, V = eigenvalues[kept], V[:, kept]
    if n_features > n_rows:
        V = Z.T @ (V / np.sqrt(eigenvalues))
    projected = V.T @ (Z.T @ T)

    # The diagonal of Z' Z is n for each feature kept, so the mean eigenvalue is n too.
    alphas = n * RELATIVE_ALPHAS
    explained = np.einsum("ij,ij->i", projected, projected) / eigenvalues
    shrinkage = alphas[:, np.newaxis] / (eigenvalues + alphas[:, np.newaxis])
    # Sums of terms that can't be negative, where yy - 2 b'Z'y + b'Z'Z b would cancel.
    unexplained = max(np.einsum("ij,ij->", T, T) - explained.sum(), 0.0)
    rss = unexplained + shrinkage**2 @ explained
    residual_df = max(n - 1 - len(eigenvalues), eps) + shrinkage.sum(axis=1)
    alpha = alphas[np.argmin(n * rss / residual_df**2)]

    coef = (V @ (projected / (eigenvalues + alpha)[:, np.newaxis])).T * inverse_scale
    return coef, y_mean - coef @ X_mean, float(alpha)


def _discriminant(
    outputs: NDArray[np.float64], targets: NDArray[np.float64], weight: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Linear discriminant in the space of the regression's outputs (samples, classes).

    Returns scores (classes, outputs) and offsets (classes,): the score of class k is
    ``scores[k] @ output + offsets[k]``.
    """
    w = np.ones(len(outputs)) if weight is None else weight
    members = (targets > 0) * w[:, np.newaxis]
    prior = members.sum(axis=0) / w.sum()
    centre = np.average(outputs, axis=0, weights=w)
    F = outputs - centre
    # A class without weight has no mean, and its prior of zero keeps it from winning.
    means = (members.T @ F) / np.maximum(members.sum(axis=0), np.finfo(float).tiny)[:, np.newaxis]
    # targets' F / n is the total covariance of the outputs with the penalty in it.
    total = (targets * w[:, np.newaxis]).T @ F / w.sum()
    within = (total + total.T) / 2 - (means.T * prior) @ means
    # Outputs sum to a constant, and may separate the classes entirely: no direction is left out.
    floor = 1e-8 * np.trace(total) / len(total) + np.finfo(float).tiny
    scores = np.linalg.solve(within + floor * np.eye(len(within)), means.T).T
    with np.errstate(divide="ignore"):
        log_prior = np.log(prior)
    return scores, log_prior - scores @ centre - 0.5 * np.einsum("ki,ki->k", scores, means)
