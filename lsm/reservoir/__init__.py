"""The frozen description of a reservoir, and what is done with it but for simulating.

A :class:`Reservoir` is drawn at random (:mod:`lsm.reservoir.drawing`), saved and loaded
(:mod:`lsm.reservoir.files`) and handed out as Brian2 objects (:mod:`lsm.reservoir.brian`); all of
these know its :class:`~lsm.reservoir.description.Description` alone.
"""

from lsm.reservoir.description import FORMAT
from lsm.reservoir.drawing import DRIVEN_RANGES, VARIED_RANGES
from lsm.reservoir.reservoir import Reservoir

__all__ = ["DRIVEN_RANGES", "FORMAT", "VARIED_RANGES", "Reservoir"]
