"""What presets share in drawing a reservoir."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RandomState = int | np.random.Generator | None

#: Share of inhibitory neurons.
INHIBITORY = 0.2


def polarities(n: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw polarities (n,): a fifth of the neurons, to the nearest, is inhibitory."""
    return np.asarray(rng.permutation(n) >= round(INHIBITORY * n))
