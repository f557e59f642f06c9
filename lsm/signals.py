"""Signals as scikit-learn's users bring them: tables, 3-D arrays, and samples of many lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import assert_all_finite, check_array
from sklearn.utils.validation import validate_data

from lsm.base.checks import axes_hint
from lsm.spikes import SpikeTrains

Signals = list[NDArray[np.float64]]

#: What may be given, for every refusal to name.
FORMS = (
    "Signals are an array (samples, channels, steps), a table (samples, steps), a list or Series "
    "of arrays (channels, steps) or (steps,) of any lengths, or a data frame whose cells hold "
    "arrays (steps,), a column for each channel. LiquidTransformer, LSMClassifier and "
    "LSMRegressor also take SpikeTrains and events: a list of structured arrays with the fields "
    "x, t and maybe y, p, or (events, label) pairs, as a data set of tonic has them"
)

#: Rising by chance, fewer values than these would prove no clock.
_SOME_TIMES = 8


def validate_signals(estimator: BaseEstimator, X: Any, *, reset: bool) -> Signals:
    """Check signals, note their channels in the estimator or compare with what it saw in `fit`.

    Three kinds of input are told apart by what they are, not by their values:

    - a 2-D array, list of lists of numbers of one length, or data frame (samples, steps) is a
      table of univariate signals, checked as scikit-learn checks any table: `n_features_in_` is its
      number of columns, which must not change, and its columns may have names;
    - a 3-D array (samples, channels, steps): `n_features_in_` is its number of channels;
    - a list, Series or object array of 2-D arrays (channels, steps), or of 1-D arrays (steps,) for
      univariate signals, or a data frame with such rows in its cells, one column a channel:
      likewise, and each sample may have a length of its own.

    Rows of four numbers that can only be events (x, y, t, p) are refused, as are tables of a
    single column, which are one series in all likelihood.

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
        `X` is SpikeTrains or events, not signals, or nothing known.
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
    _refuse_rows_of_events(signals)
    n_channels = len(signals[0])
    for i, signal in enumerate(signals):
        if len(signal) != n_channels:
            raise ValueError(
                f"every sample of X must have the same channels, got {n_channels} in sample 0 "
                f"and {len(signal)} in sample {i}" + axes_hint(signals[0].shape)
            )
    _agree_on_channels(estimator, len(signals[0]), name, axes_hint(signals[0].shape), reset=reset)
    if reset:
        estimator.n_features_in_ = n_channels
        estimator._fitted_on_table = False
    return signals


def _samples(X: Any) -> Sequence[Any] | None:
    """The samples of a list or 3-D array; None where X is a table, or nothing we know."""
    if isinstance(X, SpikeTrains):
        raise TypeError("X must be signals, got SpikeTrains: they need no encoder")
    if isinstance(X, list | tuple):
        if any(isinstance(sample, SpikeTrains) for sample in X):
            raise TypeError(f"X must be signals, got a list of SpikeTrains. {FORMS}")
        if not len(X) or any(getattr(sample, "ndim", 0) for sample in X):
            return X
        try:
            X = np.asarray(X)
        except ValueError:  # Lists of different lengths.
            return X
    elif hasattr(X, "iloc"):
        return cells(X)
    elif not hasattr(X, "ndim") and hasattr(X, "__array__"):
        X = np.asarray(X)
    if getattr(X, "ndim", 0) > 2:
        return list(np.asarray(X))
    holds_objects = isinstance(X, np.ndarray) and X.dtype.kind == "O" and X.ndim == 1
    if holds_objects and any(np.ndim(sample) for sample in X):
        return list(X)
    _refuse_text_and_events(X, "X")
    return None


def cells(X: Any) -> Sequence[Any] | None:
    """The samples in the cells of a Series or a data frame; None where these hold numbers.

    Of a data frame a sample is the list of its channels.
    """
    if X.ndim == 1:
        return list(X) if any(np.ndim(cell) for cell in X) else None
    if len(X) and any(np.ndim(cell) for cell in X.iloc[0] if not isinstance(cell, int | float)):
        return [list(row) for row in X.itertuples(index=False, name=None)]
    return None


