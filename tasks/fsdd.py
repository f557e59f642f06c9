"""FSDD: spoken digits, recorded from six speakers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import positive_int
from lsm.base.files import ending_in
from lsm.spikes import SpikeTrains
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, as_array, data_folder
from tasks.download import download_fsdd
from tasks.encoded import kept_spikes
from tasks.splits import by_units, leave_out
from tasks.wav import read_wav

if TYPE_CHECKING:
    from lsm.encoders import MelFrontEnd

RATE_HZ = 8000
SPIKES_PER_MS = 0.5
SILENCE_MS = 40.0
N_TEST_TAKES = 5
#: Of the loudest frame's level: what is softer before and after a word is cut off.
TRIM = 0.25

SOURCE = (
    "Free Spoken Digit Dataset, Z. Jackson and others, "
    "https://github.com/Jakobovski/free-spoken-digit-dataset"
)
LICENCE = "CC BY-SA 4.0"
_OBTAIN = (
    "git clone https://github.com/Jakobovski/free-spoken-digit-dataset, and give its folder as "
    "data; or make_task('FSDD', data=folder, download=True)"
)
_NAME = re.compile(r"([0-9])_(.+)_([0-9]+)\.wav", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class _Recording:
    """A file and what its name says. Sorts by digit, speaker and take."""

    digit: int
    speaker: str
    take: int
    path: Path


def front_end(trim: float = 0.0) -> MelFrontEnd:
    """What turns a waveform into mel bands."""
    from lsm.encoders import MelFrontEnd

    return MelFrontEnd(RATE_HZ, trim=trim)


def fsdd(
    random_state: RandomState = None,
    data: Data = None,
    *,
    group: str | None = None,
    takes: int | None = None,
    trim: float = TRIM,
    resample: bool = False,
    download: bool = False,
) -> Task:
    """FSDD: which digit is spoken?

    3000 recordings of 0.1 to 2.3 s, 50 takes of ten digits of six speakers. Groups are the
    speakers, `Task.metadata` has each sample's `take`, and `Task.signals` are the waveforms, shape
    (1, steps), from -1 to 1, 8000 steps a second.

    A recording is encoded by itself: mel bands of the word without the silence around it, their
    level, rise and fall (`front_end`), then integrate-and-fire spikes, at most about 0.5 a
    millisecond on a channel, and 40 ms of silence.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which takes, or speakers, train and which judge fitness; nothing else.
    data : path, optional
        Folder with the recordings ``{digit}_{speaker}_{take}.wav``, or with a folder `recordings`
        of them. By default see `tasks.data.data_folder`, with the name ``fsdd``.
    group : str, optional
        The test set is this speaker's recordings. By default it is the five lowest takes in the
        folder: takes 0-4, the official test set, where they are all there.
    takes : int, optional
        Read only that many takes of those in the folder, the lowest, to be quick.
    trim : float
        As :class:`lsm.encoders.AudioFrontEnd` has it; 0 leaves the silence around words. Speakers
        were recorded with more of it or less, so that it tells them apart and not the digits.
    resample : bool
        Take recordings of other rates and of several channels too: these are mixed, and all
        brought to 8 kHz (`tasks.read_wav`).
    download : bool
        Download the recordings where the folder has none (`tasks.download_fsdd`).

    Of the takes (of the other speakers) that are not for testing 30 %, at least one, are the
    fitness set and the others train the readout.

    Raises
    ------
    TypeError, ValueError
        Before any recording is encoded: where there is no folder or no recording, a file has
        another name, is empty or is no WAV file, of one channel and 8 kHz without `resample`; where
        the speaker is unknown, or nothing is left for training.
    ImportError, OSError
        As `tasks.download_fsdd` has them.
    """
    *_, rng = streams(random_state)
    recordings = _find(data, download=download)
    if takes is not None:
        lowest = sorted({recording.take for recording in recordings})[
            : positive_int(takes, "takes")
        ]
        recordings = [recording for recording in recordings if recording.take in lowest]
    voices = np.array([recording.speaker for recording in recordings])
    take = np.array([recording.take for recording in recordings])
    if group is None:
        tested = np.unique(take)[:N_TEST_TAKES]
        train, fitness, test = by_units(take, tested, rng, what="takes")
        held_out = f"takes {', '.join(map(str, tested))}"
    else:
        train, fitness, test = leave_out(voices, group, rng, what="speakers")
        held_out = f"speaker {group}"
    # All files are read, and refused, before the first is encoded.
    waveforms = [
        read_wav(recording.path, rate_Hz=RATE_HZ, resample=resample) for recording in recordings
    ]
    return Task(
        name="FSDD",
        spikes=sound_spikes(waveforms, trim=trim),
        labels=np.array([recording.digit for recording in recordings], dtype=np.int64),
        train=train,
        fitness=fitness,
        test=test,
        groups=voices,
        metadata={"take": take},
        signals=as_array([waveform[np.newaxis].astype(np.float32) for waveform in waveforms]),
        step_ms=1000 / RATE_HZ,
        classes=tuple("0123456789"),
        description=f"spoken digits of {len(np.unique(voices))} speakers; test: {held_out}",
        source=SOURCE,
        licence=LICENCE,
        sensor_size=(front_end().n_bands, 1, 3),  # level, rise and fall of the bands
    )


def sound_spikes(waveforms: Sequence[NDArray[np.float64]], *, trim: float = 0.0) -> SpikeTrains:
    """Spikes of waveforms (steps,) from -1 to 1 at `RATE_HZ`: mel bands, integrate-and-fire."""
    from lsm.encoders import integrate_and_fire

    bands = front_end(trim)
    rates = {"step_ms": bands.step_ms, "spikes_per_ms": SPIKES_PER_MS, "silence_ms": SILENCE_MS}
    return kept_spikes(
        lambda: integrate_and_fire([bands(wave * 2**15) for wave in waveforms], **rates),
        waveforms,
        bands=bands,
        **rates,
    )


def speakers(data: Data = None) -> list[str]:
    """Names of the speakers in a folder of recordings, sorted."""
    return sorted({recording.speaker for recording in _find(data)})


def _find(data: Data, *, download: bool = False) -> list[_Recording]:
    """The recordings of a folder by their names, sorted."""
    folder = data_folder("fsdd", data, obtain=_OBTAIN, create=download)
    if download and not ending_in(folder, ".wav"):
        download_fsdd(folder)
    paths = ending_in(folder, ".wav") or ending_in(folder / "recordings", ".wav")
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


FSDD = TaskKind(fsdd, recorded=True, groups=speakers, quick={"takes": 10})
