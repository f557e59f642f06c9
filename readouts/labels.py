"""Class labels as the targets of a regression: sorted classes, codes, indicators of -1 and +1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.multiclass import check_classification_targets, unique_labels

from readouts.gcv import Floats


@dataclass(frozen=True, eq=False)
class LabelTargets:
    """Labels as a regression's targets.

    Attributes
    ----------
    classes : array (n_classes,)
        Sorted labels.
    codes : int array (n_samples,)
        Place of each label among the classes.
    indicators : float array (n_samples, n_classes)
        +1 for a sample's own class, -1 for the others.
    """

    classes: NDArray[Any]
    codes: NDArray[np.int64]
    indicators: Floats

    @classmethod
    def of(cls, labels: NDArray[Any]) -> Self:
        """The targets of labels (n_samples,); ValueError where they are no two classes."""
        check_classification_targets(labels)
        classes, codes = np.unique(labels, return_inverse=True)
        check_two_classes("y", classes)
        return cls(classes, codes, indicators_of(codes, len(classes)))

    @classmethod
    def among(cls, classes: NDArray[Any], labels: NDArray[Any]) -> Self:
        """The targets of labels (n_samples,) that are all among the classes; else ValueError."""
        check_classification_targets(labels)
        unknown = np.setdiff1d(labels, classes)
        if len(unknown):
            raise ValueError(
                f"The target label(s) {unknown} in y do not exist in the initial classes {classes}"
            )
        codes = np.searchsorted(classes, labels)
        return cls(classes, codes, indicators_of(codes, len(classes)))

    def class_weight(self, weight: Floats | None) -> Floats:
        """Sum of the samples' weights in each class, (n_classes,); their number without weights."""
        counts = np.bincount(self.codes, weight, minlength=len(self.classes))
        return counts.astype(np.float64)


def classes_to_come(classes: ArrayLike | None, earlier: NDArray[Any] | None) -> NDArray[Any]:
    """The classes of all calls of `partial_fit`, sorted.

    Parameters
    ----------
    classes : array (n_classes,), optional
        What the call was given.
    earlier : array (n_classes,), optional
        Those of the calls before it; None in the first.

    Raises
    ------
    ValueError
        None in the first call, fewer than two, or others than before.
    """
    if classes is None:
        if earlier is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return earlier
    labels = unique_labels(classes)
    check_two_classes("classes", labels)
    if earlier is not None and not np.array_equal(labels, earlier):
        raise ValueError(
            f"`classes={classes!r}` is not the same as on last call to partial_fit, "
            f"was: {earlier!r}"
        )
    return labels


def indicators_of(codes: NDArray[np.int64], n_classes: int) -> Floats:
    """Indicators (n_samples, n_classes): +1 where a sample is of the class, else -1."""
    indicators = np.full((len(codes), n_classes), -1.0)
    indicators[np.arange(len(codes)), codes] = 1.0
    return indicators


def check_two_classes(name: str, classes: NDArray[Any]) -> None:
    """Raise ValueError for fewer than two classes; `name` is the argument that held them."""
    if len(classes) < 2:
        raise ValueError(
            f"{name} must hold at least two classes, got one class: {classes.tolist()}"
        )
