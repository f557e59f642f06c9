"""Two spoken digits in a row, of one speaker: the same, in which order, or what their sum is."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lsm.base.checks import positive_int
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data
from tasks.fsdd import LICENCE, N_TEST_TAKES, SOURCE, fsdd, speakers
from tasks.in_a_row import (
    GAP_MS,
    ORDER,
    SAME,
    SUM,
    Question,
    check_words,
    join,
    sample_gaps,
    sample_pairs,
)
from tasks.splits import by_units, leave_out


def spoken(
    name: str,
    question: Question,
    random_state: RandomState = None,
    data: Data = None,
    *,
    n_words: int,
    group: str | None = None,
    takes: int | None = None,
    rounds: int = 1,
    gap_ms: Any = GAP_MS,
    download: bool = False,
) -> Task:
    """Two of FSDD's recordings in a row, of the digits 0 to ``n_words - 1``, with a pause between.

    Both are of one speaker and of different takes, each encoded by itself as :func:`tasks.fsdd` has
    it, but with the silence around the word. Each recording is the first of as many pairs with one
    answer as with the other, and the second as well: who has forgotten the first is at chance.

    Takes are in blocks of five, the lowest first, and both of a pair are of the same block: blocks
    have no recording in common. Groups are the speakers; `Task.metadata` has ``block``, ``first``
    and ``second``, the digits, and ``gap_ms``.

    Parameters
    ----------
    name : str
        Of the task, before the number of words.
    question : Question
        What is asked: of :mod:`tasks.in_a_row`.
    random_state : int, SeedSequence, Generator or None
        Decides which recordings make a pair, the gaps, and which blocks, or speakers, judge
        fitness.
    data, takes, download
        As :func:`tasks.fsdd` has them.
    n_words : int
        How many digits; where their order is asked for, an odd number.
    group : str, optional
        The test set is this speaker's pairs; by default it is block 0, the five lowest takes.
    rounds : int
        In each, every recording comes first once with each answer (of a sum: once).
    gap_ms : two floats or quantity
        The shortest and the longest pause, in whole ms. Before it are the 40 ms of silence that end
        a recording.

    Raises
    ------
    TypeError, ValueError
        An argument is not as described, as :func:`tasks.fsdd` has it, or the takes are too few.
    """
    n = check_words(question, n_words, 10, "digits")
    rounds = positive_int(rounds, "rounds")
    _, rng, division = streams(random_state)
    sample_gaps(gap_ms, 0, rng)  # refused before anything is read
    recordings = fsdd(0, data, takes=takes, trim=0.0, download=download)
    take = recordings.metadata["take"]
    rank = np.unique(take, return_inverse=True)[1]
    block, voices = rank // N_TEST_TAKES, recordings.groups
    assert voices is not None  # as FSDD has them
    cells = np.unique(np.stack([block.astype(str), voices]), axis=1, return_inverse=True)[1]
    digits = recordings.labels
    pairs = sample_pairs(question, digits, take, cells, n_words=n, rounds=rounds, rng=rng)
    gaps = sample_gaps(gap_ms, len(pairs), rng)
    first, second = pairs.T
    if group is None:
        train, fitness, test = by_units(block[first], np.zeros(1, int), division, what="blocks")
    else:
        train, fitness, test = leave_out(voices[first], group, division, what="speakers")
    return Task(
        name=f"{name}{n}",
        spikes=join(recordings.spikes, pairs, gaps),
        labels=question.label(digits[first], digits[second], n),
        train=train,
        fitness=fitness,
        test=test,
        groups=voices[first],
        metadata={
            "block": block[first],
            "first": digits[first],
            "second": digits[second],
            "gap_ms": gaps,
        },
        classes=question.classes(n),
        description=f"two spoken digits of one speaker, of {n} digits: {question.asked}; test: "
        + ("the lowest takes" if group is None else f"speaker {group}"),
        source=SOURCE,
        licence=LICENCE,
    )


def _kind(name: str, question: Question, n_words: int, **options: Any) -> TaskKind:
    make = partial(spoken, name, question, n_words=n_words, **options)
    return TaskKind(make, recorded=True, groups=speakers, quick={"takes": 15, "rounds": 1})


PAIRS2 = _kind("SpokenPairs", SAME, 2, rounds=3)
PAIRS10 = _kind("SpokenPairs", SAME, 10)
ORDER3 = _kind("SpokenOrder", ORDER, 3, rounds=2)
SUM3 = _kind("SpokenSum", SUM, 3, rounds=4)
