"""Input synapses from a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.base.reprs import short_repr
from lsm.topology.population import Population
from lsm.topology.sparse_matrices import digest
from lsm.topology.synapses import Synapses


@short_repr
@dataclass(frozen=True, eq=False)
class ListedInputs:
    """Input synapses one by one, of which several may go from a channel to a neuron.

    Unlike :class:`MatrixInputs` it holds what another rule has connected whatever that is, such as
    the taps of :class:`KernelInputs`, of which each has its own delay.

    Parameters
    ----------
    synapses : Synapses
        From channels; those with a weight of 0 are left out.
    n_channels : int

    Raises
    ------
    TypeError, ValueError
        No number of channels, or a channel beyond it; when a reservoir is simulated: another number
        of channels, or fewer neurons than are reached.
    """

    synapses: Synapses
    n_channels: int

    def __post_init__(self) -> None:
        positive_int(self.n_channels, "n_channels")
        ends = self.synapses.source
        if len(ends) and not 0 <= ends.min() <= ends.max() < self.n_channels:
            raise ValueError(
                f"synapses must be from channels below n_channels, {self.n_channels}, got "
                f"{ends.min()} to {ends.max()}"
            )
        order = np.lexsort((self.synapses.target, ends))
        order = order[self.synapses.weight_pA[order] != 0]
        columns = (getattr(self.synapses, each.name)[order] for each in fields(Synapses))
        object.__setattr__(self, "synapses", Synapses(*columns))

    def connect(self, reservoir: Population, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels."""
        reached = int(self.synapses.target.max(initial=-1)) + 1
        if n_channels != self.n_channels or reached > reservoir.n_neurons:
            raise ValueError(
                f"inputs: synapses are from {self.n_channels} channels to {reached} neurons, got "
                f"{n_channels} and {reservoir.n_neurons}"
            )
        return self.synapses

    @property
    def delayed(self) -> bool:
        """Whether spikes arrive later than in their own step."""
        return bool(self.synapses.delay_ms.any())

    def scaled(self, gain: float) -> ListedInputs:
        """The same synapses with every weight multiplied by a gain."""
        weights = self.synapses.weight_pA * gain
        return replace(self, synapses=replace(self.synapses, weight_pA=weights))

    def describe(self) -> dict[str, Any]:
        """The rule's name and a digest of its synapses, ready for JSON."""
        return {"rule": type(self).__name__, "digest": digest(self.arrays())}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`."""
        columns = {each.name: getattr(self.synapses, each.name) for each in fields(Synapses)}
        return columns | {"n_channels": np.array(self.n_channels)}

    @classmethod
    def restore(cls, arrays: Mapping[str, NDArray[Any]]) -> ListedInputs:
        """The inputs that :meth:`arrays` came from.

        Raises
        ------
        ValueError
            Arrays of different lengths, places or delays below 0, numbers that aren't finite.
        """
        source, target, weight, delay = columns = [arrays[each.name] for each in fields(Synapses)]
        finite = np.isfinite(weight).all() and np.isfinite(delay).all()
        lengths = {each.shape for each in columns}
        if (
            len(lengths) > 1
            or source.ndim != 1
            or not finite
            or min(target.min(initial=0), delay.min(initial=0)) < 0
        ):  # compiled code trusts the places in a file
            raise ValueError(f"synapses must be columns of finite numbers, got shapes {lengths}")
        own = Synapses(source.astype(np.int32), target.astype(np.int32), weight, delay)
        return cls(own, int(arrays["n_channels"]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ListedInputs):
            return NotImplemented
        return self.describe() == other.describe()

    def __hash__(self) -> int:
        return hash(self.describe()["digest"])

    def __reduce__(self) -> tuple[Any, ...]:
        # By way of the constructor: plain unpickled arrays would be writeable again.
        return ListedInputs, (self.synapses, self.n_channels)
