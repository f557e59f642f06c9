"""How both networks of a pair learn each task, and on what scale."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.targets import TARGETS

#: Networks and their steps; rates are smooth, and need fewer.
DT_MS = {"lif": 0.05, "rate": 0.5}
KINDS = tuple(DT_MS)
#: What each network is tested with: its own decoder, the other's, and the other's while the target
#: is fed back.
TESTS = ("own", "exchanged", "exchanged_taught")
#: Share of the pairs of neurons that have a synapse; from one learning step to the next.
CONNECTIVITY, LEARN_EVERY_MS = 0.4, 5.0
#: After learning, or with another decoder, networks run so long before errors are taken.
SETTLE_MS = 500.0
#: Another tempo than the target's is forgiven by one of the errors, as far as this.
ANY_RATE = 0.5
SPEEDS = ("slow", "fast")


@dataclass(frozen=True)
class Comparison:
    """How the networks learn a task.

    Parameters
    ----------
    alphas : dict
        P at the start is alpha I, with r in Hz; by speed of learning.
    learn_ms : tuple of two float
        When learning begins and ends.
    test_ms : float
        Over which errors are taken, once networks have settled.
    point : tuple of two float
        (G, Q) at which errors are judged.
    gains, feedbacks : tuples of float
        The part of the grid of G and Q that is tried by default; of nothing, the point alone.
    """

    alphas: dict[str, float]
    learn_ms: tuple[float, float]
    test_ms: float
    point: tuple[float, float]
    gains: tuple[float, ...] = ()
    feedbacks: tuple[float, ...] = ()


def _published(task: str, slow: float, fast: float, test_ms: float) -> Comparison:
    """At the point of the published program alone."""
    program = TARGETS[task].settings["lif"]
    point = (program.G, program.Q)
    return Comparison({"slow": slow, "fast": fast}, program.learn_ms, test_ms, point)


COMPARISONS = {
    "sine": Comparison(
        alphas={"slow": 5e-6, "fast": 5e-4},
        learn_ms=(5000.0, 10_000.0),
        test_ms=1000.0,
        point=(0.125, 20.0),
        gains=(0.05, 0.125, 0.2),
        feedbacks=(10.0, 20.0, 30.0),
    ),
    "ode-to-joy-timed": _published("ode-to-joy-timed", 5e-8, 5e-3, 8000.0),
    "pitchfork": _published("pitchfork", 5e-6, 5.0, 12_000.0),
}


@dataclass(frozen=True)
class Scale:
    """Sizes that a run has.

    Parameters
    ----------
    neurons : int
    learning : float
        Part of the task's time before and of learning.
    """

    neurons: int = 2000
    learning: float = 1.0


#: A sixth of the learning, too little to judge by.
QUICK = Scale(neurons=300, learning=1 / 6)
