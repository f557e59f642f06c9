"""A front end for electrodes: envelopes of random sums of channels, in decibels."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import number
from lsm.encoders.base import Floats
from lsm.signals import Signals, validate_signals
from readouts.scale import refuse_scale


class EnvelopeFrontEnd(TransformerMixin, BaseEstimator):
    """Envelopes of random sums of electrodes, in decibels: for electromyograms and the like.

    A scikit-learn transformer from signals of several channels to one signal for each spatial
    filter, a value each `step_ms`; give an encoder behind it that `step_ms`, or a longer one to run
    slower than life. What it does:

    1. spatial filters: each is the sum of `n_electrodes` channels, drawn without replacement, with
       normally distributed weights whose squares sum to 1. A muscle reaches several electrodes,
       with one sign or the other, and what a sum cancels or keeps tells where it lies: so the
       amplitudes of many sums hold the covariance of the channels, which single ones don't;
    2. envelope: the mean absolute value in windows (Hudgins, Parker & Scott 1993, IEEE Trans.
       Biomed. Eng. 40:82). Those at an end hold what there is;
    3. logarithm: decibels relative to the root mean square of all training values, above a floor
       `floor_dB` below it, so that soft muscles count as much as strong ones.

    Labels have no part in it, and each sample is for itself. Take the mean of each channel away
    before, where there is one. All signals times a constant give the same.

    Parameters
    ----------
    rate_Hz : float
        Sampling rate of the signals.
    n_filters : int, default=200
    n_electrodes : int, default=3
        Channels that a filter sums; all of them where there are fewer.
    window_ms, hop_ms : float
        Length of a window, and step from window to window, rounded to samples. Window ``i`` is
        centred on the middle of step ``i``.
    floor_dB : float, default=40
        How far below the training signals' root mean square the floor is, which is added to the
        envelope.
    random_state : int, RandomState or None
        Draws the filters.

    Attributes
    ----------
    filters_ : float array (n_filters, channels)
    scale_ : float
        Root mean square of the training signals, in their unit.
    n_features_in_ : int
        See `lsm.signals.validate_signals`.
    n_channels_in_, n_channels_out_ : int
        Channels, and filters.
    """

    def __init__(
        self,
        rate_Hz: float,
        *,
        n_filters: int = 200,
        n_electrodes: int = 3,
        window_ms: float = 200.0,
        hop_ms: float = 100.0,
        floor_dB: float = 40.0,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.rate_Hz = rate_Hz
        self.n_filters = n_filters
        self.n_electrodes = n_electrodes
        self.window_ms = window_ms
        self.hop_ms = hop_ms
        self.floor_dB = floor_dB
        self.random_state = random_state

    @property
    def step_ms(self) -> float:
        """Time from window to window, after rounding to samples."""
        return 1000 * self._samples("hop_ms") / number(self.rate_Hz, "rate_Hz")

    def fit(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Draw the filters, and learn how large signals are.

        Parameters
        ----------
        X : signals
            See `lsm.signals.validate_signals`.
        y : ignored
        sample_weight : array (samples,), optional
            A sample of weight 2 counts as two, of weight 0 as none.

        Raises
        ------
        TypeError, ValueError
            Where a parameter has no possible value, the signals or the weights are not as
            described.
        """
        self.check_parameters()
        signals = validate_signals(self, X, reset=True)
        weights = _check_sample_weight(
            sample_weight, signals, dtype=np.float64, ensure_non_negative=True
        )
        for signal in signals:
            refuse_scale(np.abs(signal).max(), "X")
        squares = np.array([np.square(signal).sum() for signal in signals])
        sizes = np.array([signal.size for signal in signals])
        # Of silence all is at the floor; no division by zero.
        self.scale_ = float(np.sqrt(squares @ weights / (sizes @ weights))) or 1.0
        rng = check_random_state(self.random_state)
        n = self.n_channels_in_
        self.filters_ = np.zeros((self.n_filters, n))
        for row in self.filters_:
            electrodes = rng.permutation(n)[: self.n_electrodes]
            row[electrodes] = rng.standard_normal(len(electrodes))
        self.filters_ /= np.linalg.norm(self.filters_, axis=1, keepdims=True)
        self.n_channels_out_ = self.n_filters
        return self

    def transform(self, X: Any) -> Floats | Signals:
        """The envelopes of each sample, in decibels.

        Returns
        -------
        list of array (filters, windows), or array (samples, filters, windows) if of one length
            A sample of n steps has ``ceil(n / hop)`` windows.
        """
        check_is_fitted(self)
        envelopes = [self._envelopes(x) for x in validate_signals(self, X, reset=False)]
        return np.stack(envelopes) if len({e.shape for e in envelopes}) == 1 else envelopes

    def check_parameters(self) -> None:
        """Raise TypeError or ValueError where a parameter has no possible value."""
        for name in ("rate_Hz", "window_ms", "hop_ms", "floor_dB"):
            positive(getattr(self, name), name)
        for name in ("n_filters", "n_electrodes"):
            positive_int(getattr(self, name), name)
        for name in ("window_ms", "hop_ms"):
            if self._samples(name) < 1:
                raise ValueError(
                    f"{name} must last one sample at least, got "
                    f"{number(getattr(self, name), name):g} at "
                    f"{number(self.rate_Hz, 'rate_Hz'):g} Hz"
                )

    def _envelopes(self, signal: Floats) -> Floats:
        refuse_scale(np.abs(signal).max(), "X")
        n_steps = signal.shape[1]
        window, hop = self._samples("window_ms"), self._samples("hop_ms")
        start = np.arange(0, n_steps, hop) + (hop - window) // 2
        first = np.clip(start, 0, n_steps - 1)
        end = np.clip(start + window, first + 1, n_steps)
        rectified = np.abs(self.filters_ @ signal) / self.scale_
        total = np.pad(rectified.cumsum(axis=1), ((0, 0), (1, 0)))
        mean = (total[:, end] - total[:, first]) / (end - first)
        floor = 10 ** (-number(self.floor_dB, "floor_dB") / 20)
        return np.asarray(20 * np.log10(np.maximum(mean, 0) + floor))

    def _samples(self, name: str) -> int:
        return round(number(getattr(self, name), name) * number(self.rate_Hz, "rate_Hz") / 1000)
