"""What programs on Brian2's NumPy target share; ``job.h`` is the same in C++."""

from __future__ import annotations

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


def noise(prefix: NDArray[np.uint64], step: NDArray[Any]) -> NDArray[np.float32]:
    """Nearly normal noise of unit variance: the sum of four uniform numbers from one hash."""
    h = mix_round(prefix, step.astype(np.uint64))
    shifts = np.array([[0], [16], [32], [48]], dtype=np.uint64)
    sums = ((h >> shifts) & np.uint64(0xFFFF)).sum(axis=0).astype(np.int64)
    return (sums - 131070).astype(np.float32) * _NOISE_SCALE
