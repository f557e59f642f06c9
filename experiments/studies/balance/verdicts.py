"""Claims about the E/I balance, judged from paired differences over seeds.

Everything is of arrays (seeds, points) in which NaN is missing: `x` is log2 of the measured ratio
mean I_I / mean I_E, in octaves, 0 in balance and below 0 where excitation dominates; `y` is what is
better when larger. A claim is a number of each seed, judged by its sign
(:mod:`experiments.lab.statistics`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from experiments.lab.statistics import MIN_RUNS, Effect, column_means, effect

Floats = NDArray[np.float64]

#: Off balance is what is further from it than this, in octaves: inhibition a quarter too much.
OFF = 0.35
#: A ratio is compared where this part of the seeds has it: of fewer ones, a lucky one would win.
_ENOUGH = 0.5
#: Redraws of the seeds, from which the place of the best ratio has its interval.
BOOTSTRAPS = 500
#: Slopes are taken as far as the nearer of both ends, and so much (a part of it) beyond.
_BEYOND = 0.1


def best_at_balance(x: Floats, y: Floats) -> Effect:
    """How much more there is nearest to balance than at the best ratio off balance.

    The best ratio is chosen on the other half of the seeds, even or odd: a ratio chosen on seeds
    that are judged would be favoured by chance (the winner's curse). Halves, since choices
    by all other seeds depend on one another: where nothing differs, 18 % of their verdicts are
    wrong, 6 % with halves. The choice is by paired differences, too: seeds that lack a ratio would
    favour or harm it. There is no effect where no ratio is within :data:`OFF` of balance.
    """
    x, y = _of_enough_seeds(x, y)
    place = np.abs(column_means(x))
    if not (place <= OFF).any():
        return effect([])
    above = y[:, [int(np.nanargmin(place))]] - y[:, place > OFF]
    differences = np.full(len(y), np.nan)
    half = np.arange(len(y)) % 2 == 0
    for judged in (half, ~half):
        mean = column_means(above[~judged])
        if np.isfinite(mean).any():
            differences[judged] = above[judged, int(np.nanargmin(mean))]
    return effect(differences)


def slopes(x: Floats, y: Floats) -> tuple[Effect, Effect, Effect]:
    """Loss an octave towards excitation, towards inhibition, and how much larger the first is.

    Least squares of each seed with y = a + b min(x, 0) - c max(x, 0), which has its bend in
    balance: b and c are the losses. Both sides are taken equally far, or the one seen further would
    be judged by another part of its curve.
    """
    fitted = np.array([_hinge(*seed) for seed in zip(x, y, strict=True)]).reshape(-1, 2)
    excitatory, inhibitory = fitted.T
    return effect(excitatory), effect(inhibitory), effect(excitatory - inhibitory)


def rank_correlation(x: Floats, y: Floats) -> Effect:
    """Spearman's correlation of two measures over the ratios of each seed."""
    values = []
    for first, second in zip(x, y, strict=True):
        some = np.isfinite(first) & np.isfinite(second)
        varied = some.sum() > 2 and np.ptp(first[some]) > 0 and np.ptp(second[some]) > 0
        values.append(spearmanr(first[some], second[some]).statistic if varied else np.nan)
    return effect(values)


def peak(x: Floats, y: Floats) -> dict[str, Any]:
    """Where the mean over seeds is largest, in octaves, with a bootstrap interval over seeds.

    The vertex of the parabola through the best ratio and its two neighbours; an end of the range
    where that is best; None where there is nothing.
    """
    x, y = _of_enough_seeds(x, y)
    rng = np.random.default_rng(0)
    samples = [rng.integers(len(y), size=len(y)) for _ in range(BOOTSTRAPS)]
    places = [_vertex(column_means(x[some]), column_means(y[some])) for some in samples]
    finite = [place for place in places if np.isfinite(place)]
    several = len(y) >= MIN_RUNS and finite
    place = _vertex(column_means(x), column_means(y))
    return {
        "octaves": place if np.isfinite(place) else None,
        "interval": np.quantile(finite, [0.025, 0.975]).tolist() if several else None,
    }


def _of_enough_seeds(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Both, NaN at ratios that too few seeds have."""
    few = (np.isfinite(x) & np.isfinite(y)).mean(axis=0) < _ENOUGH
    return np.where(few, np.nan, x), np.where(few, np.nan, y)


def _hinge(x: Floats, y: Floats) -> tuple[float, float]:
    """Losses an octave towards excitation and inhibition of one seed; NaN without both sides."""
    some = np.isfinite(x) & np.isfinite(y)
    x, y = x[some], y[some]
    if not (len(x) and x.min() < 0 < x.max()):
        return np.nan, np.nan
    near = np.abs(x) <= (1 + _BEYOND) * min(-x.min(), x.max())
    terms = np.stack([np.ones(len(x)), np.minimum(x, 0), -np.maximum(x, 0)], axis=1)[near]
    if np.linalg.matrix_rank(terms) < 3:
        return np.nan, np.nan
    _, excitatory, inhibitory = np.linalg.lstsq(terms, y[near])[0]
    return float(excitatory), float(inhibitory)


def _vertex(x: Floats, y: Floats) -> float:
    some = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(some):
        return np.nan
    x, y = x[some], y[some]
    order = np.argsort(x)
    x, y = x[order], y[order]
    k = int(np.argmax(y))
    if k in (0, len(y) - 1):
        return float(x[k])
    a, b, _ = np.polyfit(x[k - 1 : k + 2], y[k - 1 : k + 2], 2)
    return float(-b / (2 * a)) if a < 0 else float(x[k])
