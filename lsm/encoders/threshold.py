"""Changes as spikes: a channel for up and one for down, and a reference that follows."""

from __future__ import annotations

from typing import Any

import numpy as np

from lsm.base.checks import positive
from lsm.encoders.base import Encoder, Fired, Floats
from lsm.encoders.bounds import spikes_of_steps
from lsm.encoders.scales import standard
from lsm.spikes import SpikeTrains


class _Follower(Encoder):
    """A reference that follows the standardised signal in jumps of a threshold, one a spike."""

    signed = True

    def __init__(
        self, *, threshold: float = 0.5, step_ms: float = 1.0, silence_ms: float = 0.0
    ) -> None:
        super().__init__(step_ms=step_ms, silence_ms=silence_ms)
        self.threshold = threshold

    _learn_scale = staticmethod(standard)

    @property
    def _kinds(self) -> int:
        return 2

    def _check_parameters(self) -> None:
        super()._check_parameters()
        positive(self.threshold, "threshold")

    def _decode(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        up, down = self._dense(spikes, n_steps).swapaxes(0, 1)
        return np.cumsum(up - down, axis=2) * self._number("threshold")


class StepForward(_Follower):
    """Step-forward encoding: at most one spike a step, up or down, towards the signal.

    A reference starts at the training mean; where the signal is more than a threshold above it,
    the channel *up* fires at the start of the step and the reference rises by the threshold, and
    likewise *down* (Kasabov et al. 2016, Neural Networks 78:1; Petro, Kasabov & Kiss 2020, IEEE
    Trans. Neural Networks and Learning Systems 31:358, whose reference starts at the first value;
    from the mean, spikes alone tell the level). Output channels: up, down.

    The inverse is the reference. It is within a threshold of the signal as soon as it has caught
    up, while the signal changes by less than a threshold a step.

    Parameters
    ----------
    threshold : float
        In units of the channel's standard deviation in the training data.
    step_ms, silence_ms : float
        See `Encoder`, where the attributes are too.
    """

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        x = self._scaled(signals) / self._number("threshold")
        level = np.zeros(x.shape[:2]) if carry is None else carry
        jumps = np.empty(x.shape, dtype=np.int64)
        for k in range(x.shape[2]):
            away = x[..., k] - level
            jumps[..., k] = (away > 1).astype(np.int64) - (away < -1)
            level = level + jumps[..., k]
        sample, channel, step = np.nonzero(jumps)
        down = jumps[sample, channel, step] < 0
        channel = channel + down * x.shape[1]
        return Fired(sample, channel, first + step, (first + step).astype(np.float64)), level


class LevelCrossing(_Follower):
    """Delta modulation: a spike at each crossing of the next level, up or down.

    A reference starts at the training mean. The signal goes from each value to the next on a
    straight line in the course of a step; whenever it is a threshold above the reference the
    channel *up* fires, as often as needed and at the time of the crossing, and the reference rises
    by the threshold; likewise *down*. A level that was crossed upwards fires downwards only a
    threshold lower (send on delta: Miskowicz 2006, Sensors 6:49; the pixels of event cameras:
    Lichtsteiner, Posch & Delbruck 2008, IEEE J. Solid-State Circuits 43:566). Output channels: up,
    down.

    The inverse is the reference, nowhere farther than a threshold from the signal.

    Parameters
    ----------
    threshold : float
        In units of the channel's standard deviation in the training data.
    step_ms, silence_ms : float
        See `Encoder`, where the attributes are too.
    """

    def _why(self, channel: int) -> str:
        return (
            f"In training its standard deviation was {self.scale_[channel]:.3g}, of which a "
            f"threshold is {self.threshold:g}: scale the signals, leave out a channel that hardly "
            "varies, or raise the threshold"
        )

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        x = self._scaled(signals) / self._number("threshold")
        start = np.zeros(x.shape[:2])
        level, last = (start, start) if carry is None else carry
        before = np.concatenate([last[..., np.newaxis], x[..., :-1]], axis=2)
        levels, jumps = np.empty(x.shape), np.empty(x.shape)
        with np.errstate(invalid="ignore"):  # infinitely many levels are refused below
            for k in range(x.shape[2]):
                levels[..., k] = level
                jumps[..., k] = np.trunc(x[..., k] - level)
                level = level + jumps[..., k]
        n_jumps = spikes_of_steps(jumps, type(self).__name__, self._why)
        place = np.nonzero(n_jumps)
        n = np.abs(n_jumps[place])
        # The spikes of a step, counted from 1.
        count = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + 1
        sample, channel, step = place = tuple(np.repeat(indices, n) for indices in place)
        down = jumps[place] < 0
        crossed = levels[place] + np.where(down, -count, count)
        part = (crossed - before[place]) / (x[place] - before[place])
        fired = Fired(sample, channel + down * x.shape[1], first + step, first + step + part)
        return fired, (level, x[..., -1])
