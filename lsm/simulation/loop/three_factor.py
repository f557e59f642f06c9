"""The three-factor rule in the order of the compiled program: the same bits.

``readouts.hebbian`` has it for any other use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from lsm.simulation.loop.blocks import Arrays, Floats, change, dot, pad
from readouts.hebbian import SILENCE, ThreeFactorReadout


class ThreeFactor:
    """The three-factor rule; see ``three_factor.h`` for the same in C++."""

    STATE: ClassVar[tuple[str, ...]] = ("trace",)

    def __init__(self, n: int, load: Callable[[str], Any]) -> None:
        self.learning_rate, self.trace_decay, normalize, self.silence = load("rule").tolist()
        self.normalize = bool(normalize)
        self.trace: Floats = load("trace")

    @staticmethod
    def constants(readout: ThreeFactorReadout) -> list[float]:
        """Learning rate, decay of the traces in a step, whether to normalise, and below what."""
        return [readout.learning_rate, readout.trace_decay, readout.normalize, SILENCE]

    @staticmethod
    def arrays(readout: ThreeFactorReadout) -> Arrays:
        """Eligibilities (neurons,), padded, and the weights that were consolidated."""
        trace = readout.trace_
        return {"trace": pad(trace, len(trace)), "slow_weights": readout.slow_weights_.copy()}

    @staticmethod
    def attributes(arrays: Arrays, n: int) -> dict[str, Floats]:
        """Eligibilities (neurons,) and consolidated weights, as a fitted readout names them."""
        return {
            "trace_": arrays["trace"][:n].copy(),
            "slow_weights_": arrays["slow_weights"].copy(),
        }

    def learn(self, r: Floats, error: Floats, gate: float, decoder: Floats) -> str:
        """Learn from one error an output; returns what diverged, or an empty string."""
        eligible = self.trace_decay * self.trace + r
        rate = self.learning_rate * gate
        if self.normalize:
            length = float(dot(eligible, eligible))
            rate = rate / length if length > self.silence else 0.0
        if not change(decoder, -(rate * error), eligible):
            return "weights"
        self.trace = eligible
        return ""

    def kept(self) -> Arrays:
        """Eligibilities, as learning leaves them."""
        return {"trace": self.trace}
