"""Recursive least squares in the order of the compiled program: the same bits.

``readouts.force`` has them for any other use.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lsm.simulation.loop.state import BLOCK, PENDING, Floats, padded, stored


def dot(a: Floats, b: Floats) -> Any:
    """Dot product along the last axis: a partial sum for each place in a block, then their sum."""
    product = a * b
    blocks = product.reshape(*product.shape[:-1], -1, BLOCK)
    return sum(np.moveaxis(np.add.reduce(blocks, axis=-2), -1, 0), np.zeros(product.shape[:-1]))


class LeastSquares:
    """Recursive least squares; see ``loop.h`` for the same in C++."""

    def __init__(self, n: int, rows: Floats, pending: Floats, gain: Floats, waiting: int) -> None:
        self.n = n
        self.kept = stored(n)
        self.above = np.arange(padded(n)) // BLOCK < (np.arange(n) // BLOCK)[:, None]
        self.rows = np.zeros((n, padded(n)))
        self.rows[self.kept] = rows
        self.pending, self.gain, self.waiting = pending.reshape(PENDING, -1), gain, waiting
        self.scale = self.forgetting = 1.0
        self.textbook = True

    def project(self, r: Floats) -> Floats:
        c = np.add.reduce(np.where(self.above, self.rows * r[: self.n, None], 0.0), axis=0)
        c[: self.n] = dot(self.rows, r) + c[: self.n]
        for old, gain in zip(self.pending[: self.waiting], self.gain, strict=False):
            c += -(gain * dot(old, r)) * old
        return np.asarray(c * self.scale)

    def apply(self) -> None:
        for old, gain in zip(self.pending, self.gain, strict=True):
            self.rows += np.where(self.kept, -(gain * old[: self.n, None]) * old, 0.0)
        self.rows *= self.scale
        self.waiting = 0
        self.scale = 1.0

    def learn(self, r: Floats, error: Floats, decoder: Floats) -> str:
        c = self.project(r)
        seen = float(dot(r, c))
        divisor = self.forgetting + seen
        if not (seen > -1e-6 and np.isfinite(divisor)):
            return "P"
        learned = decoder + -(error / divisor if self.textbook else error)[:, None] * c
        if not np.isfinite(learned).all():
            return "decoder"
        decoder[...] = learned
        self.pending[self.waiting] = c
        self.gain[self.waiting] = 1.0 / (self.scale * divisor)
        self.waiting += 1
        self.scale /= self.forgetting
        if self.waiting == PENDING:
            self.apply()
        return ""
