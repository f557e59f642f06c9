"""What programs on Brian2's NumPy target share; ``job.h`` is the same in C++."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import NeuronGroup
from numpy.typing import NDArray

from lsm.simulation.network import INTEGERS
from lsm.topology import mix_round

Load = Callable[[str, str], NDArray[Any]]

_NOISE_SCALE = np.float32(2.6428998e-5)


def reader(job: Path) -> Load:
    """Reads an array of a job, by its name and type; a new one each time."""
    places = {}
    for line in (job / "index").read_text().splitlines():
        name, start, size = line.split()
        places[name] = int(start), int(size)

    def load(name: str, dtype: str) -> NDArray[Any]:
        start, size = places[name]
        count = size // np.dtype(dtype).itemsize
        return np.fromfile(job / "arrays", dtype=dtype, count=count, offset=start)

    return load


def fill(group: NeuronGroup, load: Load, constants: list[str]) -> None:
    """Give the neurons their constants."""
    for name in constants:
        group.variables[name].set_value(load(name, "f4"))
    for name in INTEGERS:
        group.variables[name].set_value(load(name, "i4"))


def flush_denormals() -> None:
    """Numbers too small to be normal become 0 from here on, as in the compiled programs.

    Set in the processor itself, since it is every single operation that flushes: a sum of two
    products is another one where each of them is 0. The control register is a word of C's
    ``fenv_t``, in Linux's two C libraries alike; elsewhere nothing is set.
    """
    known = {("Linux", "x86_64"): (7, 0x8040), ("Linux", "aarch64"): (0, 1 << 24)}
    place, bits = known.get((platform.system(), platform.machine()), (0, 0))
    if bits:
        library, environment = ctypes.CDLL(None), (ctypes.c_uint32 * 16)()
        library.fegetenv(environment)
        environment[place] |= bits
        library.fesetenv(environment)


def noise(prefix: NDArray[np.uint64], step: NDArray[Any]) -> NDArray[np.float32]:
    """Nearly normal noise of unit variance: the sum of four uniform numbers from one hash."""
    h = mix_round(prefix, step.astype(np.uint64))
    shifts = np.array([[0], [16], [32], [48]], dtype=np.uint64)
    sums = ((h >> shifts) & np.uint64(0xFFFF)).sum(axis=0).astype(np.int64)
    return (sums - 131070).astype(np.float32) * _NOISE_SCALE
