"""Times in steps: how refractory times and delays are rounded, and how many steps are counted."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir

#: The last step that a program can have: it counts in 32 bits, and looks 64 steps ahead.
COUNTED = 2**31 - 1 - 64

#: The longest delay in steps: programs have delays as single numbers, exact up to here.
LONGEST_DELAY = 2**22

#: The longest refractory time in steps: half of what is counted, as where several samples follow
#: each other on a lane.
LONGEST_REFRACTORY = COUNTED // 2

#: Share of a value by which rounding may change it without a word.
_UNSAID = 0.1


def rounded(times_ms: ArrayLike, dt_ms: float) -> NDArray[np.float64]:
    """Times in steps, rounded to the nearest one, half steps up: .25 ms is 3 steps of .1 ms.

    NEST 3.10 rounds delays so. What is below a half step by floating-point noise alone, as .35/.1 =
    3.4999999999999996 is, goes up too.
    """
    return np.floor(np.asarray(times_ms) / dt_ms * (1 + 1e-12) + 0.5)


def longest_wait(reservoir: Reservoir, dt_ms: float) -> int:
    """Steps of a reservoir's longest refractory time or delay.

    Checks both: to be called before anything runs. Where steps move a value that was given (see
    :class:`lsm.Reservoir`) by more than a tenth, a warning says so, once.

    Raises
    ------
    ValueError
        A time of more steps than are counted; a delay above 0 that would round to 0.
    """
    delays = reservoir.synapses.delay_steps(dt_ms)
    refractory = refractory_steps(reservoir, dt_ms)
    for name in {"t_ref_ms", "delay_ms"} & (reservoir.given or frozenset()):
        _say_what_moves(_values(reservoir, name), name, dt_ms)
    return int(max(delays.max(initial=0), refractory.max(initial=0)))


def refractory_steps(reservoir: Reservoir, dt_ms: float) -> NDArray[np.int32]:
    """Refractory times of the neurons in steps; see :func:`longest_wait`."""
    times = reservoir.parameters["t_ref_ms"]
    steps = rounded(times, dt_ms)
    k = int(np.argmax(steps))
    what = f"t_ref_ms of neuron {k} is {times[k]:g} ms"
    refuse_uncounted(steps[k], what, dt_ms, most=LONGEST_REFRACTORY)
    return steps.astype(np.int32)


def refuse_uncounted(
    steps: float, what: str, dt_ms: float, *, most: int = COUNTED, hint: str = ""
) -> None:
    """Raise ValueError for more steps than are counted; `what` says what has so many."""
    if not steps <= most:
        raise ValueError(
            f"{what}, which is {steps:.4g} steps of dt_ms = {dt_ms:g}, and {most} can be counted: "
            f"make it shorter, or the steps longer{hint}"
        )


def _values(reservoir: Reservoir, name: str) -> NDArray[np.float64]:
    """A parameter's values, or the delays of a rule that has them, not by distance."""
    if name in reservoir.parameters:
        return reservoir.parameters[name]
    wiring: Any = reservoir.wiring
    if getattr(wiring, "velocity", None) is not None:
        return np.empty(0)
    delays: Any = getattr(wiring, "delay_ms", None)
    if sparse.issparse(delays):
        return np.asarray(delays.data)
    # Four numbers, of an own rule maybe one: each for all synapses of a kind.
    return np.repeat(delays, 2) if isinstance(delays, tuple | float | int) else np.empty(0)


def _say_what_moves(times_ms: NDArray[np.float64], name: str, dt_ms: float) -> None:
    """Warn of the value that moves most, of those that several have: a draw's differ."""
    became = rounded(times_ms, dt_ms) * dt_ms
    share = np.abs(became - times_ms) / np.maximum(times_ms, 1e-300)
    moved = share > _UNSAID * (1 + 1e-9)
    if not moved.any():
        return
    _, first, times = np.unique(times_ms[moved], return_index=True, return_counts=True)
    several = first[(times > 1) | (len(times_ms) == 1)]
    if len(several):
        k = np.flatnonzero(moved)[several[np.argmax(share[moved][several])]]
        _say(name, float(times_ms[k]), float(became[k]), dt_ms)


@cache
def _say(name: str, time_ms: float, became_ms: float, dt_ms: float) -> None:
    warnings.warn(
        f"{name} = {time_ms:g} becomes {became_ms:g} ms in steps of dt_ms = {dt_ms:g}: a value "
        "that was given moves by more than a tenth; choose another, or shorter steps",
        stacklevel=6,
    )
