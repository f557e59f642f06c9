"""Simulation: one compiled program runs any reservoir of its equations on any samples.

``engine`` plans chunks of work, ``job`` writes a chunk as files, ``programs`` builds, caches and
runs the program, whose Brian2 network stands in ``network`` and whose input and output in
``tape.h`` (C++) and ``numpy_program`` (without a compiler).
"""

from lsm.simulation.engine import Recording, record, simulate
from lsm.simulation.programs import SimulationError, clear_cache, compilations

__all__ = ["Recording", "SimulationError", "clear_cache", "compilations", "record", "simulate"]
