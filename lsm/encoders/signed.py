"""Encoders of how far a signal is above or below its mean, and of how it rises and falls."""

from __future__ import annotations

from typing import Any

import numpy as np

from lsm.base.checks import positive, positive_int
from lsm.encoders.base import Encoder, Fired, Floats
from lsm.encoders.scales import standard
from lsm.signals import Signals
from lsm.spikes import SpikeTrains


class SignedEncoder(Encoder):
    """What is above and what is below a mean apart, and likewise rise and fall if `slopes`."""

    signed = True
    slopes: bool

    _learn_scale = staticmethod(standard)

    @property
    def _parts(self) -> int:
        return 2 if self.slopes else 1

    @property
    def _kinds(self) -> int:
        return 2 * self._parts

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if not isinstance(self.slopes, bool):
            raise TypeError(f"slopes must be True or False, got {self.slopes!r}")

    def _learn(self, signals: Signals, weight: Floats) -> None:
        super()._learn(signals, weight)
        if self.slopes:
            changes = [np.diff(self._scaled(signal), axis=1) for signal in signals]
            weights = np.repeat(weight, [change.shape[1] for change in changes])
            squares = np.concatenate(changes, axis=1) ** 2 @ weights
            varies = squares > 0
            mean = squares[varies] / weights.sum()
            self.slope_scale_ = np.ones(len(squares))
            self.slope_scale_[varies] = np.sqrt(mean)

    def _signed(self, signals: Floats, last: Floats | None, most: float) -> tuple[Floats, Floats]:
        """Above, below (rise, fall) in standard deviations, (samples, channels out, steps).

        What is further than `most` from 0 counts as that. `last` is the scaled value before the
        first, (samples, channels, 1); that of the last step comes back.
        """
        x = np.clip(self._scaled(signals), -most, most)
        parts = [x, -x]
        if self.slopes:
            before = x[..., :1] if last is None else last
            slope = np.diff(x, axis=2, prepend=before) / self.slope_scale_[:, np.newaxis]
            slope = np.clip(slope, -most, most)
            parts += [slope, -slope]
        return np.maximum(np.concatenate(parts, axis=1), 0), x[..., -1:]


#: Of a magnitude in binary digits.
_MOST_BITS = 16


class SignMagnitude(SignedEncoder):
    """Sign and magnitude in binary digits, each digit a channel: spikes worth 1, 2, 4, ... units.

    Each channel is standardised by its mean and standard deviation in the training data, and its
    distance from the mean is rounded to a whole number of units, at most 2^n_bits - 1 of them. In
    each step the channels of its digits that are 1 fire at the step's start: those of what is above
    the mean, or those of what is below. A spike says how much by its channel, as in the weighted
    spikes of Kim et al. (2018, Neurocomputing 311:373), whose digits come one after another.
    Synapses need the weights of the digits, as :class:`lsm.KernelInputs` gives them.

    Output channels: of the lowest digit above, below, and if `slopes` rise and fall; then of the
    next one.

    The inverse is within half a `unit` of the signal, up to the largest magnitude.

    Parameters
    ----------
    n_bits : int
        Binary digits of a magnitude, at most 16.
    unit : float
        What the lowest digit is worth, in standard deviations.
    slopes : bool
        Encode also the change from each step to the next, in units of its standard deviation.
    step_ms, silence_ms : float
        See `Encoder`.

    Attributes
    ----------
    slope_scale_ : float array (channels,)
        Root mean square of the standardised signal's change, if `slopes`.

    And those of `Encoder`.
    """

    def __init__(
        self,
        *,
        n_bits: int = 4,
        unit: float = 0.25,
        slopes: bool = False,
        step_ms: float = 1.0,
        silence_ms: float = 0.0,
    ) -> None:
        super().__init__(step_ms=step_ms, silence_ms=silence_ms)
        self.n_bits = n_bits
        self.unit = unit
        self.slopes = slopes

    @property
    def _kinds(self) -> int:
        return self.n_bits * super()._kinds

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if positive_int(self.n_bits, "n_bits") > _MOST_BITS:
            raise ValueError(f"n_bits must be at most {_MOST_BITS}, got {self.n_bits}")
        positive(self.unit, "unit")

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        unit, most = float(self.unit), 2**self.n_bits - 1
        magnitude, last = self._signed(signals, carry, (most + 0.49) * unit)
        units = np.floor(magnitude / unit + 0.5).astype(np.int64)
        digits = [units >> bit & 1 for bit in range(self.n_bits)]
        sample, channel, step = np.nonzero(np.concatenate(digits, axis=1))
        return Fired(sample, channel, first + step, (first + step).astype(np.float64)), last

    def _decode(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        kinds = self._dense(spikes, n_steps).swapaxes(0, 1)
        digits = kinds.reshape(self.n_bits, -1, *kinds.shape[1:])
        worth = float(self.unit) * 2.0 ** np.arange(self.n_bits)
        return np.asarray(np.tensordot(worth, digits[:, 0] - digits[:, 1], axes=1))
