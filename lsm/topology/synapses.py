"""Synapses as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.base.quantities import convert_fields
from lsm.base.reprs import short_repr
from lsm.base.steps import LONGEST_DELAY, refuse_uncounted, rounded

#: Of a reservoir, or from its input channels: 5 GB, before anything is simulated.
MOST_SYNAPSES = 200_000_000


def refuse_too_many(synapses: int) -> None:
    """Raise ValueError for a wiring of so many synapses, found before all of them are made."""
    if synapses > MOST_SYNAPSES:
        raise ValueError(
            f"wiring: at most {MOST_SYNAPSES} synapses can be simulated, got {synapses} or more; "
            "take fewer neurons or channels, or a smaller probability"
        )


@short_repr
@dataclass(frozen=True)
class Synapses:
    """Synapses as parallel arrays, sorted by source, then by target.

    ``source`` and ``target`` are int32 indices, ``weight_pA`` and ``delay_ms`` float64; all of
    shape (synapses,). Sources are neurons, or channels for input synapses.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weight_pA: NDArray[np.float64]
    delay_ms: NDArray[np.float64]

    def __post_init__(self) -> None:
        convert_fields(self)
        for array in (self.source, self.target, self.weight_pA, self.delay_ms):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.source)

    def matrices(
        self, n_sources: int, n_neurons: int
    ) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
        """Weights and delays (sources, neurons), as :class:`MatrixWiring` takes them.

        Raises
        ------
        ValueError
            Several synapses of one source and neuron, as :class:`KernelInputs` may have them: a
            matrix holds one of each pair.
        """
        ends, shape = (self.source, self.target), (n_sources, n_neurons)
        delays = scipy.sparse.csr_array((self.delay_ms, ends), shape=shape)
        if delays.nnz < len(self):
            raise ValueError(
                "reservoir must have at most one synapse from a source to a neuron, to be held in "
                f"matrices; of {len(self)} several have both ends in common"
            )
        return scipy.sparse.csr_array((self.weight_pA, ends), shape=shape), delays

    def delay_steps(
        self, dt_ms: float, *, what: str = "wiring", source: str = "neuron"
    ) -> NDArray[np.int32]:
        """Delays in steps of ``dt_ms``, rounded; 0 is an arrival in the step of the spike.

        Parameters
        ----------
        dt_ms : float
        what, source : str
            What an error calls the synapses and their sources.

        Raises
        ------
        ValueError
            A delay above 0 that would round to 0, or of more steps than are counted.
        """
        dt_ms = positive(dt_ms, "dt_ms")
        steps = rounded(self.delay_ms, dt_ms)
        if len(steps) and not steps.max() <= LONGEST_DELAY:
            k = int(np.argmax(steps))
            refuse_uncounted(steps[k], self._delay_of(k, what, source), dt_ms, most=LONGEST_DELAY)
        too_short = (steps == 0) & (self.delay_ms > 0)
        if too_short.any():
            k = int(np.argmax(too_short))
            raise ValueError(
                f"{self._delay_of(k, what, source)}, which dt_ms = {dt_ms:g} rounds to none; "
                "make it longer, or 0 for an arrival in the step of the spike"
            )
        return steps.astype(np.int32)

    def _delay_of(self, k: int, what: str, source: str) -> str:
        return (
            f"{what}: the synapse from {source} {self.source[k]} to neuron {self.target[k]} has a "
            f"delay of {self.delay_ms[k]:g} ms"
        )
