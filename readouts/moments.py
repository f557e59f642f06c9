"""Moments of features and targets, accumulated batch by batch: data may be larger than memory."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from readouts.gcv import Floats, NormalEquations, centred, equations_of_sums, relative_scale


@dataclass(frozen=True, eq=False)
class Moments:
    """First and second moments of features X and targets Y, enough for a ridge regression.

    Second moments are about the mean of all rows so far, and are moved as it moves (Chan, Golub &
    LeVeque, The American Statistician 37(3):242, 1983). All is held about an origin near the data,
    so that a mean much larger than the deviation costs no digits.

    Attributes
    ----------
    n : float
        Sum of the weights.
    n_rows : int
        Rows whose weight is not zero.
    x_origin, y_origin : float array (features,), (outputs,)
    x_mean, y_mean : float array (features,), (outputs,)
        Means, about the origins.
    xx, xy, yy : float array (features, features), (features, outputs), (outputs,)
        Weighted sums of products of deviations from the means; of Y the squares alone.
    """

    n: float
    n_rows: int
    x_origin: Floats
    y_origin: Floats
    x_mean: Floats
    y_mean: Floats
    xx: Floats
    xy: Floats
    yy: Floats

    @classmethod
    def none(cls, x_origin: Floats, y_origin: Floats) -> Self:
        """Moments of no rows."""
        x, y = np.zeros_like(x_origin), np.zeros_like(y_origin)
        xx, xy = np.zeros((len(x), len(x))), np.zeros((len(x), len(y)))
        return cls(0.0, 0, x_origin, y_origin, x, y, xx, xy, y)

    @classmethod
    def of_equations(cls, equations: NormalEquations) -> Self:
        """Moments of the samples of normal equations."""
        e = equations
        half = e.deviation[:, np.newaxis] * e.V
        return cls(
            e.n / e.weight_scale,
            e.n_rows,
            e.x_mean,
            e.y_mean,
            np.zeros_like(e.x_mean),
            np.zeros_like(e.y_mean),
            (half * e.eigenvalues) @ half.T / e.weight_scale,
            e.xy,
            e.yy / e.weight_scale,
        )

    def extended(self, X: Floats, Y: Floats, weight: Floats | None) -> Self:
        """Moments with more rows (rows, features), (rows, outputs), weights (rows,)."""
        if weight is not None:
            X, Y, weight = X[weight > 0], Y[weight > 0], weight[weight > 0]
        if len(X) == 0:
            return self
        weights = np.ones(len(X)) if weight is None else weight
        root = None if weight is None else np.sqrt(weight)[:, np.newaxis]
        n_new = float(weights.sum())
        x_mean, Z = centred(X - self.x_origin, weights, root, n_new)
        y_mean, T = centred(Y - self.y_origin, weights, root, n_new)
        n = self.n + n_new
        dx, dy = x_mean - self.x_mean, y_mean - self.y_mean
        moved = self.n * n_new / n
        return replace(
            self,
            n=n,
            n_rows=self.n_rows + len(X),
            x_mean=self.x_mean + n_new / n * dx,
            y_mean=self.y_mean + n_new / n * dy,
            xx=self.xx + Z.T @ Z + moved * np.outer(dx, dx),
            xy=self.xy + Z.T @ T + moved * np.outer(dx, dy),
            yy=self.yy + np.einsum("ij,ij->j", T, T) + moved * dy**2,
        )

    def normal_equations(self, *, soft: float = 0.0) -> NormalEquations:
        """Normal equations, from an eigendecomposition of features x features.

        `soft` is as :func:`readouts.gcv.inverse_deviation` has it.
        """
        scale = relative_scale(self.n, self.n_rows)
        return equations_of_sums(
            scale * self.n,
            scale,
            self.n_rows,
            self.x_origin + self.x_mean,
            self.y_origin + self.y_mean,
            scale * self.xx,
            scale * self.xy,
            scale * self.yy,
            soft=soft,
        )
