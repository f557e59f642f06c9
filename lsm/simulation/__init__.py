"""Simulation: one compiled program runs any reservoir of its equations on any samples.

``engine`` plans chunks of work, ``job`` writes a chunk as files, ``programs`` describes and runs
the program, which ``build`` makes and ``cache`` keeps; its Brian2 network stands in ``network``,
its input and output in ``tape.h`` (C++) and ``numpy_program`` (without a compiler).
``recording`` shows one sample in detail, or spikes and variables of many; ``stream`` keeps a
program alive for a sample that comes in chunks; ``timing`` says what the time of a simulation is
made of.
"""

from lsm.simulation.cache import SimulationError, clear_cache, compilations
from lsm.simulation.engine import simulate, trajectories
from lsm.simulation.recording import BatchRecording, Recording, record, record_batch
from lsm.simulation.stream import Stream

__all__ = [
    "BatchRecording",
    "Recording",
    "SimulationError",
    "Stream",
    "clear_cache",
    "compilations",
    "record",
    "record_batch",
    "simulate",
    "trajectories",
]
