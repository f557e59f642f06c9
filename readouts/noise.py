"""Ridge regression that takes no notice of a known noise: its penalty has the noise's shape.

Of features x, noise e with second moments N adds ``b' N b`` to the mean squared error of the output
``b' x`` (Bishop, Neural Computation 7(1):108, 1995: training with noise is Tikhonov's penalty).
A ridge regression on features in whose coordinates the noise has the same size in all directions
has just this penalty, and its strength is chosen as that of any other.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cholesky, solve_triangular
from sklearn.utils.validation import check_array

from readouts.gcv import Solution

Floats = NDArray[np.float64]

#: Part of the mean noise, relative to each feature's variance, that is added to its own: where a
#: few copies of a device showed no noise there may be some.
ADDED = 0.01


@dataclass(frozen=True, eq=False)
class Whitening:
    """Coordinates of features in which a noise is white.

    Attributes
    ----------
    factor : float array (features, features)
        Lower triangle L of the noise's moments ``L L'``.
    """

    factor: Floats

    @classmethod
    def of(cls, noise: ArrayLike, X: Floats) -> Self:
        """Coordinates for second moments (features, features) of a noise of the features X.

        Raises
        ------
        ValueError
            Moments that aren't finite, of another shape, not symmetric, or with a negative one.
        """
        moments = check_array(noise, dtype=np.float64, input_name="noise")
        n = X.shape[1]
        if moments.shape != (n, n) or not np.allclose(moments, moments.T):
            raise ValueError(
                f"noise must be symmetric, of the shape (features, features), {n} and {n} here; "
                f"got {moments.shape}"
            )
        own = np.diag(moments)
        if (own < 0).any():
            raise ValueError(f"noise must have no negative moments, got {own.min():g}")
        variance = X.var(axis=0)
        variance = np.where(variance > 0, variance, 1.0)
        # Without any noise the penalty is that of scaled features.
        added = ADDED * np.mean(own / variance) or 1.0
        return cls(cholesky(moments + np.diag(added * variance), lower=True))

    def of_features(self, X: Floats) -> Floats:
        """Features (samples, features) in these coordinates."""
        coordinates: Floats = solve_triangular(self.factor, X.T, lower=True).T
        return np.ascontiguousarray(coordinates)

    def undone(self, solution: Solution) -> Solution:
        """A linear map of these coordinates as one of the features."""
        coef = solve_triangular(self.factor, solution.coef.T, lower=True, trans="T").T
        return replace(solution, coef=np.ascontiguousarray(coef))
