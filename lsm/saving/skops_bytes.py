"""Estimators of scikit-learn's own as bytes, by way of skops, which pickles nothing."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from lsm.archives import members


def dumped(estimator: BaseEstimator, place: str) -> NDArray[np.uint8]:
    """Bytes (n,) of an estimator; `place` is what a refusal calls it.

    Raises
    ------
    ImportError
        skops isn't installed.
    ValueError
        It keeps results in a folder.
    TypeError
        The estimator holds what skops doesn't trust, such as classes of one's own.
    """
    skops = _skops(f"saving {place}, a {type(estimator).__name__} of scikit-learn's own,")
    _check_memory(estimator)
    data = skops.dumps(estimator)
    if untrusted := skops.get_untrusted_types(data=data):
        raise TypeError(
            f"{place}: {estimator!r} can't be saved, as no file may hold {', '.join(untrusted)}"
        )
    return np.frombuffer(data, dtype=np.uint8)


def loaded(data: NDArray[np.uint8]) -> Any:
    """The estimator, of types that skops trusts by itself alone."""
    skops = _skops("this file")
    content = data.tobytes()
    for _ in members(io.BytesIO(content), len(content)):
        pass  # refuses bombs
    if untrusted := skops.get_untrusted_types(data=content):
        raise ValueError(f"it holds {', '.join(untrusted)}, which no file may")
    estimator = skops.loads(content)
    _check_memory(estimator)
    return estimator


def _check_memory(estimator: Any) -> None:
    """ValueError where results are kept in a folder, which is one to read pickles from."""
    for name, value in estimator.get_params(deep=True).items():
        if name.rpartition("__")[2] == "memory" and value is not None:
            raise ValueError(f"{name} of {type(estimator).__name__} must be None, got {value!r}")


def _skops(what: str) -> Any:
    try:
        import skops.io
    except ImportError as error:
        raise ImportError(f"{what} takes skops: pip install 'liquidstate[skops]'") from error
    return skops.io
