"""The three-factor rule in the order of the compiled program: the same bits.

``readouts.hebbian`` has it for any other use.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from lsm.simulation.loop.blocks import Arrays, Floats, change, dot, pad
from lsm.simulation.loop.rules import Rule
from readouts.hebbian import SILENCE, ThreeFactorReadout


class ThreeFactor(Rule):
    """The three-factor rule; see ``three_factor.h`` for the same in C++."""

    STATE: ClassVar[tuple[str, ...]] = ("trace",)
    SOURCE: ClassVar[str] = Path(__file__).with_name("rules.h").read_text()

    def __init__(self, n: int, constants: list[float], state: Arrays) -> None:
        self.learning_rate, self.trace_decay, normalize, self.silence = constants
        self.normalize = bool(normalize)
        self.trace: Floats = state["trace"]

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

    def state(self) -> Arrays:
        """Eligibilities, as learning leaves them."""
        return {"trace": self.trace}
