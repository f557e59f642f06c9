"""Aims that liquids may have."""

from __future__ import annotations

from collections.abc import Sequence

#: The sign of each: 1 where more is better, -1 where less is.
AIMS = {"accuracy": 1.0, "spikes": -1.0, "neurons": -1.0}


def several_aims(aims: Sequence[str], *, encode: str, population: int) -> tuple[str, ...]:
    """The aims of an evolution that has several, accuracy first.

    Parameters
    ----------
    aims : sequence of str
        Of :data:`AIMS`.
    encode : str
        What evolves, as :class:`evolution.GenomeSpace` has it.
    population : int

    Raises
    ------
    ValueError
        Fewer than two, one twice or unknown, none of them accuracy; a population of one; an aim
        that doesn't evolve.
    """
    names = () if isinstance(aims, str) else tuple(aims)
    ordered = tuple(name for name in AIMS if name in names)
    if len(ordered) < 2 or len(ordered) < len(names) or "accuracy" not in names:
        raise ValueError(
            f"aims must be accuracy and at least one of {', '.join(list(AIMS)[1:])}, each once; "
            f"got {aims!r}"
        )
    if "neurons" in names and encode == "positions":
        raise ValueError("aims with neurons need configurations to evolve, got encode='positions'")
    if population < 2:  # NSGA-II's tournaments are of two
        raise ValueError(f"population must be at least 2 for several aims, got {population}")
    return ordered
