"""Sample weights: handed to whatever part of a model is fitted with them."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter


def weights_for(estimator: Any, sample_weight: ArrayLike | None) -> dict[str, ArrayLike]:
    """Keywords that hand weights to an estimator's `fit`, or to each step of a pipeline.

    Nothing where there are none, or where they aren't taken.
    """
    if sample_weight is None or not hasattr(estimator, "fit"):
        return {}
    if isinstance(estimator, Pipeline):
        return {
            f"{name}__{keyword}": weight
            for name, step in estimator.steps
            for keyword, weight in weights_for(step, sample_weight).items()
        }
    return {"sample_weight": sample_weight} if takes_weights(estimator) else {}


def takes_weights(estimator: Any) -> bool:
    """Whether an estimator, or a pipeline's last step, is fitted with weights."""
    if isinstance(estimator, Pipeline):
        return takes_weights(estimator.steps[-1][1])
    return has_fit_parameter(estimator, "sample_weight")
