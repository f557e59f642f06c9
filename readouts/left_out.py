"""A classifier from fewer samples than features, chosen by what each sample gets when left out.

With so few samples a ridge regression may fit all of them, and what it does to them says little of
others. Generalised cross-validation, which takes all samples to be equally well fitted, then asks
for no penalty where two of them are alike; and the discriminant's covariance is that of outputs
that were fitted. So both are judged by outputs for samples that the regression hasn't seen, which
the eigenvectors of one fit give exactly (Allen, Technometrics 16(1):125, 1974).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_softmax, ndtr, softmax

from readouts.discriminant import OutputStatistics, linear_scores, read_by
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
    def of(cls, rows: Rows) -> Self:
        """Decompose, choose the strength among `RELATIVE_ALPHAS` times the samples, and solve."""
        targets = CentredTargets.of(rows.Y, rows.weight)
        equations, U = equations_of_rows(rows.X, targets)
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


def solve_left_out(rows: Rows, class_weight: Floats) -> Solution:
    """Scores that are the regression's outputs, its discriminant, or between, as a map of features.

    Scores of samples left out, times a factor that makes probabilities of them, have a likelihood.
    The discriminant's part is the chance that its own is the higher one on other samples of the
    kind, by the differences' mean and standard error; logarithms of probabilities are added up by
    these parts. So what is known to be better stands alone.

    Parameters
    ----------
    rows : Rows
    class_weight : float array (classes,)
        Sums of the weights of each class's samples, as given.
    """
    left_out = LeftOut.of(rows)
    regression, equations = left_out.regression, left_out.equations
    outputs = OutputStatistics.of_sums(regression, equations.xy, equations.y_mean, class_weight)
    scores, offsets = linear_scores(outputs, left_out.share)
    by_discriminant = left_out.discriminant_scores(rows.Y)
    judged = ~np.isnan(by_discriminant).any(axis=1)
    if judged.any():
        seen, weights = class_weight > 0, left_out.weights[judged]
        labels = rows.Y[judged][:, seen] > 0
        plain_factor, plain = likelihood(left_out.unseen[judged][:, seen], labels, weights)
        factor, likelihoods = likelihood(by_discriminant[judged][:, seen], labels, weights)
        part = chance_above(likelihoods - plain, weights)
        scores = (1 - part) * plain_factor * np.eye(len(scores)) + part * factor * scores
        offsets = np.where(seen, part * factor * np.where(seen, offsets, 0.0), -np.inf)
    return read_by(regression, scores, offsets)


def likelihood(scores: Floats, labels: NDArray[np.bool_], weights: Floats) -> tuple[float, Floats]:
    """The factor that makes scores logarithms of probabilities, and log-likelihoods (samples,).

    It has the highest likelihood of labels with one more in the number of samples that belongs to
    all classes alike: scores without a mistake would otherwise grow without bound (as in Platt,
    Advances in Large Margin Classifiers, 61, 2000).

    Parameters
    ----------
    scores, labels : array (samples, classes)
    weights : float array (samples,)
    """
    n = weights.sum()
    targets = (n * labels + 1 / labels.shape[1]) / (n + 1)
    unit = 1 / max(float(scores.std(axis=1).mean()), float(np.finfo(np.float64).tiny) ** 0.5)

    def slope(log_factor: float) -> float:
        probabilities = softmax(np.exp(log_factor) * unit * scores, axis=1)
        return float(weights @ ((probabilities - targets) * scores).sum(axis=1) * unit)

    # The likelihood is concave in the factor.
    lowest, highest = -7.0, 7.0
    if slope(lowest) >= 0:
        log_factor = lowest
    elif slope(highest) <= 0:
        log_factor = highest
    else:
        log_factor = brentq(slope, lowest, highest)
    factor = float(np.exp(log_factor)) * unit
    return factor, log_softmax(factor * scores, axis=1)[labels]


def chance_above(differences: Floats, weights: Floats) -> float:
    """Chance that the mean of differences (samples,) is above 0, by its standard error."""
    mean = np.average(differences, weights=weights)
    error = np.sqrt(weights @ (differences - mean) ** 2) / weights.sum()
    return float(ndtr(mean / max(error, EPS)))
