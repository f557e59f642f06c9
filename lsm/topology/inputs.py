"""Synapses from input channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.checks import not_negative, positive_int, probability
from lsm.base.quantities import in_unit
from lsm.base.reprs import short_repr
from lsm.topology.delays import (
    DelayRule,
    channel_delays,
    described_delays,
    restore_delays,
)
from lsm.topology.hashing import INPUT, INPUT_WEIGHT, blocks, uniform
from lsm.topology.kernels import KernelInputs
from lsm.topology.listed import ListedInputs
from lsm.topology.population import Population
from lsm.topology.receptive_fields import ReceptiveFieldInputs
from lsm.topology.sparse_matrices import csr, delays_at, digest, freeze, is_matrix
from lsm.topology.synapses import Synapses, refuse_too_many


@dataclass(frozen=True)
class InputWiring:
    """Synapses from input channels to excitatory neurons, or to all.

    A channel drives each of these neurons with probability ``fraction``; weights are normal, with
    mean and deviation given in pA. The defaults drive a default LIF neuron well (one spike lifts it
    by about 2 mV) and differ enough for neurons to specialise. Any number of channels. Channels
    aren't neurons: Dale's law doesn't hold for them, and with the defaults one weight in 44 is
    negative.

    Parameters
    ----------
    fraction : float in [0, 1]
    weight_pA, weight_sd_pA : float or quantity
    neurons : {"excitatory", "all"}
        Whom channels reach. Inhibition that hears the input by itself comes as early as excitation,
        and can learn to follow it (:func:`lsm.plasticity.inhibitory`).
    delay_ms : float, quantity or DelayRule
        From a channel's spike to its arrival, of every synapse or by a rule; longer than a sample:
        it never comes. :class:`MatrixInputs` takes a delay for each.

    Raises
    ------
    TypeError, ValueError
        Something else than numbers, values out of their ranges.
    """

    fraction: float = 0.3
    weight_pA: float = 200.0
    weight_sd_pA: float = 100.0
    neurons: str = "excitatory"
    delay_ms: float | DelayRule = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.delay_ms, DelayRule):
            object.__setattr__(self, "delay_ms", not_negative(self.delay_ms, "delay_ms"))
        object.__setattr__(self, "fraction", probability(self.fraction, "fraction"))
        for name in ("weight_pA", "weight_sd_pA"):
            value = in_unit(getattr(self, name), name)
            if value.shape != () or not np.isfinite(value):
                raise ValueError(f"{name} must be a finite number, got {getattr(self, name)!r}")
            object.__setattr__(self, name, float(value))
        not_negative(self.weight_sd_pA, "weight_sd_pA")
        if self.neurons not in ("excitatory", "all"):
            raise ValueError(f"neurons must be 'excitatory' or 'all', got {self.neurons!r}")

    def connect(self, reservoir: Population, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels."""
        positive_int(n_channels, "n_channels")
        keys = reservoir.keys
        reached = reservoir.excitatory | (self.neurons == "all")
        pairs, total = [], 0
        for channels in blocks(n_channels, len(keys)):
            hit = (uniform(INPUT, channels[:, None], keys) < self.fraction) & reached
            k, neuron = np.nonzero(hit)
            pairs.append((channels[k], neuron))
            total += len(k)
            refuse_too_many(total)
        channel, neuron = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
        z = scipy.special.ndtri(uniform(INPUT_WEIGHT, channel, keys[neuron]))
        return Synapses(
            channel.astype(np.int32),
            neuron.astype(np.int32),
            self.weight_pA + self.weight_sd_pA * z,
            channel_delays(self.delay_ms, channel, keys[neuron]),
        )

    @property
    def delayed(self) -> bool:
        """Whether spikes arrive later than in their own step."""
        return isinstance(self.delay_ms, DelayRule) or self.delay_ms > 0

    def scaled(self, gain: float) -> InputWiring:
        """The same rule with every weight multiplied by a gain."""
        return replace(self, weight_pA=self.weight_pA * gain, weight_sd_pA=self.weight_sd_pA * gain)

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON; a delay where there is one."""
        fields = asdict(self) | {"delay_ms": described_delays(self.delay_ms)}
        return fields if self.delayed else {k: v for k, v in fields.items() if k != "delay_ms"}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`."""
        return {}


