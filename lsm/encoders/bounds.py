"""How many spikes an encoder may make: a threshold crossed on and on must not fill the memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Spikes of a channel in a step.
MOST_A_STEP = 1000
#: Spikes that are made together, of all samples of a batch.
MOST_TOGETHER = 10**8


def spikes_of_steps(n_spikes: Floats, encoder: str, why: Callable[[int], str]) -> NDArray[np.int64]:
    """Numbers of spikes (samples, channels, steps), of either sign, as integers.

    Raises
    ------
    ValueError
        More in a step than :data:`MOST_A_STEP`, or in all than :data:`MOST_TOGETHER`. It says which
        `encoder` would make them, and `why` a channel would.
    """
    most = float(max(n_spikes.max(initial=0), -n_spikes.min(initial=0)))
    few = most * n_spikes.size <= MOST_TOGETHER  # which saves the sum
    if not (most <= MOST_A_STEP and (few or np.abs(n_spikes).sum() <= MOST_TOGETHER)):
        size = np.abs(n_spikes)
        worst = np.unravel_index(np.argmax(np.where(np.isnan(size), np.inf, size)), size.shape)
        _, channel, step = map(int, worst)
        raise ValueError(
            f"{encoder}: channel {channel} would fire {size[worst]:.3g} times in step {step}, and "
            f"all together {size.sum():.3g} times; {MOST_A_STEP} a step and {MOST_TOGETHER:.0e} "
            f"together can be. {why(channel)}"
        )
    return n_spikes.astype(np.int64)
