"""How the decoder of a closed loop learns: a rule for each kind of readout that can be given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from sklearn.base import clone

from lsm.simulation.loop.blocks import Arrays, Floats
from lsm.simulation.loop.least_squares import LeastSquares
from lsm.simulation.loop.three_factor import ThreeFactor
from readouts import ForceReadout, ThreeFactorReadout

Readout = ForceReadout | ThreeFactorReadout


class Rule(Protocol):
    """A learning rule on the NumPy target, in the order of the compiled program.

    The class says what a job holds of it: `arrays` is where learning stands, as a fitted readout
    has it, and `attributes` the way back; `STATE` names what changes while the loop runs.
    """

    STATE: ClassVar[tuple[str, ...]]

    def __init__(self, n: int, load: Callable[[str], Any]) -> None: ...

    @staticmethod
    def constants(readout: Any) -> list[float]:
        """The readout's parameters."""

    @staticmethod
    def arrays(readout: Any) -> Arrays:
        """Where learning stands, beside the weights."""

    @staticmethod
    def attributes(arrays: Arrays, n: int) -> dict[str, Floats]:
        """A fitted readout's attributes beside the weights."""

    def learn(self, r: Floats, error: Floats, gate: float, decoder: Floats) -> str:
        """Learn from one error an output; says what has diverged, and has then learned nothing."""

    def kept(self) -> Arrays:
        """`STATE`, as learning leaves it."""


#: In the order of ``loop.h``.
RULES: dict[type[Readout], type[Rule]] = {
    ForceReadout: LeastSquares,
    ThreeFactorReadout: ThreeFactor,
}


def rule_of(readout: Readout) -> type[Rule]:
    """The rule by which a readout learns.

    Raises
    ------
    TypeError
        There is none.
    """
    for kind, rule in RULES.items():
        if isinstance(readout, kind):
            return rule
    names = " or a ".join(kind.__name__ for kind in RULES)
    raise TypeError(f"readout must be a {names}, got {type(readout).__name__}")


def started(readout: Readout, n: int, outputs: int) -> Readout:
    """The readout itself if it is fitted to so many neurons and outputs, or a new one like it.

    Raises
    ------
    TypeError, ValueError
        There is no rule for it, parameters without a possible value, fitted to another shape.
    """
    rule_of(readout)
    if not readout.__sklearn_is_fitted__():
        return clone(readout).start(n, outputs)
    readout._validate_params()  # they may have been set after it was fitted
    if readout.weights_.shape != (n, outputs):
        raise ValueError(
            f"readout is fitted to {readout.weights_.shape}, and this loop has ({n} neurons, "
            f"{outputs} outputs)"
        )
    return readout
