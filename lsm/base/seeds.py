"""The random states that estimators take."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

RandomState = int | np.random.RandomState | np.random.Generator | None


def numpy_seed(random_state: RandomState) -> int | np.random.Generator | None:
    """scikit-learn's forms of a random state, as NumPy's generators take them.

    Raises
    ------
    ValueError
        It is none of them.
    """
    if random_state is None or isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, int | np.integer) and random_state >= 0:
        return int(random_state)
    try:
        return int(check_random_state(random_state).randint(2**31))
    except ValueError:
        raise ValueError(
            "random_state must be an integer from 0 on, a RandomState, a Generator or None, got "
            f"{random_state!r}"
        ) from None
