"""Several liquids: their probabilities are averaged, or one readout sees all their states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, clone
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive_int
from lsm.base.seeds import RandomState, numpy_seed
from lsm.estimators.classifier import LSMClassifier, class_labels
from lsm.estimators.parameters import NestedParameters
from lsm.estimators.transformer import LiquidTransformer
from lsm.estimators.weights import weights_for
from lsm.reservoir import Reservoir
from readouts.labels import check_two_classes

Members = LSMClassifier | Sequence[LSMClassifier]


def _has_probabilities(model: LSMEnsemble) -> bool:
    return model.combine != "states" or all(
        hasattr(base, "predict_proba") for base in model._bases()[:1]
    )


class LSMEnsemble(ClassifierMixin, NestedParameters):
    """Classify by several liquids drawn with different seeds.

    Parameters
    ----------
    estimator : LSMClassifier or list of LSMClassifier, optional
        What is cloned, with another ``random_state`` each; by default ``LSMClassifier()``. Its
        reservoir must be a number or a name, or settle by pre-training: of a finished one all
        members would be the same. Of a list each is taken in turn, so that liquids can divide the
        work: some with short synapses, say, and some with long ones.
    n_liquids : int, optional
        By default 5, or of a list one of each.
    combine : {"probabilities", "states"}
        Take the mean of the members' probabilities, for which their readouts must have
        ``predict_proba``; or train one readout, the (first) estimator's, on the states of all.
    random_state : int, RandomState, Generator or None
        Draws the members' seeds.

    Attributes
    ----------
    estimators_ : list of LSMClassifier, or of LiquidTransformer where states are combined
    readout_ : estimator
        Of all states; only where these are combined.
    classes_ : array (classes,)
    n_features_in_ : int
        As :class:`LSMClassifier` has it.
    """

    readout_: Any

    def __init__(
        self,
        estimator: Members | None = None,
        *,
        n_liquids: int | None = None,
        combine: Literal["probabilities", "states"] = "probabilities",
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.n_liquids = n_liquids
        self.combine = combine
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> LSMEnsemble:
        """Fit every liquid on all samples, and the readout on their states if these are combined.

        Parameters
        ----------
        X, y, sample_weight
            As :meth:`LSMClassifier.fit` has them.

        Raises
        ------
        TypeError, ValueError
            As there; an estimator without ``predict_proba`` whose probabilities are combined, or of
            one finished reservoir.
        """
        bases = self._checked_bases()
        n = len(bases) if isinstance(self.estimator, Sequence) else 5
        n = positive_int(n if self.n_liquids is None else self.n_liquids, "n_liquids")
        rng = np.random.default_rng(numpy_seed(self.random_state))
        seeds = rng.integers(2**31, size=n).tolist()
        members = [
            clone(bases[k % len(bases)]).set_params(random_state=seed)
            for k, seed in enumerate(seeds)
        ]
        if hasattr(self, "readout_"):  # of an earlier fit
            del self.readout_
        if self.combine == "states":
            self._fit_together(members, X, y, sample_weight)
        else:
            self.estimators_ = [member.fit(X, y, sample_weight) for member in members]
            self.classes_ = self.estimators_[0].classes_
        self.n_features_in_ = self.estimators_[0].n_features_in_
        return self

    def _fit_together(
        self,
        members: list[LSMClassifier],
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
    ) -> None:
        """Fit liquids, and one readout on the states of all."""
        labels = class_labels(X, members[0]._check_target(y))
        check_two_classes("y", np.unique(labels))
        readout = members[0]._new_readout(sample_weight)
        names = LiquidTransformer._get_param_names()
        self.estimators_ = [
            LiquidTransformer(**{name: getattr(member, name) for name in names})
            for member in members
        ]
        states = [member.fit_transform(X, None, sample_weight) for member in self.estimators_]
        weights = weights_for(readout, sample_weight)
        self.readout_ = readout.fit(np.hstack(states), labels, **weights)
        self.classes_ = self.readout_.classes_

    def _states(self, X: Any) -> NDArray[np.float64]:
        return np.hstack([member.transform(X) for member in self.estimators_])

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities of the classes (samples, classes): the members' mean, or the readout's."""
        check_is_fitted(self)
        if hasattr(self, "readout_"):
            return np.asarray(self.readout_.predict_proba(self._states(X)))
        return np.mean([member.predict_proba(X) for member in self.estimators_], axis=0)

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable labels (samples,), or the readout's."""
        check_is_fitted(self)
        if hasattr(self, "readout_"):
            return np.asarray(self.readout_.predict(self._states(X)))
        best = np.argmax(self.predict_proba(X), axis=1)
        return np.asarray(self.classes_[best])

    def _bases(self) -> Sequence[LSMClassifier]:
        """What members are cloned from."""
        if self.estimator is None:
            return [LSMClassifier()]
        return self.estimator if isinstance(self.estimator, Sequence) else [self.estimator]

    def _checked_bases(self) -> Sequence[LSMClassifier]:
        if self.combine not in ("probabilities", "states"):
            raise ValueError(f"combine must be 'probabilities' or 'states', got {self.combine!r}")
        bases = self._bases()
        if not len(bases):
            raise ValueError("estimator must be a classifier, or a list of one or more; got none")
        for base in bases:
            self._check_base(base)
        return bases

    def _check_base(self, base: Any) -> None:
        if not isinstance(base, LSMClassifier):
            raise TypeError(f"estimator must be an LSMClassifier, or a list of them; got {base!r}")
        if self.combine == "probabilities" and not hasattr(base, "predict_proba"):
            raise TypeError(
                f"estimator must have predict_proba, by way of its readout; got {base!r}"
            )
        if isinstance(base.reservoir, Reservoir) and base.pretraining is None:
            raise ValueError(
                "estimator must draw its liquid, by a number of neurons or a preset's name, got "
                f"{base.reservoir!r}, which would be the same in all members"
            )

    def _as_object(self, name: str) -> Any:
        return LSMClassifier() if name == "estimator" else None

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
