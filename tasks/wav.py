"""Recordings in WAV files, on one channel and at the rate that is wanted."""

from __future__ import annotations

import io
import os
import warnings
from math import gcd
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.checks import positive, positive_int
from lsm.base.files import LoadError, expanded, refusing

#: The lowest rate of sound, and the most samples that a filter between two rates reaches over.
_LEAST_HZ, _MOST_STEPS = 1000, 200_000


def read_wav(
    path: str | os.PathLike[str], *, rate_Hz: float, resample: bool = False
) -> NDArray[np.float64]:
    """The samples (samples,) of a WAV file, from -1 to 1.

    Integers of 8 to 64 bits and floating-point numbers, also in the extensible format that
    recorders use for 24 bits, all by way of `scipy.io.wavfile`.

    Parameters
    ----------
    path : path
    rate_Hz : float
        Samples a second, a whole number.
    resample : bool
        Take the mean of several channels, and bring other rates to `rate_Hz`, without what would
        be heard at wrong frequencies (`scipy.signal.resample_poly`).

    Raises
    ------
    LoadError
        No such file, cut off, or without samples; without `resample`, it has several channels or
        another rate.
    OSError
        It can't be opened.
    """
    target_Hz = positive_int(round(positive(rate_Hz, "rate_Hz")), "rate_Hz")
    with open(expanded(path), "rb") as file, refusing(path, "a WAV file"):
        content = _Whole(file.read())
        with warnings.catch_warnings():
            # Of chunks that aren't sound.
            warnings.simplefilter("ignore", scipy.io.wavfile.WavFileWarning)
            rate, samples = scipy.io.wavfile.read(content)
        if not samples.size:
            raise ValueError("it has no samples")
        channels = _scaled(samples)
        if not np.isfinite(channels).all():
            raise ValueError("some samples are no numbers")
    n_channels = channels.shape[1]
    if not resample and (n_channels, rate) != (1, target_Hz):
        raise LoadError(
            f"{path}: expected one channel of {target_Hz} Hz, got {n_channels} of {rate} Hz; "
            "resample=True (--resample) mixes and resamples it"
        )
    samples = channels[:, 0] if n_channels == 1 else channels.mean(axis=1)
    up, down = target_Hz // gcd(rate, target_Hz), rate // gcd(rate, target_Hz)
    if rate < min(_LEAST_HZ, target_Hz) or max(up, down) > _MOST_STEPS:
        raise LoadError(f"{path}: {rate} Hz can't be resampled to {target_Hz} Hz")
    return samples if up == down else scipy.signal.resample_poly(samples, up, down)


class _Whole(io.BytesIO):
    """The bytes of a file, which must be as many as it says of itself."""

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        # At the end of the last chunk scipy looks for the name of another one, of 4 bytes.
        if size is not None and len(content) < size and (content or size > 4):
            raise ValueError(f"it is cut off after {len(content)} of {size} bytes")
        return content


def _scaled(samples: NDArray[Any]) -> NDArray[np.float64]:
    """Samples (samples, channels) from -1 to 1, of whatever numbers the file has."""
    table = samples.reshape(len(samples), -1)
    if table.dtype.kind == "f":
        return table.astype(np.float64)
    if table.dtype.kind == "u":  # 8 bits, and silence is 128
        return (table.astype(np.float64) - 2**7) / 2**7
    return table.astype(np.float64) / 2.0 ** (8 * table.dtype.itemsize - 1)
