"""Readouts by name."""

import difflib
from collections.abc import Callable
from typing import Any

from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from readouts.ridge import RidgeReadout


def _logistic() -> BaseEstimator:
    # Scaled features and an L2 penalty make the loss well conditioned: tens of steps do.
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=10_000))


#: Name -> what makes a new, unfitted readout. The perceptron with scikit-learn's default settings
#: is the readout of López-Herrera et al., Math. Comput. Appl. 31(2):65, 2026.
READOUTS: dict[str, Callable[[], BaseEstimator]] = {
    "ridge": RidgeReadout,
    "logistic": _logistic,
    "perceptron": Perceptron,
}


def make_readout(readout: str | BaseEstimator = "ridge") -> Any:
    """Make a new, unfitted readout.

    Parameters
    ----------
    readout : str or estimator
        A name in `READOUTS`, or any scikit-learn estimator, which is cloned.

    Returns
    -------
    estimator
        Unfitted, with ``fit(X, y)`` and ``predict(X)``.

    Raises
    ------
    ValueError
        The name is unknown.
    TypeError
        Neither a name nor an estimator.
    """
    if isinstance(readout, str):
        if readout not in READOUTS:
            nearest = difflib.get_close_matches(readout.lower(), READOUTS, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"readout must be one of {', '.join(map(repr, READOUTS))} or an estimator, "
                f"got {readout!r}; did you mean {nearest!r}?"
            )
        return READOUTS[readout]()
    if isinstance(readout, type) or not (hasattr(readout, "fit") and hasattr(readout, "predict")):
        raise TypeError(
            f"readout must be a name or an estimator with fit and predict, got {readout!r}"
        )
    return clone(readout)
