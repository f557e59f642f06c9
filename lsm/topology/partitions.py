"""Partitions of neurons, each of which hears its own group of channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int, whole
from lsm.topology.inputs import ChannelInputs, InputWiring, restore_channel_inputs
from lsm.topology.population import Population
from lsm.topology.synapses import Synapses


@dataclass(frozen=True)
class PartitionedInputs:
    """Input synapses to partitions of neurons, each of which hears its own group of channels.

    A neuron's partition is its key modulo the number of groups: that of :class:`MotifWiring`,
    which can keep partitions apart, or nearly so. Of the synapses that `inputs` gives, those from
    channels of a neuron's own group are left.

    Groups are places of a skin, polarities, stretches of a sample's time
    (:meth:`lsm.SpikeTrains.stretches`), or what else belongs together.

    Parameters
    ----------
    groups : int, or array of int (channels,)
        A number of groups, of as many channels each, one after the other; or the group of each
        channel, from 0 on, which is kept as a tuple.
    inputs : InputWiring, MatrixInputs, KernelInputs or ReceptiveFieldInputs, optional
        By default :class:`InputWiring`.

    Raises
    ------
    TypeError, ValueError
        No whole numbers, groups without channels; when a reservoir is simulated: channels that
        can't be divided so.
    """

    groups: Any
    inputs: ChannelInputs = field(default_factory=InputWiring)

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", _checked_groups(self.groups))
        if not isinstance(self.inputs, get_args(ChannelInputs)):
            kinds = ", ".join(kind.__name__ for kind in get_args(ChannelInputs))
            raise TypeError(f"inputs must be one of {kinds}, got {self.inputs!r}")

    @property
    def n_groups(self) -> int:
        """The number of groups, and of partitions."""
        return int(self.groups if isinstance(self.groups, int) else max(self.groups) + 1)

    def connect(self, reservoir: Population, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels."""
        group = self._groups_of(n_channels)
        synapses = self.inputs.connect(reservoir, n_channels)
        partition = (reservoir.keys % np.uint64(self.n_groups)).astype(np.intp)
        own = group[synapses.source] == partition[synapses.target]
        return Synapses(
            synapses.source[own],
            synapses.target[own],
            synapses.weight_pA[own],
            synapses.delay_ms[own],
        )

    def _groups_of(self, n_channels: int) -> NDArray[np.intp]:
        """The group of each of so many channels."""
        if isinstance(self.groups, int):
            each, rest = divmod(n_channels, self.groups)
            if rest:
                raise ValueError(
                    f"inputs: {self.groups} groups of as many channels each need a multiple of "
                    f"{self.groups} channels, got {n_channels}"
                )
            return np.repeat(np.arange(self.groups), each)
        if len(self.groups) != n_channels:
            raise ValueError(
                f"inputs: groups has the group of each of {len(self.groups)} channels, got "
                f"{n_channels} channels"
            )
        return np.array(self.groups)

    @property
    def delayed(self) -> bool:
        """Whether spikes arrive later than in their own step."""
        return self.inputs.delayed

    def scaled(self, gain: float) -> PartitionedInputs:
        """The same with every weight multiplied by a gain."""
        return replace(self, inputs=self.inputs.scaled(gain))

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON; arrays by a digest."""
        return {
            "rule": type(self).__name__,
            "groups": self.groups,
            "inputs": self.inputs.describe(),
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`."""
        return self.inputs.arrays()


Inputs = ChannelInputs | PartitionedInputs


def restore_inputs(values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Inputs:
    """The input wiring that `describe` and `arrays` came from."""
    if values.get("rule") == PartitionedInputs.__name__:
        return PartitionedInputs(values["groups"], restore_channel_inputs(values["inputs"], arrays))
    return restore_channel_inputs(values, arrays)


def _checked_groups(groups: Any) -> int | tuple[int, ...]:
    if np.ndim(groups) == 0:
        return positive_int(groups, "groups")
    labels = whole(groups, "groups")
    if labels.ndim != 1 or not len(labels) or labels.min() < 0:
        raise ValueError(
            f"groups must be a number, or the group of each channel from 0 on, got {groups!r}"
        )
    present = np.unique(labels)
    if len(present) <= labels.max():
        missing = np.setdiff1d(np.arange(len(present)), present)[0]
        raise ValueError(f"groups must each have a channel, but group {missing} has none")
    return tuple(labels.tolist())
