"""Ridge regression with its strength chosen by generalised cross-validation.

A regression is reduced to its normal equations in their eigenbasis, here from the samples and in
:mod:`readouts.moments` from accumulated sums; the choice of the strength and the solution, `solve`,
are the same for both.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Candidate strengths in units of the mean eigenvalue of the standardised Gram matrix.
RELATIVE_ALPHAS: Floats = np.logspace(-6, 4, 41)

EPS = float(np.finfo(np.float64).eps)

#: Part of the mean variance that a regression adds to each feature's before scaling by it: what a
#: neuron did hardly ever in training it may do often later; it must not count a thousandfold.
SOFT = 0.01


@dataclass(frozen=True, eq=False)
class NormalEquations:
    """``(Z' Z + alpha) b = Z' T`` with ``Z' Z = V diag(eigenvalues) V'``.

    Z are the features less their means, each over its standard deviation, and T the targets less
    their means; a row of both is multiplied by the root of its weight. The intercept is thereby
    taken out, and not penalised.

    Attributes
    ----------
    n : float
        Sum of the weights.
    weight_scale : float
        Factor that the weights were given, being relative.
    n_rows : int
        Rows whose weight is not 0.
    x_mean, y_mean : float array (features,), (outputs,)
    inverse_scale : float array (features,)
        One over the standard deviation; 0 for a constant feature, whose coefficient is thereby 0.
    eigenvalues, V : float array (rank,), (features, rank)
        The range of ``Z' Z`` alone: nothing is divided by a rounding error.
    cross : float array (features, outputs)
        ``Z' T``.
    yy : float array (outputs,)
        Sums of squares of T.
    """

    n: float
    weight_scale: float
    n_rows: int
    x_mean: Floats
    y_mean: Floats
    inverse_scale: Floats
    eigenvalues: Floats
    V: Floats
    cross: Floats
    yy: Floats

    @property
    def deviation(self) -> Floats:
        """Deviation that each feature was divided by, (features,); 0 where it is constant."""
        varies = self.inverse_scale > 0
        return np.divide(1, self.inverse_scale, where=varies, out=np.zeros_like(self.x_mean))

    @property
    def xy(self) -> Floats:
        """Sums of products (features, outputs) less the means, with the weights as given."""
        return self.deviation[:, np.newaxis] * self.cross / self.weight_scale


@dataclass(frozen=True, eq=False)
class Solution:
    """A linear map of the features as given, not of the scaled ones.

    Attributes
    ----------
    coef : float array (outputs, features)
    intercept : float array (outputs,)
    alpha : float or float array (outputs,)
        Penalty on the scaled features' squared coefficients, beside the sum of squared errors.
    """

    coef: Floats
    intercept: Floats
    alpha: Any

    def __call__(self, X: Floats) -> Floats:
        """Outputs (samples, outputs) of features (samples, features)."""
        return X @ self.coef.T + self.intercept


@dataclass(frozen=True, eq=False)
class CentredTargets:
    """Targets less their means, and weights: what many regressions can share.

    Attributes
    ----------
    weights : float array (samples,)
        Those of the rows, scaled.
    root : float array (samples, 1), or None
        The roots of the weights; None where all are 1.
    n, weight_scale, n_rows, mean : float, float, int, float array (outputs,)
        As :class:`NormalEquations` has them.
    deviations : float array (samples, outputs)
        Targets less their means, times the weights' roots.
    yy : float array (outputs,)
        Sums of their squares.
    """

    weights: Floats
    root: Floats | None
    n: float
    weight_scale: float
    n_rows: int
    mean: Floats
    deviations: Floats
    yy: Floats

    @classmethod
    def of(cls, Y: Floats, weight: Floats | None) -> Self:
        """Targets (samples, outputs) with weights (samples,)."""
        n_rows, scale, root, weights = len(Y), 1.0, None, np.ones(len(Y))
        if weight is not None:
            n_rows = int(np.count_nonzero(weight))
            scale = relative_scale(float(weight.sum()), n_rows)
            weights = weight * scale
            root = np.sqrt(weights)[:, np.newaxis]
        n = float(weights.sum())
        mean, T = centred(Y, weights, root, n)
        return cls(weights, root, n, scale, n_rows, mean, T, np.einsum("ij,ij->j", T, T))


def normal_equations(X: Floats, targets: CentredTargets, *, soft: float = 0.0) -> NormalEquations:
    """Normal equations of samples (samples, features) and their targets.

    They are decomposed by way of the Gram matrix of the features or of the samples, whichever is
    smaller. `soft` is as :func:`inverse_deviation` has it.
    """
    if X.shape[1] > len(X):
        return equations_of_rows(X, targets, soft=soft)[0]
    n, n_rows = targets.n, targets.n_rows
    x_mean, Z = centred(X, targets.weights, targets.root, n)
    xy = Z.T @ targets.deviations
    return equations_of_sums(
        *(n, targets.weight_scale, n_rows, x_mean, targets.mean, Z.T @ Z, xy, targets.yy),
        soft=soft,
    )


def equations_of_rows(
    X: Floats, targets: CentredTargets, *, soft: float = 0.0
) -> tuple[NormalEquations, Floats]:
    """Normal equations by way of the samples' Gram matrix, and its eigenvectors (samples, rank)."""
    n, n_rows = targets.n, targets.n_rows
    x_mean, Z = centred(X, targets.weights, targets.root, n)
    xy = Z.T @ targets.deviations
    variance = np.einsum("ij,ij->j", Z, Z) / n
    inverse_scale = inverse_deviation(variance, x_mean, n_rows, soft=soft)
    Z *= inverse_scale
    eigenvalues, U = matrix_range(Z @ Z.T, (n_rows, X.shape[1]))
    V = Z.T @ (U / np.sqrt(eigenvalues))
    cross = xy * inverse_scale[:, np.newaxis]
    equations = NormalEquations(
        *(n, targets.weight_scale, n_rows, x_mean, targets.mean, inverse_scale),
        *(eigenvalues, V, cross, targets.yy),
    )
    return equations, U


def equations_of_sums(
    n: float,
    weight_scale: float,
    n_rows: int,
    x_mean: Floats,
    y_mean: Floats,
    xx: Floats,
    xy: Floats,
    yy: Floats,
    *,
    soft: float = 0.0,
) -> NormalEquations:
    """Normal equations from weighted sums of products of features and targets less their means.

    The sums are of shapes (features, features), (features, outputs), (outputs,); all else is as
    :class:`NormalEquations` and :func:`inverse_deviation` have it.
    """
    inverse_scale = inverse_deviation(np.diag(xx) / n, x_mean, n_rows, soft=soft)
    rows = inverse_scale[:, np.newaxis]
    eigenvalues, V = matrix_range(xx * inverse_scale * rows, (n_rows, len(xx)))
    return NormalEquations(
        n, weight_scale, n_rows, x_mean, y_mean, inverse_scale, eigenvalues, V, xy * rows, yy
    )


def solve(equations: NormalEquations, *, one_strength: bool) -> Solution:
    """Solution of the strength with the least GCV: see `least_gcv`."""
    return solution(equations, least_gcv(equations, one_strength=one_strength))


def solution(equations: NormalEquations, alpha: Any) -> Solution:
    """Solution of a strength, or of one for each output (outputs,)."""
    projected = equations.V.T @ equations.cross
    scaled = projected / (equations.eigenvalues[:, np.newaxis] + alpha)
    coef = (equations.V @ scaled).T * equations.inverse_scale
    return Solution(coef, equations.y_mean - coef @ equations.x_mean, alpha)


def least_gcv(equations: NormalEquations, *, one_strength: bool) -> Any:
    """The strength with the least GCV among `RELATIVE_ALPHAS`, or one for each output.

        GCV(alpha) = (RSS / n) / (1 - df / n)^2,    df = 1 + sum_i l_i / (l_i + alpha)

    with the residual sum of squares RSS and the eigenvalues l_i; the 1 is the intercept (Golub,
    Heath & Wahba, Technometrics 21(2):215, 1979). With `one_strength` RSS is the sum over all
    outputs; without it each output has its own strength.
    """
    n, eigenvalues = equations.n, equations.eigenvalues
    projected = equations.V.T @ equations.cross
    explained: Any = projected**2 / eigenvalues[:, np.newaxis]
    yy: Any = equations.yy
    if one_strength:
        explained, yy = explained.sum(axis=1), yy.sum()

    # The diagonal of Z' Z is n for each feature kept, so the mean eigenvalue is n too.
    alphas = n * RELATIVE_ALPHAS
    shrinkage = alphas[:, np.newaxis] / (eigenvalues + alphas[:, np.newaxis])
    # Sums of terms that can't be negative, where yy - 2 b'Z'y + b'Z'Z b would cancel.
    unexplained = np.maximum(yy - explained.sum(axis=0), 0.0)
    if len(eigenvalues) >= equations.n_rows - 1:
        # Centred rows span no more than that. As alpha goes to 0, so do RSS and n - df, and GCV to
        # a constant: rounding errors in place of a zero would decide.
        unexplained = np.zeros_like(unexplained)
    rss = unexplained + shrinkage**2 @ explained
    residual_df = max(n - 1 - len(eigenvalues), EPS) + shrinkage.sum(axis=1)
    return alphas[np.argmin(n * rss.T / residual_df**2, axis=-1)]


def residual_share(equations: NormalEquations, alpha: float) -> float:
    """Share (n - df) / n of the samples that the regression's degrees of freedom leave."""
    shrinkage = alpha / (equations.eigenvalues + alpha)
    residual_df = max(equations.n - 1 - len(equations.eigenvalues), EPS) + shrinkage.sum()
    return float(residual_df / equations.n)


def relative_scale(n: float, n_rows: int) -> float:
    """Factor for weights with sum n of rows whose weight is not 0.

    Weights that sum to less than there are such rows are taken as relative, and scaled to sum to
    their number.
    """
    return max(1.0, n_rows / n)


def centred(rows: Floats, weights: Floats, root: Floats | None, n: float) -> tuple[Floats, Floats]:
    """Weighted mean (columns,), and the rows less it, times the weights' roots if there are any."""
    mean = weights @ rows / n  # several times faster than a sum over rows
    deviations = rows - mean
    if root is not None:
        deviations *= root
    return mean, deviations


def inverse_deviation(variance: Floats, mean: Floats, n_rows: int, *, soft: float = 0.0) -> Floats:
    """One over the standard deviation, 0 where the feature is constant but for rounding.

    With `soft`, that part of the features' mean variance is added to each variance; where it is
    infinite, all features are divided by the root of that mean.
    """
    # What rounding can leave of a constant; scikit-learn's StandardScaler has this bound.
    varies = variance > n_rows * EPS * variance + (n_rows * mean * EPS) ** 2
    mean_variance = variance.mean()
    softened = mean_variance if np.isinf(soft) else variance + soft * mean_variance
    return np.where(varies, 1 / np.sqrt(np.where(varies, softened, 1.0)), 0.0)


def matrix_range(gram: Floats, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Eigenvalues above rounding, and their vectors, of the Gram matrix of an array of a shape."""
    eigenvalues, vectors = np.linalg.eigh(gram)
    in_range = eigenvalues > max(shape) * EPS * eigenvalues[-1]
    # Centred rows sum to zero, so they span one dimension less than there are.
    in_range[: max(len(gram) - (shape[0] - 1), 0)] = False
    return eigenvalues[in_range], vectors[:, in_range]
