"""Two wrist gestures in a row, of one participant: the same, or in which order."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lsm.base.checks import positive_int
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data
from tasks.emg import GESTURES, LICENCE, SOURCE, by_session, emg, participants
from tasks.in_a_row import (
    GAP_MS,
    ORDER,
    SAME,
    Question,
    check_words,
    join,
    sample_gaps,
    sample_pairs,
)
from tasks.splits import leave_out

#: Repetitions of a block.
BLOCK = 2


def gestures(
    name: str,
    question: Question,
    random_state: RandomState = None,
    data: Data = None,
    *,
    n_words: int,
    group: str | None = None,
    samples_per_class: int | None = None,
    rounds: int = 1,
    gap_ms: Any = GAP_MS,
) -> Task:
    """Two of EMG's windows in a row, of its first `n_words` gestures, with a pause between.

    Both are of one participant, session and hand, and of the two repetitions of a block (1 and 2,
    3 and 4, ...), each encoded by itself as :func:`tasks.emg` has it. Each window is the first of
    as many pairs with one answer as with the other, and the second as well: who has forgotten the
    first is at chance.

    Groups are the participants; `Task.metadata` has ``session``, ``hand``, ``block``,
    ``first`` and ``second``, the gestures' numbers, and ``gap_ms``. Tests are the highest session;
    where there is but one other, blocks of it judge fitness.

    Parameters
    ----------
    name, question, rounds, gap_ms
        As :func:`tasks.spoken.spoken` has them.
    random_state : int, SeedSequence, Generator or None
        Decides which windows make a pair, the gaps, and which sessions, blocks or participants
        judge fitness.
    data, group
        As :func:`tasks.emg` has them.
    n_words : int
        How many gestures; where their order is asked for, an odd number.
    samples_per_class : int, optional
        Use only so many windows of each gesture of each session, to be quick.

    Raises
    ------
    TypeError, ValueError
        An argument is not as described, as :func:`tasks.emg` has it, or the windows are too few.
    """
    n = check_words(question, n_words, len(GESTURES), "gestures")
    rounds = positive_int(rounds, "rounds")
    _, rng, division = streams(random_state)
    sample_gaps(gap_ms, 0, rng)  # refused before anything is read
    windows = emg(0, data, group=group, samples_per_class=samples_per_class)
    columns = windows.columns
    block = (columns["repetition"] - 1) // BLOCK
    shared = [columns[name].astype(str) for name in ("group", "session", "hand")]
    cells = np.unique(np.stack([block.astype(str), *shared]), axis=1, return_inverse=True)[1]
    pairs = sample_pairs(
        question,
        windows.labels,
        columns["repetition"],
        cells,
        n_words=n,
        rounds=rounds,
        rng=rng,
    )
    gaps = sample_gaps(gap_ms, len(pairs), rng)
    first, second = pairs.T
    of_pairs = {name: values[first] for name, values in (columns | {"block": block}).items()}
    if group is None:
        units = of_pairs["session"], of_pairs["block"] + 1
        train, fitness, test = by_session(*units, division)
    else:
        train, fitness, test = leave_out(of_pairs["group"], group, division, what="participants")
    return Task(
        name=f"{name}{n}",
        spikes=join(windows.spikes, pairs, gaps),
        labels=question.label(windows.labels[first], windows.labels[second], n),
        train=train,
        fitness=fitness,
        test=test,
        groups=of_pairs["group"],
        metadata={
            "session": of_pairs["session"],
            "hand": of_pairs["hand"],
            "block": of_pairs["block"],
            "first": windows.labels[first],
            "second": windows.labels[second],
            "gap_ms": gaps,
        },
        classes=question.classes(n),
        description=f"two gestures of one participant, of {n} gestures: {question.asked}; "
        + windows.description.partition("; ")[2],
        source=SOURCE,
        licence=LICENCE,
    )


def _kind(name: str, question: Question, n_words: int) -> TaskKind:
    make = partial(gestures, name, question, n_words=n_words)
    return TaskKind(make, recorded=True, groups=participants, quick={"samples_per_class": 16})


PAIRS7 = _kind("GesturePairs", SAME, 7)
ORDER7 = _kind("GestureOrder", ORDER, 7)
