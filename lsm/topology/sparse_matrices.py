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


def is_matrix(values: Any) -> bool:
    """Whether values are a matrix, dense or sparse, not one for all or a few."""
    return bool(scipy.sparse.issparse(values) or np.ndim(values) > 1)


def delays_at(
    weights: scipy.sparse.csr_array, matrix: Any, *, square: bool = False
) -> scipy.sparse.csr_array:
    """The delays of a matrix where there are synapses, those of 0 among them.

    Raises
    ------
    TypeError, ValueError
        Another shape than that of the weights, a delay that is negative or not finite, a synapse
        without an entry in a sparse matrix.
    """
    delays = csr(matrix, "delay_ms", square=square)
    if delays.shape != weights.shape:
        raise ValueError(
            f"delay_ms must have the shape of weight_pA, {weights.shape}, got {delays.shape}"
        )
    if delays.nnz and delays.data.min() < 0:
        raise ValueError(f"delay_ms must not be negative, got {delays.data.min():g}")
    # Both are sorted by source, then by target: look places up by one number each.
    synapse_places, delay_places = _places(weights), _places(delays)
    k = np.minimum(np.searchsorted(delay_places, synapse_places), max(len(delay_places) - 1, 0))
    values, has_delay = np.zeros(len(synapse_places)), np.zeros(len(synapse_places), dtype=bool)
    if len(delay_places):
        has_delay = delay_places[k] == synapse_places
        values[has_delay] = delays.data[k[has_delay]]
    # In a dense matrix what is missing was a 0; in a sparse one it was forgotten.
    if scipy.sparse.issparse(matrix) and not has_delay.all():
        source, target = divmod(int(synapse_places[np.argmin(has_delay)]), weights.shape[1])
        raise ValueError(
            f"delay_ms has no entry for the synapse from {source} to {target}; "
            "a delay of 0 must be stored"
        )
    result = scipy.sparse.csr_array((values, weights.indices, weights.indptr), shape=weights.shape)
    freeze(result)
    return result


def _places(matrix: scipy.sparse.csr_array) -> NDArray[np.int64]:
    row = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return row * matrix.shape[1] + matrix.indices


def digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """A hash of arrays, with their types and shapes."""
    content = hashlib.sha256()
    for array in arrays.values():
        content.update(f"{array.dtype} {array.shape}".encode())
        content.update(array.tobytes())
    return content.hexdigest()
