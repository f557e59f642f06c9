"""Bits one after the other: is the number of ones odd, is a second word the same as the first?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lsm.base.checks import positive_int
from lsm.base.steps import whole_steps
from tasks.base import RandomState, Task, TaskKind, refuse_data, shuffled_labels, streams
from tasks.cues import BURST_MS, STEP_MS, Timing, cue_task

GAP_MS = 50
DELAY_MS = 300
#: Bits of a word of a delayed match.
_MOST = 30


def parity(
    random_state: RandomState = None,
    data: None = None,
    *,
    n_bits: int,
    samples_per_class: int = 1000,
    gap_ms: Any = GAP_MS,
) -> Task:
    """Parity2 to Parity5: bits come one after the other; is the number of ones odd?

    A bit is a burst of 50 ms on ten channels for 0 or on ten others for 1, and a gap follows; then
    the recall, 50 ms, in which the error counts (`Task.targets`), and ten channels are noise
    (`tasks.cues`). All bits but one together tell nothing: linear readouts of counts or bins are at
    chance. The total number of ones tells all, so that a non-linear one of counts is not.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
    data : None
        Present for the sake of tasks that need data.
    n_bits : int
        2 or more.
    samples_per_class : int
    gap_ms : float or quantity
        Silence behind each bit, in whole ms.
    """
    n = positive_int(n_bits, "n_bits")
    if n < 2:
        raise ValueError(f"n_bits must be at least 2, as one bit needs no parity; got {n}")
    refuse_data(f"Parity{n}", data)
    gap = whole_steps(gap_ms, STEP_MS, "gap_ms")
    period = BURST_MS + gap
    _, rng, division = streams(random_state)
    labels = shuffled_labels(2, samples_per_class, rng, n_values=4 * (n * period + BURST_MS))
    bits = rng.integers(0, 2, (len(labels), n))
    bits[:, -1] = (labels + bits[:, :-1].sum(axis=1)) % 2
    return cue_task(
        bits,
        labels,
        Timing(period * np.arange(n), BURST_MS, n * period, n * period + BURST_MS),
        n_symbols=2,
        rng=rng,
        division=division,
        name=f"Parity{n}",
        classes=("even", "odd"),
        description=f"parity of {n} bits, {gap} ms between them",
        source="this project",
    )


def delayed_match(
    random_state: RandomState = None,
    data: None = None,
    *,
    n_bits: int,
    samples_per_class: int = 1000,
    delay_ms: Any = DELAY_MS,
) -> Task:
    """DelayedMatch1 to DelayedMatch3: a word of bits, a delay, and a word: are they the same?

    Bits are as :func:`parity` has them, 50 ms apart. A second word that is another one is any of
    the others, so that no bit alone tells anything: linear readouts of counts or bins are at
    chance.

    Parameters
    ----------
    random_state, data, samples_per_class
        As :func:`parity` has them.
    n_bits : int
        Bits of a word.
    delay_ms : float or quantity
        From the first word's end to the second's start, in whole ms.
    """
    n = positive_int(n_bits, "n_bits")
    if n > _MOST:
        raise ValueError(f"n_bits must be at most {_MOST}, got {n}")
    refuse_data(f"DelayedMatch{n}", data)
    delay = whole_steps(delay_ms, STEP_MS, "delay_ms")
    period = BURST_MS + GAP_MS
    word_starts = np.array([[0], [n * period - GAP_MS + delay]])
    starts = (word_starts + period * np.arange(n)).ravel()
    recall = int(starts[-1]) + period
    _, rng, division = streams(random_state)
    labels = shuffled_labels(2, samples_per_class, rng, n_values=4 * (recall + BURST_MS))
    first = rng.integers(0, 2**n, len(labels))
    second = (first + labels * rng.integers(1, 2**n, len(labels))) % 2**n
    words = np.stack([first, second], axis=1)
    bits = words[:, :, np.newaxis] >> np.arange(n) & 1
    return cue_task(
        bits.reshape(len(labels), -1),
        labels,
        Timing(starts, BURST_MS, recall, recall + BURST_MS),
        n_symbols=2,
        rng=rng,
        division=division,
        metadata={"first": first, "second": second},
        name=f"DelayedMatch{n}",
        classes=("same", "different"),
        description=f"delayed match of words of {n} bits, {delay} ms between them",
        source="this project",
    )


PARITY2 = TaskKind(partial(parity, n_bits=2))
PARITY3 = TaskKind(partial(parity, n_bits=3))
PARITY4 = TaskKind(partial(parity, n_bits=4))
PARITY5 = TaskKind(partial(parity, n_bits=5))
DELAYED_MATCH1 = TaskKind(partial(delayed_match, n_bits=1))
DELAYED_MATCH2 = TaskKind(partial(delayed_match, n_bits=2))
DELAYED_MATCH3 = TaskKind(partial(delayed_match, n_bits=3))
