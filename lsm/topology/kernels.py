"""Input synapses as random dilated kernels, each tap with its own delay."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import in_unit
from lsm.topology.hashing import DILATION, KERNEL, KIND, SIGNALS, mix, uniform
from lsm.topology.population import Population
from lsm.topology.synapses import Synapses, refuse_too_many

#: Taps of a kernel, of which :data:`DOUBLE` have the weight 2, the others -1.
TAPS, DOUBLE = 9, 3
#: Most channels of the signal that one kernel has.
MOST_CHANNELS = 9
#: Dilations of a reservoir, evenly spaced on a logarithmic scale and rounded down to steps.
N_DILATIONS = 32

_KERNELS = np.full((84, TAPS), -1.0)
for _row, _double in zip(_KERNELS, combinations(range(TAPS), DOUBLE), strict=True):
    _row[list(_double)] = 2.0
_KERNELS.flags.writeable = False


@dataclass(frozen=True)
class KernelInputs:
    """Input synapses as random dilated kernels: each neuron is one, and each tap a delay.

    A neuron's kernel has nine taps, six of weight -1 and three of weight 2, ``dilation`` steps
    apart: its taps are synapses with the delays 0, d, 2 d, ... 8 d, on a few channels of a signal.
    These are the 84 kernels of MiniRocket (Dempster, Schmidt & Webb 2021, KDD, 248); random dilated
    kernels are those of Rocket (Dempster, Petitjean & Webb 2020, Data Mining and Knowledge
    Discovery 34:1454). The weights of a kernel sum to 0: a constant signal drives
    nobody. As many kernels have one channel as two to three, or four to seven, and so on up to
    :data:`MOST_CHANNELS`.

    Which kernel, dilation and channels a neuron has is decided by a hash of its key.

    Parameters
    ----------
    longest_ms : float or quantity
        Longest delay of a tap; dilations are log-uniform from one step to an eighth of it, in
        :data:`N_DILATIONS` values, or one step where it is shorter.
    step_ms : float or quantity
        Time for which a value of the signal lasts: a dilation of 1.
    weight_pA : float or quantity
        Of a tap of weight 1.
    n_signals : int, optional
        Channels of a signal whose spikes come apart by sign: of so many channels at a time first
        what is positive, then what is negative, as encoders have it. Synapses from the latter have
        the opposite weights. Where there are more, such as slopes, a kernel has one kind. By
        default each channel is a signal by itself, and never negative.
    n_bits : int
        Binary digits that channels stand for, those of the lowest first: spikes of the next ones
        count twice, four times, ... (:class:`lsm.encoders.SignMagnitude`).

    Raises
    ------
    TypeError, ValueError
        Something else than numbers above 0, or above or below 0 for the weight; when a reservoir is
        simulated: channels that are no multiple of `n_bits`, and of twice `n_signals`.
    """

    longest_ms: float
    step_ms: float = 1.0
    weight_pA: float = 200.0
    n_signals: int | None = None
    n_bits: int = 1

    def __post_init__(self) -> None:
        for name in ("longest_ms", "step_ms"):
            object.__setattr__(self, name, positive(getattr(self, name), name))
        weight = in_unit(self.weight_pA, "weight_pA")
        if weight.shape != () or not np.isfinite(weight) or weight == 0:
            raise ValueError(f"weight_pA must be finite and not 0, got {self.weight_pA!r}")
        object.__setattr__(self, "weight_pA", float(weight))
        if self.n_signals is not None:
            object.__setattr__(self, "n_signals", positive_int(self.n_signals, "n_signals"))
        object.__setattr__(self, "n_bits", positive_int(self.n_bits, "n_bits"))

    @property
    def dilations(self) -> NDArray[np.int64]:
        """The dilations in steps that are drawn from, ascending; short ones repeat."""
        most = max(1.0, self.longest_ms / self.step_ms / (TAPS - 1))
        exponents = np.linspace(0, np.log2(most), N_DILATIONS) + 1e-9
        return np.floor(2**exponents).astype(np.int64)

    def kernels(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Weights (neurons, taps) in units of `weight_pA`, the latest tap last; and dilations."""
        dilations = self.dilations
        kernel, dilation = (
            (uniform(stream, keys) * number).astype(np.intp)
            for stream, number in ((KERNEL, len(_KERNELS)), (DILATION, len(dilations)))
        )
        return _KERNELS[kernel], dilations[dilation]

    def channels(self, keys: NDArray[np.uint64], n_signals: int) -> NDArray[np.bool_]:
        """Which signals each neuron's kernel has, (neurons, signals): all of one kind."""
        of_kind = self.n_signals or n_signals
        most = min(of_kind, MOST_CHANNELS)
        number = np.floor(2 ** (uniform(SIGNALS, keys) * np.log2(most + 1))).astype(np.intp)
        order = np.argsort(mix(SIGNALS, keys[:, None], np.arange(of_kind)), axis=1)
        rank = np.argsort(order, axis=1)
        chosen = rank < np.minimum(number, most)[:, None]
        kind = (uniform(KIND, keys) * (n_signals // of_kind)).astype(np.intp)
        kinds = kind[:, None] == np.arange(n_signals // of_kind)
        return (kinds[:, :, None] & chosen[:, None]).reshape(len(keys), n_signals)

    def connect(self, reservoir: Population, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels."""
        positive_int(n_channels, "n_channels")
        signs = 1 if self.n_signals is None else 2
        block = signs * (self.n_signals or 1) * self.n_bits
        if n_channels % block:
            raise ValueError(
                f"inputs: n_signals = {self.n_signals} and n_bits = {self.n_bits} need a multiple "
                f"of {block} channels, got {n_channels}"
            )
        refuse_too_many(TAPS * reservoir.n_neurons * min(n_channels, MOST_CHANNELS))
        channel = np.arange(n_channels // self.n_bits)
        positive = channel[channel // (self.n_signals or 1) % signs == 0]
        weights, dilations = self.kernels(reservoir.keys)
        neuron, signal = np.nonzero(self.channels(reservoir.keys, len(positive)))
        refuse_too_many(TAPS * len(neuron) * signs * self.n_bits)
        delays = self.step_ms * np.multiply.outer(dilations, np.arange(TAPS - 1, -1, -1))
        source, target = np.repeat(positive[signal], TAPS), np.repeat(neuron, TAPS)
        weight, delay = self.weight_pA * weights[neuron].ravel(), delays[neuron].ravel()
        if self.n_signals is not None:
            source, weight = np.append(source, source + self.n_signals), np.append(weight, -weight)
        digit = np.arange(self.n_bits)[:, None]
        source = (source + len(channel) * digit).ravel()
        weight = (weight * 2.0**digit).ravel()
        target, delay = (np.tile(values, signs * self.n_bits) for values in (target, delay))
        order = np.lexsort((target, source))
        return Synapses(
            source[order].astype(np.int32),
            target[order].astype(np.int32),
            weight[order],
            delay[order].astype(np.float64),
        )

    @property
    def delayed(self) -> bool:
        """Whether spikes arrive later than in their own step."""
        return True

    def scaled(self, gain: float) -> KernelInputs:
        """The same kernels with every weight multiplied by a gain."""
        return replace(self, weight_pA=self.weight_pA * gain)

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON."""
        return {"rule": type(self).__name__, **asdict(self)}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`: none."""
        return {}
