"""EMG: wrist gestures in the electromyogram of eight electrodes around the forearm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.base.archives import open_npz
from lsm.base.files import LoadError, ending_in, refusing
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, data_folder
from tasks.encoded import kept_spikes
from tasks.splits import Division, by_units, leave_out, thin

RATE_HZ = 200
STEP_MS = 1000 / RATE_HZ
WINDOW = 100  # steps
TRIM = 100  # steps; half a second in which the gesture begins or ends
N_ELECTRODES = 8
GESTURES = (
    "flexion",
    "extension",
    "radial deviation",
    "ulnar deviation",
    "pronation",
    "supination",
    "fist",
)
SPIKES_PER_MS = 1.0
SLOWER = 2  # than life: more spikes in which the liquid can tell one window from another
SOURCE = "Myo readings of wrist gestures, A. Francic, https://github.com/aljazfrancic/myo-readings-dataset"
LICENCE = "MIT"
_OBTAIN = (
    "clone github.com/aljazfrancic/myo-readings-dataset, and put its tables into one NPZ file with "
    "keys hand__participant-session__gesture"
)
_WHAT = "an NPZ file of wrist gestures"
_KEY = re.compile(r"(.+)__(.+)-([0-9]+)__([0-7])")


@dataclass(frozen=True)
class _Window:
    """Half a second of one gesture."""

    signal: NDArray[np.float64]  # (electrodes, steps)
    gesture: int
    participant: str
    session: int
    hand: str
    repetition: int


def emg(
    random_state: RandomState = None,
    data: Data = None,
    *,
    group: str | None = None,
    samples_per_class: int | None = None,
) -> Task:
    """EMG: which of seven gestures does the wrist hold?

    A sample is a window of 0.5 s, 100 steps of 5 ms, on 8 electrodes of an armband; windows do not
    overlap, and 0.5 s at both ends of each gesture are left out, as is rest. Groups are the
    participants; `Task.metadata` has each sample's `session`, `repetition` (of the gesture in its
    session) and `hand`. `Task.signals` are the readings, -128 to 127.

    The highest session is the test set: the same people on another day, with the armband put on
    anew. Spikes: the root of an electrode's reading, of those above 0 on one channel and of those
    below on another, integrates and fires, at half the speed of life. The sign is kept, so that a
    neuron that hears several electrodes hears how they go together.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which of the other sessions, or of the repetitions where there is but one other
        session, or of the participants, judge fitness; nothing else.
    data : path, optional
        Folder with one NPZ file: keys ``{hand}__{participant}-{session}__{gesture}``, arrays of
        integers (steps, 9), the electrodes and then the gesture 1-7 of this moment or 0 for rest.
        By default see `tasks.data.data_folder`, with the name ``emg_wrist``.
    group : str, optional
        The test set is this participant's samples, of all sessions.
    samples_per_class : int, optional
        Take only so many windows of each gesture of each session, to be quick.

    Raises
    ------
    TypeError, ValueError
        Before anything is encoded: there is no such folder or not one NPZ file in it, a key or an
        array is of another kind; the participant is unknown; there is but one session to split.
    """
    *_, rng = streams(random_state)
    path = _file(data)
    windows = _windows(path)
    gestures = np.array([window.gesture for window in windows])
    sessions = np.array([window.session for window in windows])
    indices = thin(gestures, sessions, samples_per_class)
    windows, gestures, sessions = (
        [windows[i] for i in indices],
        gestures[indices],
        sessions[indices],
    )
    participants = np.array([window.participant for window in windows])
    repetitions = np.array([window.repetition for window in windows])
    if group is None:
        with refusing(path, _WHAT):
            train, fitness, test = by_session(sessions, repetitions, rng)
        tested = f"session {sessions.max()}"
    else:
        train, fitness, test = leave_out(participants, group, rng, what="participants")
        tested = f"participant {group}"
    signals = np.stack([window.signal for window in windows])
    halves = np.concatenate([signals, -signals], axis=1)
    from lsm.encoders import integrate_and_fire

    charge = np.sqrt(np.maximum(halves, 0) / 128)
    rates = {"step_ms": SLOWER * STEP_MS, "spikes_per_ms": SPIKES_PER_MS}
    spikes = kept_spikes(lambda: integrate_and_fire(charge, **rates), [charge], **rates)
    n = len(np.unique(participants))
    return Task(
        name="EMG",
        spikes=spikes,
        labels=gestures - 1,
        train=train,
        fitness=fitness,
        test=test,
        groups=participants,
        metadata={
            "session": sessions,
            "repetition": repetitions,
            "hand": np.array([window.hand for window in windows]),
        },
        signals=signals,
        step_ms=STEP_MS,
        classes=GESTURES,
        description=f"electromyogram of wrist gestures of {n} participants; test: {tested}",
        source=SOURCE,
        licence=LICENCE,
    )


def participants(data: Data = None) -> list[str]:
    """Names of the participants in a folder's NPZ file, sorted."""
    with open_npz(_file(data), _WHAT, compressed=True) as arrays:
        return sorted({_parse(key)[1] for key in arrays})


