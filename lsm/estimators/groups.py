"""Features that are adapted to whom they come from, by earlier recordings without labels."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import check_is_fitted

#: Groups that an error names.
_SHOWN = 10


class GroupCentring(BaseEstimator):
    """Features less the mean of their group: of a speaker's, say, over his earlier recordings.

    The mean is learned from recordings without labels, which have to be there before a sample of
    that group is judged, and to be of all classes about equally; what is learned belongs to the
    group, and no sample changes another's. Take recordings that neither train nor test. On cepstra
    this is the mean normalisation of a speaker (Furui 1981, IEEE Trans. ASSP 29:254). Any features
    will do: states of a liquid, or what its rivals see.

    Attributes
    ----------
    groups_ : array (groups,)
        Sorted.
    means_ : float array (groups, features)
    n_features_in_ : int
    """

    def fit(self, X: ArrayLike, groups: ArrayLike) -> Self:
        """Learn the means.

        Parameters
        ----------
        X : array (samples, features)
            Of earlier recordings, of every group that will come.
        groups : array (samples,)
            Whom each sample comes from.

        Raises
        ------
        ValueError
            Not finite, or shapes that don't match.
        """
        features, names = _checked(X, groups)
        self.n_features_in_ = features.shape[1]
        self.groups_, index = np.unique(names, return_inverse=True)
        total = np.zeros((len(self.groups_), features.shape[1]))
        np.add.at(total, index, features)
        self.means_ = total / np.bincount(index)[:, np.newaxis]
        return self

    def transform(self, X: ArrayLike, groups: ArrayLike) -> NDArray[np.float64]:
        """Features (samples, features) less the means of their groups.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        ValueError
            As in `fit`; a group without earlier recordings, another number of features.
        """
        check_is_fitted(self)
        features, names = _checked(X, groups)
        if features.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {features.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input"
            )
        unknown = np.setdiff1d(names, self.groups_)
        if len(unknown):
            listed = ", ".join(map(str, self.groups_[:_SHOWN]))
            listed += ", ..." if len(self.groups_) > _SHOWN else ""
            raise ValueError(
                f"groups must be some of those that were fitted, {listed}; got {unknown[0]}, "
                "of which there are no earlier recordings"
            )
        return np.asarray(features - self.means_[np.searchsorted(self.groups_, names)])


def checked_groups(groups: ArrayLike, samples: Any) -> NDArray[Any]:
    """Groups (samples,), one for each of some samples, of one kind and none of them missing."""
    names = np.asarray(groups)
    if names.ndim != 1:
        raise ValueError(f"groups must have the shape (samples,), got {names.shape}")
    check_consistent_length(samples, names)
    kinds = {type(name) for name in names.tolist()}
    # Kinds first: what pandas has for a missing name doesn't say whether it is another one.
    if len(kinds) > 1 or any(name is None or name != name for name in names.tolist()):
        listed = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ValueError(f"groups must be of one kind, and none missing; got {listed}")
    return names


def _checked(X: ArrayLike, groups: ArrayLike) -> tuple[NDArray[np.float64], NDArray[Any]]:
    features = check_array(X, dtype=np.float64)
    return features, checked_groups(groups, features)
