"""A liquid with a readout on its states, as a scikit-learn classifier."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets

from lsm.estimators.readout import LiquidWithReadout, readout_has
from lsm.estimators.weights import weights_for
from lsm.spikes import SpikeTrains
from readouts.labels import check_two_classes


class LSMClassifier(ClassifierMixin, LiquidWithReadout):
    """Classify spike trains, events or signals by a readout of a liquid's states.

    Parameters
    ----------
    reservoir, pretraining, encoder, state, rate_Hz, sensor_size, dt_ms, target, random_state, \
n_jobs, verbose
        As :class:`LiquidTransformer` has them.
    readout : str or estimator, default="ridge"
        ``"ridge"``, ``"logistic"``, ``"perceptron"`` or any scikit-learn classifier, which is
        cloned.

    Attributes
    ----------
    readout_ : estimator
        Fitted on the training samples' states.
    classes_ : array (classes,)
    reservoir_, encoder_, state_, sensor_size_, target_, input_kind_, n_features_in_
        As :class:`LiquidTransformer` has them.
    """

    _kind = "classifier"

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> LSMClassifier:
        """Learn the encoding, calibrate the liquid, simulate, and fit the readout on the states.

        Parameters
        ----------
        X : SpikeTrains, list of structured arrays, or signals
            As :meth:`LiquidTransformer.fit` has it.
        y : array (samples,)
        sample_weight : array (samples,), optional
            Passed to the readout.
        groups : array (samples,), optional
            What must not be torn apart where a rule of pre-training holds samples out, such as the
            speaker.

        Raises
        ------
        TypeError, ValueError
            Input that is not as described, a single class, a parameter that doesn't fit; before
            anything is simulated.
        """
        y = class_labels(X, self._check_target(y))
        check_two_classes("y", np.unique(y))
        readout = self._new_readout(sample_weight)
        states = self._fitting_states(X, sample_weight, y, groups)
        self.readout_ = readout.fit(states, y, **weights_for(readout, sample_weight))
        self.classes_ = self.readout_.classes_
        return self

    def _rule_targets(self, y: Any, spikes: SpikeTrains) -> NDArray[Any]:
        return np.unique(y, return_inverse=True)[1]

    @available_if(readout_has("partial_fit"))
    def partial_fit(
        self,
        X: Any,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> LSMClassifier:
        """Learn from one more batch of samples; the first decides encoding and calibration.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.
        classes : array (classes,)
            All labels that will come; needed in the first call.
        """
        y = class_labels(X, self._check_target(y))
        known_labels(self, y, classes)
        readout, states = self._next_batch(X, sample_weight, y)
        self.readout_ = readout.partial_fit(
            states, y, classes=classes, **weights_for(readout, sample_weight)
        )
        self.classes_ = self.readout_.classes_
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels (samples,).

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            Data of another kind, or with another number of channels, than in ``fit``.
        """
        states = self._new_states(X)
        return np.asarray(self.readout_.predict(states))

    @available_if(readout_has("decision_function"))
    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The readout's scores (samples, classes), or (samples,) for two classes."""
        states = self._new_states(X)
        return np.asarray(self.readout_.decision_function(states))

    @available_if(readout_has("predict_proba"))
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities of the classes (samples, classes), as the readout gives them."""
        states = self._new_states(X)
        return np.asarray(self.readout_.predict_proba(states))


def known_labels(model: Any, y: NDArray[Any], classes: ArrayLike | None) -> NDArray[Any]:
    """The classes (classes,) of `partial_fit`, given in its first call; errors for other labels."""
    # Not on the model itself: a first call that fails leaves no classes behind.
    holder = SimpleNamespace(classes_=getattr(model, "classes_", None))
    _check_partial_fit_first_call(holder, classes)
    check_two_classes("classes", holder.classes_)
    unknown = np.setdiff1d(y, holder.classes_)
    if len(unknown):
        raise ValueError(
            f"The target label(s) {unknown} in y do not exist in the initial classes "
            f"{holder.classes_}"
        )
    return np.asarray(holder.classes_)


def class_labels(X: Any, y: ArrayLike) -> NDArray[Any]:
    """Labels (samples,) of classes, one for each sample of X; errors as scikit-learn has them."""
    labels = column_or_1d(y, warn=True)
    check_consistent_length(X, labels)
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    return np.asarray(labels)
