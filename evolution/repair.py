"""Repairs of genomes that would have too few neurons of a polarity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MIN_PER_POLARITY = 2


def repair_polarity(
    excitatory: npt.NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    candidates: npt.NDArray[np.intp] | None = None,
) -> npt.NDArray[np.bool_]:
    """Flip randomly chosen candidates (all neurons by default) where a polarity is too rare."""
    repaired = excitatory.copy()
    if candidates is None:
        candidates = np.arange(len(excitatory))
    for polarity in (True, False):
        missing = MIN_PER_POLARITY - np.count_nonzero(repaired == polarity)
        if missing > 0:
            opposite = candidates[repaired[candidates] != polarity]
            repaired[rng.choice(opposite, missing, replace=False)] = polarity
    return repaired


def repair_presence(
    present: npt.NDArray[np.bool_], excitatory: npt.NDArray[np.bool_], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Let randomly chosen absent neurons come where too few of a polarity are present."""
    repaired = present.copy()
    for polarity in (True, False):
        alike = excitatory == polarity
        missing = MIN_PER_POLARITY - np.count_nonzero(repaired & alike)
        if missing > 0:
            repaired[rng.choice(np.flatnonzero(alike & ~repaired), missing, replace=False)] = True
    return repaired
