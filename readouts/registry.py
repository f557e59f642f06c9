"""Readouts by name, of which each is imported when it is made: scikit-learn takes its time."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator


def _ridge() -> BaseEstimator:
    from readouts.ridge import RidgeReadout

    return RidgeReadout()


def _perceptron() -> BaseEstimator:
    from sklearn.linear_model import Perceptron

    return Perceptron()


def _ridge_regression(**settings: Any) -> BaseEstimator:
    from readouts.ridge_regression import RidgeRegressionReadout

    return RidgeRegressionReadout(**settings)


def _force() -> BaseEstimator:
    from readouts.force import ForceReadout

    return ForceReadout()


def _three_factor() -> BaseEstimator:
    from readouts.hebbian import ThreeFactorReadout

    return ThreeFactorReadout()


def _logistic() -> BaseEstimator:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # Scaled features and an L2 penalty make the loss well conditioned: tens of steps do.
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=10_000))


#: Name -> what makes a new, unfitted classifier. The perceptron with scikit-learn's default
#: settings is the readout of López-Herrera et al., Math. Comput. Appl. 31(2):65, 2026.
READOUTS: dict[str, Callable[[], BaseEstimator]] = {
    "ridge": _ridge,
    "logistic": _logistic,
    "perceptron": _perceptron,
}

#: Name -> what makes a new, unfitted regressor; the second is for the steps of a time series, the
#: last two learn row by row.
REGRESSION_READOUTS: dict[str, Callable[[], BaseEstimator]] = {
    "ridge": _ridge_regression,
    "ridge-blocks": partial(_ridge_regression, n_blocks=5),
    "force": _force,
    "three-factor": _three_factor,
}


def fit_each(
    readout: str | BaseEstimator, states: Iterable[ArrayLike], y: ArrayLike
) -> Iterator[Any]:
    """Fit a new classifier to the states of each of many liquids that heard the same samples.

    Parameters
    ----------
    readout : str or estimator
        As :func:`make_readout` has it. Ridge classifiers read the labels once, not for each liquid.
    states : iterable of arrays (n_samples, n_features)
        Taken one by one; numbers of features may differ.
    y : array (n_samples,)
        Labels.

    Yields
    ------
    estimator
        Fitted to the next array of `states`.

    Raises
    ------
    ValueError, TypeError
        As :func:`make_readout`, at once; as the readout's ``fit``, when it is its turn.
    """
    from readouts.ridge import RidgeReadout

    unfitted = make_readout(readout)
    if type(unfitted) is RidgeReadout:  # a user's own kind of it may fit otherwise
        return unfitted.fit_each(states, y)
    return (make_readout(readout).fit(X, y) for X in states)


def make_readout(
    readout: str | BaseEstimator = "ridge",
    *,
    kind: Literal["classifier", "regressor"] = "classifier",
) -> Any:
    """Make a new, unfitted readout.

    Parameters
    ----------
    readout : str or estimator
        A name in `READOUTS` (classifiers) or `REGRESSION_READOUTS`, or any scikit-learn estimator,
        which is cloned.
    kind : {"classifier", "regressor"}, default="classifier"
        What is needed.

    Returns
    -------
    estimator
        Unfitted, with ``fit(X, y)`` and ``predict(X)``.

    Raises
    ------
    ValueError
        The name or the kind is unknown.
    TypeError
        Neither a name nor an estimator that predicts, or a classifier where a regressor is needed,
        or the reverse.
    """
    from sklearn.base import clone, is_classifier, is_regressor

    if kind not in ("classifier", "regressor"):
        raise ValueError(f"kind must be 'classifier' or 'regressor', got {kind!r}")
    if isinstance(readout, str):
        readouts = READOUTS if kind == "classifier" else REGRESSION_READOUTS
        if readout not in readouts:
            nearest = difflib.get_close_matches(readout.lower(), readouts, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"readout must be one of {', '.join(map(repr, readouts))} or a {kind}, "
                f"got {readout!r}; did you mean {nearest!r}?"
            )
        return readouts[readout]()
    if isinstance(readout, type) or not (hasattr(readout, "fit") and _predicts(readout)):
        raise TypeError(
            f"readout must be a name or an estimator with fit and predict, got {readout!r}"
        )
    wrong_kind, is_wrong = (
        ("regressor", is_regressor) if kind == "classifier" else ("classifier", is_classifier)
    )
    unfitted = clone(readout)
    if is_wrong(unfitted):
        raise TypeError(f"readout must be a {kind}, got the {wrong_kind} {readout!r}")
    return unfitted


def _predicts(readout: Any) -> bool:
    """Whether it does, or will once it is fitted: stacked estimators have `predict` only then."""
    from sklearn.base import is_classifier, is_regressor

    if hasattr(readout, "predict"):
        return True
    tagged = hasattr(readout, "__sklearn_tags__")
    return tagged and (is_classifier(readout) or is_regressor(readout))
