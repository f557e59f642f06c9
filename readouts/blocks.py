"""The strength of a ridge regression where rows depend on those before them: by left-out blocks."""

import numpy as np

from readouts.gcv import RELATIVE_ALPHAS, SOFT, CentredTargets, Floats, normal_equations


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
        rest = np.delete(np.arange(len(X)), block)
        equations = normal_equations(X[rest], CentredTargets.of(Y[rest], None), soft=SOFT)
        projected = equations.V.T @ equations.cross
        basis = ((X[block] - equations.x_mean) * equations.inverse_scale) @ equations.V
        targets = Y[block] - equations.y_mean
        for row, alpha in zip(errors, equations.n * RELATIVE_ALPHAS, strict=True):
            predicted = basis @ (projected / (equations.eigenvalues[:, np.newaxis] + alpha))
            row += ((targets - predicted) ** 2).sum(axis=0)
    return np.asarray(len(X) * RELATIVE_ALPHAS[errors.argmin(axis=0)])
