"""Front ends for sound: from waveforms to a few signals that an encoder turns into spikes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import not_negative, positive
from lsm.base.quantities import convert_fields, number
from lsm.encoders.banks import gammatone_filters, gammatone_power, mel_power, mel_weights
from lsm.encoders.base import Floats
from lsm.signals import Signals, validate_signals
from readouts.scale import refuse_scale


class AudioFrontEnd(TransformerMixin, BaseEstimator):
    """Level, rise and fall of a sound's bands, without its loudness and half of its timbre.

    A scikit-learn transformer from waveforms to signals from 0 on, mostly below 1, one value each
    `step_ms`; give an encoder behind it that `step_ms`. ``front_end(waveform)`` does the same for
    one recording, without `fit`: nothing is learned. What it does:

    1. power in bands of frequency, in windows: a mel bank of power spectra (`mel_bank`), or
       gammatone filters as the cochlea has them (`gammatone_filters`);
    2. compression of the power relative to that of the loudest band and frame of the recording:
       *log*, decibels above a floor `floor_dB` below it, 0 at the floor and 1 at the loudest; or
       *power*, ``relative ** exponent``, without a floor (1/3: Hermansky 1990, J. Acoust. Soc. Am.
       87:1738; about 0.3: Stevens 1957, Psychol. Rev. 64:153);
    3. with `trim`, what comes before and after the word is cut off, but for `slope_ms`: frames
       whose level, the mean over bands, is below that part of the highest (end points by level:
       Rabiner & Sambur 1975, Bell Syst. Tech. J. 54:297);
    4. *level*: less `mean_subtraction` times the band's mean over what is left. All of the mean
       (cepstral mean subtraction; Atal 1974, J. Acoust. Soc. Am. 55:1304) removes the speaker and
       the microphone, and the vowel of a short word with them; half of it is a compromise;
    5. *rise* and *fall*: change from `slope_ms` before to `slope_ms` after, its positive and its
       negative part, times `slope_gain` (delta features; Furui 1986, IEEE Trans. ASSP 34:52).

    The loudest level and the means belong to the whole recording, so it must be complete; nothing
    is taken from other recordings. A recording times a constant gives the same.

    Parameters
    ----------
    rate_Hz : float
        Sampling rate of the waveforms.
    bank : {"mel", "gammatone"}
    compression : {"log", "power"}
    n_bands : int
        There are three channels a band: the levels first, then the rises, then the falls.
    low_Hz, high_Hz : float
        The centres of the bands divide this range into ``n_bands + 1`` equal parts on the bank's
        scale: mel, or ERB numbers. `high_Hz` is at most half of `rate_Hz`.
    overlap : float
        Of mel bands, see `mel_bank`.
    window_ms, hop_ms : float
        Length of the (Hann) window, and step from frame to frame. Frame ``i`` is centred on
        ``i * hop_ms``. Both are rounded to samples.
    floor_dB : float
        For *log*.
    exponent : float
        For *power*.
    trim : float
        From 0, which cuts nothing, to 1.
    mean_subtraction, slope_ms, slope_gain : float
        See above; `slope_ms` is rounded to frames, at least one.

    Attributes
    ----------
    n_features_in_ : int
        See `lsm.signals.validate_signals`.
    n_channels_in_, n_channels_out_ : int
        1, and three a band.
    """

    def __init__(
        self,
        rate_Hz: float,
        *,
        bank: Literal["mel", "gammatone"] = "mel",
        compression: Literal["log", "power"] = "log",
        n_bands: int = 32,
        low_Hz: float = 150.0,
        high_Hz: float = 3200.0,
        overlap: float = 2.5,
        window_ms: float = 40.0,
        hop_ms: float = 5.0,
        floor_dB: float = 50.0,
        exponent: float = 1 / 3,
        trim: float = 0.0,
        mean_subtraction: float = 0.5,
        slope_ms: float = 25.0,
        slope_gain: float = 1.5,
    ) -> None:
        self.rate_Hz = rate_Hz
        self.bank = bank
        self.compression = compression
        self.n_bands = n_bands
        self.low_Hz = low_Hz
        self.high_Hz = high_Hz
        self.overlap = overlap
        self.window_ms = window_ms
        self.hop_ms = hop_ms
        self.floor_dB = floor_dB
        self.exponent = exponent
        self.trim = trim
        self.mean_subtraction = mean_subtraction
        self.slope_ms = slope_ms
        self.slope_gain = slope_gain

    @property
    def n_channels(self) -> int:
        """Number of channels: three a band."""
        return 3 * self.n_bands

    @property
    def step_ms(self) -> float:
        """Time from frame to frame, after rounding to samples."""
        return 1000 * self._samples("hop_ms") / self._number("rate_Hz")

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters and the waveforms.

        Parameters
        ----------
        X : list of array (waveform samples,), or table (recordings, waveform samples)
            In any unit. See `lsm.signals.validate_signals`.
        y : ignored

        Raises
        ------
        TypeError, ValueError
            Where a parameter has no possible value, or X holds no recordings of one channel.
        """
        self.check_parameters()
        validate_signals(self, X, reset=True)
        if self.n_channels_in_ != 1:
            raise ValueError(f"X must be recordings of 1 channel, got {self.n_channels_in_}")
        self.n_channels_out_ = self.n_channels
        return self

    def transform(self, X: Any) -> Floats | Signals:
        """The channels of each recording.

        Returns
        -------
        list of array (channels, frames), or array (recordings, channels, frames) if of one length
        """
        check_is_fitted(self)
        signals = [self._channels(x[0]) for x in validate_signals(self, X, reset=False)]
        return np.stack(signals) if len({s.shape for s in signals}) == 1 else signals

    def __call__(self, waveform: ArrayLike) -> Floats:
        """The channels (channels, frames) of one recording.

        Parameters
        ----------
        waveform : array (samples,)
            Any unit. A recording of n samples has ``1 + n // hop`` frames, or fewer with `trim`; a
            silent one gives 0.
        """
        self.check_parameters()
        x = np.asarray(waveform, dtype=np.float64)
        if x.ndim != 1 or not len(x):
            raise ValueError(f"waveform must have shape (samples,), got {x.shape}")
        if not np.isfinite(x).all():
            raise ValueError("waveform must be finite")
        return self._channels(x)

    def check_parameters(self) -> None:
        """Raise TypeError or ValueError where a parameter has no possible value."""
        for name in ("rate_Hz", "window_ms", "hop_ms", "floor_dB", "exponent", "slope_ms"):
            positive(getattr(self, name), name)
        for name in ("trim", "mean_subtraction", "slope_gain"):
            not_negative(getattr(self, name), name)
        if self._number("trim") > 1:
            raise ValueError(f"trim must be at most 1, got {self.trim!r}")
        for name, choices in (("bank", ("mel", "gammatone")), ("compression", ("log", "power"))):
            if (value := getattr(self, name)) not in choices:
                raise ValueError(f"{name} must be one of {choices}, got {value!r}")
        rate_Hz, high_Hz = self._number("rate_Hz"), self._number("high_Hz")
        if high_Hz > rate_Hz / 2:
            raise ValueError(
                f"high_Hz must not exceed half of rate_Hz, {rate_Hz / 2:g}; got {high_Hz:g}"
            )
        for name in ("window_ms", "hop_ms"):
            if self._samples(name) < 1:
                raise ValueError(
                    f"{name} must last one sample at least, got {self._number(name):g} "
                    f"at {rate_Hz:g} Hz"
                )
        self._bands()  # Its errors belong here.

    def _channels(self, x: Floats) -> Floats:
        refuse_scale(max(x.max(), -x.min()), "waveform")
        level = self._level(x)
        frames = max(1, round(self._number("slope_ms") / self.step_ms))
        at = np.arange(level.shape[1])
        after, before = np.minimum(at + frames, at[-1]), np.maximum(at - frames, 0)
        slope = self._number("slope_gain") * (level[:, after] - level[:, before])
        loudness = level.mean(axis=0)
        loud = np.flatnonzero(loudness >= self._number("trim") * loudness.max())
        kept = slice(max(0, loud[0] - frames), loud[-1] + frames + 1)
        level, slope = level[:, kept], slope[:, kept]
        level = level - self._number("mean_subtraction") * level.mean(axis=1, keepdims=True)
        return np.maximum(np.concatenate([level, slope, -slope]), 0)

    def _level(self, x: Floats) -> Floats:
        """Compressed power of the bands (bands, frames); 1 at the loudest."""
        power_in = mel_power if self.bank == "mel" else gammatone_power
        power = power_in(
            x,
            self._bands(),
            window=self._samples("window_ms"),
            hop=self._samples("hop_ms"),
        )
        # Of a silent recording nothing is above the floor; no division by zero.
        relative = power / max(power.max(), np.finfo(np.float64).tiny)
        if self.compression == "power":
            return np.asarray(relative ** self._number("exponent"))
        floor_dB = self._number("floor_dB")
        floor = 10 ** (-floor_dB / 10)
        return np.asarray(1 + 10 / floor_dB * np.log10(np.maximum(relative, floor)))

    def _bands(self) -> Floats:
        """Weights of spectra, or impulse responses; their functions keep the last ones."""
        rate, low, high = map(self._number, ("rate_Hz", "low_Hz", "high_Hz"))
        if self.bank == "gammatone":
            return gammatone_filters(self.n_bands, rate_Hz=rate, low_Hz=low, high_Hz=high)
        return mel_weights(
            self.n_bands,
            rate_Hz=rate,
            window=self._samples("window_ms"),
            low_Hz=low,
            high_Hz=high,
            overlap=self._number("overlap"),
        )

    def _number(self, name: str) -> float:
        """A parameter in the unit of its name; estimators keep quantities as they are given."""
        return number(getattr(self, name), name)

    def _samples(self, name: str) -> int:
        return round(self._number(name) * self._number("rate_Hz") / 1000)


