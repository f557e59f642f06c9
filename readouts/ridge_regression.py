"""The ridge regressor, fitted at once or batch by batch.

The intercept is not penalised. The strength is chosen on the training data, by generalised
cross-validation (:func:`readouts.gcv.solve`) or in blocks (:mod:`readouts.blocks`).
"""

from __future__ import annotations

from numbers import Integral
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import validate_data

from readouts.base import RidgeBase, checked_weight
from readouts.blocks import least_block_error, regression
from readouts.gcv import SOFT, CentredTargets, Floats, Solution, normal_equations, solve
from readouts.moments import Moments
from readouts.scale import refuse_scales
from readouts.threads import blas_threads_for


class RidgeRegressionReadout(MultiOutputMixin, RegressorMixin, RidgeBase):
    """Linear regressor: ridge, each output with a strength of its own.

    Features share a unit, as liquid states do: they are scaled by their deviations, but those that
    hardly vary in training less (`readouts.gcv.SOFT`), as they may vary later.

    Parameters
    ----------
    n_blocks : int, optional
        Choose the strength by leaving out so many runs of consecutive samples in turn, for samples
        that depend on those before them, such as the steps of a time series
        (`readouts.blocks`). By default by generalised cross-validation.

    Attributes
    ----------
    coef_ : float array (n_features,), or (n_outputs, n_features) where y has two dimensions
        Coefficients of the features as given, not of the scaled ones.
    intercept_ : float, or float array (n_outputs,)
        Intercepts.
    alpha_ : float, or float array (n_outputs,)
        Chosen strength: the penalty on the coefficients of the scaled features is
        ``alpha_ * ||coef||^2``, beside the sum of squared errors.
    n_features_in_ : int
        Number of features seen by `fit`.
    """

    def __init__(self, *, n_blocks: int | None = None) -> None:
        self.n_blocks = n_blocks

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit on training data; the strength is chosen within it.

        Parameters
        ----------
        X : array (n_samples, n_features)
            Liquid states.
        y : array (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array (n_samples,), optional
            As :meth:`RidgeReadout.fit` has it; not with `n_blocks`.

        Raises
        ------
        ValueError
            Not finite, shapes that don't match, weights all zero; fewer samples than two blocks of
            two need.
        """
        states, y = self._validated(X, y, reset=True)
        weight = checked_weight(sample_weight, states)
        self._y_shape = y.shape[1:]
        if self.n_blocks is not None:
            self._check_blocks(len(states), sample_weight)
        with blas_threads_for(min(states.shape)):
            if self.n_blocks is None:
                targets = CentredTargets.of(_columns(y), weight)
                equations = normal_equations(states, targets, soft=SOFT)
                self._keep(self._shaped(solve(equations, one_strength=False)), equations)
            else:
                alpha = least_block_error(states, _columns(y), self.n_blocks)
                self._keep(self._shaped(regression(states, _columns(y), alpha)), None)
        return self

    def _check_blocks(self, n_samples: int, sample_weight: ArrayLike | None) -> None:
        if sample_weight is not None:
            raise ValueError("sample_weight can't be given with n_blocks")
        if not isinstance(self.n_blocks, Integral) or not 2 <= self.n_blocks <= n_samples // 2:
            raise ValueError(
                f"n_blocks must be an integer from 2 to {n_samples // 2}, half of the samples; "
                f"got {self.n_blocks!r}"
            )

    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Go on with more samples; as :meth:`RidgeReadout.partial_fit`, without classes.

        Raises
        ------
        ValueError
            As in `fit`; y of another shape than before.
        """
        if self.n_blocks is not None:
            raise ValueError("partial_fit keeps sums over samples, and so no blocks: n_blocks=None")
        first = self._is_new()
        states, y = self._validated(X, y, reset=first)
        if not first and y.shape[1:] != self._y_shape:
            raise ValueError(
                f"y has shape {y.shape}, but {type(self).__name__} is expecting "
                f"{(len(y), *self._y_shape)}, as before"
            )
        weight = checked_weight(sample_weight, states, all_zero=True)
        self._accumulate(states, _columns(y), weight)
        self._y_shape = y.shape[1:]
        return self

    def predict(self, X: ArrayLike) -> Floats:
        """Predicted targets, (n_samples,) or (n_samples, n_outputs) as y was."""
        return self._outputs(X)

    def _validated(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> tuple[Floats, Floats]:
        states, y = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=reset
        )
        y = np.asarray(y, dtype=np.float64)
        refuse_scales(states, y)
        return states, y

    def _solve(self, moments: Moments) -> Solution:
        return self._shaped(solve(moments.normal_equations(soft=SOFT), one_strength=False))

    def _shaped(self, solved: Solution) -> Solution:
        if self._y_shape:
            return solved
        return Solution(solved.coef[0], solved.intercept[0], float(solved.alpha[0]))


def _columns(y: Floats) -> Floats:
    return y.reshape(len(y), -1)
