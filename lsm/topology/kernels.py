"""Input synapses as random dilated kernels, each tap with its own delay."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import in_unit
from lsm.topology.hashing import DILATION, KERNEL, SIGNALS, mix, uniform
from lsm.topology.population import Population
from lsm.topology.synapses import Synapses, refuse_too_many

#: Taps of a kernel, of which :data:`DOUBLE` have the weight 2, the others -1.
TAPS, DOUBLE = 9, 3
#: Most channels of the signal that one kernel has.
MOST_CHANNELS = 9
#: Most dilations of a reservoir, as evenly spaced on a logarithmic scale as whole steps allow.
MOST_DILATIONS = 32

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
        Longest delay of a tap; dilations go from one step to an eighth of it, or are one step. At
        most :data:`MOST_DILATIONS` of them.
    step_ms : float or quantity
        Time for which a value of the signal lasts: a dilation of 1.
    weight_pA : float or quantity
        Of a tap of weight 1.
    n_signals : int, optional
        Channels of a signal whose spikes come apart by sign: of so many channels at a time first
        what is positive, then what is negative, as encoders have it. Synapses from the latter have
        the opposite weights. By default each channel is a signal by itself, and never negative.

    Raises
    ------
    TypeError, ValueError
        Something else than numbers above 0, or above or below 0 for the weight; when a reservoir is
        simulated: channels that are no multiple of twice `n_signals`.
    """

    longest_ms: float
    step_ms: float = 1.0
    weight_pA: float = 200.0
    n_signals: int | None = None

    def __post_init__(self) -> None:
        for name in ("longest_ms", "step_ms"):
            object.__setattr__(self, name, positive(getattr(self, name), name))
        weight = in_unit(self.weight_pA, "weight_pA")
        if weight.shape != () or not np.isfinite(weight) or weight == 0:
            raise ValueError(f"weight_pA must be finite and not 0, got {self.weight_pA!r}")
        object.__setattr__(self, "weight_pA", float(weight))
        if self.n_signals is not None:
            object.__setattr__(self, "n_signals", positive_int(self.n_signals, "n_signals"))

    @property
    def dilations(self) -> NDArray[np.int64]:
        """The dilations in steps, ascending."""
        most = max(1.0, self.longest_ms / self.step_ms / (TAPS - 1) + 1e-9)
        exponents = np.linspace(0, np.log2(most), MOST_DILATIONS)
        return np.unique(np.floor(2**exponents).astype(np.int64))

    def kernels(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Weights (neurons, taps) in units of `weight_pA`, the latest tap last; and dilations."""
        dilations = self.dilations
        kernel, dilation = (
            (uniform(stream, keys) * number).astype(np.intp)
            for stream, number in ((KERNEL, len(_KERNELS)), (DILATION, len(dilations)))
        )
        return _KERNELS[kernel], dilations[dilation]

    def channels(self, keys: NDArray[np.uint64], n_signals: int) -> NDArray[np.bool_]:
        """Which of so many signals each neuron's kernel has, (neurons, signals)."""
        most = min(n_signals, MOST_CHANNELS)
        number = np.floor(2 ** (uniform(SIGNALS, keys) * np.log2(most + 1))).astype(np.intp)
        order = np.argsort(mix(SIGNALS, keys[:, None], np.arange(n_signals)), axis=1)
        rank = np.argsort(order, axis=1)
        return rank < np.minimum(number, most)[:, None]

    def connect(self, reservoir: Population, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels."""
        positive_int(n_channels, "n_channels")
        if self.n_signals is not None and n_channels % (2 * self.n_signals):
            raise ValueError(
                f"inputs: kernels of n_signals = {self.n_signals} need as many channels for what "
                f"is positive as for what is negative of them; got {n_channels} channels"
            )
        refuse_too_many(TAPS * reservoir.n_neurons * min(n_channels, MOST_CHANNELS))
        weights, dilations = self.kernels(reservoir.keys)
        positive = np.arange(n_channels)
        if self.n_signals is not None:
            positive = positive[positive // self.n_signals % 2 == 0]
        neuron, signal = np.nonzero(self.channels(reservoir.keys, len(positive)))
        delays = self.step_ms * np.multiply.outer(dilations, np.arange(TAPS - 1, -1, -1))
        source, target = np.repeat(positive[signal], TAPS), np.repeat(neuron, TAPS)
        weight, delay = self.weight_pA * weights[neuron].ravel(), delays[neuron].ravel()
        if self.n_signals is not None:
            source, target = np.concatenate([source, source + self.n_signals]), np.tile(target, 2)
            weight, delay = np.concatenate([weight, -weight]), np.tile(delay, 2)
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
