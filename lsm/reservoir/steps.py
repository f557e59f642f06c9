"""A reservoir's refractory times and delays in steps: how many there are, and which ones move."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.steps import COUNTED, LONGEST_DELAY, refuse_uncounted, rounded
from lsm.reservoir.description import Description

#: The longest refractory time in steps: half of what is counted, as where several samples follow
#: each other on a lane.
LONGEST_REFRACTORY = COUNTED // 2

#: Share of a value by which rounding may change it without a word.
_UNSAID = 0.1


def longest_wait(reservoir: Description, dt_ms: float) -> int:
    """Steps of a reservoir's longest refractory time or delay.

    Checks both: to be called before anything runs. Where steps move a value that was given (see
    :class:`lsm.Reservoir`) by more than a tenth, a warning says so, once.

    Raises
    ------
    ValueError
        A time of more steps than are counted; a delay above 0 that would round to 0.
    """
    refractory, delays = reservoir.parameters["t_ref_ms"], reservoir.synapses.delay_ms
    longest_ms = np.array([refractory.max(), delays.max(initial=0), delays.min(initial=np.inf)])
    rest, latest, earliest = rounded(longest_ms, dt_ms).tolist()
    if rest > LONGEST_REFRACTORY:
        what = f"t_ref_ms of neuron {np.argmax(refractory)} is {longest_ms[0]:g} ms"
        refuse_uncounted(rest, what, dt_ms, most=LONGEST_REFRACTORY)
    if not earliest or latest > LONGEST_DELAY:
        reservoir.synapses.delay_steps(dt_ms)  # refuses some, and names the synapse
    for name in {"t_ref_ms", "delay_ms"} & (reservoir.given or frozenset()):
        values = _values(reservoir, name)
        if isinstance(values, tuple):
            _say_of_shared(values, name, dt_ms)
        else:
            _say_what_moves(values, name, dt_ms)
    return int(max(rest, latest))


def _values(reservoir: Description, name: str) -> NDArray[np.float64] | tuple[float, ...]:
    """A parameter's values, or a rule's delays: a tuple if each is that of many synapses."""
    if name in reservoir.parameters:
        return reservoir.parameters[name]
    wiring: Any = reservoir.wiring
    delays: Any = getattr(wiring, "delay_ms", ())
    if getattr(wiring, "velocity", None) is not None:  # they go by distance
        return ()
    if scipy.sparse.issparse(delays):
        return np.asarray(delays.data)
    return delays if isinstance(delays, tuple) else ()


@cache
def _say_of_shared(times_ms: tuple[float, ...], name: str, dt_ms: float) -> None:
    _say_what_moves(np.repeat(times_ms, 2), name, dt_ms)


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
        stacklevel=8,  # the caller of simulate or record
    )
