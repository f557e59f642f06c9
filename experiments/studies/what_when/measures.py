"""What streams of trials say: amplitudes, times of peaks, errors, adaptation and angles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import subspace_angles

from experiments.studies.what_when.rules import Learned
from experiments.studies.what_when.settings import NEAR, SMOOTHED, WIDTH_MS
from experiments.studies.what_when.states import T_MS
from tasks.what_when import Schedule, bumps

Floats = NDArray[np.float64]


def expected(schedule: Schedule) -> Floats:
    """What outputs should say in each trial: bumps as high as outcomes are likely."""
    return bumps(schedule.expected, schedule.latency_ms, T_MS, width_ms=WIDTH_MS)


def errors(outputs: Floats, schedule: Schedule) -> Floats:
    """Of each trial, from what is expected, relative to its root mean square: (trials,).

    1 is the error of outputs that stay 0. What came in the trial itself has no part in it.
    """
    should = expected(schedule)
    squares = [(part**2).mean(axis=(1, 2)) for part in (outputs - should, should)]
    return np.sqrt(squares[0] / squares[1])


def moved(outputs: Floats, schedule: Schedule) -> Floats:
    """How far outputs have come from the expectation of the block before to the block's own.

    Of the trials of each block but the first, (blocks - 1, trials): 0 where they are what they
    were, 1 where they have adapted. Noise in other directions has no part in it.
    """
    should, n = expected(schedule), schedule.trials
    found = []
    for first in schedule.switches:
        before, now = should[first - 1], should[first]
        step = now - before
        said = outputs[first : first + n] - before
        found.append((said * step).sum(axis=(1, 2)) / (step**2).sum())
    return np.array(found)


def steady(outputs: Floats, schedule: Schedule) -> list[dict[str, Any]]:
    """Mean outputs of the second half of each block, their amplitudes and the time of their peak.

    The peak is that of both outputs' sum, whose height doesn't depend on the probability;
    amplitudes are read there, and so are no maxima of noise where they are small.
    """
    n, found = schedule.trials, []
    for block, first in enumerate((0, *schedule.switches)):
        mean = outputs[first + n // 2 : first + n].mean(axis=0)
        peak = int(mean.sum(axis=1).argmax())
        p, latency = schedule.probabilities[block], schedule.latencies_ms[block]
        found.append(
            {
                "latency_ms": latency,
                "peak_ms": float(T_MS[peak]),
                "probabilities": [p, 1 - p],
                "amplitudes": mean[peak].tolist(),
                "mean": mean,
            }
        )
    return found


def slope(blocks: Sequence[dict[str, Any]]) -> float:
    """Of amplitude on probability, by least squares with an intercept."""
    p = np.concatenate([block["probabilities"] for block in blocks])
    amplitude = np.concatenate([block["amplitudes"] for block in blocks])
    return float(np.polyfit(p, amplitude, 1)[0])


def recovery(curve: Floats, trials: int) -> tuple[float, list[int]]:
    """Steady error before any switch, and trials after each switch until errors are near it.

    Parameters
    ----------
    curve : float array (trials of all blocks,)
        Errors, a mean over streams.
    trials : int
        Of a block.

    Returns
    -------
    float
        Mean of the second half of the first block: of a readout that only ever knew that one.
    list of int
        Trials until the mean error of the last few of them is at most 10 % above that; ``trials``
        where it never gets there.
    """
    level = float(curve[trials // 2 : trials].mean())
    found = []
    for first in range(trials, len(curve), trials):
        after = curve[first : first + trials]
        last = np.convolve(after, np.full(SMOOTHED, 1 / SMOOTHED), mode="valid")
        near = np.flatnonzero(last <= NEAR * level)
        found.append(int(near[0]) + SMOOTHED if len(near) else trials)
    return level, found


def angles(learned: Learned, which: slice) -> list[float]:
    """Principal angles in degrees, largest first, between weights of what and weights of when.

    Of two streams, one for each latency. A rule whose outputs are for A and B has w_A - w_B of both
    as what, w_A + w_B of both as when. One that has learned them apart has its own weights.
    """
    weights = learned.weights[which]
    if learned.identity is not None:
        return _degrees(learned.identity[which][0], weights[:, :, 0].T)
    a, b = weights[:, :, 0].T, weights[:, :, 1].T
    return _degrees(a - b, a + b)


def random_angles(features: int, rng: np.random.Generator) -> list[float]:
    """The same of two random planes."""
    return _degrees(*rng.standard_normal((2, features, 2)))


def _degrees(a: Floats, b: Floats) -> list[float]:
    return np.degrees(subspace_angles(a, b)).tolist()
