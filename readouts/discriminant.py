"""A ridge regression on class indicators, read as a linear discriminant.

The outputs of the regression span the directions in which the classes differ; in them a sample
goes to the class of the nearest mean, in the metric of the penalised covariance within classes,
with the classes' frequencies as priors: penalised discriminant analysis (Hastie, Buja &
Tibshirani, Annals of Statistics 23(1):73, 1995).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from readouts.gcv import Floats, Solution
from readouts.moments import Moments


@dataclass(frozen=True, eq=False)
class OutputStatistics:
    """What the discriminant needs of the regression's outputs F on targets Y of -1 and +1.

    Attributes
    ----------
    prior : float array (classes,)
        Frequencies of the classes.
    centre : float array (outputs,)
        Mean output.
    means : float array (classes, outputs)
        Mean output of each class less `centre`; anything finite for a class without weight.
    total : float array (classes, outputs)
        ``Y' (F - centre) / n``, the covariance of the outputs with the penalty in it.
    """

    prior: Floats
    centre: Floats
    means: Floats
    total: Floats

    @classmethod
    def of_samples(
        cls, regression: Solution, X: Floats, targets: Floats, weight: Floats | None
    ) -> Self:
        """Statistics on samples (samples, features), (samples, classes), (samples,)."""
        outputs = regression(X)
        w = np.ones(len(outputs)) if weight is None else weight
        members = (targets > 0) * w[:, np.newaxis]
        centre = np.average(outputs, axis=0, weights=w)
        F = outputs - centre
        means = members.T @ F / _no_zeros(members.sum(axis=0))
        total = (targets * w[:, np.newaxis]).T @ F / w.sum()
        return cls(members.sum(axis=0) / w.sum(), centre, means, total)

    @classmethod
    def of_moments(cls, regression: Solution, moments: Moments, class_weight: Floats) -> Self:
        """Statistics on samples with these moments and sums of weights (classes,)."""
        # Y' (F - centre), row by class. Y is twice the membership less 1, and F - centre sums to
        # zero: the sums over the classes' members are half of it.
        products = (regression.coef @ moments.xy).T
        centre = moments.y_origin + moments.y_mean
        means = products / 2 / _no_zeros(class_weight)
        return cls(class_weight / moments.n, centre, means, products / moments.n)


def discriminant(regression: Solution, outputs: OutputStatistics, share: float) -> Solution:
    """Linear discriminant in the space of the regression's outputs, as a map of the features.

    Its outputs are the logarithms of the classes' probabilities, up to a constant of the sample;
    for two classes, the second's less the first's. The covariance within classes is that of the
    fit's own samples; divided by the `share` of them that the fit leaves free (`residual_share`),
    it is what new samples will have, and probabilities aren't overconfident.
    """
    means, total = outputs.means, outputs.total
    within = ((total + total.T) / 2 - (means.T * outputs.prior) @ means) / share
    # Outputs sum to a constant, and may separate the classes entirely: no direction is left out.
    floor = 1e-4 * np.trace(total) / len(total) + np.finfo(np.float64).tiny
    scores = np.linalg.solve(within + floor * np.eye(len(within)), means.T).T
    # The prior of a class without weight keeps it from winning.
    with np.errstate(divide="ignore"):
        log_prior = np.log(outputs.prior)
    offsets = log_prior - scores @ outputs.centre - 0.5 * np.einsum("ki,ki->k", scores, means)
    coef, intercept = scores @ regression.coef, scores @ regression.intercept + offsets
    if len(coef) == 2:
        coef, intercept = coef[1:] - coef[:1], intercept[1:] - intercept[:1]
    return Solution(coef, intercept, float(regression.alpha))


def _no_zeros(class_weight: Floats) -> Floats:
    # A class without weight has no mean, and 0 / 1 does as well as any.
    return np.where(class_weight > 0, class_weight, 1.0)[:, np.newaxis]
