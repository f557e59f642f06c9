"""Measures of streams of trials: amplitudes, times of peaks, errors, adaptation and angles.

`t_ms` and `width_ms` are those of :func:`tasks.what_when.learn`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import subspace_angles

from lsm.base.quantities import in_unit
from tasks.what_when.rules import Learned
from tasks.what_when.trials import T_MS, WIDTH_MS, Schedule

Floats = NDArray[np.float64]


def errors(
    outputs: Floats, schedule: Schedule, *, t_ms: ArrayLike = T_MS, width_ms: float = WIDTH_MS
) -> Floats:
    """Of each trial, from what is expected, relative to its root mean square: (trials,).

    1 is the error of outputs that stay 0. What came in the trial itself has no part in it.

    Parameters
    ----------
    outputs : float array (trials, readings, 2)
    schedule : Schedule
    """
    expected = schedule.expectation(t_ms, width_ms=width_ms)
    squares = [(part**2).mean(axis=(1, 2)) for part in (outputs - expected, expected)]
    return np.sqrt(squares[0] / squares[1])


def moved(
    outputs: Floats, schedule: Schedule, *, t_ms: ArrayLike = T_MS, width_ms: float = WIDTH_MS
) -> Floats:
    """How far outputs have come from the expectation of the block before to the block's own.

    Of the trials of each block but the first, (blocks - 1, trials): 0 where they are what they
    were, 1 where they have adapted. Noise in other directions has no part in it.

    Parameters
    ----------
    outputs : float array (trials, readings, 2)
    schedule : Schedule
    """
    expected, n = schedule.expectation(t_ms, width_ms=width_ms), schedule.trials
    ways = []
    for first in schedule.switches:
        before, now = expected[first - 1], expected[first]
        step = now - before
        gone = outputs[first : first + n] - before
        ways.append((gone * step).sum(axis=(1, 2)) / (step**2).sum())
    return np.array(ways)


def steady(outputs: Floats, schedule: Schedule, *, t_ms: ArrayLike = T_MS) -> list[dict[str, Any]]:
    """Mean outputs of the second half of each block, their amplitudes and the time of their peak.

    The peak is that of both outputs' sum, whose height doesn't depend on the probability;
    amplitudes are read there, and so are no maxima of noise where they are small.

    Parameters
    ----------
    outputs : float array (trials, readings, 2)
    schedule : Schedule

    Returns
    -------
    list of dict
        Of each block ``latency_ms``, ``peak_ms``, ``probabilities``, ``amplitudes``, and ``mean``
        (readings, 2).
    """
    n, t, blocks = schedule.trials, in_unit(t_ms, "t_ms"), []
    for block, first in enumerate((0, *schedule.switches)):
        mean = outputs[first + n // 2 : first + n].mean(axis=0)
        peak = int(mean.sum(axis=1).argmax())
        p, latency = schedule.probabilities[block], schedule.latencies_ms[block]
        blocks.append(
            {
                "latency_ms": latency,
                "peak_ms": float(t[peak]),
                "probabilities": [p, 1 - p],
                "amplitudes": mean[peak].tolist(),
                "mean": mean,
            }
        )
    return blocks


def slope(blocks: Sequence[dict[str, Any]]) -> float:
    """Of amplitude on probability, by least squares with an intercept, of what `steady` gives."""
    p = np.concatenate([block["probabilities"] for block in blocks])
    amplitude = np.concatenate([block["amplitudes"] for block in blocks])
    return float(np.polyfit(p, amplitude, 1)[0])


def recovery(
    curve: Floats, trials: int, *, factor: float = 1.1, smoothed: int = 5
) -> tuple[float, list[int]]:
    """Steady error before any switch, and trials after each switch until errors are near it.

    Parameters
    ----------
    curve : float array (trials of all blocks,)
        Errors, a mean over streams.
    trials : int
        Of a block.
    factor : float
        How many times the steady error counts as near it.
    smoothed : int
        Trials over which errors are averaged.

    Returns
    -------
    float
        Mean of the second half of the first block: of a readout that only ever knew that one.
    list of int
        Trials until the mean error of the last few of them is near; ``trials`` where it never gets
        there.
    """
    level = float(curve[trials // 2 : trials].mean())
    back = []
    for first in range(trials, len(curve), trials):
        after = curve[first : first + trials]
        last = np.convolve(after, np.full(smoothed, 1 / smoothed), mode="valid")
        near = np.flatnonzero(last <= factor * level)
        back.append(int(near[0]) + smoothed if len(near) else trials)
    return level, back


def angles(learned: Learned, which: slice) -> list[float]:
    """Principal angles in degrees, largest first, between weights of what and weights of when.

    Of two streams, one for each latency. A rule whose outputs are for A and B has w_A - w_B of both
    as what, w_A + w_B of both as when. One that has learned them apart has its own weights.

    Parameters
    ----------
    learned : Learned
    which : slice
        The two streams.
    """
    weights = learned.weights[which]
    a, b = weights[:, :, 0].T, weights[:, :, 1].T
    what, when = (a - b, a + b)
    if learned.identity is not None:
        what, when = learned.identity[which][0], a
    return np.degrees(subspace_angles(what, when)).tolist()
