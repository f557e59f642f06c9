"""Bonn EEG: healthy volunteers, patients between seizures, and seizures, by one electrode."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.archives import open_npz
from lsm.base.checks import positive_int
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, data_file
from tasks.encoded import kept_spikes
from tasks.splits import stratified_units, thin

RATE_HZ = 173.61
STEP_MS = 1000 / RATE_HZ
SETS = ("A_Z", "B_O", "C_N", "D_F", "E_S")
#: Names of classes, and the class of each set.
CLASSES: dict[int, tuple[tuple[str, ...], tuple[int, ...]]] = {
    2: (("no seizure", "seizure"), (0, 0, 0, 0, 1)),
    3: (("healthy", "between seizures", "seizure"), (0, 0, 1, 1, 2)),
    5: (
        ("eyes open", "eyes closed", "far from the focus", "at the focus", "seizure"),
        (0, 1, 2, 3, 4),
    ),
}
#: Centres of the bands in Hz, evenly spaced on a logarithmic scale, and centres by deviations.
BANDS_HZ = np.geomspace(1, 75, 12)
SHARPNESS = 4.0
#: Usual log10 of 1 uV and the amplitude: at 1 Hz, its fall in a factor of ten, its deviation.
AT_1_HZ, FALL, DEVIATION = 1.5, 0.4, 0.5
SPIKES_PER_MS = 0.5
SOURCE = (
    "EEG of the University of Bonn, Andrzejak et al., Physical Review E 64:061907, 2001, which is "
    "to be cited; carried by https://github.com/RYH2077/EEG-Epilepsy-Datasets"
)
LICENCE = "free for research, with the paper cited"
_FILE = "recordings.npz"
_WHAT = "an NPZ file of EEG"
_OBTAIN = (
    "clone github.com/RYH2077/EEG-Epilepsy-Datasets, and put its segments into "
    f"{_FILE}, a key for each set: {', '.join(SETS)}"
)


def bonn(
    n_classes: int,
    random_state: RandomState = None,
    data: Data = None,
    *,
    window: int = 512,
    windows: int = 1,
    samples_per_class: int | None = None,
) -> Task:
    """Bonn2, Bonn3, Bonn5: whose brain, and in which state, does an electrode hear?

    Segments of one channel of 23.6 s, 4097 values in uV at 173.61 Hz, in five sets of 100: healthy
    volunteers with open eyes (A) and closed ones (B), at the scalp; patients between seizures,
    within the brain, far from where seizures begin (C) and there (D); seizures (E). Bonn5 tells
    all five apart, Bonn3 A and B from C and D from E, and Bonn2 E from the others, which are 80 %.

    A sample is a window of a segment. Groups are the segments, and none is torn apart, neither by
    the split nor by folds at random. The segments of a set come from few people, who aren't named,
    so that folds flatter. `Task.metadata` has each sample's `set`, and `Task.signals` are the
    windows in uV, shape (1, window).

    Spikes: the logarithm of the amplitude in 12 bands from 1 to 75 Hz (`band_amplitudes`) above and
    below a line that falls with frequency, each on a channel, integrates and fires; a value lasts
    1 ms.

    Parameters
    ----------
    n_classes : {2, 3, 5}
    random_state : int, SeedSequence, Generator or None
        Decides which segments train, judge fitness and test, with equal shares of the classes.
    data : path, optional
        Folder with ``recordings.npz``: a key for each set, ``A_Z``, ``B_O``, ``C_N``, ``D_F`` and
        ``E_S``, integers (segments, values). By default see `tasks.data.data_folder`, with the name
        ``bonn_eeg``.
    window : int
        Values of a sample.
    windows : int
        Windows of a segment, around its middle, one behind the other; it has 8 of 512 values.
    samples_per_class : int, optional
        Take only so many windows of each class, to be quick.

    Raises
    ------
    TypeError, ValueError
        There is no such folder or file, it holds something else; a segment hasn't so many windows.
    """
    *_, rng = streams(random_state)
    if n_classes not in CLASSES:
        raise ValueError(f"n_classes must be 2, 3 or 5, got {n_classes!r}")
    names, class_of = CLASSES[n_classes]
    shape = {"window": positive_int(window, "window"), "windows": positive_int(windows, "windows")}
    signals, sets, groups = _windows(_read(data), **shape)
    labels = np.array(class_of)[sets]
    indices = thin(labels, np.zeros(len(labels)), samples_per_class)
    signals, sets = signals[indices], sets[indices]
    groups, labels = groups[indices], labels[indices]
    train, fitness, test = stratified_units(labels, groups, rng)
    from lsm.encoders import integrate_and_fire

    rates = {"step_ms": 1.0, "spikes_per_ms": SPIKES_PER_MS}
    return Task(
        name=f"Bonn{n_classes}",
        spikes=kept_spikes(
            lambda: integrate_and_fire(_charge(signals[:, 0]), **rates), [signals], **rates
        ),
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        groups=groups,
        whole_groups=True,
        metadata={"set": np.array(SETS)[sets]},
        signals=signals,
        step_ms=STEP_MS,
        classes=names,
        description="electroencephalogram of healthy people, of patients and of seizures; test: "
        "30 % of the recordings of each class, at random",
        source=SOURCE,
        licence=LICENCE,
    )


def band_amplitudes(signals: NDArray[Any]) -> NDArray[np.float64]:
    """Amplitude (samples, bands, steps) of signals (samples, steps) in each band of `BANDS_HZ`.

    The magnitude of the signal behind complex filters whose gain is a Gaussian of the frequency, of
    a deviation of ``centre / SHARPNESS``. Signals go on as their reflections at both ends.
    """
    n = signals.shape[1]
    levelled = signals - signals.mean(axis=1, keepdims=True)
    around = np.pad(levelled, ((0, 0), (n // 2, n // 2)), mode="reflect")
    frequencies = np.fft.fftfreq(around.shape[1], STEP_MS / 1000)
    away = (frequencies / BANDS_HZ[:, np.newaxis] - 1) * SHARPNESS
    gains = np.where(frequencies > 0, 2 * np.exp(-(away**2) / 2), 0)
    amplitudes = np.empty((len(signals), len(BANDS_HZ), n))
    for of_sample, spectrum in zip(amplitudes, np.fft.fft(around), strict=True):
        of_sample[:] = np.abs(np.fft.ifft(gains * spectrum))[:, n // 2 : n // 2 + n]
    return amplitudes


def _charge(signals: NDArray[Any]) -> NDArray[np.float64]:
    """Log amplitudes above and below their usual ones, (samples, 2 x bands, steps)."""
    usual = AT_1_HZ - FALL * np.log10(BANDS_HZ)
    levels = (np.log10(1 + band_amplitudes(signals)) - usual[:, np.newaxis]) / DEVIATION
    return np.maximum(np.concatenate([levels, -levels], axis=1), 0)


def _read(data: Data) -> list[NDArray[Any]]:
    """Segments (segments, values) of each set."""
    path = data_file("bonn_eeg", _FILE, data, obtain=_OBTAIN)
    with open_npz(path, _WHAT, compressed=True) as arrays:
        return [_checked(arrays[name], name) for name in SETS]


def _checked(segments: NDArray[Any], name: str) -> NDArray[Any]:
    if segments.ndim != 2 or 0 in segments.shape or segments.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be integers of shape (segments, values), got {segments.dtype} of shape "
            f"{segments.shape}"
        )
    return segments


def _windows(
    sets: list[NDArray[Any]], *, window: int, windows: int
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.str_]]:
    """Signals (samples, 1, window), the place of each one's set, and the name of its segment."""
    signals, numbers, groups = [], [], []
    for number, (name, segments) in enumerate(zip(SETS, sets, strict=True)):
        unused = segments.shape[1] - windows * window
        if unused < 0:
            raise ValueError(
                f"windows and window must be within the {segments.shape[1]} values of a segment of "
                f"{name}, got {windows} of {window}"
            )
        first = unused // 2
        pieces = segments[:, first : first + windows * window].reshape(-1, 1, window)
        signals.append(pieces.astype(np.float32))
        numbers.append(np.full(len(pieces), number))
        names = [f"{name[0]}{k:03}" for k in range(1, len(segments) + 1)]
        groups.append(np.repeat(names, windows))
    return np.concatenate(signals), np.concatenate(numbers), np.concatenate(groups)


BONN2, BONN3, BONN5 = (
    TaskKind(partial(bonn, n_classes), recorded=True, reservoir="kernels:1000")
    for n_classes in CLASSES
)