@dataclass(frozen=True)
class MelFrontEnd:
    """`AudioFrontEnd` with mel bands in decibels, checked when it is made and then constant.

    For whoever encodes single recordings, ``front_end(waveform)``, always in the same way.
    Parameters are those of `AudioFrontEnd`.

    Raises
    ------
    TypeError, ValueError
        Where a parameter has no possible value.
    """

    rate_Hz: float
    n_bands: int = 32
    low_Hz: float = 150.0
    high_Hz: float = 3200.0
    overlap: float = 2.5
    window_ms: float = 40.0
    hop_ms: float = 5.0
    floor_dB: float = 50.0
    trim: float = 0.0
    mean_subtraction: float = 0.5
    slope_ms: float = 25.0
    slope_gain: float = 1.5

    def __post_init__(self) -> None:
        convert_fields(self)
        self._front_end.check_parameters()

    @property
    def n_channels(self) -> int:
        """Number of channels: three a band."""
        return self._front_end.n_channels

    @property
    def step_ms(self) -> float:
        """Time from frame to frame, after rounding to samples."""
        return self._front_end.step_ms

    def __call__(self, waveform: ArrayLike) -> Floats:
        """The channels (channels, frames) of one recording: see `AudioFrontEnd`."""
        return self._front_end(waveform)

    @cached_property
    def _front_end(self) -> AudioFrontEnd:
        return AudioFrontEnd(**asdict(self))
