"""Reservoirs by name, each with the numbers of its source.

``make_reservoir("maass2002", random_state=0)``; every one takes a number of neurons and another
:class:`lsm.InputWiring`:

==================  ==============================================================================
maass2002           the first liquid: a column of neurons with dynamic synapses
cuba, coba          balanced networks with currents, with conductances (Vogels & Abbott)
izhikevich2003      heterogeneous cortical neurons, all reaching all
deckers2022         a liquid extended by balance, adaptation and heterogeneity
evolved2026         20 neurons as evolution begins with them (Lopez-Herrera et al.)
==================  ==============================================================================

A new one is a function in a module of its own that stands in :data:`PRESETS`.

A preset is a draw: it has its source's numbers, not its random numbers. Inputs are onto excitatory
neurons; where a source doesn't say how strong they are, or speaks of other input, scale the
reservoir to yours with :func:`lsm.calibration.calibrate`.
"""

from __future__ import annotations

from collections.abc import Callable

from lsm.presets.deckers import deckers2022
from lsm.presets.drawing import RandomState
from lsm.presets.evolved import evolved2026
from lsm.presets.izhikevich import izhikevich2003
from lsm.presets.maass import maass2002
from lsm.presets.vogels import coba, cuba
from lsm.reservoir import Reservoir
from lsm.topology import InputWiring

PRESETS: dict[str, Callable[..., Reservoir]] = {
    preset.__name__: preset
    for preset in (maass2002, cuba, coba, izhikevich2003, deckers2022, evolved2026)
}


def make_reservoir(
    name: str,
    *,
    random_state: RandomState = None,
    n: int | None = None,
    inputs: InputWiring | None = None,
) -> Reservoir:
    """A preset by its name.

    Parameters
    ----------
    name : str
        One of :data:`PRESETS`.
    random_state : int, Generator or None
    n : int, optional
        Number of neurons; by default the source's.
    inputs : InputWiring, optional
        By default the source's.

    Raises
    ------
    ValueError
        An unknown name; a number of neurons that the preset can't have.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; known are {', '.join(PRESETS)}")
    size = {} if n is None else {"n": n}
    return PRESETS[name](random_state=random_state, inputs=inputs, **size)


__all__ = [
    "PRESETS",
    "coba",
    "cuba",
    "deckers2022",
    "evolved2026",
    "izhikevich2003",
    "maass2002",
    "make_reservoir",
]
