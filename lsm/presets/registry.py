"""The presets by name. A new one is a function and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lsm.base.checks import nearest
from lsm.base.registry import Registry
from lsm.presets.sampling import RandomState

if TYPE_CHECKING:
    from lsm.reservoir import Reservoir
    from lsm.topology import InputWiring

PRESETS: Registry[Callable[..., Reservoir]] = Registry(
    {
        "maass2002": "lsm.presets.maass:maass2002",
        "cuba": "lsm.presets.vogels:cuba",
        "coba": "lsm.presets.vogels:coba",
        "izhikevich2003": "lsm.presets.izhikevich:izhikevich2003",
        "deckers2022": "lsm.presets.deckers:deckers2022",
        "evolved2026": "lsm.presets.evolved:evolved2026",
        "delayed": "lsm.presets.delayed:delayed",
        "delay_lines": "lsm.presets.delay_lines:delay_lines",
    }
)


def make_reservoir(
    name: str,
    *,
    random_state: RandomState = None,
    n: int | None = None,
    inputs: InputWiring | None = None,
) -> Reservoir:
    """Make a preset by its name.

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
