"""What the ridge readouts share: a linear map, solved at once or on demand from moments."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from readouts.gcv import Floats, NormalEquations, Solution
from readouts.moments import Moments
from readouts.threads import blas_threads_for


class RidgeBase(BaseEstimator, ABC):
    """Attributes, input and moments of a ridge readout."""

    # `fit` leaves the solution and its equations, `partial_fit` moments, to be solved when needed.
    _solution: Solution | None = None
    _equations: NormalEquations | None = None
    _moments: Moments | None = None

    @property
    def coef_(self) -> Floats:
        """Coefficients of the features as given, not of the scaled ones; a row for each output."""
        return self._solved().coef

    @property
    def intercept_(self) -> Any:
        """Intercept of each output."""
        return self._solved().intercept

    @property
    def alpha_(self) -> Any:
        """Strength chosen in training, one for all outputs or for each."""
        return self._solved().alpha

    def __sklearn_is_fitted__(self) -> bool:
        return self._solution is not None or (self._moments is not None and self._moments.n > 0)

    def _solved(self) -> Solution:
        if self._solution is None:
            if self._moments is None or self._moments.n == 0:
                raise NotFittedError(f"This {type(self).__name__} has seen no sample with weight")
            with blas_threads_for(len(self._moments.xx)):
                self._solution = self._solve(self._moments)
        return self._solution

    @abstractmethod
    def _solve(self, moments: Moments) -> Solution:
        """Solution from moments."""

    def _outputs(self, X: ArrayLike) -> Floats:
        check_is_fitted(self)
        states = checked_features(self, X, reset=False)
        solution = self._solved()
        with blas_threads_for(1):
            return solution(states)

    def forget(self) -> Self:
        """Keep the solution and nothing of the samples, which takes the memory of its coefficients.

        Predictions stay; `partial_fit` begins anew.
        """
        self._solved()
        self._equations = self._moments = None
        return self

    def _is_new(self) -> bool:
        return self._equations is None and self._moments is None

    def _keep(self, solution: Solution, equations: NormalEquations | None) -> None:
        self._solution, self._equations, self._moments = solution, equations, None

    def _accumulate(self, X: Floats, Y: Floats, weight: Floats | None) -> None:
        moments = self._moments
        with blas_threads_for(X.shape[1]):
            if self._equations is not None:
                moments = Moments.of_equations(self._equations)
            elif moments is None:
                moments = Moments.none(X.mean(axis=0), Y.mean(axis=0))
            self._moments = moments.extended(X, Y, weight)
        self._solution = self._equations = None


def checked_features(readout: BaseEstimator, X: ArrayLike, *, reset: bool) -> Floats:
    """Features (samples, features) as scikit-learn's `validate_data` checks them.

    For a finite array of numbers, such as liquid states, that takes longer than a small readout.
    """
    if type(X) is np.ndarray and X.dtype in (np.float32, np.float64) and X.ndim == 2 and X.size > 0:
        double = X.astype(np.float64, copy=False)
        with np.errstate(over="ignore", invalid="ignore"):
            finite = np.isfinite(double.sum())
        if finite and not hasattr(readout, "feature_names_in_"):
            if reset:
                readout.n_features_in_ = double.shape[1]
            if readout.n_features_in_ == double.shape[1]:
                return double
    features: Floats = validate_data(readout, X, dtype=np.float64, reset=reset)
    return features


def checked_weight(
    sample_weight: ArrayLike | None, X: Floats, *, all_zero: bool = False
) -> Floats | None:
    """Weights (samples,) that are finite, not negative, and not all zero unless allowed."""
    if sample_weight is None:
        return None
    weight: Floats = _check_sample_weight(
        sample_weight,
        X,
        dtype=np.float64,
        ensure_non_negative=True,
        allow_all_zero_weights=all_zero,
    )
    return weight
