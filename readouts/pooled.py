"""A classifier from fewer samples than features: a regression and its discriminant, pooled.

The discriminant keeps classes from being masked by others, but its covariance is that of outputs
which were fitted; with few samples the largest output may tell more. Each is judged by what it
gives samples left out (:mod:`readouts.left_out`), and the logarithms of the probabilities of both
are added up (a logarithmic opinion pool: Genest & Zidek, Statistical Science 1(1):114, 1986).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_softmax, ndtr, softmax

from readouts.discriminant import OutputStatistics, linear_scores, read_by
from readouts.gcv import EPS, Floats, Solution
from readouts.left_out import LeftOut, Rows


def solve_pooled(rows: Rows, class_weight: Floats, *, soft: float = 0.0) -> Solution:
    """The pool as a map of the features, with the strength of least error on samples left out.

    The discriminant's part is the chance that its likelihood is the higher one on other samples of
    the kind, by the mean of the differences on those left out and its standard error: what is
    known to be better stands alone. Without a class of two samples the discriminant does.

    Parameters
    ----------
    rows : Rows
    class_weight : float array (classes,)
        Sums of the weights of each class's samples, as given.
    soft : float
        As :func:`readouts.gcv.inverse_deviation` has it.
    """
    left_out = LeftOut.of(rows, soft=soft)
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
    unit = 1 / max(float(scores.std(axis=1).mean()), EPS**0.5)

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
