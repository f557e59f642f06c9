"""Watch: shoulder exercises, heard by a watch on the wrist."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.base.files import LoadError, refusing
from lsm.splits import sample_groups
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, data_file, data_folder
from tasks.download import WATCH_FILE, download_watch
from tasks.encoded import kept_spikes
from tasks.pickled import read_pickled
from tasks.splits import by_units, leave_out, thin

RATE_HZ = 50
STEP_MS = 1000 / RATE_HZ
N_CHANNELS = 6
#: What counts as 1: gravity, and radians a second of the three axes of rotation.
SCALES = np.repeat([1.0, 3.0], 3)
#: What is further from 0 counts as that.
MOST = 10.0
SPIKES_PER_MS = 1.0
#: Times faster than life, so that 4 s last as long as a liquid remembers.
FASTER = 10
SOURCE = (
    "inertial sensors of a watch during shoulder exercises, D. Burns and others, arXiv:1802.01489, "
    "2018; the file of the package seglearn, https://github.com/dmbee/seglearn"
)
LICENCE = "BSD-3-Clause"
_WHAT = "recordings of a watch"
_OBTAIN = (
    f"make_task('Watch', data=folder, download=True); or put seglearn/data/{WATCH_FILE} of the "
    "package seglearn 1.2.5 there"
)


class _Recordings(NamedTuple):
    """What the file has: signals (steps, channels), and of each exercise, subject and side."""

    signals: list[NDArray[np.float64]]
    exercises: NDArray[np.int64]
    subjects: NDArray[np.int64]
    sides: NDArray[np.int64]
    names: tuple[str, ...]


def watch(
    random_state: RandomState = None,
    data: Data = None,
    *,
    group: str | None = None,
    window: int = 200,
    samples_per_class: int | None = None,
    download: bool = False,
) -> Task:
    """Watch: which of seven shoulder exercises does the wearer of a watch do?

    A sample is a window of a recording of 20 repetitions with one arm: acceleration and rotation,
    three axes each, 50 values a second. The file doesn't name their units; by their size they are
    gravity and radians a second. Windows don't overlap; the last values of a recording that fill
    none are left out. Groups are the ten subjects, and none is torn apart by folds at random;
    `Task.metadata` has each sample's `recording` and `side` (1 is the right arm). `Task.signals`
    are the readings.

    Spikes: readings above 0 on one channel and those below on another integrate and fire, ten times
    faster than life, so that the direction of gravity is heard.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which subjects test, 30 %, and which of the others judge fitness.
    data : path, optional
        Folder with ``watch_dataset.npy``, as the package seglearn has it: a pickled dict with `X`,
        a list of arrays (steps, 6), `y`, `subject` and `side`, a number for each, and `y_labels`,
        the names of the exercises. It is read without running anything that it names
        (`tasks.pickled`). By default see `tasks.data.data_folder`, with the name ``watch``.
    group : str, optional
        The test set is this subject's samples.
    window : int
        Values of a sample.
    samples_per_class : int, optional
        Take only so many windows of each exercise of each subject, to be quick.
    download : bool
        Download the file where the folder has none (`tasks.download_watch`).

    Raises
    ------
    TypeError, ValueError
        There is no such folder or file, it holds something else, or names what is no array or plain
        value; the subject is unknown; no recording has so long a window.
    ImportError, OSError
        As `tasks.download_watch` has them.
    """
    *_, rng = streams(random_state)
    n_steps = positive_int(window, "window")
    recordings = _read(_file(data, download=download))
    cut = [
        (i, at)
        for i, signal in enumerate(recordings.signals)
        for at in range(0, len(signal) - n_steps + 1, n_steps)
    ]
    if not cut:
        longest = max(map(len, recordings.signals))
        raise ValueError(f"window must be at most {longest}, the longest recording; got {window}")
    recording = np.array(cut)[:, 0]
    exercises, subjects = recordings.exercises[recording], recordings.subjects[recording]
    indices = thin(exercises, subjects, samples_per_class)
    recording, exercises, subjects = recording[indices], exercises[indices], subjects[indices]
    if group is None:
        _, tested = sample_groups(subjects, rng)
        train, fitness, test = by_units(subjects, tested, rng, what="subjects")
    else:
        train, fitness, test = leave_out(subjects, group, rng, what="subjects")
        tested = np.array([group])
    windows = [cut[index] for index in indices]
    signals = np.stack([recordings.signals[i][at : at + n_steps].T for i, at in windows])
    from lsm.encoders import integrate_and_fire

    scaled = np.clip(signals / SCALES[:, np.newaxis], -MOST, MOST)
    charge = np.maximum(np.concatenate([scaled, -scaled], axis=1), 0)
    rates = {"step_ms": STEP_MS / FASTER, "spikes_per_ms": SPIKES_PER_MS}
    return Task(
        name="Watch",
        spikes=kept_spikes(lambda: integrate_and_fire(charge, **rates), [charge], **rates),
        labels=exercises,
        train=train,
        fitness=fitness,
        test=test,
        groups=subjects,
        whole_groups=True,
        metadata={"recording": recording, "side": recordings.sides[recording]},
        signals=signals,
        step_ms=STEP_MS,
        classes=recordings.names,
        description=f"shoulder exercises of {len(np.unique(subjects))} wearers of a watch; test: "
        f"subjects {', '.join(map(str, np.sort(tested)))}",
        source=SOURCE,
        licence=LICENCE,
    )


def subjects(data: Data = None) -> list[str]:
    """Names of the subjects in a folder's file, sorted."""
    return sorted(map(str, np.unique(_read(_file(data)).subjects)))


def _file(data: Data, *, download: bool = False) -> Path:
    if download:
        return download_watch(data_folder("watch", data, obtain=_OBTAIN, create=True))
    return data_file("watch", WATCH_FILE, data, obtain=_OBTAIN)


def _read(path: Path) -> _Recordings:
    content = read_pickled(path, _WHAT)
    with refusing(path, _WHAT):
        if not isinstance(content, dict):
            raise ValueError(f"expected a dict, got {type(content).__name__}")
        signals = [_signal(values, f"X[{i}]") for i, values in enumerate(content["X"])]
        names = tuple(map(str, content["y_labels"]))
        exercises, wearers, sides = (
            _whole(content[name], name, len(signals)) for name in ("y", "subject", "side")
        )
    if not signals:
        raise LoadError(f"{path}: expected recordings, got none")
    if not 0 <= exercises.min() <= exercises.max() < len(names):
        raise LoadError(f"{path}: expected y from 0 to {len(names) - 1}, one of y_labels")
    return _Recordings(signals, exercises, wearers, sides, names)


def _whole(values: Any, name: str, n: int) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.shape != (n,) or array.dtype.kind not in "iuf" or (array % 1 != 0).any():
        raise ValueError(
            f"{name} must be {n} whole numbers, one a recording; got {array.dtype} of "
            f"shape {array.shape}"
        )
    return array.astype(np.int64)


def _signal(values: Any, name: str) -> NDArray[np.float64]:
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] != N_CHANNELS or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{name} must be numbers of shape (steps, {N_CHANNELS}), got {array.dtype} "
            f"of shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite")
    return array.astype(np.float64)


WATCH = TaskKind(watch, recorded=True, groups=subjects, reservoir="kernels:1000", by="group")