def _table(estimator: BaseEstimator, X: Any, name: str, *, reset: bool) -> Signals:
    if _dimensions(X) == 1:
        n = len(X)
        raise ValueError(
            f"Expected 2D array, got 1D array instead, of {n} values: a single series is one "
            f"sample. Reshape your data to (1, {n}), as array.reshape(1, -1) does; ({n}, 1) would "
            f"be {n} samples of one step, of which a liquid remembers nothing. {FORMS}"
        )
    try:
        if reset or getattr(estimator, "_fitted_on_table", True):
            table = validate_data(estimator, X, dtype=np.float64, reset=reset)
        else:  # What was fitted on samples of any length may see some of one length.
            table = check_array(X, dtype=np.float64, estimator=estimator, input_name="X")
    except (TypeError, ValueError) as error:
        if _dimensions(X) == 2 and np.asarray(X).dtype.kind in "biufc":  # no matter of form
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{error}\n{FORMS}") from error
    n, n_steps = table.shape
    if n_steps == 1:
        raise ValueError(
            f"X is a table with 1 feature(s), so that each of {n} samples has one step, of which a "
            f"liquid remembers nothing. A single series is one sample: reshape it to (1, {n}), as "
            "array.reshape(1, -1) does. Samples that are meant to last one step have the shape "
            "(samples, channels, 1)"
        )
    _refuse_rows_of_events([table])
    hint = "; each row of a table is a sample of one channel, and one sample of more X[np.newaxis]"
    _agree_on_channels(estimator, 1, name, hint, reset=reset)
    if reset:
        estimator._fitted_on_table = True
    return list(table[:, np.newaxis, :])


def _dimensions(X: Any) -> int:
    """Number of dimensions of anything, also of arrays that refuse NumPy's functions."""
    return int(X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim)


def _signal(sample: Any, i: int, name: str) -> NDArray[np.float64]:
    """One sample as an array (channels, steps)."""
    try:
        array = np.asarray(sample)
    except ValueError as error:
        for part in sample:
            _refuse_text_and_events(part, f"sample {i} of X")
        raise ValueError(
            f"every channel of a sample must have the same steps; not so in sample {i} of X. "
            f"{FORMS}"
        ) from error
    _refuse_text_and_events(array, f"sample {i} of X")
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported\nsample {i} of X is {array.dtype}")
    array = array.astype(np.float64, copy=False)
    if array.ndim not in (1, 2):
        raise ValueError(
            "every sample of X must be an array (channels, steps), or (steps,) where there is one "
            f"channel; got shape {array.shape} in sample {i}. {FORMS}"
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
        raise TypeError(
            f"{what} must be signals, got events with the fields {dtype.names}. {FORMS}"
        )
    if isinstance(X, str | bytes) or dtype.kind in "SU":
        raise ValueError(f"{what} must be signals, arrays of numbers; got strings. {FORMS}")


def _refuse_rows_of_events(samples: Signals) -> None:
    """Raise TypeError where all samples are rows of four numbers that can only be events."""
    if all(map(_are_events, samples)):
        raise TypeError(
            "X must be signals, got what looks like rows of events (x, y, t, p), which would be "
            "taken for signals of 4 steps: make a structured array of each sample, as "
            "numpy.lib.recfunctions.unstructured_to_structured(rows, names=['x', 'y', 't', 'p']) "
            f"does. {FORMS}"
        )


def _are_events(rows: NDArray[np.float64]) -> bool:
    """Whether one of four columns is a time, one a polarity and two are places.

    A time never falls and has many values, a polarity has two, places are whole. Signals are so
    only where their channels, or a table's samples, happen to be sorted by one of four steps, of
    which another has nothing but 0 and 1.
    """
    if rows.shape[1] != 4 or len(rows) < _SOME_TIMES:
        return False
    columns = [column for column in rows.T if np.unique(column).tolist() not in ([0, 1], [-1, 1])]
    if len(columns) != 3:
        return False
    rises = [np.all(np.diff(c) >= 0) and len(np.unique(c)) >= _SOME_TIMES for c in columns]
    places = [np.all((c >= 0) & (c % 1 == 0)) for c in columns]
    return any(rises[k] and places[k - 1] and places[k - 2] for k in range(3))


def _agree_on_channels(
    estimator: BaseEstimator, n_channels: int, name: str, hint: str, *, reset: bool
) -> None:
    if reset:
        estimator.n_channels_in_ = n_channels
    elif n_channels != getattr(estimator, "n_channels_in_", n_channels):
        raise ValueError(
            f"X has {n_channels} channels, but {name} is expecting {estimator.n_channels_in_} "
            "channels as input" + hint
        )
