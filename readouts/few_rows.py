"""Ridge regression on fewer rows than features, without another array of the features' size.

Its coefficients are a sum of rows (Saunders, Gammerman & Vovk, ICML, 515, 1998): all that is
decomposed is the rows' Gram matrix, and that is added up over blocks of features.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from readouts.gcv import (
    SOFT,
    CentredTargets,
    Floats,
    Solution,
    inverse_deviation,
    matrix_range,
)

#: Numbers of a block of features of all rows.
BLOCK = 2**22


@dataclass(frozen=True, eq=False)
class FewRows:
    """A regression of every strength on some rows, whose features are scaled as `SOFT` has it.

    Attributes
    ----------
    X : float array (rows, features)
        These rows and others.
    seen : bool array (rows,)
        Which of them the regression is fitted to.
    x_mean, y_mean : float array (features,), (outputs,)
        Of the rows seen.
    inverse_scale : float array (features,)
        One over what each feature is divided by; 0 for a constant one.
    gram : float array (rows, rows)
        Products of the scaled rows.
    eigenvalues, U : float array (rank,), (rows seen, rank)
        Of the rows seen.
    projected : float array (rank, outputs)
        ``U' T``, of their targets less the means.
    """

    X: Floats
    seen: NDArray[np.bool_]
    x_mean: Floats
    y_mean: Floats
    inverse_scale: Floats
    gram: Floats
    eigenvalues: Floats
    U: Floats
    projected: Floats

    @classmethod
    def of(cls, X: Floats, Y: Floats, seen: NDArray[np.bool_]) -> Self:
        """Decompose the Gram matrix of the rows seen, of X (rows, features)."""
        n = int(seen.sum())
        targets = CentredTargets.of(Y[seen], None)
        x_mean = seen / n @ X
        variance = np.empty_like(x_mean)
        for part, block in _centred_blocks(X, x_mean):
            variance[part] = np.einsum("ij,ij->j", block[seen], block[seen]) / n
        inverse_scale = inverse_deviation(variance, x_mean, n, soft=SOFT)
        gram = np.zeros((len(X), len(X)))
        for part, block in _centred_blocks(X, x_mean):
            block *= inverse_scale[part]
            gram += block @ block.T
        eigenvalues, U = matrix_range(gram[np.ix_(seen, seen)], (n, X.shape[1]))
        return cls(
            *(X, seen, x_mean, targets.mean, inverse_scale),
            *(gram, eigenvalues, U, U.T @ targets.deviations),
        )

    def solution(self, alpha: Floats) -> Solution:
        """Solution of a strength for each output (outputs,)."""
        sums = np.zeros((len(self.X), len(alpha)))
        sums[self.seen] = self.U @ (self.projected / (self.eigenvalues[:, np.newaxis] + alpha))
        products = sums.T @ self.X - np.outer(sums.sum(axis=0), self.x_mean)
        coef = products * self.inverse_scale**2
        return Solution(coef, self.y_mean - coef @ self.x_mean, alpha)


def _centred_blocks(X: Floats, mean: Floats) -> Iterator[tuple[slice, Floats]]:
    """Blocks of features less their means, and which they are."""
    width = max(1, BLOCK // len(X))
    for first in range(0, X.shape[1], width):
        part = slice(first, first + width)
        yield part, X[:, part] - mean[part]
