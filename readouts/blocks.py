"""The strength of a ridge regression where rows depend on those before them: by left-out rows."""

import numpy as np
from numpy.typing import NDArray

from readouts.few_rows import FewRows
from readouts.gcv import (
    RELATIVE_ALPHAS,
    SOFT,
    CentredTargets,
    Floats,
    Solution,
    normal_equations,
    solution,
)


def least_block_error(X: Floats, Y: Floats, n_blocks: int) -> Floats:
    """Strengths (outputs,), of `RELATIVE_ALPHAS` and times the rows, that predict blocks best.

    Each of `n_blocks` runs of consecutive rows is predicted from all others. In a time series a
    row's errors go on in the next, which generalised cross-validation takes for so much evidence
    and chooses too weak a strength.

    Parameters
    ----------
    X, Y : float array (samples, features), (samples, outputs)
        In order of time.
    n_blocks : int
    """
    errors = np.zeros((len(RELATIVE_ALPHAS), Y.shape[1]))
    for block in np.array_split(np.arange(len(X)), n_blocks):
        left_out = np.zeros(len(X), dtype=bool)
        left_out[block] = True
        errors += errors_on(left_out, X, Y, RELATIVE_ALPHAS)
    return np.asarray(len(X) * RELATIVE_ALPHAS[errors.argmin(axis=0)])


def errors_on(left_out: NDArray[np.bool_], X: Floats, Y: Floats, strengths: Floats) -> Floats:
    """Sums of squared errors (strengths, outputs) on rows that all others predict.

    Parameters
    ----------
    left_out : bool array (rows,)
    X, Y : float array (rows, features), (rows, outputs)
    strengths : float array (strengths,)
        For each row of the others.
    """
    seen = ~left_out
    if X.shape[1] > seen.sum():
        few = FewRows.of(X, Y, seen)
        eigenvalues, projected, y_mean = few.eigenvalues, few.projected, few.y_mean
        basis = few.gram[np.ix_(left_out, seen)] @ few.U
    else:
        equations = normal_equations(X[seen], CentredTargets.of(Y[seen], None), soft=SOFT)
        eigenvalues, y_mean = equations.eigenvalues, equations.y_mean
        projected = equations.V.T @ equations.cross
        basis = ((X[left_out] - equations.x_mean) * equations.inverse_scale) @ equations.V
    targets = Y[left_out] - y_mean
    errors = np.empty((len(strengths), Y.shape[1]))
    for row, alpha in zip(errors, seen.sum() * strengths, strict=True):
        predicted = basis @ (projected / (eigenvalues[:, np.newaxis] + alpha))
        row[:] = ((targets - predicted) ** 2).sum(axis=0)
    return errors


def regression(X: Floats, Y: Floats, alpha: Floats) -> Solution:
    """Solution from all rows of a strength for each output (outputs,)."""
    if X.shape[1] > len(X):
        return FewRows.of(X, Y, np.ones(len(X), dtype=bool)).solution(alpha)
    return solution(normal_equations(X, CentredTargets.of(Y, None), soft=SOFT), alpha)
