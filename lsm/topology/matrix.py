"""Wiring from a given matrix, such as a connectome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.checks import positive
from lsm.base.reprs import short_repr
from lsm.topology.delays import described_delays, restore_delays
from lsm.topology.population import Population
from lsm.topology.sparse_matrices import csr, delays_at, digest, freeze, is_matrix
from lsm.topology.synapses import Synapses
from lsm.topology.wiring import Wiring, delays, synapse_delays, travel_time


@short_repr
@dataclass(frozen=True, eq=False)
class MatrixWiring(Wiring):
    """Synapses from a matrix of weights; they go by the neurons' places, not by their keys.

    Parameters
    ----------
    weight_pA : array or scipy sparse matrix (neurons, neurons)
        Row: source. No synapse where it is 0. Kept as a ``csr_array``. Of an excitatory neuron's
        row no weight may be negative, of an inhibitory one's none positive (Dale's law); see
        :attr:`excitatory`.
    delay_ms : matrix (neurons, neurons), four floats for EE, EI, IE, II, one for all, or DelayRule
        A matrix gives each synapse its own delay; a sparse one needs an entry for each synapse,
        for a delay of 0 as well. A rule goes by the neurons' keys.
    velocity : float, optional
        In units of the positions a ms; adds distance / velocity to the delays.
    dale : bool
        False lets a neuron have weights of both signs, as networks for FORCE learning have them
        (:func:`lsm.force.force_reservoir`); polarities then stand for nothing but delays.

    Raises
    ------
    TypeError, ValueError
        Something else than numbers, matrices that aren't square or of one shape, values that
        aren't finite, negative delays, a synapse without an entry in a sparse matrix of delays;
        from :class:`lsm.Reservoir`: another number of neurons than its own, signs that break
        Dale's law.
    """

    weight_pA: Any
    delay_ms: Any = (1.0, 1.0, 1.0, 1.0)
    velocity: float | None = None
    dale: bool = True

    def __post_init__(self) -> None:
        weights = csr(self.weight_pA, "weight_pA", square=True)
        weights.eliminate_zeros()
        freeze(weights)
        object.__setattr__(self, "weight_pA", weights)
        if not is_matrix(self.delay_ms):
            object.__setattr__(self, "delay_ms", delays(self.delay_ms))
        else:
            object.__setattr__(
                self, "delay_ms", delays_at(self.weight_pA, self.delay_ms, square=True)
            )
        if self.velocity is not None:
            object.__setattr__(self, "velocity", positive(self.velocity, "velocity"))

    @cached_property
    def excitatory(self) -> NDArray[np.bool_]:
        """The polarities (neurons,) that the signs ask for.

        Neurons without synapses, or with both signs where they may have them, are excitatory.

        Raises
        ------
        ValueError
            A row with weights of both signs, against Dale's law.
        """
        negative = self._has(self.weight_pA.data < 0)
        mixed = negative & self._has(self.weight_pA.data > 0)
        if self.dale and mixed.any():
            raise ValueError(
                f"wiring: weight_pA breaks Dale's law: row {int(np.argmax(mixed))} has both signs"
            )
        return ~negative | mixed

    def check(self, excitatory: NDArray[np.bool_]) -> None:
        """Raise ValueError for another number of neurons, or signs that break Dale's law."""
        self._check_size(len(excitatory))
        if not self.dale:
            return
        weights, source = self.weight_pA, self._source
        wrong = np.where(excitatory[source], weights.data < 0, weights.data > 0)
        if wrong.any():
            k = int(np.argmax(wrong))
            kind = "excitatory" if excitatory[source[k]] else "inhibitory"
            raise ValueError(
                f"wiring: weight_pA breaks Dale's law: {weights.data[k]:g} pA from neuron "
                f"{source[k]}, which is {kind}, to neuron {weights.indices[k]}"
            )

    def polarities(self, n: int) -> NDArray[np.bool_]:
        """:attr:`excitatory`, of a matrix of n neurons."""
        self._check_size(n)
        return self.excitatory

    def _check_size(self, n: int) -> None:
        if n != self.weight_pA.shape[0]:
            raise ValueError(
                f"wiring: weight_pA must have the shape (neurons, neurons) with {n} neurons, got "
                f"{self.weight_pA.shape}"
            )

    def _has(self, synapses: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each neuron is the source of a chosen synapse."""
        return np.bincount(self._source[synapses], minlength=self.weight_pA.shape[0]) > 0

    @cached_property
    def _source(self) -> NDArray[np.int32]:
        weights = self.weight_pA
        return np.repeat(np.arange(weights.shape[0], dtype=np.int32), np.diff(weights.indptr))

    def connect(self, reservoir: Population) -> Synapses:
        """The synapses of the matrix, sorted by source."""
        source, target = self._source, self.weight_pA.indices.astype(np.int32)
        if scipy.sparse.issparse(self.delay_ms):
            delay = self.delay_ms.data
        else:
            delay = synapse_delays(self.delay_ms, reservoir, source, target)
        travel = travel_time(self.velocity, reservoir, source, target)
        return Synapses(source, target, self.weight_pA.data, delay + travel)

    def scaled(self, gain: float) -> Wiring:
        """The same wiring with every weight multiplied by a gain."""
        return replace(self, weight_pA=self.weight_pA * gain)

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON; matrices by a digest."""
        is_sparse = scipy.sparse.issparse(self.delay_ms)
        return {
            "rule": type(self).__name__,
            "delay_ms": None if is_sparse else described_delays(self.delay_ms),
            "velocity": self.velocity,
            "dale": self.dale,
            "digest": self._digest,
        }

    @cached_property
    def _digest(self) -> str:
        return digest(self.arrays())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`."""
        weights = self.weight_pA
        arrays = {
            "weight_pA": weights.data,
            "target": weights.indices.astype(np.int32),
            "start": weights.indptr.astype(np.int64),
        }
        if scipy.sparse.issparse(self.delay_ms):
            arrays["delay_ms"] = self.delay_ms.data
        return arrays

    @classmethod
    def restore(cls, values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> MatrixWiring:
        """The wiring that :meth:`describe` and :meth:`arrays` came from."""
        n = len(arrays["start"]) - 1

        def matrix(data: NDArray[np.float64]) -> scipy.sparse.csr_array:
            result = scipy.sparse.csr_array((data, arrays["target"], arrays["start"]), shape=(n, n))
            result.check_format(full_check=True)  # compiled code trusts the places in a file
            return result

        delay_ms = restore_delays(values["delay_ms"])
        return cls(
            matrix(arrays["weight_pA"]),
            delay_ms=matrix(arrays["delay_ms"]) if delay_ms is None else delay_ms,
            velocity=values["velocity"],
            dale=values.get("dale", True),  # unknown to the first such files
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MatrixWiring):
            return NotImplemented
        return self.describe() == other.describe()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __reduce__(self) -> tuple[Any, ...]:
        # By way of the constructor: plain unpickled arrays would be writeable again.
        return MatrixWiring, (self.weight_pA, self.delay_ms, self.velocity, self.dale)
