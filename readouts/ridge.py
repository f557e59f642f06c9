"""The ridge classifier, fitted at once or batch by batch.

Features are scaled to unit variance on the training data, constant ones are left out, and
the intercept is not penalised. The strength is chosen on the training data by generalised
cross-validation (:func:`readouts.gcv.solve`); from fewer samples than features
by leaving out each sample in turn (:mod:`readouts.left_out`). One eigendecomposition, of the Gram
matrix of the features or of the samples, whichever is smaller, serves all strengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_consistent_length, column_or_1d, validate_data

from readouts.base import RidgeBase, checked_features, checked_weight
from readouts.discriminant import OutputStatistics, discriminant
from readouts.gcv import (
    CentredTargets,
    Floats,
    NormalEquations,
    Solution,
    normal_equations,
    residual_share,
    solve,
)
from readouts.labels import LabelTargets, classes_to_come
from readouts.left_out import Rows
from readouts.moments import Moments
from readouts.noise import Whitening
from readouts.pooled import solve_pooled
from readouts.scale import refuse_scales
from readouts.threads import blas_threads_for


class RidgeReadout(ClassifierMixin, RidgeBase):
    """Linear classifier: ridge regression on class indicators, read as a discriminant.

    The outputs of a ridge regression on targets of -1 and +1, of one strength for all classes, are
    read as a penalised discriminant (:mod:`readouts.discriminant`). Taking the largest output
    instead loses classes that lie among the others (masking): with 12 classes on the spike counts
    of 20 neurons that costs 10 points of accuracy.

    With fewer samples than features it is not always so: the discriminant and the largest output
    are set beside each other on samples left out, one by one, and pooled (:mod:`readouts.pooled`).

    The strength is chosen on samples left out one by one too. Copies of a sample, such as augmented
    ones, vouch for each other then, so that where they come near the number of features it gets
    too small.

    Attributes
    ----------
    classes_ : array (n_classes,)
        Sorted labels.
    coef_ : float array (n_classes, n_features), or (1, n_features) for two classes
        Coefficients of the features as given, not of the scaled ones.
    intercept_ : float array (n_classes,) or (1,)
        Intercepts.
    alpha_ : float
        Chosen strength: the penalty on the regression's coefficients of the scaled features is
        ``alpha_ * ||coef||^2``, beside the sum of squared errors.
    n_features_in_ : int
        Number of features seen by `fit`.
    """

    _class_weight: Floats
    # Samples, as long as they are fewer than the features.
    _rows: Rows | None = None

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        noise: ArrayLike | None = None,
    ) -> Self:
        """Fit on training data; the strength is chosen within it.

        For `partial_fit` to go on from, the readout keeps the eigenvectors, or of fewer samples
        than features the samples: features times the smaller of features and samples numbers.

        Parameters
        ----------
        X : array (n_samples, n_features)
            Liquid states.
        y : array (n_samples,)
            Labels.
        sample_weight : array (n_samples,), optional
            A weight of 2 counts as two samples, of 0 as none. Weights that sum to less than the
            number of samples with any weight are taken as relative and scaled to sum to it.
        noise : array (n_features, n_features), optional
            Second moments of what features will have besides, such as what a device changes: the
            penalty is on the mean square of the outputs that it makes, and hardly on coefficients
            (:mod:`readouts.noise`). `partial_fit` then begins anew.

        Raises
        ------
        ValueError
            Not finite, shapes that don't match, fewer than two classes, weights all zero, noise
            that isn't symmetric or has negative moments.
        """
        states, labels = validate_data(self, X, y, dtype=np.float64)
        targets, weight = LabelTargets.of(labels), checked_weight(sample_weight, states)
        centred = CentredTargets.of(targets.indicators, weight)
        class_weight = targets.class_weight(weight)
        if noise is None:
            rows = Rows.of(states, targets.indicators, weight)
            return self._fit(states, targets, centred, class_weight, rows)
        refuse_scales(states)
        with blas_threads_for(states.shape[1]):
            whitening = Whitening.of(noise, states)
            white = whitening.of_features(states)
            rows = Rows.of(white, targets.indicators, weight)
            self._fit(white, targets, centred, class_weight, rows, soft=np.inf)
            self.forget()._solution = whitening.undone(self._solved())
        return self

    @classmethod
    def fit_each(cls, states: Iterable[ArrayLike], y: ArrayLike) -> Iterator[Self]:
        """Fit a readout to each of many liquids that heard the same samples.

        Labels are read and centred once. Eigendecompositions are those of one liquid at a time:
        a stack of them takes as long, as LAPACK does one after the other.

        Parameters
        ----------
        states : iterable of arrays (n_samples, n_features)
            The states of each liquid; taken one by one.
        y : array (n_samples,)
            Labels.

        Raises
        ------
        ValueError
            As in `fit`.
        """
        targets = LabelTargets.of(column_or_1d(y, warn=True))
        centred = CentredTargets.of(targets.indicators, None)
        class_weight = targets.class_weight(None)
        for X in states:
            readout = cls()
            checked = checked_features(readout, X, reset=True)
            check_consistent_length(checked, targets.codes)
            rows = Rows.of(checked, targets.indicators, None)
            yield readout._fit(checked, targets, centred, class_weight, rows)

    def _fit(
        self,
        states: Floats,
        targets: LabelTargets,
        centred: CentredTargets,
        class_weight: Floats,
        rows: Rows | None,
        *,
        soft: float = 0.0,
    ) -> Self:
        refuse_scales(states)
        self.classes_, self._class_weight, self._rows = targets.classes, class_weight, rows
        with blas_threads_for(min(states.shape)):
            if rows is not None:
                self._keep(solve_pooled(rows, class_weight, soft=soft), None)
                return self
            equations = normal_equations(states, centred, soft=soft)
            solution = self._discriminant(equations, equations.xy)
        self._keep(solution, equations)
        return self

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Go on, from `fit` too, with more samples: the same as one `fit` on all of them.

        Moments are kept, features x features numbers, and no samples as soon as they are as many
        as the features. A batch costs their update; the equations are solved when the readout is
        next used, once for all batches since. What rounding makes of the difference to `fit` is of
        the order of 1e-8 of the scores at most, more where all samples can be fitted and scores
        grow without bound.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`. The weights of a batch may all be zero; whether weights are relative is
            judged on all batches together.
        classes : array (n_classes,), optional
            All labels that will ever come; required in the first call.

        Raises
        ------
        ValueError
            As in `fit`; no `classes` in the first call, others later, or a label not among them.
        """
        first = self._is_new()
        known_classes = classes_to_come(classes, None if first else self.classes_)
        states, labels = validate_data(self, X, y, dtype=np.float64, reset=first)
        targets = LabelTargets.among(known_classes, labels)
        weight = checked_weight(sample_weight, states, all_zero=True)
        refuse_scales(states)
        class_weight = targets.class_weight(weight)
        self._class_weight = class_weight if first else self._class_weight + class_weight
        self.classes_ = known_classes
        rows = self._rows
        if first:
            rows = Rows.of(states, targets.indicators, weight)
        elif rows is not None:
            if self._moments is None:  # after `fit`
                self._accumulate(rows.X, rows.Y, rows.weight)
            rows = rows.extended(states, targets.indicators, weight)
        self._rows = rows
        self._accumulate(states, targets.indicators, weight)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Scores, (n_samples, n_classes), or (n_samples,) for two classes: positive is the 2nd.

        Up to a constant of the sample, the logarithm of a class's probability.
        """
        scores = self._outputs(X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Probabilities of the classes, (n_samples, n_classes).

        They are the linear discriminant's: right for Gaussian classes of one covariance, and too
        sure where the features are nearly as many as the training samples.
        """
        scores = self.decision_function(X)
        if scores.ndim == 1:
            return np.column_stack([expit(-scores), expit(scores)])
        probabilities: Floats = softmax(scores, axis=1)
        return probabilities

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Label with the largest score for each sample, (n_samples,)."""
        scores = self.decision_function(X)
        codes = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[codes]

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Share of samples whose label is predicted.

        As scikit-learn has it, whose checks of labels take longer than a small readout.

        Parameters
        ----------
        X : array (n_samples, n_features)
            Liquid states.
        y : array (n_samples,)
            Labels.
        sample_weight : array (n_samples,), optional
        """
        if sample_weight is None and type(y) is np.ndarray and y.dtype.kind in "biuU":
            predicted = self.predict(X)
            if (y.shape, y.dtype) == (predicted.shape, predicted.dtype):
                return float(np.mean(predicted == y))
        return float(super().score(X, y, sample_weight))

    def forget(self) -> Self:
        """Keep the solution and nothing of the samples, as :meth:`RidgeBase.forget` has it."""
        super().forget()
        self._rows = None
        return self

    def _solve(self, moments: Moments) -> Solution:
        if self._rows is not None:
            return solve_pooled(self._rows, self._class_weight)
        return self._discriminant(moments.normal_equations(), moments.xy)

    def _is_new(self) -> bool:
        return super()._is_new() and self._rows is None

    def _discriminant(self, equations: NormalEquations, xy: Floats) -> Solution:
        regression = solve(equations, one_strength=True)
        outputs = OutputStatistics.of_sums(regression, xy, equations.y_mean, self._class_weight)
        return discriminant(regression, outputs, residual_share(equations, regression.alpha))