@short_repr
@dataclass(frozen=True, eq=False)
class MatrixInputs:
    """Input synapses from a given matrix, such as trained weights.

    Parameters
    ----------
    weight_pA : array or scipy sparse matrix (channels, neurons)
        No synapse where it is 0. Kept as a ``csr_array``.
    delay_ms : float, quantity, DelayRule, or array or scipy sparse matrix (channels, neurons)
        From a channel's spike to its arrival, of all synapses, by a rule, or of each; a sparse
        matrix needs an entry for each synapse, for a delay of 0 as well. Kept as a float, a rule or
        a ``csr_array``. Longer than a sample: the spike never comes.

    Raises
    ------
    TypeError, ValueError
        Something else than numbers, not a matrix, values that aren't finite, negative delays, a
        synapse without an entry in a sparse matrix of delays; when a reservoir is simulated:
        another number of channels or neurons than the matrix has.
    """

    weight_pA: Any
    delay_ms: Any = 0.0

    def __post_init__(self) -> None:
        weights = csr(self.weight_pA, "weight_pA")
        weights.eliminate_zeros()
        freeze(weights)
        object.__setattr__(self, "weight_pA", weights)
        if is_matrix(self.delay_ms):
            object.__setattr__(self, "delay_ms", delays_at(weights, self.delay_ms))
        elif not isinstance(self.delay_ms, DelayRule):
            object.__setattr__(self, "delay_ms", not_negative(self.delay_ms, "delay_ms"))

    def connect(self, reservoir: Population, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels."""
        weights = self.weight_pA
        if weights.shape != (n_channels, reservoir.n_neurons):
            raise ValueError(
                f"inputs: weight_pA must have the shape (channels, neurons), {n_channels} and "
                f"{reservoir.n_neurons} here, got {weights.shape}"
            )
        channel = np.repeat(np.arange(n_channels, dtype=np.int32), np.diff(weights.indptr))
        neuron = weights.indices.astype(np.int32)
        if is_matrix(self.delay_ms):
            delays = self.delay_ms.data.copy()
        else:
            delays = channel_delays(self.delay_ms, channel, reservoir.keys[neuron])
        return Synapses(channel, neuron, weights.data.copy(), delays)

    @property
    def delayed(self) -> bool:
        """Whether spikes arrive later than in their own step."""
        drawn = is_matrix(self.delay_ms) or isinstance(self.delay_ms, DelayRule)
        return drawn or self.delay_ms > 0

    def scaled(self, gain: float) -> MatrixInputs:
        """The same synapses with every weight multiplied by a gain."""
        return MatrixInputs(self.weight_pA * gain, self.delay_ms)

    def describe(self) -> dict[str, Any]:
        """The rule's name and a digest of its matrix, ready for JSON."""
        head: dict[str, Any] = {"rule": type(self).__name__, "digest": digest(self.arrays())}
        if isinstance(self.delay_ms, DelayRule):
            head["delay_ms"] = self.delay_ms.describe()
        return head

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`."""
        weights = self.weight_pA
        arrays = {
            "weight_pA": weights.data,
            "neuron": weights.indices.astype(np.int32),
            "start": weights.indptr.astype(np.int64),
            "shape": np.array(weights.shape, dtype=np.int64),
        }
        if is_matrix(self.delay_ms):
            arrays["delay_ms"] = self.delay_ms.data
        elif self.delayed and not isinstance(self.delay_ms, DelayRule):
            arrays["delay_ms"] = np.array([self.delay_ms])
        return arrays

    @classmethod
    def restore(cls, values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> MatrixInputs:
        """The inputs that :meth:`describe` and :meth:`arrays` came from.

        Raises
        ------
        ValueError
            Arrays that are no matrix, an unknown rule of delays.
        """
        places, shape = (arrays["neuron"], arrays["start"]), tuple(arrays["shape"])
        weights = scipy.sparse.csr_array((arrays["weight_pA"], *places), shape=shape)
        weights.check_format(full_check=True)  # compiled code trusts the places in a file
        if "delay_ms" in values:
            return cls(weights, restore_delays(values["delay_ms"]))
        delay = arrays.get("delay_ms", np.zeros(1))
        if delay.shape == (1,):
            return cls(weights, float(delay[0]))
        return cls(weights, scipy.sparse.csr_array((delay, *places), shape=shape))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MatrixInputs):
            return NotImplemented
        return self.describe() == other.describe()

    def __hash__(self) -> int:
        return hash(self.describe()["digest"])

    def __reduce__(self) -> tuple[Any, ...]:
        # By way of the constructor: plain unpickled arrays would be writeable again.
        return MatrixInputs, (self.weight_pA, self.delay_ms)


ChannelInputs = InputWiring | MatrixInputs | ListedInputs | KernelInputs | ReceptiveFieldInputs
#: Rules by the names that files have, with no arrays of their own.
_NAMED = {rule.__name__: rule for rule in (InputWiring, KernelInputs, ReceptiveFieldInputs)}


def restore_channel_inputs(
    values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> ChannelInputs:
    """The input wiring without partitions that `describe` and `arrays` came from."""
    rest = {name: value for name, value in values.items() if name != "rule"}
    if values.get("rule") == ListedInputs.__name__:
        return ListedInputs.restore(arrays)
    rule = _NAMED.get(values.get("rule", "InputWiring"))
    if rule is None:
        return MatrixInputs.restore(rest, arrays)
    if "delay_ms" in rest:
        rest["delay_ms"] = restore_delays(rest["delay_ms"])
    return rule(**rest)
