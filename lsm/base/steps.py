"""Times in steps: how they are rounded, and how many steps are counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive

#: The last step that a program can have: it counts in 32 bits, and looks 64 steps ahead.
COUNTED = 2**31 - 1 - 64

#: The longest delay in steps: programs have delays as single numbers, exact up to here.
LONGEST_DELAY = 2**22


def rounded(times_ms: ArrayLike, dt_ms: float) -> NDArray[np.float64]:
    """Times in steps, rounded to the nearest one, half steps up: .25 ms is 3 steps of .1 ms.

    NEST 3.10 rounds delays so. What is below a half step by floating-point noise alone, as .35/.1 =
    3.4999999999999996 is, goes up too.
    """
    return np.floor(np.asarray(times_ms) / dt_ms * (1 + 1e-12) + 0.5)


def refuse_uncounted(
    steps: float, what: str, dt_ms: float, *, most: int = COUNTED, hint: str = ""
) -> None:
    """Raise ValueError for more steps than are counted; `what` says what has so many."""
    if not steps <= most:
        raise ValueError(
            f"{what}, which is {steps:.4g} steps of dt_ms = {dt_ms:g}, and {most} can be counted: "
            f"make it shorter, or the steps longer{hint}"
        )


def whole_steps(time_ms: float, dt_ms: float, name: str) -> int:
    """A time in steps; ValueError where it isn't a positive whole number that is counted."""
    time_ms = positive(time_ms, name)
    steps = time_ms / dt_ms
    refuse_uncounted(steps, f"{name} is {time_ms:g} ms", dt_ms)
    if round(steps) < 1 or abs(steps - round(steps)) > 1e-6:
        raise ValueError(f"{name} must be a multiple of dt_ms = {dt_ms:g}, got {time_ms:.12g}")
    return round(steps)
