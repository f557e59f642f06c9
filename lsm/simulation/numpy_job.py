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

Load = Callable[[str, str], NDArray[Any]]


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


def fill(group: NeuronGroup, load: Load, constants: list[str], real: str = "float32") -> None:
    """Give the neurons their constants."""
    for name in constants:
        group.variables[name].set_value(load(name, real))
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


class SpikeTimes:
    """When neurons have fired in their samples, in steps; ``rows.h`` is the same in C++.

    Parameters
    ----------
    dead : int array (neurons,)
        Steps after a spike in which each is refractory.
    """

    def __init__(self, dead: NDArray[np.int64]) -> None:
        self._dead = dead
        self._spikes, self._first, self._last, self._silence, self._refractory = np.zeros(
            (5, len(dead)), dtype=np.int64
        )

    def begin(self, block: slice) -> None:
        """Forget the spikes of these neurons."""
        for numbers in (self._spikes, self._first, self._silence, self._refractory):
            numbers[block] = 0
        self._last[block] = -1

    def fire(self, i: Any, step: Any) -> None:
        """Take in a spike of each of these neurons, at a step of its sample."""
        since, fired = step - self._last[i] - 1, self._spikes[i] > 0
        self._refractory[i] += np.where(fired, np.minimum(self._dead[i], since), 0)
        self._first[i] = np.where(fired, self._first[i], step)
        self._silence[i] = np.maximum(self._silence[i], since)
        self._last[i] = step
        self._spikes[i] += 1

    def proportion(self, block: slice, step: int) -> NDArray[np.float64]:
        """Of the steps of these neurons' sample in which they weren't refractory, with a spike."""
        refractory = np.minimum(self._dead[block], step - self._last[block])
        free = step + 1 - self._refractory[block] - refractory
        return self._spikes[block] / np.where(self._spikes[block] > 0, free, 1)

    def steps(self, measure: str, block: slice, step: int) -> NDArray[np.int64]:
        """A measure of these neurons' spikes, after a step of their sample."""
        if measure == "first":
            return np.where(self._spikes[block] > 0, self._first[block], step + 1)
        if measure == "last":
            return np.maximum(self._last[block], 0)
        return np.maximum(self._silence[block], step - self._last[block])
