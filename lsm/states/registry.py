"""States by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, get_args

from lsm.states.combined import CombinedState
from lsm.states.kinds import (
    FilteredTraces,
    MembranePotentials,
    ModelVariables,
    SpikeCounts,
    SpikeTiming,
    TimeBins,
)
from lsm.states.rows import Measure, State


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))


#: Name -> the state, and how the text after a colon becomes its parameter.
STATES: dict[str, tuple[Callable[..., State], Callable[[str], Any] | None]] = {
    "counts": (SpikeCounts, None),
    "excitatory": (partial(SpikeCounts, "excitatory"), None),
    "bins": (TimeBins, int),
    "traces": (FilteredTraces, _numbers),
    "potentials": (MembranePotentials, None),
    "variables": (ModelVariables, lambda text: tuple(text.split(","))),
    **{measure: (partial(SpikeTiming, measure), None) for measure in get_args(Measure)},
}
#: Between states that are combined; a number may have a plus sign too: 1e+3.
STATES_APART = re.compile(r"\+(?=[a-z])")
#: What a name may look like.
STATE_FORMS = (
    *("counts", "excitatory", "bins", "bins:5", "traces", "traces:10,30", "potentials"),
    *("variables:I", *get_args(Measure), "counts@0.5,1", "traces:10,30@0.5,1"),
    "bins:5+first+potentials",
)


def make_state(state: str | State) -> State:
    """A state by its name, or the object itself.

    ``counts`` of all neurons or of the ``excitatory`` ones, ``bins`` or ``bins:5``, ``traces`` or
    ``traces:10,30`` with time constants in ms, ``potentials``, ``variables:I`` by the names of the
    model, ``proportion`` of time above threshold, time of the ``first`` and of the ``last`` spike,
    longest ``silence``. Behind an @ may stand the parts of a sample's duration at which it is read:
    ``counts@0.5,1``. Several are combined by plus signs: ``bins:5+first+potentials``.

    Raises
    ------
    ValueError
        An unknown or ill-formed name; the message has the known forms. States that can't be
        combined.
    TypeError
        Neither a name nor a state.
    """
    if not isinstance(state, str):
        if not isinstance(state, State):
            raise TypeError(f"state must be a name or a liquid state, got {type(state).__name__}")
        return state
    forms = STATES_APART.split(state)
    if len(forms) > 1:
        return CombinedState(tuple(map(make_state, forms)))
    form, when, times = state.partition("@")
    name, colon, text = form.partition(":")
    make, parse = STATES.get(name, (None, None))
    with suppress(ValueError, TypeError):  # bins have no reading times to be given
        options = {"at": _numbers(times)} if when else {}
        if make is not None and not colon:
            return make(**options)
        if make is not None and parse is not None:
            return make(parse(text), **options)
    raise ValueError(f"unknown state {state!r}; known are {', '.join(STATE_FORMS)}")
