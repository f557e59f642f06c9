"""Checks of what a closed loop is given, before any work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from lsm.base.checks import not_negative
from lsm.base.quantities import in_unit, is_quantity, number
from lsm.base.steps import whole_steps

Floats = NDArray[np.float64]
#: Times in ms, from and to; one pair or several.
Windows = tuple[float, float] | Sequence[tuple[float, float]] | None


def signal(value: ArrayLike, name: str) -> Floats:
    """Numbers (steps, columns) without NaN; one dimension is one column."""
    array = in_unit(value, name) if is_quantity(value) else np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, got {array.dtype}")
    array = array.astype(np.float64, copy=False)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or not array.size:
        raise ValueError(
            f"{name} must have the shape (steps,) or (steps, columns), got {np.shape(value)}"
        )
    bad = ~np.isfinite(array)
    if bad.any():
        step, column = np.argwhere(bad)[0]
        raise ValueError(
            f"{name} must be finite, got {array[step, column]} at step {step}, column {column}"
        )
    return array


def inputs(value: Any, steps: int, channels: int) -> sparse.csr_array:
    """Numbers (steps, channels), dense or sparse, as rows of those that aren't 0."""
    if not sparse.issparse(value):
        rows = sparse.csr_array(signal(value, "inputs"))
    elif value.dtype.kind not in "biuf" or value.ndim != 2:
        raise TypeError(
            f"inputs must be a sparse matrix of numbers, got {value.ndim} dimensions of "
            f"{value.dtype}"
        )
    else:
        rows = sparse.csr_array(value, dtype=np.float64, copy=True)
        rows.sum_duplicates()
        rows.eliminate_zeros()
        bad = np.flatnonzero(~np.isfinite(rows.data))
        if bad.size:
            step = np.searchsorted(rows.indptr, bad[0], side="right") - 1
            raise ValueError(
                f"inputs must be finite, got {rows.data[bad[0]]} at step {step}, "
                f"column {rows.indices[bad[0]]}"
            )
    if rows.shape[1] != channels or rows.shape[0] < steps:
        raise ValueError(
            f"inputs must have the shape ({steps} steps, {channels} channels), got {rows.shape}"
        )
    return rows[:steps]


def gate(value: ArrayLike, steps: int) -> Floats:
    """Numbers (steps,), not below 0."""
    attention = signal(value, "gate")
    if np.ndim(value) != 1 or len(attention) < steps:
        raise ValueError(f"gate must have the shape ({steps} steps,), got {np.shape(value)}")
    if np.any(attention < 0):
        step = int(np.argmax(attention[:, 0] < 0))
        raise ValueError(f"gate must not be below 0, got {attention[step, 0]:g} at step {step}")
    return attention[:steps, 0]


def length(duration_ms: float | None, dt_ms: float, target: Floats | None) -> int:
    """Steps of a run: as long as the target, or as asked for."""
    if duration_ms is None:
        if target is None:
            raise ValueError("duration_ms must be given where there is no target")
        return len(target)
    duration_ms = number(duration_ms, "duration_ms")
    steps = whole_steps(duration_ms, dt_ms, "duration_ms")
    if target is not None and len(target) < steps:
        raise ValueError(
            f"target is shorter than the run: {len(target)} of {steps} steps "
            f"({duration_ms:g} ms at dt_ms = {dt_ms:g})"
        )
    return steps


def windows(value: Windows, name: str, first: int, last: int, dt_ms: float) -> NDArray[np.int64]:
    """Windows as steps (windows, 2) within a run from step `first` to `last`."""
    times = np.atleast_2d(in_unit([] if value is None else value, name, unit="ms"))
    if not times.size:
        return np.empty((0, 2), dtype=np.int64)
    if times.ndim != 2 or times.shape[1] != 2:
        raise ValueError(f"{name} must be (from_ms, to_ms), or several of these, got {value!r}")
    begin, end = first * dt_ms, last * dt_ms
    steps = np.rint(times / dt_ms)
    for (start, stop), (step, until) in zip(times, steps, strict=True):
        if not (begin - 1e-9 <= start and step < until and stop <= end * (1 + 1e-12) + 1e-9):
            raise ValueError(
                f"{name} must lie within the run, from {begin:g} to {end:g} ms, and end a step "
                f"after it begins or later; got ({start:g}, {stop:g})"
            )
    return steps.astype(np.int64)


def matrix(value: Any, name: str, n: int, columns: int, what: str, *, unit: str = "") -> Floats:
    """Finite numbers (neurons, columns), a copy: a network that goes on must not change."""
    array = in_unit(value, name, unit=unit)
    if array.shape != (n, columns):
        raise ValueError(
            f"{name} must have the shape ({n} neurons, {columns} {what}), got {array.shape}"
        )
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)][0]}")
    return array


def encoder(value: float | ArrayLike, n: int, outputs: int, rng: np.random.Generator) -> Floats:
    """Feedback (neurons, outputs): given, or drawn from U(-Q, Q)."""
    weights = in_unit(value, "feedback", unit="pA")
    if weights.ndim == 0:
        strength = not_negative(float(weights), "feedback")
        return strength * rng.uniform(-1, 1, size=(n, outputs))
    return matrix(weights, "feedback", n, outputs, "outputs", unit="pA")


def neurons(value: ArrayLike | None, name: str, n: int) -> NDArray[np.int32]:
    """Numbers of neurons; None for all of them."""
    numbers = np.arange(n) if value is None else np.asarray(value)
    if numbers.size == 0:
        numbers = numbers.astype(np.int64)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise TypeError(f"{name} must be a row of integers, got {value!r}")
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < n):
        raise ValueError(
            f"{name} must lie in 0..{n - 1}, got values from {numbers.min()} to {numbers.max()}"
        )
    return numbers.astype(np.int32)
