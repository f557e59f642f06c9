"""Filter banks: the power of a sound in bands of frequency, frame by frame.

The bands divide a range of frequencies evenly on a scale of pitch. Frame ``i`` is centred on sample
``i * hop``, and a sound of n samples has ``1 + n // hop`` frames.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from lsm.base.checks import positive, positive_int
from lsm.base.quantities import in_unit, number

# scipy.signal takes longer to import than all of scikit-learn's linear models, and few need it:
# the functions that do import it themselves.

Floats = NDArray[np.float64]

# A gammatone filter's response is cut where its envelope is 84 dB below its top.
_GAMMATONE_TIME_CONSTANTS = 18


def mel(frequency_Hz: ArrayLike) -> Floats:
    """Frequency on the mel scale: 2595 log10(1 + f / 700 Hz) (O'Shaughnessy 1987)."""
    return np.asarray(2595 * np.log10(1 + in_unit(frequency_Hz, "frequency_Hz") / 700))


def erb_number(frequency_Hz: ArrayLike) -> Floats:
    """Frequency in equivalent rectangular bandwidths of hearing: 21.4 log10(1 + 4.37 f / kHz).

    Glasberg & Moore 1990, Hearing Research 47:103, equation 4.
    """
    return np.asarray(21.4 * np.log10(1 + 4.37e-3 * in_unit(frequency_Hz, "frequency_Hz")))


def erb_centres(n_bands: int, *, low_Hz: float, high_Hz: float) -> Floats:
    """Frequencies in Hz that divide a range into ``n_bands + 1`` equal parts of the ERB scale."""
    low_Hz, high_Hz = _range(low_Hz, high_Hz)
    numbers = np.linspace(
        erb_number(low_Hz), erb_number(high_Hz), positive_int(n_bands, "n_bands") + 2
    )[1:-1]
    return np.asarray((10 ** (numbers / 21.4) - 1) / 4.37e-3)


def mel_bank(
    n_bands: int,
    frequencies_Hz: ArrayLike,
    *,
    low_Hz: float,
    high_Hz: float,
    overlap: float = 1.0,
) -> Floats:
    """Weights (bands, frequencies) that average a spectrum into bands of triangular shape.

    The centres divide `low_Hz` to `high_Hz` into ``n_bands + 1`` equal parts on the mel scale, and
    each triangle reaches `overlap` parts to both sides of its centre: 1 is the usual bank, more
    blurs the harmonics of the voice. The weights of a band sum to 1.

    Raises
    ------
    ValueError
        Where frequencies are not in order, or a band is too narrow to hold one of them.
    """
    low_Hz, high_Hz = _range(low_Hz, high_Hz)
    overlap = positive(overlap, "overlap")
    edges = np.linspace(mel(low_Hz), mel(high_Hz), positive_int(n_bands, "n_bands") + 2)
    reach = overlap * (edges[1] - edges[0])
    distance = np.abs(mel(in_unit(frequencies_Hz, "frequencies_Hz")) - edges[1:-1, np.newaxis])
    weights = np.maximum(1 - distance / reach, 0)
    total = weights.sum(axis=1, keepdims=True)
    if not total.all():
        raise ValueError(
            f"n_bands must leave each band a frequency of the spectrum, got {n_bands} bands from "
            f"{low_Hz:g} to {high_Hz:g} Hz with overlap {overlap:g}: take fewer, or a wider overlap"
        )
    return np.asarray(weights / total)


def gammatone_filters(n_bands: int, *, rate_Hz: float, low_Hz: float, high_Hz: float) -> Floats:
    """Impulse responses (bands, samples) of gammatone filters of order 4, gain 1 at their centres.

    ``t^3 exp(-2 pi 1.019 ERB(f) t) cos(2 pi f t)`` with ``ERB(f) = 24.7 Hz + 0.108 f``, as
    `scipy.signal.gammatone` has it (Slaney 1993; Glasberg & Moore 1990), at `erb_centres`. They
    last until the narrowest has faded.
    """
    low, high = _range(low_Hz, high_Hz)
    return _gammatone_filters(n_bands, positive(rate_Hz, "rate_Hz"), low, high)


@lru_cache(maxsize=8)
def _gammatone_filters(n_bands: int, rate_Hz: float, low_Hz: float, high_Hz: float) -> Floats:
    from scipy.signal import gammatone

    centres = erb_centres(n_bands, low_Hz=low_Hz, high_Hz=high_Hz)
    decay_per_s = 2 * np.pi * 1.019 * (24.7 + 0.108 * centres[0])
    n_taps = math.ceil(_GAMMATONE_TIME_CONSTANTS / decay_per_s * rate_Hz)
    responses = np.array(
        [gammatone(f, "fir", order=4, numtaps=n_taps, fs=rate_Hz)[0] for f in centres]
    )
    responses.flags.writeable = False
    return responses


@lru_cache(maxsize=8)
def mel_weights(
    n_bands: int, *, rate_Hz: float, window: int, low_Hz: float, high_Hz: float, overlap: float
) -> Floats:
    """`mel_bank` for the power spectra of windows of that many samples."""
    frequencies = np.fft.rfftfreq(_n_fft(window), 1 / rate_Hz)
    weights = mel_bank(n_bands, frequencies, low_Hz=low_Hz, high_Hz=high_Hz, overlap=overlap)
    weights.flags.writeable = False
    return weights


def mel_power(x: Floats, weights: Floats, *, window: int, hop: int) -> Floats:
    """Power (bands, frames) of a waveform (samples,) in bands of its windowed spectra.

    The product is that of one recording, on one thread: another shape, or a share of it on each
    core, could change the last bits. And threads that wait for a core between two small products
    take many times the processor time where other processes work beside them.
    """
    frames = _frames(x, window, hop, len(x))
    windowed = np.zeros((len(frames), _n_fft(window)))
    np.multiply(frames, _hann(window), out=windowed[:, :window])
    power = np.abs(scipy.fft.rfft(windowed)) ** 2
    with _blas().limit(limits=1):
        return np.asarray(weights @ power.T)


@cache
def _blas() -> ThreadpoolController:
    """Controls the threads of NumPy's products; finding the libraries takes a millisecond."""
    return ThreadpoolController().select(user_api="blas")


def gammatone_power(x: Floats, filters: Floats, *, window: int, hop: int) -> Floats:
    """Power (bands, frames) of a waveform (samples,) behind the filters, in the same windows.

    The filters' delays, some milliseconds at low frequencies, stay as they are in the cochlea.
    """
    from scipy.signal import oaconvolve

    responses = oaconvolve(x[np.newaxis], filters, axes=1)
    return np.asarray(_frames(responses**2, window, hop, len(x)) @ _hann(window))


def _frames(x: Floats, window: int, hop: int, n_samples: int) -> Floats:
    """Frames (..., frames, window) of the first `n_samples`; 0 where there is no sound."""
    n_frames, before = 1 + n_samples // hop, window // 2
    padded = np.zeros((*x.shape[:-1], (n_frames - 1) * hop + window))
    sound = x[..., : padded.shape[-1] - before]
    padded[..., before : before + sound.shape[-1]] = sound
    return np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1)[..., ::hop, :]


@lru_cache(maxsize=8)
def _hann(n: int) -> Floats:
    from scipy.signal import get_window

    window = np.asarray(get_window("hann", n, fftbins=False))
    window.flags.writeable = False
    return window


def _n_fft(window: int) -> int:
    return 2 ** math.ceil(math.log2(window))


def _range(low_Hz: float, high_Hz: float) -> tuple[float, float]:
    low, high = number(low_Hz, "low_Hz"), number(high_Hz, "high_Hz")
    if not 0 <= low < high:
        raise ValueError(f"expected 0 <= low_Hz < high_Hz, got {low:g} and {high:g}")
    return low, high
