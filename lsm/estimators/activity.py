"""Neurons that fire too much to tell anything, left out of what a readout sees."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data

from lsm.base.quantities import number


class ActivityThreshold(TransformerMixin, BaseEstimator):
    """Select the features whose mean over the training samples is below a threshold.

    Of states that count spikes these are neurons, or bins of theirs, that aren't hyperactive. The
    threshold is chosen on training samples, with the readout behind it::

        readout = GridSearchCV(
            make_pipeline(ActivityThreshold(20), RidgeReadout()),
            {"activitythreshold__most": [5, 10, 20, 40, np.inf]},
        )
        LSMClassifier(300, state="counts", readout=readout)

    Parameters
    ----------
    most : float
        Features whose mean is that high or higher are left out; in the unit of the features, such
        as spikes a sample.

    Attributes
    ----------
    activity_ : float array (features,)
        Means over the training samples.
    n_features_in_ : int
    """

    def __init__(self, most: float) -> None:
        self.most = most

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the means.

        Parameters
        ----------
        X : array (samples, features)
        y : ignored

        Raises
        ------
        ValueError
            A threshold that isn't above 0, no feature below it, values that aren't finite.
        """
        features: Any = validate_data(self, X, dtype=np.float64)
        most = number(self.most, "most")
        if not most > 0:
            raise ValueError(f"most must be above 0, got {self.most!r}")
        activity = features.mean(axis=0)
        if not (activity < most).any():
            raise ValueError(
                f"most must leave a feature, but all means are {activity.min():g} or higher; "
                f"got {self.most!r}"
            )
        self.activity_ = activity
        return self

    def get_support(self) -> NDArray[np.bool_]:
        """Whether each feature is left, (features,)."""
        check_is_fitted(self)
        return np.asarray(self.activity_ < self.most)

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:
        """The features that are left, (samples, features left)."""
        support = self.get_support()
        features: Any = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(features[:, support])

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[np.object_]:
        """Names of the features that are left."""
        support = self.get_support()
        return np.asarray(_check_feature_names_in(self, input_features))[support]
