"""Sums over rows of double numbers in the order of ``lanes.h``: the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]

#: Sums go by blocks of so many numbers.
BLOCK = 16


def padded(n: int) -> int:
    """Numbers of a row in memory: whole blocks."""
    return -(-n // BLOCK) * BLOCK


def pad(rows: Floats, n: int) -> Floats:
    """Rows (..., n) with zeros behind."""
    return np.pad(rows, [(0, 0)] * (rows.ndim - 1) + [(0, padded(n) - n)])


def dot(a: Floats, b: Floats) -> Any:
    """Dot product along the last axis: a partial sum for each place in a block, then their sum."""
    product = a * b
    blocks = product.reshape(*product.shape[:-1], -1, BLOCK)
    return sum(np.moveaxis(np.add.reduce(blocks, axis=-2), -1, 0), np.zeros(product.shape[:-1]))


def change(decoder: Floats, steps: Floats, direction: Floats) -> bool:
    """Move each output's weights along one direction by a step of its own, if all stay finite."""
    changed = decoder + steps[:, None] * direction
    if not np.isfinite(changed).all():
        return False
    decoder[...] = changed
    return True