def by_session(
    sessions: NDArray[np.int64],
    repetitions: NDArray[np.int64],
    rng: np.random.Generator,
) -> Division:
    """Test on the highest session, train and judge on the lower ones' repetitions."""
    highest = np.array([sessions.max()])
    lower = np.setdiff1d(sessions, highest)
    if not len(lower):
        raise ValueError(
            f"expected two sessions or more, of which the highest is the test set; got "
            f"session {highest[0]} alone. A participant may be the test set instead: group"
        )
    if len(lower) > 1:
        return by_units(sessions, highest, rng, what="sessions")
    # One session is left: repetitions of the gestures judge fitness, those of the test are 0.
    units = np.where(sessions == highest, 0, repetitions)
    return by_units(units, np.zeros(1, np.int64), rng, what="repetitions")


def _file(data: Data) -> Path:
    folder = data_folder("emg_wrist", data, obtain=_OBTAIN)
    paths = ending_in(folder, ".npz")
    if len(paths) != 1:
        raise ValueError(f"data must be a folder with one NPZ file, got {len(paths)} in {folder}")
    return paths[0]


def _parse(key: str) -> tuple[str, str, int, int]:
    """Hand, participant, session, gesture."""
    parts = _KEY.fullmatch(key)
    if parts is None:
        raise ValueError(
            "keys must be {hand}__{participant}-{session}__{gesture}, such as "
            f"right_hand__12345-1__7; got {key!r}"
        )
    return parts[1], parts[2], int(parts[3]), int(parts[4])


def _windows(path: Path) -> list[_Window]:
    """All windows of all gestures, sorted by participant, session, hand, gesture and time."""
    windows = []
    with open_npz(path, _WHAT, compressed=True) as arrays:
        for key in sorted(arrays, key=lambda key: (_parse(key)[1:3], key)):
            hand, participant, session, gesture = _parse(key)
            readings = _readings(arrays[key], key, gesture)
            for repetition, (begin, end) in enumerate(_held(readings[:, N_ELECTRODES]), start=1):
                for at in range(begin + TRIM, end - TRIM - WINDOW + 1, WINDOW):
                    signal = readings[at : at + WINDOW, :N_ELECTRODES].T.astype(np.float64)
                    windows.append(_Window(signal, gesture, participant, session, hand, repetition))
    if not windows:
        raise LoadError(
            f"{path}: expected gestures of {(2 * TRIM + WINDOW) / RATE_HZ:g} s or more, got none"
        )
    return windows


def _readings(array: NDArray[Any], name: str, gesture: int) -> NDArray[Any]:
    if array.ndim != 2 or array.shape[1] != N_ELECTRODES + 1 or array.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: expected integers of shape (steps, {N_ELECTRODES + 1}), got {array.dtype} of "
            f"shape {array.shape}"
        )
    if wrong := set(np.unique(array[:, N_ELECTRODES])) - {0, gesture}:
        raise ValueError(
            f"{name}: expected {gesture} or 0 for rest in the last column, got {wrong.pop()}"
        )
    return array


def _held(labels: NDArray[Any]) -> NDArray[np.int64]:
    """First step and the one after the last of each time that a gesture is held."""
    padded = np.concatenate([[0], labels != 0, [0]])
    return np.flatnonzero(np.diff(padded)).reshape(-1, 2)


EMG = TaskKind(emg, recorded=True, groups=participants)
