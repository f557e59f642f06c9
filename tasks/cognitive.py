"""Cognitive tasks for recurrent networks: trials of signals, wanted outputs, and how one is judged.

The three tasks of Kim, Li & Sejnowski 2019 (PNAS 116:22811), as their program has them, in steps of
5 ms. ``make_trials("xor", 100, random_state=0)`` gives a hundred `Trials`.

=========  =====================================================================================
go-nogo    200 steps; after a pulse (steps 50 to 75) the output goes to 1 and stays, without one
           it stays at 0. Correct: its maximum from step 100 on is above 0.7, or below 0.3
xor        300 steps; two pulses of 50 steps, each 1 or -1, on two channels; the output goes to 1
           where they are alike and to -1 where not. Correct: beyond 0.7 from step 200 on
context    500 steps; two noisy streams (steps 50 to 250, mean 0.5 or -0.5, deviation 1), and two
           channels of which one is 1 all the time: the output tells the sign of the stream that
           it names. Correct: beyond 0.7 on its side from step 260 on
=========  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import nearest, positive, positive_int
from lsm.base.reprs import short_repr

if TYPE_CHECKING:
    from tasks.base import RandomState

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

#: Time from one step of the signals to the next.
STEP_MS = 5.0
#: What an output must exceed to be taken for an answer, and stay below to be taken for none.
ANSWER, NO_ANSWER = 0.7, 0.3


@short_repr
@dataclass(frozen=True, eq=False)
class Trials:
    """Trials of one task.

    Attributes
    ----------
    task : str
    inputs : array (trials, steps, channels)
        In steps of :data:`STEP_MS`.
    targets : array (trials, steps)
        What the output should be.
    labels : int array (trials,)
        The answer: 1, or 0 (``go-nogo``) or -1 (the others).
    conditions : tuple of str, one a trial
        What distinguishes trials: pulses or streams, and context.
    """

    task: str
    inputs: Floats
    targets: Floats
    labels: Labels
    conditions: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def correct(self, outputs: ArrayLike, *, step_ms: float = STEP_MS) -> NDArray[np.bool_]:
        """Whether each trial is answered, (trials,).

        Parameters
        ----------
        outputs : array (trials, samples)
        step_ms : float
            Time from one sample to the next; sample k is the output at the time ``k step_ms``.

        Raises
        ------
        ValueError
            Another number of trials, or outputs that end before they are judged.
        """
        values = np.asarray(outputs, dtype=np.float64)
        kind = COGNITIVE[self.task]
        step_ms = positive(step_ms, "step_ms")
        begin = int(np.ceil(kind.judged_from * STEP_MS / step_ms - 1e-9))
        if values.ndim != 2 or len(values) != len(self) or values.shape[1] <= begin:
            raise ValueError(
                f"outputs must have the shape ({len(self)} trials, more than {begin} samples of "
                f"{step_ms:g} ms), got {values.shape}"
            )
        judged = values[:, begin:]
        highest, lowest = judged.max(axis=1), judged.min(axis=1)
        wrong_side = highest < NO_ANSWER if kind.other == 0 else lowest < -ANSWER
        return np.asarray(np.where(self.labels == 1, highest > ANSWER, wrong_side))


@dataclass(frozen=True)
class CognitiveTask:
    """A task as it is made.

    Attributes
    ----------
    steps, channels : int
    other : int
        The label beside 1.
    judged_from : int
        The first step that counts.
    draw : callable
        Fills inputs and targets from a generator; gives labels and conditions.
    """

    steps: int
    channels: int
    other: int
    judged_from: int
    draw: Callable[[Floats, Floats, Generator], tuple[Labels, list[str]]]


def make_trials(name: str, n_trials: int, *, random_state: RandomState = None) -> Trials:
    """Draw trials of a task, in random order, of all conditions in like numbers.

    Parameters
    ----------
    name : {"go-nogo", "xor", "context"}
    n_trials : int
    random_state : int, SeedSequence, Generator or None

    Raises
    ------
    ValueError
        An unknown name, or no trials.

    Examples
    --------
    >>> trials = make_trials("go-nogo", 20, random_state=0)
    >>> trials.inputs.shape
    (20, 200, 1)
    >>> bool(trials.correct(trials.targets).all())
    True
    """
    if name not in COGNITIVE:
        raise ValueError(
            f"name must be one of {', '.join(COGNITIVE)}, got {name!r}; "
            f"did you mean {nearest(name, COGNITIVE)!r}?"
        )
    kind, n = COGNITIVE[name], positive_int(n_trials, "n_trials")
    from tasks.base import streams

    _, rng, _ = streams(random_state)
    inputs, targets = np.zeros((n, kind.steps, kind.channels)), np.zeros((n, kind.steps))
    labels, conditions = kind.draw(inputs, targets, rng)
    return Trials(name, inputs, targets, labels, tuple(conditions))


def _go_nogo(inputs: Floats, targets: Floats, rng: Generator) -> tuple[Labels, list[str]]:
    go = _balanced(len(inputs), 1, rng)[0]
    inputs[:, 50:75, 0] = go[:, None]
    targets[:, 75:] = go[:, None]
    return go, ["Go" if is_go else "NoGo" for is_go in go]


def _xor(inputs: Floats, targets: Floats, rng: Generator) -> tuple[Labels, list[str]]:
    first, second = signs = 2 * _balanced(len(inputs), 2, rng) - 1
    inputs[:, 50:100, 0] = first[:, None]
    inputs[:, 110:160, 1] = second[:, None]
    alike = first * second
    targets[:, 170:270] = alike[:, None]
    return alike, [f"{a:+d} {b:+d}" for a, b in signs.T]


def _context(inputs: Floats, targets: Floats, rng: Generator) -> tuple[Labels, list[str]]:
    *positive, channel = _balanced(len(inputs), 3, rng)
    signs = 2 * np.transpose(positive) - 1
    inputs[:, 50:250, :2] = rng.standard_normal((len(inputs), 200, 2)) + 0.5 * signs[:, None]
    rows = np.arange(len(inputs))
    inputs[rows, :, 2 + channel] = 1.0
    answer = signs[rows, channel]
    targets[:, 250:] = answer[:, None]
    return answer, [
        f"{a:+d} {b:+d}, {'second' if k else 'first'} counts"
        for (a, b), k in zip(signs, channel, strict=True)
    ]


def _balanced(n: int, bits: int, rng: Generator) -> Labels:
    """Numbers 0 or 1 (bits, trials), whose combinations differ by one in number at most."""
    every = 2**bits
    extra = rng.permutation(every)[: n % every]
    combinations = rng.permutation(np.concatenate([np.tile(np.arange(every), n // every), extra]))
    return combinations >> np.arange(bits)[:, None] & 1


COGNITIVE: dict[str, CognitiveTask] = {
    "go-nogo": CognitiveTask(200, 1, 0, 100, _go_nogo),
    "xor": CognitiveTask(300, 2, -1, 200, _xor),
    "context": CognitiveTask(500, 4, -1, 260, _context),
}
