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


@dataclass(frozen=True, eq=False)
class OutputStatistics:
    """Statistics for the discriminant: of a regression's outputs F on targets Y of -1 and +1.

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
    def of_sums(
        cls, regression: Solution, xy: Floats, y_mean: Floats, class_weight: Floats
    ) -> Self:
        """Statistics from sums over the samples that the regression was fitted to.

        Parameters
        ----------
        regression : Solution
        xy : float array (features, classes)
            Weighted sums of products of features and targets, each less its mean.
        y_mean : float array (classes,)
            Mean targets, which are the mean outputs.
        class_weight : float array (classes,)
            Sums of the weights of each class's samples.
        """
        # Y' (F - centre), row by class. Y is twice the membership less 1, and F - centre sums to
        # zero: the sums over the classes' members are half of it.
        products = (regression.coef @ xy).T
        n = class_weight.sum()
        return cls(class_weight / n, y_mean, products / 2 / _no_zeros(class_weight), products / n)


def discriminant(regression: Solution, outputs: OutputStatistics, share: float) -> Solution:
    """Linear discriminant in the space of the regression's outputs, as a map of the features.

    Its outputs are the logarithms of the classes' probabilities, up to a constant of the sample;
    for two classes, the second's less the first's. `share` is as :func:`linear_scores` has it.
    """
    return read_by(regression, *linear_scores(outputs, share))


def linear_scores(outputs: OutputStatistics, share: float) -> tuple[Floats, Floats]:
    """The discriminant as a map of the outputs: (classes, outputs), and offsets (classes,).

    The covariance within classes is that of the fit's own samples; divided by the `share` of them
    that the fit leaves free (`residual_share`), it is what new samples will have, and
    probabilities aren't overconfident.
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
    return scores, offsets


def read_by(regression: Solution, scores: Floats, offsets: Floats) -> Solution:
    """A map of a regression's outputs, as one of the features; of two classes the difference."""
    coef, intercept = scores @ regression.coef, scores @ regression.intercept + offsets
    if len(coef) == 2:
        coef, intercept = coef[1:] - coef[:1], intercept[1:] - intercept[:1]
    return Solution(coef, intercept, float(regression.alpha))


def _no_zeros(class_weight: Floats) -> Floats:
    # A class without weight has no mean, and 0 / 1 does as well as any.
    return np.where(class_weight > 0, class_weight, 1.0)[:, np.newaxis]
