"""Signals as scikit-learn's users bring them: tables, 3-D arrays, and samples of many lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import assert_all_finite, check_array
from sklearn.utils.validation import validate_data

from lsm.checks import axes_hint
from lsm.spikes import SpikeTrains

Signals = list[NDArray[np.float64]]


def validate_signals(estimator: BaseEstimator, X: Any, *, reset: bool) -> Signals:
    """Check signals, note their channels in the estimator or compare with what it saw in `fit`.

    Three kinds of input are told apart by what they are, not by their values:

    - a 2-D array, list of lists of numbers of one length, or data frame (samples, steps) is a
      table of univariate signals, checked as scikit-learn checks any table: `n_features_in_` is its
      number of columns, which must not change, and its columns may have names;
    - a 3-D array (samples, channels, steps): `n_features_in_` is its number of channels;
    - a list or object array of 2-D arrays (channels, steps), or of 1-D arrays (steps,) for
      univariate signals: likewise, and each sample may have a length of its own.

    Parameters
    ----------
    estimator : estimator
        Gets the attributes `n_features_in_` and `n_channels_in_` (and `feature_names_in_`), or is
        asked for them.
    X : signals
        As above.
    reset : bool
        True in `fit`, False where `X` must agree with what `fit` saw. An estimator that saw a
        table takes samples of other lengths as one of the other kinds.

    Returns
    -------
    list of float64 array (channels, steps)
        One a sample; they may share memory with `X`, so don't write to them.

    Raises
    ------
    TypeError
        `X` is SpikeTrains or events, not signals.
    ValueError
        As scikit-learn words it: strings, not finite, no samples, no steps, other columns or
        channels than in `fit`; samples with different channels, or of other dimensions.
    """
    name = type(estimator).__name__
    samples = _samples(X)
    if samples is None:
        return _table(estimator, X, name, reset=reset)
    # No columns, so no names of columns either.
    validate_data(estimator, X, reset=reset, skip_check_array=True, ensure_2d=False)
    if not len(samples):
        raise ValueError(
            f"Found array with 0 sample(s) while a minimum of 1 is required by {name}."
        )
    signals = [_signal(sample, i, name) for i, sample in enumerate(samples)]
    n_channels = len(signals[0])
    for i, signal in enumerate(signals):
        if len(signal) != n_channels:
            raise ValueError(
                f"every sample of X must have the same channels, got {n_channels} in sample 0 "
                f"and {len(signal)} in sample {i}" + axes_hint(signals[0].shape)
            )
    _agree_on_channels(estimator, signals[0].shape, name, reset=reset)
    if reset:
        estimator.n_features_in_ = n_channels
        estimator._fitted_on_table = False
    return signals


def _samples(X: Any) -> Sequence[Any] | None:
    """The samples of a list or 3-D array; None where X is a table, or nothing we know."""
    if isinstance(X, SpikeTrains):
        raise TypeError("X must be signals, got SpikeTrains: they need no encoder")
    if isinstance(X, list | tuple):
        if not len(X) or any(getattr(sample, "ndim", 0) for sample in X):
            return X
        try:
            X = np.asarray(X)
        except ValueError:  # Lists of different lengths.
            return X
    elif not hasattr(X, "ndim") and hasattr(X, "__array__"):
        X = np.asarray(X)
    if getattr(X, "ndim", 0) > 2:
        return list(np.asarray(X))
    holds_objects = isinstance(X, np.ndarray) and X.dtype.kind == "O" and X.ndim == 1
    if holds_objects and any(np.ndim(sample) for sample in X):
        return list(X)
    _refuse_text_and_events(X, "X")
    return None


def _table(estimator: BaseEstimator, X: Any, name: str, *, reset: bool) -> Signals:
    if reset or getattr(estimator, "_fitted_on_table", True):
        table = validate_data(estimator, X, dtype=np.float64, reset=reset)
    else:  # What was fitted on samples of any length may see some of one length.
        table = check_array(X, dtype=np.float64, estimator=estimator, input_name="X")
    _agree_on_channels(estimator, (1, table.shape[1]), name, reset=reset)
    if reset:
        estimator._fitted_on_table = True
    return list(table[:, np.newaxis, :])


def _signal(sample: Any, i: int, name: str) -> NDArray[np.float64]:
    """One sample as an array (channels, steps)."""
    try:
        array = np.asarray(sample)
    except ValueError as error:
        raise ValueError(
            f"every channel of a sample must have the same steps; not so in sample {i} of X"
        ) from error
    _refuse_text_and_events(array, f"sample {i} of X")
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported\nsample {i} of X is {array.dtype}")
    array = array.astype(np.float64, copy=False)
    if array.ndim not in (1, 2):
        raise ValueError(
            "every sample of X must be an array (channels, steps), or (steps,) where there is one "
            f"channel; got shape {array.shape} in sample {i}"
        )
    array = np.atleast_2d(array)
    for n, what in zip(array.shape, ("channel", "step"), strict=True):
        if not n:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={array.shape}) in sample {i} of X while a "
                f"minimum of 1 is required by {name}."
            )
    assert_all_finite(array, estimator_name=name, input_name="X")
    return array


def _refuse_text_and_events(X: Any, what: str) -> None:
    dtype = X.dtype if isinstance(X, np.ndarray) else np.dtype(object)
    if dtype.names:
        raise TypeError(f"{what} must be signals, got events with the fields {dtype.names}")
    if isinstance(X, str | bytes) or dtype.kind in "SU":
        raise ValueError(f"{what} must be signals, arrays of numbers; got strings")


def _agree_on_channels(
    estimator: BaseEstimator, shape: tuple[int, ...], name: str, *, reset: bool
) -> None:
    n_channels = shape[0]
    if reset:
        estimator.n_channels_in_ = n_channels
    elif n_channels != getattr(estimator, "n_channels_in_", n_channels):
        raise ValueError(
            f"X has {n_channels} channels, but {name} is expecting {estimator.n_channels_in_} "
            "channels as input" + axes_hint(shape)
        )
