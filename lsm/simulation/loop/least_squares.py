"""Recursive least squares in the order of the compiled program: the same bits.

``readouts.force`` has them for any other use.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lsm.simulation.loop.blocks import BLOCK, Arrays, Floats, change, dot, pad, padded
from lsm.simulation.loop.rules import Rule
from readouts.force import ForceReadout

#: So many updates of P wait to be applied together.
PENDING = 16


class LeastSquares(Rule):
    """Recursive least squares; see ``least_squares.h`` for the same in C++."""

    STATE: ClassVar[tuple[str, ...]] = ("covariance", "pending", "pending_gain", "pending_scale")
    SOURCE: ClassVar[str] = Path(__file__).with_name("rules.h").read_text()
    DIVERGED: ClassVar[Mapping[str, str]] = {"P": "P has diverged: r'Pr is negative or not finite"}

    def __init__(self, n: int, constants: list[float], state: Arrays) -> None:
        textbook, self.forgetting = constants
        self.textbook = bool(textbook)
        self.n, self.mask = n, _stored(n)
        self.above = np.arange(padded(n)) // BLOCK < (np.arange(n) // BLOCK)[:, None]
        self.rows = np.zeros((n, padded(n)))
        self.rows[self.mask] = state["covariance"]
        self.pending, self.gain = state["pending"].reshape(PENDING, -1), state["pending_gain"]
        n_pending, self.scale = state["pending_scale"].tolist()
        self.n_pending = int(n_pending)

    @staticmethod
    def constants(readout: ForceReadout) -> list[float]:
        """Whether the gain is the textbook's, and the forgetting factor."""
        return [readout.gain == "textbook", readout.forgetting]

    @staticmethod
    def arrays(readout: ForceReadout) -> Arrays:
        """P by its stored elements, and no updates that wait to be applied to it."""
        n = len(readout.P_)
        return {
            "covariance": pad(readout.P_, n)[_stored(n)],
            "pending": np.zeros((PENDING, padded(n))),
            "pending_gain": np.zeros(PENDING),
            "pending_scale": np.array([0.0, 1.0]),
        }

    @staticmethod
    def attributes(arrays: Arrays, n: int) -> dict[str, Floats]:
        """P (neurons, neurons) with all updates applied."""
        rows = np.zeros((n, padded(n)))
        rows[_stored(n)] = arrays["covariance"]
        rows = np.tril(rows[:, :n])
        n_pending, scale = arrays["pending_scale"].tolist()
        c = arrays["pending"].reshape(PENDING, -1)[: int(n_pending), :n]
        c = c * np.sqrt(arrays["pending_gain"][: int(n_pending), None])
        return {"P_": scale * (rows + np.tril(rows, -1).T - c.T @ c)}

    def learn(self, r: Floats, error: Floats, gate: float, decoder: Floats) -> str:
        """Learn from one error an output; returns what diverged, or an empty string."""
        c = self._project(r)
        variance = float(dot(r, c))
        divisor = self.forgetting + variance
        if not (variance > -1e-6 and np.isfinite(divisor)):
            return "P"
        if not change(decoder, -(error / divisor if self.textbook else error), c):
            return "weights"
        self.pending[self.n_pending] = c
        self.gain[self.n_pending] = 1.0 / (self.scale * divisor)
        self.n_pending += 1
        self.scale /= self.forgetting
        if self.n_pending == PENDING:
            self._apply()
        return ""

    def state(self) -> Arrays:
        """P by its stored elements, and the updates that wait."""
        return {
            "covariance": self.rows[self.mask],
            "pending": self.pending,
            "pending_gain": self.gain,
            "pending_scale": np.array([self.n_pending, self.scale]),
        }

    def _project(self, r: Floats) -> Floats:
        c = np.add.reduce(np.where(self.above, self.rows * r[: self.n, None], 0.0), axis=0)
        c[: self.n] = dot(self.rows, r) + c[: self.n]
        for old, gain in zip(self.pending[: self.n_pending], self.gain, strict=False):
            c += -(gain * dot(old, r)) * old
        return np.asarray(c * self.scale)

    def _apply(self) -> None:
        for old, gain in zip(self.pending, self.gain, strict=True):
            self.rows += np.where(self.mask, -(gain * old[: self.n, None]) * old, 0.0)
        self.rows *= self.scale
        self.n_pending = 0
        self.scale = 1.0


def _stored(n: int) -> NDArray[np.bool_]:
    """Which elements (n, padded) of the symmetric P are kept: rows to the diagonal's block."""
    return np.arange(padded(n)) // BLOCK <= (np.arange(n) // BLOCK)[:, None]
