"""Successive halving: many are looked at a little, the promising ones more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int

Indices = NDArray[np.intp]


def race(
    candidates: int, look: Callable[[int, Indices], NDArray[np.float64]], *, looks: int
) -> NDArray[np.float64]:
    """Values (candidates,) from noisy looks, most of which the promising candidates get.

    All get one look. Then, again and again, the better half goes on and gets as many looks as it
    has had, until what is left has had all: of 20 candidates and 8 looks, 20 get one, 10 get two, 5
    four and 3 eight (Karnin, Koren & Somekh, Almost optimal exploration in multi-armed bandits,
    ICML 2013; Jamieson & Talwalkar, AISTATS 2016). It takes 52 looks in place of 160.

    A candidate's value is the mean of its looks; one that dropped out counts no more than the worst
    of those that went on, so that a lucky look doesn't lift it above them.

    Parameters
    ----------
    candidates : int
    look : callable
        ``look(number, chosen)`` gives a value for each of the chosen candidates. A number is the
        same conditions for all who get that look.
    looks : int
        The most that a candidate gets.

    Raises
    ------
    ValueError
        Fewer candidates or looks than one.
    """
    positive_int(looks, "looks")
    left: Indices = np.arange(positive_int(candidates, "candidates"))
    totals, values = np.zeros(candidates), np.zeros(candidates)
    dropped: list[Indices] = []
    seen = 0
    while seen < looks:
        if seen:
            best_first = left[np.argsort(-values[left], kind="stable")]
            half = (len(left) + 1) // 2
            left, out = best_first[:half], best_first[half:]
            dropped.append(out)
        until = min(2 * seen or 1, looks)
        for number in range(seen, until):
            totals[left] += look(number, left)
        seen = until
        values[left] = totals[left] / seen
    for out in reversed(dropped):
        values[out] = np.minimum(values[out], values[left].min())
        left = np.concatenate([left, out])
    return values
