"""The search for the factor that a converted network does best with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from lsm.conversion.sigmoid import Floats, SigmoidNetwork
from lsm.conversion.spiking import run_trials

#: What the paper's program tries.
SCALING_FACTORS = tuple(float(factor) for factor in range(20, 80, 5))


@short_repr
@dataclass(frozen=True)
class FactorSearch:
    """Accuracies of a converted network by the factor its weights are divided by.

    Attributes
    ----------
    scaling_factors, accuracies : arrays (factors,)
    best : float
        The most accurate; of several in a row that are, the middle one of the longest row, as the
        least likely to owe it to these trials.
    """

    scaling_factors: Floats
    accuracies: Floats
    best: float


def search_scaling_factor(
    network: SigmoidNetwork,
    inputs: ArrayLike,
    correct: Callable[[Floats], NDArray[np.bool_]],
    *,
    scaling_factors: Sequence[float] = SCALING_FACTORS,
    random_state: int | None = None,
    progress: bool = True,
    **options: Any,
) -> FactorSearch:
    """Convert a network with each factor in turn, and count the trials that it answers.

    All factors hear the same trials, with the same noise. Report the accuracy on other trials than
    these: the best of many is better here than it is.

    Parameters
    ----------
    network : SigmoidNetwork
    inputs : array (trials, steps, channels)
    correct : callable
        From outputs (trials, samples of 1 ms, outputs) to bool (trials,).
    scaling_factors : sequence of float
        1 / lambda, rising; by default 20, 25, ..., 75, as in Kim, Li & Sejnowski 2019.
    random_state : int or None
    progress : bool
        Show a bar with the time left.
    **options
        For :func:`lsm.conversion.run_trials`.

    Raises
    ------
    ValueError, TypeError
        No factors, one that isn't above 0, some that don't rise; what ``run_trials`` refuses.

    Examples
    --------
    >>> trials = make_trials("xor", 100, random_state=1)  # doctest: +SKIP
    >>> found = search_scaling_factor(  # doctest: +SKIP
    ...     network, trials.inputs, lambda out: trials.correct(out[..., 0], step_ms=1.0)
    ... )
    >>> trials = run_trials(network, found.best, other.inputs)  # doctest: +SKIP
    """
    if not len(scaling_factors):
        raise ValueError("scaling_factors must hold at least one number, got none")
    factors = np.array([positive(factor, "scaling_factors") for factor in scaling_factors])
    if np.any(np.diff(factors) <= 0):
        raise ValueError(f"scaling_factors must rise, got {factors.tolist()}")
    seed = np.random.SeedSequence(random_state).generate_state(1)[0]
    accuracies = np.zeros(len(factors))
    bar = tqdm(factors, disable=not progress, desc="scaling factors", unit="factor")
    for k, factor in enumerate(bar):
        trials = run_trials(network, factor, inputs, random_state=int(seed), **options)
        accuracies[k] = np.mean(correct(trials.outputs))
        bar.set_postfix_str(f"1/lambda {factor:g}: {100 * accuracies[k]:.1f} %")
    return FactorSearch(factors, accuracies, best_of(factors, accuracies))


def best_of(scaling_factors: Floats, accuracies: Floats) -> float:
    """The factor in the middle of the longest row of the most accurate ones."""
    edges = np.flatnonzero(np.diff(np.r_[False, accuracies == accuracies.max(), False]))
    begins, ends = edges[::2], edges[1::2]
    longest = np.argmax(ends - begins)
    return float(scaling_factors[(begins[longest] + ends[longest] - 1) // 2])
