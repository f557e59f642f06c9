"""Ben's Spiker: spikes that a filter turns back into the signal."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from lsm.base.checks import positive, positive_int
from lsm.encoders.base import Encoder, Fired, Floats
from lsm.encoders.scales import unit_range
from lsm.spikes import SpikeTrains


class BensSpiker(Encoder):
    """Ben's Spiker Algorithm (BSA): a spike wherever taking the filter off the signal helps.

    The spikes are such that a low-pass filter of finite length (:meth:`impulse_response`) makes
    the signal of them. Step by step, with s what is left of the signal, scaled to 0..1 by its
    training range, and h the filter, a spike is fired at step k, and h taken off, if ::

        sum_i |s(k + i) - h(i)| <= sum_i |s(k + i)| - threshold

    (Schrauwen & Van Campenhout, BSA, a fast and accurate spike train encoding scheme, IJCNN 2003).
    As h has sum 1, a spike in each step means 1, and a spike can lessen the error by 1 at most.
    Behind its end a signal is taken to keep its last value; values beyond the range count as its
    ends. The algorithm looks ahead by the length of the filter, so there is no stream.

    The inverse is the filter's output. It settles in the time of the filter, and follows what
    the filter lets through.

    Parameters
    ----------
    n_taps : int
        Length of the filter in steps.
    cutoff : float
        Cutoff of the filter (Hamming window) in units of the Nyquist frequency, half of
        ``1000 / step_ms`` Hz, between 0 and 1.
    threshold : float
        Between 0 and 1: the larger, the fewer spikes.
    step_ms, silence_ms : float
        See `Encoder`, where the attributes are too.
    """

    causal: ClassVar[bool] = False

    def __init__(
        self,
        *,
        n_taps: int = 24,
        cutoff: float = 0.05,
        threshold: float = 0.95,
        step_ms: float = 1.0,
        silence_ms: float = 0.0,
    ) -> None:
        super().__init__(step_ms=step_ms, silence_ms=silence_ms)
        self.n_taps = n_taps
        self.cutoff = cutoff
        self.threshold = threshold

    _learn_scale = staticmethod(unit_range)

    def _check_parameters(self) -> None:
        super()._check_parameters()
        positive_int(self.n_taps, "n_taps")
        for name in ("cutoff", "threshold"):
            if not positive(getattr(self, name), name) < 1:
                raise ValueError(f"{name} must be below 1, got {getattr(self, name)!r}")

    def impulse_response(self) -> Floats:
        """The filter (n_taps,), of sum 1."""
        # Not at the top: scipy.signal takes longer to import than all else here.
        from scipy.signal import firwin

        return np.asarray(firwin(self.n_taps, self._number("cutoff")))

    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        h = self.impulse_response()
        x = np.clip(self._scaled(signals), 0, 1)
        residual = np.pad(x, ((0, 0), (0, 0), (0, len(h) - 1)), mode="edge")
        fires = np.empty(x.shape, dtype=bool)
        for k in range(x.shape[2]):
            ahead = residual[..., k : k + len(h)]
            gain = (np.abs(ahead) - np.abs(ahead - h)).sum(axis=2)
            fires[..., k] = gain >= self._number("threshold")
            ahead -= fires[..., k, np.newaxis] * h
        sample, channel, step = np.nonzero(fires)
        return Fired(sample, channel, first + step, (first + step).astype(np.float64)), None

    def _decode(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        from scipy.signal import lfilter

        return np.asarray(lfilter(self.impulse_response(), 1, self._dense(spikes, n_steps)[:, 0]))
