"""FSDD: spoken digits, recorded from six speakers."""

from __future__ import annotations

import os
import re
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lsm.checks import positive_int
from lsm.encoders import MelFrontEnd, integrate_and_fire
from lsm.spikes import SpikeTrains
from tasks.base import RandomState, Task, streams
from tasks.data import data_folder

RATE_HZ = 8000
FRONT_END = MelFrontEnd(RATE_HZ)
SPIKES_PER_MS = 0.5
SILENCE_MS = 40.0
N_TEST_TAKES = 5

SOURCE = (
    "Free Spoken Digit Dataset, Z. Jackson and others, "
    "https://github.com/Jakobovski/free-spoken-digit-dataset; licence CC BY-SA 4.0"
)
_OBTAIN = (
    "git clone https://github.com/Jakobovski/free-spoken-digit-dataset, and give its folder as data"
)
_NAME = re.compile(r"([0-9])_(.+)_([0-9]+)\.wav")

Data = str | os.PathLike[str] | None
_Division = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, order=True)
class _Recording:
    """A file and what its name says. Sorts by digit, speaker and take."""

    digit: int
    speaker: str
    take: int
    path: Path


def fsdd(
    random_state: RandomState = None,
    data: Data = None,
    *,
    speaker: str | None = None,
    takes: int | None = None,
) -> Task:
    """FSDD: which digit is spoken?

    A recording is encoded by itself: mel bands, their level, rise and fall (`FRONT_END`), then
    integrate-and-fire spikes, at most about 0.5 a millisecond on a channel, and 40 ms of silence.
    Groups are the speakers.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which takes, or speakers, train and which judge fitness; nothing else.
    data : path, optional
        Folder with the recordings ``{digit}_{speaker}_{take}.wav``, or with a folder `recordings`
        of them. By default see `tasks.data.data_folder`.
    speaker : str, optional
        The test set is this speaker's recordings. By default it is the five lowest takes in the
        folder: takes 0-4, the official test set, where they are all there.
    takes : int, optional
        Read only that many takes of those in the folder, the lowest, to be quick.

    Of the takes (of the other speakers) that are not for testing 30 %, at least one, are the
    fitness set and the others train the readout.

    Raises
    ------
    TypeError, ValueError
        Before any recording is encoded: where there is no folder or no recording, a file has
        another name or is no mono 16-bit PCM WAV of 8 kHz, or is empty; where the speaker is
        unknown, or nothing is left for training.
    """
    recordings = _find(data)
    if takes is not None:
        lowest = sorted({recording.take for recording in recordings})[
            : positive_int(takes, "takes")
        ]
        recordings = [recording for recording in recordings if recording.take in lowest]
    division = _divide(recordings, speaker, random_state)
    return _task(recordings, _encode(recordings), speaker, division)


def speakers(data: Data = None) -> list[str]:
    """Names of the speakers in a folder of recordings, sorted."""
    return _names(_find(data))


def _names(recordings: list[_Recording]) -> list[str]:
    return sorted({recording.speaker for recording in recordings})


def _divide(
    recordings: list[_Recording], speaker: str | None, random_state: RandomState
) -> _Division:
    """Indices for training, fitness and test.

    Fitness is judged as the test is: on takes, or on speakers, that the readout has not heard.
    """
    *_, rng = streams(random_state)
    if speaker is None:
        units = np.array([recording.take for recording in recordings])
        test = np.unique(units)[:N_TEST_TAKES]
        tested = f"the {N_TEST_TAKES} lowest takes"
    else:
        units = np.array([recording.speaker for recording in recordings])
        if speaker not in units:
            names = ", ".join(_names(recordings))
            raise ValueError(f"speaker must be one of {names}; got {speaker!r}")
        test = np.array([speaker])
        tested = f"the speaker {speaker}"
    rest = rng.permutation(np.setdiff1d(units, test))
    if len(rest) < 2:
        raise ValueError(
            f"data must leave two takes or speakers, for training and for fitness, beside the test "
            f"set, {tested}; {len(rest)} of {len(np.unique(units))} are left"
        )
    n_fitness = max(1, len(rest) * 3 // 10)
    train, fitness = rest[n_fitness:], rest[:n_fitness]
    by_train, by_fitness, by_test = (
        np.flatnonzero(np.isin(units, part)) for part in (train, fitness, test)
    )
    return by_train, by_fitness, by_test


def _task(
    recordings: list[_Recording], spikes: SpikeTrains, speaker: str | None, division: _Division
) -> Task:
    train, fitness, test = division
    takes = sorted({recordings[i].take for i in test})
    tested = f"speaker {speaker}" if speaker else f"takes {', '.join(map(str, takes))}"
    return Task(
        name="FSDD",
        spikes=spikes,
        labels=np.array([recording.digit for recording in recordings], dtype=np.int64),
        train=train,
        fitness=fitness,
        test=test,
        groups=np.array([recording.speaker for recording in recordings]),
        description=f"spoken digits of {len(_names(recordings))} speakers; test: {tested}",
        source=SOURCE,
    )


def _find(data: Data) -> list[_Recording]:
    """The recordings of a folder by their names, sorted."""
    folder = data_folder("fsdd", data, obtain=_OBTAIN)
    paths = list(folder.glob("*.wav")) or list(folder.glob("recordings/*.wav"))
    if not paths:
        raise ValueError(
            f"data must be a folder with recordings {{digit}}_{{speaker}}_{{take}}.wav, or with a "
            f"folder 'recordings' of them; there is none in {folder}. To get them: {_OBTAIN}"
        )
    recordings = []
    for path in paths:
        parts = _NAME.fullmatch(path.name)
        if parts is None:
            raise ValueError(
                f"a recording must be named {{digit}}_{{speaker}}_{{take}}.wav, such as "
                f"7_jackson_32.wav; got {path}"
            )
        recordings.append(_Recording(int(parts[1]), parts[2], int(parts[3]), path))
    return sorted(recordings)


def _encode(recordings: list[_Recording]) -> SpikeTrains:
    # All files are read, and refused, before the first is encoded.
    waveforms = [_read(recording.path) for recording in recordings]
    return integrate_and_fire(
        [FRONT_END(waveform) for waveform in waveforms],
        step_ms=FRONT_END.step_ms,
        spikes_per_ms=SPIKES_PER_MS,
        silence_ms=SILENCE_MS,
    )


def _read(path: Path) -> NDArray[np.int16]:
    """The samples of a mono 16-bit PCM WAV file of 8 kHz."""
    expected = f"expected a mono WAV file of {RATE_HZ} Hz with 16-bit PCM samples"
    try:
        with wave.open(str(path), "rb") as file:
            form = file.getparams()
            content = file.readframes(form.nframes)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: {expected}; it cannot be read as one: {error}") from error
    found = {
        f"{form.nchannels} channels": form.nchannels != 1,
        f"{8 * form.sampwidth}-bit samples": form.sampwidth != 2,
        f"{form.framerate} Hz": form.framerate != RATE_HZ,
        "no samples": not form.nframes,
    }
    if wrong := ", ".join(what for what, is_wrong in found.items() if is_wrong):
        raise ValueError(f"{path}: {expected}, got {wrong}")
    if len(content) < 2 * form.nframes:
        raise ValueError(
            f"{path}: {expected}; it is cut off after {len(content) // 2} of {form.nframes} samples"
        )
    return np.frombuffer(content, dtype="<i2")
