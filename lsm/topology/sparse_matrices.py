"""Matrices of weights or delays as they are kept: sorted, frozen, known by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.quantities import in_unit


def csr(matrix: Any, name: str, *, square: bool = False) -> scipy.sparse.csr_array:
    """A copy of a matrix of finite numbers, sorted, with one entry a place."""
    array = matrix if scipy.sparse.issparse(matrix) else in_unit(matrix, name)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, got {array.dtype}")
    if len(array.shape) != 2 or (square and array.shape[0] != array.shape[1]):
        kind = "square " if square else ""
        raise ValueError(f"{name} must be a {kind}matrix, got the shape {array.shape}")
    copy = scipy.sparse.csr_array(array, dtype=np.float64, copy=True)
    copy.sum_duplicates()
    if not np.all(np.isfinite(copy.data)):
        raise ValueError(f"{name} must be finite, got {copy.data[~np.isfinite(copy.data)][0]}")
    return copy


def freeze(matrix: scipy.sparse.csr_array) -> None:
    """Make the arrays of a matrix read-only."""
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.flags.writeable = False


def digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """A hash of arrays, with their types and shapes."""
    content = hashlib.sha256()
    for array in arrays.values():
        content.update(f"{array.dtype} {array.shape}".encode())
        content.update(array.tobytes())
    return content.hexdigest()
