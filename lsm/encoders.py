"""From signals to spikes: a mel front end for speech, and integrate-and-fire spikes.

A front end turns a waveform into a few non-negative signals; `integrate_and_fire` turns
non-negative signals, from wherever they are, into `SpikeTrains`. Neither draws random numbers.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import rfft
from scipy.signal import get_window

from lsm.checks import positive, positive_int
from lsm.spikes import SpikeTrains


def mel(frequency_Hz: ArrayLike) -> NDArray[np.float64]:
    """Frequency on the mel scale: 2595 log10(1 + f / 700 Hz) (O'Shaughnessy 1987)."""
    return np.asarray(2595 * np.log10(1 + np.asarray(frequency_Hz, dtype=np.float64) / 700))


def mel_bank(
    n_bands: int,
    frequencies_Hz: ArrayLike,
    *,
    low_Hz: float,
    high_Hz: float,
    overlap: float = 1.0,
) -> NDArray[np.float64]:
    """Weights (bands, frequencies) that average a spectrum into bands of triangular shape.

    The centres divide `low_Hz` to `high_Hz` into ``n_bands + 1`` equal parts on the mel scale, and
    each triangle reaches `overlap` parts to both sides of its centre: 1 is the usual bank, more
    blurs the harmonics of the voice. The weights of a band sum to 1.

    Raises
    ------
    ValueError
        Where frequencies are not in order, or a band is too narrow to hold one of them.
    """
    if not 0 <= low_Hz < high_Hz:
        raise ValueError(f"expected 0 <= low_Hz < high_Hz, got {low_Hz} and {high_Hz}")
    edges = np.linspace(mel(low_Hz), mel(high_Hz), positive_int(n_bands, "n_bands") + 2)
    reach = positive(overlap, "overlap") * (edges[1] - edges[0])
    distance = np.abs(mel(frequencies_Hz) - edges[1:-1, np.newaxis])
    weights = np.maximum(1 - distance / reach, 0)
    total = weights.sum(axis=1, keepdims=True)
    if not total.all():
        raise ValueError(
            f"n_bands must leave each band a frequency of the spectrum, got {n_bands} bands from "
            f"{low_Hz:g} to {high_Hz:g} Hz with overlap {overlap:g}: take fewer, or a wider overlap"
        )
    return np.asarray(weights / total)


@dataclass(frozen=True)
class MelFrontEnd:
    """Level, rise and fall of a word's mel bands, without its loudness and half of its timbre.

    ``front_end(waveform)`` gives an array (channels, frames) of numbers from 0 on, mostly below 1:

    1. power spectra of windowed frames, in mel bands (`mel_bank`);
    2. decibels above a floor, which lies `floor_dB` below the loudest band and frame of the
       recording; 0 at the floor, 1 at the loudest;
    3. *level*: less `mean_subtraction` times the band's mean over the recording. All of the mean
       (cepstral mean subtraction; Atal 1974, J. Acoust. Soc. Am. 55:1304) removes the speaker and
       the microphone, and the vowel of a short word with them; half of it is a compromise;
    4. *rise* and *fall*: change from `slope_ms` before to `slope_ms` after, its positive and its
       negative part, times `slope_gain` (delta features; Furui 1986, IEEE Trans. ASSP 34:52).

    The loudest level and the means belong to the whole recording, so it must be complete; nothing
    is taken from other recordings. A recording times a constant gives the same.

    Parameters
    ----------
    rate_Hz : float
        Sampling rate of the waveforms.
    n_bands : int
        There are three channels a band: the levels first, then the rises, then the falls.
    low_Hz, high_Hz, overlap : float
        See `mel_bank`; `high_Hz` is at most half of `rate_Hz`.
    window_ms, hop_ms : float
        Length of the (Hann) window, and step from frame to frame. Frame ``i`` is centred on
        ``i * hop_ms``. Both are rounded to samples.
    floor_dB, mean_subtraction, slope_ms, slope_gain : float
        See above; `slope_ms` is rounded to frames, at least one.

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
    mean_subtraction: float = 0.5
    slope_ms: float = 25.0
    slope_gain: float = 1.5

    def __post_init__(self) -> None:
        for name in ("rate_Hz", "window_ms", "hop_ms", "floor_dB", "slope_ms"):
            positive(getattr(self, name), name)
        for name in ("mean_subtraction", "slope_gain"):
            _not_negative(getattr(self, name), name)
        if self.high_Hz > self.rate_Hz / 2:
            raise ValueError(
                f"high_Hz must not exceed half of rate_Hz, {self.rate_Hz / 2:g}; "
                f"got {self.high_Hz:g}"
            )
        for name in ("window_ms", "hop_ms"):
            if self._samples(getattr(self, name)) < 1:
                raise ValueError(
                    f"{name} must last one sample at least, got {getattr(self, name):g} "
                    f"at {self.rate_Hz:g} Hz"
                )
        _ = self._bank  # Its errors belong here.

    @property
    def n_channels(self) -> int:
        """Number of channels: three a band."""
        return 3 * self.n_bands

    @property
    def step_ms(self) -> float:
        """Time from frame to frame, after rounding to samples."""
        return 1000 * self._samples(self.hop_ms) / self.rate_Hz

    def __call__(self, waveform: ArrayLike) -> NDArray[np.float64]:
        """The channels (channels, frames) of one recording.

        Parameters
        ----------
        waveform : array (samples,)
            Any unit. A recording of n samples has ``1 + n // hop`` frames; a silent one gives 0.
        """
        x = np.asarray(waveform, dtype=np.float64)
        if x.ndim != 1 or not len(x):
            raise ValueError(f"waveform must have shape (samples,), got {x.shape}")
        if not np.isfinite(x).all():
            raise ValueError("waveform must be finite")
        level = self._level(x)
        frames = max(1, round(self.slope_ms / self.step_ms))
        padded = np.pad(level, ((0, 0), (frames, frames)), mode="edge")
        slope = self.slope_gain * (padded[:, 2 * frames :] - padded[:, : -2 * frames])
        level = level - self.mean_subtraction * level.mean(axis=1, keepdims=True)
        return np.maximum(np.concatenate([level, slope, -slope]), 0)

    def _level(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Decibels of the bands (bands, frames), from 0 at the floor to 1 at the loudest."""
        window, hop = self._window, self._samples(self.hop_ms)
        half = len(window) // 2
        padded = np.pad(x, (half, half + hop))
        frames = np.lib.stride_tricks.sliding_window_view(padded, len(window))[::hop]
        frames = frames[: 1 + len(x) // hop]
        power = self._bank @ (np.abs(rfft(frames * window, self._n_fft)) ** 2).T
        # Of a silent recording nothing is above the floor; no logarithm of zero.
        relative = power / max(power.max(), np.finfo(np.float64).tiny)
        floor = 10 ** (-self.floor_dB / 10)
        return np.asarray(1 + 10 / self.floor_dB * np.log10(np.maximum(relative, floor)))

    @cached_property
    def _window(self) -> NDArray[np.float64]:
        return np.asarray(get_window("hann", self._samples(self.window_ms), fftbins=False))

    @cached_property
    def _n_fft(self) -> int:
        return 2 ** math.ceil(math.log2(self._samples(self.window_ms)))

    @cached_property
    def _bank(self) -> NDArray[np.float64]:
        frequencies = np.fft.rfftfreq(self._n_fft, 1 / self.rate_Hz)
        return mel_bank(
            self.n_bands,
            frequencies,
            low_Hz=self.low_Hz,
            high_Hz=self.high_Hz,
            overlap=self.overlap,
        )

    def _samples(self, time_ms: float) -> int:
        return round(time_ms * self.rate_Hz / 1000)


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
    silence = _not_negative(silence_ms, "silence_ms")
    if not len(signals):
        raise ValueError("signals must hold at least one sample, got none")
    arrays = [np.asarray(signal, dtype=np.float64) for signal in signals]
    n_channels = len(arrays[0]) if arrays[0].ndim else 0
    for i, array in enumerate(arrays):
        if array.ndim != 2 or 0 in array.shape or len(array) != n_channels:
            raise ValueError(
                f"signals must be arrays (channels, steps) of the same channels, got {array.shape} "
                f"in sample {i}, {arrays[0].shape} in sample 0"
            )
        if not (np.isfinite(array).all() and array.min() >= 0):
            raise ValueError(f"signals must be finite and not below 0; they are not in sample {i}")
    durations = np.array([array.shape[1] * step + silence for array in arrays])
    times, channels = zip(*(_fire(array * (rate * step)) for array in arrays), strict=True)
    return SpikeTrains(
        # What fires at the very end of a sample is still a spike of this sample.
        np.concatenate(
            [
                np.minimum(t * step, np.nextafter(d, 0))
                for t, d in zip(times, durations, strict=True)
            ]
        ),
        np.concatenate(channels),
        np.concatenate([[0], np.cumsum([len(t) for t in times])]),
        durations,
        n_channels,
    )


def _fire(charge: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Times, in steps, and channels of one sample's spikes, sorted; charge (channels, steps)."""
    after = np.cumsum(charge, axis=1) + 0.5
    fired = np.floor(after).astype(np.int64)
    n_spikes = np.diff(fired, axis=1, prepend=0)
    channel, step = np.nonzero(n_spikes)
    n = n_spikes[channel, step]
    # Of the n spikes of a step, the first comes when n - 1 units of charge are still to come.
    to_come = np.repeat(np.cumsum(n), n) - 1 - np.arange(n.sum())
    channel, step = np.repeat(channel, n), np.repeat(step, n)
    beyond = after[channel, step] - fired[channel, step] + to_come
    times = step + 1 - beyond / charge[channel, step]
    order = np.lexsort((channel, times))
    return times[order], channel[order]


def _not_negative(value: float, name: str) -> float:
    """A finite number from 0 on."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} must be finite and not below 0, got {value!r}")
    return float(value)
