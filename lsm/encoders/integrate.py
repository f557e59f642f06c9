"""Integrate and fire: channels that fire as often as the integral of their input says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import axes_hint, not_negative, positive, positive_int
from lsm.encoders.base import Encoder, Fired, Floats
from lsm.encoders.bounds import spikes_of_steps
from lsm.encoders.scales import unit_range
from lsm.encoders.signed import SignedEncoder
from lsm.spikes import SpikeTrains


def integrate_and_fire(
    signals: Sequence[ArrayLike] | NDArray[Any],
    *,
    step_ms: float,
    spikes_per_ms: float = 1.0,
    silence_ms: float = 0.0,
) -> SpikeTrains:
    """Encode signals in the times of spikes: each channel integrates its signal and fires.

    A channel fires whenever the integral of ``spikes_per_ms * signal`` passes 1/2, 3/2, 5/2, ...;
    so over any time it fires as often as the integral there says, up to one spike, and without
    chance. Between the steps of the signal, times are exact, whatever the step of a simulation.

    Nothing is learned and nothing scaled; `IntegrateAndFire` is the transformer that does.

    Parameters
    ----------
    signals : sequence of array (channels, steps), or array (samples, channels, steps)
        From 0 on. Samples may differ in length, not in channels.
    step_ms : float
        Time for which each value of a signal lasts.
    spikes_per_ms : float
        Rate at which a signal of 1 fires.
    silence_ms : float
        Silence added behind each sample, so that the liquid can finish.

    Raises
    ------
    TypeError, ValueError
        Where an argument is not as described; the message names the sample.
    """
    step = positive(step_ms, "step_ms")
    rate = positive(spikes_per_ms, "spikes_per_ms")
    silence = not_negative(silence_ms, "silence_ms")
    if not len(signals):
        raise ValueError("signals must hold at least one sample, got none")
    arrays = [np.asarray(signal, dtype=np.float64) for signal in signals]
    n_channels = len(arrays[0]) if arrays[0].ndim else 0
    for i, array in enumerate(arrays):
        if array.ndim != 2 or 0 in array.shape or len(array) != n_channels:
            raise ValueError(
                f"signals must be arrays (channels, steps) of the same channels, got {array.shape} "
                f"in sample {i}, {arrays[0].shape} in sample 0" + axes_hint(arrays[0].shape)
            )
        if not (np.isfinite(array).all() and array.min() >= 0):
            raise ValueError(f"signals must be finite and not below 0; they are not in sample {i}")
    durations = np.array([array.shape[1] * step + silence for array in arrays])
    times, channels = [], []
    for array, duration in zip(arrays, durations, strict=True):
        spikes, _ = fire(array[np.newaxis] * (rate * step), "integrate_and_fire")
        # What fires at the very end of a sample is still a spike of this sample.
        times.append(np.minimum(spikes.time * step, np.nextafter(duration, 0)))
        channels.append(spikes.channel)
    return SpikeTrains(
        np.concatenate(times),
        np.concatenate(channels),
        np.concatenate([[0], np.cumsum([len(fired) for fired in times])]),
        durations,
        n_channels,
    )


def fire(
    charge: Floats, encoder: str, first: int = 0, total: Floats | None = None
) -> tuple[Fired, Floats]:
    """Spikes of channels that integrate charge (samples, channels, steps) from step `first` on.

    `encoder` is named where they would be too many. `total` is the charge (samples, channels) of
    the steps before, which is also what comes back.
    """
    n_samples, n_channels, n_steps = charge.shape
    sums = np.zeros((n_samples, n_channels, n_steps + 1))
    if total is not None:
        sums[..., 0] = total
    sums[..., 1:] = charge
    np.cumsum(sums, axis=2, out=sums)
    after = sums + 0.5
    fired = np.floor(after)
    with np.errstate(invalid="ignore"):  # the difference of infinities is refused
        n_spikes = spikes_of_steps(
            np.diff(fired, axis=2), encoder, lambda _: "Scale the signals, or take a lower rate"
        )
    # Flat places (sample, channel, step), which are gathered in a fraction of the time.
    n = n_spikes.ravel()
    place = np.repeat(np.arange(len(n)), n)
    row, step = np.divmod(place, n_steps)
    sample, channel = np.divmod(row, n_channels)
    # Of the n spikes of a step, the first comes when n - 1 units of charge are still to come.
    n_later = np.cumsum(n)[place] - 1 - np.arange(len(place))
    beyond = (after - fired)[..., 1:].ravel()[place] + n_later
    time = (first + step) + 1 - beyond / charge.ravel()[place]
    return Fired(sample, channel, first + step, time), sums[..., -1]


#: A value further from the mean, in standard deviations, is not believed: it would fire on and on.
MOST_SD = 5.0


class IntegrateAndFire(SignedEncoder):
    """Regular spikes at a rate that is the signal's distance from its mean, without chance.

    Each channel is standardised by its mean and standard deviation in the training data, and split
    by sign: one output channel for what is above the mean, one for what is below. Each fires
    whenever its integral passes 1/2, 3/2, 5/2, ... (`integrate_and_fire`), so over any time it
    fires as often as the integral there says, up to one spike. Output channels: above, below, and
    if `slopes`, rise and fall. Values beyond `MOST_SD` standard deviations count as that.

    The inverse spreads each unit of charge evenly between two spikes; its integral is within one
    spike, ``1000 / rate_Hz`` ms of one standard deviation, of the signal's.

    Parameters
    ----------
    rate_Hz : float
        Rate of a signal one standard deviation away from its mean.
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
        rate_Hz: float = 100.0,
        slopes: bool = False,
        step_ms: float = 1.0,
        silence_ms: float = 0.0,
    ) -> None:
        super().__init__(step_ms=step_ms, silence_ms=silence_ms)
        self.rate_Hz = rate_Hz
        self.slopes = slopes

    def _check_parameters(self) -> None:
        super()._check_parameters()
        positive(self.rate_Hz, "rate_Hz")

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        last, total = (None, None) if carry is None else carry
        parts, last = self._signed(signals, last, MOST_SD)
        charge = parts * self._per_step("rate_Hz")
        fired, total = fire(charge, type(self).__name__, first, total)
        return fired, (last, total)

    def _decode(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        charge = integrated(spikes, self._step_ms, n_steps)
        above, below = np.split(charge[:, : 2 * self.n_channels_in_], 2, axis=1)
        return (above - below) / self._per_step("rate_Hz")


class GaussianPopulation(Encoder):
    """A population of Gaussian receptive fields for each channel, without chance.

    The centres of the m fields cover the training range, low to high, of the channel:

        centre_i = low + (2 i - 3) / 2 * (high - low) / (m - 2),    i = 1..m
        width = (high - low) / (m - 2) / beta

    and a field is active by ``exp(-(x - centre)^2 / (2 width^2))``, 1 at its centre (Bohte, La
    Poutre & Kok 2002, IEEE Trans. Neural Networks 13:426). Its activation integrates and fires as
    `IntegrateAndFire` does, where in the paper it decides when one spike comes. Values beyond the
    range count as its ends. Output channels: the first field of all channels, then the second.

    The inverse is the mean of the centres, weighted by the activations that the spikes tell.

    Parameters
    ----------
    n_fields : int
        Fields m of each channel, at least 3.
    beta : float
        Spacing of the centres divided by the width of the fields; 1 to 2 are usual.
    max_rate_Hz : float
        Rate of a field at its centre.
    step_ms, silence_ms : float
        See `Encoder`, where the attributes are too.
    """

    def __init__(
        self,
        *,
        n_fields: int = 8,
        beta: float = 1.5,
        max_rate_Hz: float = 200.0,
        step_ms: float = 1.0,
        silence_ms: float = 0.0,
    ) -> None:
        super().__init__(step_ms=step_ms, silence_ms=silence_ms)
        self.n_fields = n_fields
        self.beta = beta
        self.max_rate_Hz = max_rate_Hz

    _learn_scale = staticmethod(unit_range)

    @property
    def _kinds(self) -> int:
        return self.n_fields

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if positive_int(self.n_fields, "n_fields") < 3:
            raise ValueError(f"n_fields must be at least 3, got {self.n_fields}")
        positive(self.beta, "beta")
        positive(self.max_rate_Hz, "max_rate_Hz")

    def _centres(self) -> Floats:
        """Centres of the fields in units of the range, from its low end, (fields, 1, 1)."""
        centres = (np.arange(self.n_fields) - 0.5) / (self.n_fields - 2)
        return centres[:, np.newaxis, np.newaxis]

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        x = np.clip(self._scaled(signals), 0, 1)[:, np.newaxis]
        distance = (x - self._centres()) * (self._number("beta") * (self.n_fields - 2))
        active = np.exp(-(distance**2) / 2)
        charge = active.reshape(len(x), -1, x.shape[-1]) * self._per_step("max_rate_Hz")
        return fire(charge, type(self).__name__, first, carry)

    def _decode(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        active = integrated(spikes, self._step_ms, n_steps)
        active = active.reshape(len(spikes), self.n_fields, -1, n_steps)
        total = active.sum(axis=1)
        silent = total == 0
        mean = (active * self._centres()).sum(axis=1) / np.where(silent, 1, total)
        return np.clip(np.where(silent, 0.5, mean), 0, 1)


def integrated(spikes: SpikeTrains, step_ms: float, n_steps: int) -> Floats:
    """Charge of each step, (samples, channels, steps), that makes `fire` fire so.

    Spike n comes when the integral is n - 1/2. Between spikes it is taken to grow evenly; after
    the last as it did before, but no further than to the next spike.
    """
    edges = np.arange(n_steps + 1) * step_ms
    charge = np.empty((*spikes.shape, n_steps))
    for by_channel, sample in zip(charge, spikes.to_lists(), strict=True):
        for row, times in zip(by_channel, sample, strict=True):
            if not len(times):
                row[:] = 0
                continue
            since = times[-1] - (times[-2] if len(times) > 1 else -times[-1])
            last = times[-1] + max(since, step_ms)
            knots = np.concatenate([[0], times, [last]])
            level = np.concatenate([[0], np.arange(len(times) + 1) + 0.5])
            row[:] = np.diff(np.interp(edges, knots, level))
    return charge
