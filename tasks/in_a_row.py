"""Two recordings in a row, a pause between: what is asked of both needs a memory of the first.

Pairs are drawn so that neither recording alone tells anything: every recording comes first, and
second, as often with one answer as with the other. Both are of one speaker or participant and of
different takes, so that no likeness but that of the words is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.base.quantities import in_unit
from lsm.spikes import SpikeTrains

Indices = NDArray[np.int64]

#: The shortest and the longest pause.
GAP_MS = (200.0, 400.0)


@dataclass(frozen=True)
class Question:
    """What is asked of two words out of n, which are numbered 0 to n - 1.

    Parameters
    ----------
    label : callable
        The answers (samples,) from the first words, the second words (samples,), and n.
    steps : callable
        From n, groups of steps from the first word to the second, modulo n. Each group has as many
        pairs; within a group steps are equally frequent.
    classes : callable
        Names of the answers, from n.
    asked : str
        The question in words.
    """

    label: Callable[[Indices, Indices, int], Indices]
    steps: Callable[[int], Sequence[Sequence[int]]]
    classes: Callable[[int], tuple[str, ...]]
    asked: str


#: Of two words, whether they are the same.
SAME = Question(
    label=lambda first, second, n: (first != second).astype(np.int64),
    steps=lambda n: [[0], range(1, n)],
    classes=lambda n: ("same", "different"),
    asked="same or different",
)
#: Whether the second is one of the next (n - 1) / 2 words on the circle 0, 1, ..., n - 1, 0, or
#: the first is. Each two words come in both orders.
ORDER = Question(
    label=lambda first, second, n: ((second - first) % n > n // 2).astype(np.int64),
    steps=lambda n: [range(1, n // 2 + 1), range(n // 2 + 1, n)],
    classes=lambda n: ("ascending", "descending"),
    asked="in which order",
)
#: The sum of both, modulo n: of the ten digits, the last digit of the sum.
SUM = Question(
    label=lambda first, second, n: (first + second) % n,
    steps=lambda n: [range(n)],
    classes=lambda n: tuple(map(str, range(n))),
    asked="their sum, modulo their number",
)


def sample_pairs(
    question: Question,
    words: Indices,
    takes: NDArray[Any],
    cells: NDArray[Any],
    *,
    n_words: int,
    rounds: int,
    rng: Generator,
) -> Indices:
    """Indices (pairs, 2) of recordings, the first and the second of each pair.

    In each round every recording is the first of one pair in each of the question's groups of
    steps, and the second of one. Recordings that their take or cell lacks a partner for are left
    out.

    Parameters
    ----------
    question : Question
    words : array of int (recordings,)
        0 to ``n_words - 1``; others take no part.
    takes : array (recordings,)
        Both of a pair are of different takes.
    cells : array (recordings,)
        Both are of the same cell.

    Raises
    ------
    ValueError
        No cell has two takes of each word.
    """
    tables = [table for table in _tables(words, takes, cells, n_words) if table.shape[0] > 1]
    if not tables:
        raise ValueError(
            f"data must hold two takes of each of the {n_words} words by one speaker or "
            "participant, in one block or session; there are none"
        )
    n_takes, pairs = sum(map(len, tables)), []
    for _ in range(rounds):
        for group in question.steps(n_words):
            # One step for each take of each cell, all steps equally often.
            steps = iter(rng.permutation(np.resize(rng.permutation(group), n_takes)))
            for table in tables:
                later = rng.integers(1, len(table))
                slot = rng.integers(table.shape[2])
                for first, second in zip(table, np.roll(table, -later, axis=0), strict=True):
                    partner = np.roll(second, (-next(steps), -slot), axis=(0, 1))
                    pairs.append(np.stack([first.ravel(), partner.ravel()], axis=1))
    return np.concatenate(pairs)


def _tables(
    words: Indices, takes: NDArray[Any], cells: NDArray[Any], n_words: int
) -> Iterator[Indices]:
    """Of each cell the recordings by take, word and number, as many of each word and take."""
    for cell in np.unique(cells):
        inside = cells == cell
        table = [
            [np.flatnonzero(inside & (takes == take) & (words == word)) for word in range(n_words)]
            for take in np.unique(takes[inside])
        ]
        complete = [row for row in table if min(map(len, row))]
        fewest = min((len(place) for row in complete for place in row), default=0)
        yield np.array([[place[:fewest] for place in row] for row in complete], dtype=np.int64)


def join(spikes: SpikeTrains, pairs: Indices, gaps_ms: NDArray[np.float64]) -> SpikeTrains:
    """Spikes of two samples one after the other.

    Parameters
    ----------
    spikes : SpikeTrains
    pairs : array of int (pairs, 2)
        Which sample comes first and second.
    gaps_ms : array (pairs,)
        Silence between the end of the first and the start of the second.
    """
    parts = spikes[pairs.ravel()]
    durations = parts.durations_ms.reshape(-1, 2)
    starts = np.zeros_like(durations)
    starts[:, 1] = durations[:, 0] + gaps_ms
    return SpikeTrains(
        parts.times_ms + starts.ravel()[parts.sample_indices()],
        parts.channels,
        parts.offsets[::2],
        starts[:, 1] + durations[:, 1],
        spikes.n_channels,
    )


def sample_gaps(gap_ms: Any, n: int, rng: Generator) -> NDArray[np.float64]:
    """Gaps (n,) in whole ms, uniform from the lower to the higher of two bounds.

    Raises
    ------
    TypeError, ValueError
        `gap_ms` is not two whole numbers from 0 on, the lower first.
    """
    bounds = in_unit(gap_ms, "gap_ms")
    if (
        bounds.shape != (2,)
        or not np.isfinite(bounds).all()
        or not 0 <= bounds[0] <= bounds[1]
        or (bounds % 1).any()
    ):
        raise ValueError(
            f"gap_ms must be the shortest and the longest gap in whole ms, got {gap_ms!r}"
        )
    return rng.integers(int(bounds[0]), int(bounds[1]) + 1, size=n).astype(np.float64)


def check_words(question: Question, n_words: int, available: int, what: str) -> int:
    """The number of words, if the question can be asked of so many.

    Raises
    ------
    TypeError, ValueError
        It is below two or above `available`, or even where an order is asked for.
    """
    n = positive_int(n_words, "n_words")
    if not 2 <= n <= available:
        raise ValueError(f"n_words must be 2 to {available}, of the {what}; got {n}")
    if question is ORDER and n % 2 == 0:
        raise ValueError(
            "n_words must be odd where their order is asked for: each word is then as often the "
            f"first as the second of its pairs; got {n}"
        )
    return n
