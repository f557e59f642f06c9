"""NPZ files and folders of sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.archives import open_npz
from lsm.base.checks import axes_hint, nearest, positive, whole_from_0
from lsm.base.files import LoadError, ending_in
from lsm.spikes import SpikeTrains
from readouts.scale import refuse_scale
from tasks.fsdd import RATE_HZ, sound_spikes
from tasks.own.samples import Samples, by_sample, usual_duration
from tasks.own.tables import read_csv
from tasks.wav import read_wav

_SIGNALS = ("X", "step_ms")
#: Each is a column of many a table; the largest event cameras have fewer.
_MOST_CHANNELS = 2**21
_SPIKES = ("times_ms", "channels", "samples", "duration_ms", "n_channels")


def read_samples(path: Path) -> Samples:
    """The samples of an NPZ file, a CSV file, or a folder that has one of WAV files for each class.

    Raises
    ------
    LoadError
        They are not as described: which file, which line, what was expected and what came.
    ValueError
        It is no such file.
    OSError
        It can't be opened.
    """
    if path.is_dir():
        return _read_sounds(path)
    kind = path.suffix.lower()
    if kind == ".npz":
        return _read_npz(path)
    if kind == ".csv":
        return read_csv(path)
    raise ValueError(
        "data must be an NPZ file, a CSV file or a folder that has one of WAV files for each "
        f"class; got {path}" + ("" if path.exists() else ", which isn't there")
    )


def _read_sounds(folder: Path) -> Samples:
    """The recordings of a folder that has one for each class."""
    if beside := ending_in(folder, ".wav"):
        raise LoadError(
            f"{folder}: expected a folder of WAV files for each class, got {beside[0].name} beside "
            "them"
        )
    paths = []
    for each in sorted(folder.iterdir()):
        if each.is_dir() and not each.name.startswith("."):
            sounds = ending_in(each, ".wav")
            if not sounds:
                raise LoadError(f"{each}: expected WAV files of class {each.name}, got none")
            paths += [(each.name, path) for path in sounds]
    if not paths:
        raise LoadError(f"{folder}: expected a folder of WAV files for each class, got none")
    waves = [read_wav(path, rate_Hz=RATE_HZ, resample=True) for _, path in paths]
    return Samples(
        labels=[name for name, _ in paths],
        signals=[wave[np.newaxis].astype(np.float32) for wave in waves],
        spikes=sound_spikes(waves),
        step_ms=1000 / RATE_HZ,
    )


def _read_npz(path: Path) -> Samples:
    """Arrays by name: y, groups, and either those of signals or those of spikes."""
    with open_npz(path, "an NPZ file of samples", compressed=True) as file:
        arrays = dict(file)
        names = ("y", "groups", *(_SIGNALS if "X" in arrays else _SPIKES))
        for name in arrays:
            if name not in names:
                raise ValueError(
                    f"expected arrays of {', '.join(names)}; got {name}, did you mean "
                    f"{nearest(name, names)}?"
                )
        labels = _names(arrays["y"], "y")
        groups = _names(arrays["groups"], "groups", len(labels)) if "groups" in arrays else None
        if "X" not in arrays:
            return Samples(labels, groups, spikes=_spikes_of(arrays, len(labels)))
        step = positive(arrays["step_ms"].item(), "step_ms") if "step_ms" in arrays else None
        return Samples(labels, groups, _signals_of(arrays["X"], len(labels)), step_ms=step)


def _names(values: NDArray[Any], name: str, n: int | None = None) -> list[str]:
    """What classes or groups are called, one a sample."""
    if values.ndim != 1 or values.dtype.kind not in "biuU" or len(values) != (n or len(values)):
        shape = "(samples,)" if n is None else f"({n},)"
        raise ValueError(
            f"{name} must be whole numbers or text of shape {shape}, got {values.dtype} of shape "
            f"{values.shape}"
        )
    return [str(value) for value in values]


def _signals_of(X: NDArray[Any], n: int) -> list[NDArray[np.float64]]:
    if X.ndim != 3 or X.dtype.kind not in "biuf" or len(X) != n or not X.size:
        raise ValueError(
            f"X must be numbers of shape ({n}, channels, steps), as many as y; got {X.dtype} of "
            f"shape {X.shape}" + axes_hint(X.shape[1:])
        )
    signals = X.astype(np.float64)
    if not np.isfinite(signals).all():
        place = np.argwhere(~np.isfinite(signals))[0].tolist()
        raise ValueError(f"X must be finite, sample {place[0]} isn't in channel {place[1]}")
    refuse_scale(np.abs(signals).max(axis=(0, 2)), "X", "channel")
    return list(signals)


def _spikes_of(arrays: dict[str, NDArray[Any]], n: int) -> SpikeTrains:
    times, channels, samples = (arrays[name] for name in ("times_ms", "channels", "samples"))
    if not times.shape == channels.shape == samples.shape or times.ndim != 1:
        raise ValueError(
            "times_ms, channels and samples must have one shape (spikes,), got "
            f"{times.shape}, {channels.shape} and {samples.shape}"
        )
    for name, values in (("channels", channels), ("samples", samples)):
        if values.dtype.kind not in "iu" or (values < 0).any():
            raise ValueError(f"{name} must be whole numbers from 0 on")
    if (samples >= n).any():
        raise ValueError(f"samples must be below {n}, as many as y; got {samples.max()}")
    n_channels = int(channels.max(initial=0)) + 1
    if "n_channels" in arrays:
        n_channels = whole_from_0(arrays["n_channels"].item(), "n_channels")
    if n_channels > _MOST_CHANNELS:
        raise ValueError(f"there may be {_MOST_CHANNELS} channels at most, got {n_channels}")
    return by_sample(
        times,
        channels,
        samples,
        n_channels=n_channels,
        durations_ms=np.broadcast_to(arrays.get("duration_ms", usual_duration(times)), n),
    )
