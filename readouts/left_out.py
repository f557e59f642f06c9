"""What a ridge regression on class indicators, and its discriminant, give samples left out.

From fewer samples than features a regression may fit all of them, and what it does to them says
little of others. What a fit without a sample gives it follows exactly from the eigenvectors of one
fit of all (Allen, Technometrics 16(1):125, 1974). Generalised cross-validation takes all samples to
be equally well fitted instead: where two of many are alike it finds no penalty best.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from readouts.discriminant import OutputStatistics, linear_scores
from readouts.gcv import (
    EPS,
    RELATIVE_ALPHAS,
    CentredTargets,
    Floats,
    NormalEquations,
    Solution,
    equations_of_rows,
    relative_scale,
    residual_share,
    solution,
)


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples that are fewer than their features, with weights above 0.

    Attributes
    ----------
    X : float array (samples, features)
    Y : float array (samples, classes)
        Indicators of -1 and +1.
    weight : float array (samples,)
    """

    X: Floats
    Y: Floats
    weight: Floats

    @classmethod
    def of(cls, X: Floats, Y: Floats, weight: Floats | None) -> Self | None:
        """Copy rows; None where they count for as many samples as there are features, or more."""
        if weight is None and len(X) >= X.shape[1]:
            return None
        weights = np.ones(len(X)) if weight is None else weight
        kept = weights > 0
        n, n_rows = float(weights.sum()), int(kept.sum())
        if n_rows and n * relative_scale(n, n_rows) >= X.shape[1]:
            return None
        return cls(X[kept], Y[kept], weights[kept])

    def extended(self, X: Floats, Y: Floats, weight: Floats | None) -> Self | None:
        """These and more; None as `of` has it."""
        weights = np.ones(len(X)) if weight is None else weight
        return self.of(
            np.concatenate([self.X, X]),
            np.concatenate([self.Y, Y]),
            np.concatenate([self.weight, weights]),
        )


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors on samples by the strength: of a regression of all, and of one without the sample.

    Attributes
    ----------
    eigenvalues, U : float array (rank,), (samples, rank)
        As :func:`readouts.gcv.equations_of_rows` gives them.
    projected : float array (rank, outputs)
        ``U' T``, of the targets.
    squares : float array (samples, rank)
        Those of U.
    unexplained : float array (samples, outputs)
        What no strength explains of the targets.
    outside : float array (samples, 1)
        The part of each sample that no strength fits.
    left : float array (samples,)
        The weight that leaving a sample out takes away: 1, or all it has.
    part : float array (samples, 1)
        That, in parts of the sample's weight.
    """

    eigenvalues: Floats
    U: Floats
    projected: Floats
    squares: Floats
    unexplained: Floats
    outside: Floats
    left: Floats
    part: Floats

    @classmethod
    def of(cls, equations: NormalEquations, U: Floats, targets: CentredTargets) -> Self:
        """Errors of a regression whose samples' Gram matrix has the eigenvectors U."""
        weights, T = targets.weights[:, np.newaxis], targets.deviations
        projected, squares = U.T @ T, U**2
        if len(equations.eigenvalues) >= equations.n_rows - 1:
            # All can be fitted: what is left as alpha goes to 0 would be rounding errors.
            unexplained, outside = np.zeros_like(T), np.zeros_like(weights)
        else:
            unexplained = T - U @ projected
            outside = 1 - weights / equations.n - squares.sum(axis=1, keepdims=True)
        left = np.minimum(targets.weights, 1.0)
        return cls(
            *(equations.eigenvalues, U, projected, squares, unexplained, np.maximum(outside, 0.0)),
            *(left, left[:, np.newaxis] / weights),
        )

    def __call__(self, alpha: float) -> tuple[Floats, Floats]:
        """Both, (samples, outputs), times the roots of the weights, as the targets are."""
        shrinkage = (alpha / (self.eigenvalues + alpha))[:, np.newaxis]
        residuals = self.unexplained + self.U @ (shrinkage * self.projected)
        free = 1 - self.part + self.part * (self.outside + self.squares @ shrinkage)
        return residuals, residuals / np.maximum(free, EPS)


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A regression of the strength with the least squared error on samples left out.

    A sample that counts for several is left out once.

    Attributes
    ----------
    equations : NormalEquations
    regression : Solution
        Of all samples.
    share : float
        As :func:`readouts.gcv.residual_share` has it.
    weights : float array (samples,)
    left : float array (samples,)
        The weight that leaving a sample out takes away: 1, or all it has.
    outputs : float array (samples, classes)
        Of the regression of all samples.
    unseen : float array (samples, classes)
        Of the regression without the sample.
    class_pull : float array (classes, samples)
        What the outputs of a class's samples lose, summed with their weights, for each unit of a
        sample's weight and of its error when it is left out.
    """

    equations: NormalEquations
    regression: Solution
    share: float
    weights: Floats
    left: Floats
    outputs: Floats
    unseen: Floats
    class_pull: Floats

    @classmethod
    def of(cls, rows: Rows, *, soft: float = 0.0) -> Self:
        """Decompose, choose the strength among `RELATIVE_ALPHAS` times the samples, and solve.

        `soft` is as :func:`readouts.gcv.inverse_deviation` has it.
        """
        targets = CentredTargets.of(rows.Y, rows.weight)
        equations, U = equations_of_rows(rows.X, targets, soft=soft)
        errors = Errors.of(equations, U, targets)
        alphas = equations.n * RELATIVE_ALPHAS
        alpha = alphas[np.argmin([(errors(each)[1] ** 2).sum() for each in alphas])]
        residuals, unseen = errors(alpha)
        root = np.sqrt(targets.weights)[:, np.newaxis]
        own = rows.Y > 0
        kept = equations.eigenvalues / (equations.eigenvalues + alpha)
        pull = (((own * root).T @ U) * kept) @ U.T / root.T
        return cls(
            equations,
            solution(equations, alpha),
            residual_share(equations, float(alpha)),
            *(targets.weights, errors.left, rows.Y - residuals / root, rows.Y - unseen / root),
            pull + (targets.weights @ own / equations.n)[:, np.newaxis],
        )

    def discriminant_scores(self, Y: Floats) -> Floats:
        """Scores (samples, classes) by the discriminant of all other samples.

        A sample whose class has no other isn't a number.
        """
        own, n = Y > 0, self.weights.sum()
        class_weight, sums = self.weights @ own, (self.weights[:, np.newaxis] * own).T
        output_sums, target_sums = sums @ self.outputs, self.weights @ Y
        scores = np.full(Y.shape, np.nan)
        for i, left in enumerate(self.left):
            rest = np.maximum(class_weight - left * own[i], 0.0)
            if not (rest[own[i]] > 0).all():
                continue
            centre = (target_sums - left * Y[i]) / (n - left)
            lost = np.outer(self.class_pull[:, i], Y[i] - self.unseen[i])
            lost[own[i]] += self.unseen[i]
            means = (output_sums - left * lost) / np.where(rest > 0, rest, 1.0)[:, np.newaxis]
            means = np.where((rest > 0)[:, np.newaxis], means - centre, 0.0)
            total = 2 * rest[:, np.newaxis] * means / (n - left)
            outputs = OutputStatistics(rest / (n - left), centre, means, total)
            weights, offsets = linear_scores(outputs, self.share)
            scores[i] = weights @ self.unseen[i] + offsets
        return scores
