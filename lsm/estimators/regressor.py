"""A liquid with a readout on its states, as a scikit-learn regressor."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.utils import Tags, check_array, check_consistent_length
from sklearn.utils.metaestimators import available_if

from lsm.estimators.readout import LiquidWithReadout, readout_has
from lsm.estimators.weights import weights_for


class LSMRegressor(RegressorMixin, LiquidWithReadout):
    """Predict one or more numbers for each sample from the liquid's states.

    For a prediction at every time step see :class:`LSMSeriesRegressor`.

    Parameters
    ----------
    reservoir, pretraining, encoder, state, rate_Hz, sensor_size, dt_ms, target, random_state, \
n_jobs, verbose
        As :class:`LiquidTransformer` has them.
    readout : str or estimator, default="ridge"
        ``"ridge"`` or any scikit-learn regressor, which is cloned.

    Attributes
    ----------
    readout_ : estimator
        Fitted on the training samples' states.
    reservoir_, encoder_, state_, sensor_size_, target_, input_kind_, n_features_in_
        As :class:`LiquidTransformer` has them.
    """

    _kind = "regressor"

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> LSMRegressor:
        """Learn the encoding, calibrate the liquid, simulate, and fit the readout on the states.

        Parameters
        ----------
        X : SpikeTrains, list of structured arrays, or signals
            As :meth:`LiquidTransformer.fit` has it.
        y : array (samples,) or (samples, outputs)
        sample_weight : array (samples,), optional
            Passed to the readout.
        groups : array (samples,), optional
            What must not be torn apart where a rule of pre-training holds samples out, such as the
            speaker.

        Raises
        ------
        TypeError, ValueError
            Input that is not as described, a parameter that doesn't fit; before anything is
            simulated.
        """
        y = number_targets(X, self._check_target(y))
        readout = self._new_readout(sample_weight)
        _, states = self._fitting_states(X, sample_weight, y, groups)
        self.readout_ = readout.fit(states, y, **weights_for(readout, sample_weight))
        return self

    @available_if(readout_has("partial_fit"))
    def partial_fit(
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> LSMRegressor:
        """Learn from one more batch of samples; the first decides encoding and calibration."""
        y = number_targets(X, self._check_target(y))
        readout, states = self._next_batch(X, sample_weight, y)
        self.readout_ = readout.partial_fit(states, y, **weights_for(readout, sample_weight))
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predictions, (samples,) or (samples, outputs) as `y` was.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            Data of another kind, or with another number of channels, than in ``fit``.
        """
        states = self._new_states(X)
        return np.asarray(self.readout_.predict(states))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def number_targets(X: Any, y: ArrayLike) -> NDArray[np.float64]:
    """Numbers, one row for each sample of X; errors as scikit-learn has them."""
    targets = check_array(y, dtype=np.float64, ensure_2d=False, input_name="y")
    check_consistent_length(X, targets)
    return np.asarray(targets)
