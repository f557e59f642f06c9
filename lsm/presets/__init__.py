"""Reservoirs by name, each with the numbers of its source.

``make_reservoir("maass2002", random_state=0)``, ``make_reservoir("deckers2022:300")`` with a number
of neurons; every one takes a number of neurons and another
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
reservoir to yours with :func:`lsm.plasticity.calibration.calibrate`.
"""

from __future__ import annotations

from collections.abc import Callable

from lsm.base.checks import nearest
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
        One of :data:`PRESETS`, with a number of neurons behind a colon if wanted:
        ``"deckers2022:300"``.
    random_state : int, Generator or None
    n : int, optional
        Number of neurons, where the name has none; by default the source's.
    inputs : InputWiring, optional
        By default the source's.

    Raises
    ------
    ValueError
        An unknown name; a number of neurons that is none, that the preset can't have, or that is
        given twice.
    """
    preset, colon, behind = str(name).partition(":")
    if preset not in PRESETS:
        raise ValueError(
            f"unknown reservoir {name!r}; known are {', '.join(PRESETS)}, with a number of neurons "
            f"if wanted (deckers2022:300); did you mean {nearest(preset, PRESETS)!r}?"
        )
    if colon and not behind.isdecimal():
        raise ValueError(f"reservoir must have a number of neurons behind the colon, got {name!r}")
    if colon and n is not None:
        raise ValueError(f"n must not be given where the name has a number, got {name!r} and {n}")
    if colon:
        n = int(behind)
    size = {} if n is None else {"n": n}
    return PRESETS[preset](random_state=random_state, inputs=inputs, **size)


def preset_and_size(text: str) -> tuple[str, int]:
    """A preset and its number of neurons, from ``"maass2002"`` or ``"deckers2022:300"``.

    Raises
    ------
    ValueError
        An unknown name, a number that is none or that the preset can't have.
    """
    # Drawn to see whether it can be: synapses, which take long, are not made yet.
    return text.partition(":")[0], make_reservoir(text, random_state=0).n_neurons


__all__ = [
    "PRESETS",
    "coba",
    "cuba",
    "deckers2022",
    "evolved2026",
    "izhikevich2003",
    "maass2002",
    "make_reservoir",
    "preset_and_size",
]
