"""Several liquids whose probabilities are averaged."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive_int
from lsm.estimators.classifier import LSMClassifier
from lsm.estimators.liquid import RandomState, numpy_seed
from lsm.estimators.parameters import NestedParameters
from lsm.reservoir import Reservoir


class LSMEnsemble(ClassifierMixin, NestedParameters):
    """Classify by several liquids drawn with different seeds: the mean of their probabilities.

    Parameters
    ----------
    estimator : LSMClassifier, optional
        What is cloned, with another ``random_state`` each; by default ``LSMClassifier()``. Its
        readout must have ``predict_proba``, and its reservoir be a number or a name, or settle by
        pre-training: of a finished one all members would be the same.
    n_liquids : int, default=5
    random_state : int, RandomState, Generator or None
        Draws the members' seeds.

    Attributes
    ----------
    estimators_ : list of LSMClassifier
    classes_ : array (classes,)
    n_features_in_ : int
        As :class:`LSMClassifier` has it.
    """

    def __init__(
        self,
        estimator: LSMClassifier | None = None,
        *,
        n_liquids: int = 5,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.n_liquids = n_liquids
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> LSMEnsemble:
        """Fit every liquid on all samples.

        Parameters
        ----------
        X, y, sample_weight
            As :meth:`LSMClassifier.fit` has them.

        Raises
        ------
        TypeError, ValueError
            As there; an estimator without ``predict_proba``, or of one finished reservoir.
        """
        base = LSMClassifier() if self.estimator is None else self.estimator
        positive_int(self.n_liquids, "n_liquids")
        if not hasattr(base, "predict_proba"):
            raise TypeError(
                f"estimator must have predict_proba, by way of its readout; got {base!r}"
            )
        if isinstance(base.reservoir, Reservoir) and base.pretraining is None:
            raise ValueError(
                "estimator must draw its liquid, by a number of neurons or a preset's name, got "
                f"{base.reservoir!r}, which would be the same in all members"
            )
        rng = np.random.default_rng(numpy_seed(self.random_state))
        seeds = rng.integers(2**31, size=self.n_liquids).tolist()
        members = [clone(base).set_params(random_state=seed) for seed in seeds]
        self.estimators_ = [member.fit(X, y, sample_weight) for member in members]
        self.classes_ = self.estimators_[0].classes_
        self.n_features_in_ = self.estimators_[0].n_features_in_
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Mean probabilities of the classes (samples, classes)."""
        check_is_fitted(self)
        return np.mean([member.predict_proba(X) for member in self.estimators_], axis=0)

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable labels (samples,)."""
        best = np.argmax(self.predict_proba(X), axis=1)
        return np.asarray(self.classes_[best])

    def _as_object(self, name: str) -> Any:
        return LSMClassifier() if name == "estimator" else None

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
