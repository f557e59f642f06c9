"""SHD and DVS Gesture: event data sets that the library tonic reads, and downloads if asked to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lsm.spikes.address_events import SensorSize
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, data_folder, optional
from tasks.encoded import kept_spikes
from tasks.events import pooled_sensor, pooled_spikes
from tasks.splits import leave_out, stratified, thin

SHD_SOURCE = (
    "Spiking Heidelberg Digits, Cramer et al., IEEE TNNLS 33:2744-2757, 2022, "
    "https://zenkelab.org/resources/spiking-heidelberg-datasets-shd"
)
DVS_GESTURE_SOURCE = (
    "DVS128 Gesture, Amir et al., CVPR 2017, 7243-7252, https://research.ibm.com/dvsgesture, cut "
    "into samples by tonic"
)
LICENCE = "CC BY 4.0"
_OBTAIN = "make_task('{}', data=folder, download=True) gets it through tonic"


def shd(
    random_state: RandomState = None,
    data: Data = None,
    *,
    group: str | None = None,
    samples_per_class: int | None = None,
    pool: int = 10,
    bin_ms: float | None = None,
    duration_ms: float | None = None,
    download: bool = False,
) -> Task:
    """SHD: which of twenty spoken digits, in German or English, does the artificial cochlea hear?

    8156 training and 2264 test samples of about 0.2 to 1.4 s on 700 channels, which `pool` puts
    together. The official test set has two speakers that the training set has not. Groups are the
    twelve speakers.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which samples, or speakers, train and which judge fitness; nothing else.
    data : path, optional
        Folder with the folder ``SHD`` as tonic leaves it (``tonic.datasets.SHD(save_to=data)``).
        By default see `tasks.data.data_folder`, with the name ``shd``.
    group : str, optional
        The test set is this speaker's samples, such as ``"4"``; by default the official one.
    samples_per_class : int, optional
        Read only so many of each class of the training and of the test set, to be quick.
    pool, bin_ms, duration_ms
        See `tasks.events.pooled_spikes`.
    download : bool
        Let tonic download what is not there.

    Raises
    ------
    ImportError
        Without tonic.
    TypeError, ValueError
        Where the data are not there, or an argument has no possible value.
    OSError
        Where they can't be downloaded.
    """
    return _task(
        _shd(data, download=download),
        random_state,
        group=group,
        samples_per_class=samples_per_class,
        pool=pool,
        bin_ms=bin_ms,
        duration_ms=duration_ms,
    )


def dvs_gesture(
    random_state: RandomState = None,
    data: Data = None,
    *,
    group: str | None = None,
    samples_per_class: int | None = None,
    pool: int = 8,
    merge_polarities: bool = False,
    bin_ms: float | None = 1.0,
    duration_ms: float | None = 1500.0,
    download: bool = False,
) -> Task:
    """DVSGesture: which of eleven gestures does the event camera see?

    1077 training and 264 test samples of about 6 s from a sensor of 128 x 128 places, 29 people
    and three kinds of light. Groups are the people; the official test set has others than the
    training set.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which samples, or people, train and which judge fitness; nothing else.
    data : path, optional
        Folder with the folder ``DVSGesture`` as tonic leaves it
        (``tonic.datasets.DVSGesture(save_to=data)``). By default see `tasks.data.data_folder`, with
        the name ``dvs_gesture``.
    group : str, optional
        The test set is this person's samples, such as ``"24"``; by default the official one.
    samples_per_class : int, optional
        Read only so many of each class of the training and of the test set, to be quick.
    pool, merge_polarities, bin_ms, duration_ms
        See `tasks.events.pooled_spikes`. A recording has hundreds of thousands of events, so by
        default a channel of 8 x 8 places spikes once a millisecond at most (tonic's times are whole
        milliseconds), for the first 1.5 s, which hold the gesture more than once.
    download : bool
        Let tonic download what is not there, 3 GB.

    Raises
    ------
    ImportError, TypeError, ValueError, OSError
        As `shd` has them.
    """
    return _task(
        _dvs_gesture(data, download=download),
        random_state,
        group=group,
        samples_per_class=samples_per_class,
        pool=pool,
        merge_polarities=merge_polarities,
        bin_ms=bin_ms,
        duration_ms=duration_ms,
    )


def shd_speakers(data: Data = None) -> list[str]:
    """Names of the speakers of SHD, sorted."""
    return _shd(data, download=False).names


def dvs_gesture_people(data: Data = None) -> list[str]:
    """Names of the people of DVS Gesture, sorted."""
    return _dvs_gesture(data, download=False).names


def tonic_parts(name: str, folder: Path, *, download: bool) -> tuple[Any, Any]:
    """Training and test set of a data set of tonic, which tonic may download only if asked to."""
    kind = getattr(optional("tonic.datasets", "events"), name)
    if not download:

        def refuse(self: Any) -> None:
            raise ValueError(
                f"data must be a folder with the folder {name}, complete as tonic leaves it with "
                f"its archives; it is not in {folder}. To get it: download=True"
            )

        kind = type(name, (kind,), {"download": refuse})
    try:
        return kind(str(folder), train=True), kind(str(folder), train=False)
    except OSError as error:
        raise OSError(f"{name} cannot be downloaded to, or read from, {folder}: {error}") from error


@dataclass(frozen=True)
class _Set:
    """What tonic has of a data set, training set first."""

    name: str
    description: str
    source: str
    parts: tuple[Any, Any]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    groups: NDArray[np.int64]
    what: str  # What the groups are.
    order: Sequence[int]  # Of the samples of both parts, after each other.
    files: Sequence[Path]  # That tonic reads each sample of, in this order.
    sensor_size: SensorSize

    @property
    def names(self) -> list[str]:
        return list(map(str, np.unique(self.groups)))

    @property
    def tested(self) -> NDArray[np.bool_]:
        return np.asarray(self.order) >= len(self.parts[0])

    def events(self, i: int) -> tuple[str, NDArray[Any]]:
        place, is_test = self.order[i], bool(self.tested[i])
        place -= len(self.parts[0]) * is_test
        name = f"{self.name}, {'test' if is_test else 'training'} sample {place}"
        return name, self.parts[is_test][place][0]


def _shd(data: Data, *, download: bool) -> _Set:
    folder = data_folder("shd", data, obtain=_OBTAIN.format("SHD"), create=download)
    parts = tonic_parts("SHD", folder, download=download)
    h5py = optional("h5py", "events")
    labels, files = [], []
    for part in parts:
        path = Path(part.location_on_system, part.data_filename)
        with h5py.File(path, "r") as file:
            labels.append(file["labels"][()].astype(np.int64))
        files += [path] * len(labels[-1])
    return _Set(
        name="SHD",
        description="spikes of a cochlea that hears digits in German and English",
        source=SHD_SOURCE,
        parts=parts,
        labels=np.concatenate(labels),
        classes=tuple(key.decode() for key in parts[0].classes),
        groups=np.concatenate([part.speaker for part in parts]).astype(np.int64),
        what="speakers",
        order=range(len(files)),
        files=files,
        sensor_size=parts[0].sensor_size,
    )


def _dvs_gesture(data: Data, *, download: bool) -> _Set:
    folder = data_folder("dvs_gesture", data, obtain=_OBTAIN.format("DVSGesture"), create=download)
    train, test = tonic_parts("DVSGesture", folder, download=download)
    # tonic lists files in the order of the file system.
    order = np.concatenate(
        [np.argsort(train.data), len(train.data) + np.argsort(test.data)]
    ).astype(np.int64)
    return _Set(
        name="DVSGesture",
        description="events of hands and arms before a camera",
        source=DVS_GESTURE_SOURCE,
        parts=(train, test),
        labels=np.array(train.targets + test.targets)[order],
        classes=tuple(train.classes),
        groups=np.array(train.users + test.users)[order],
        what="people",
        order=order.tolist(),
        files=[Path((train.data + test.data)[i]) for i in order],
        sensor_size=train.sensor_size,
    )


def _task(
    kind: _Set,
    random_state: RandomState,
    *,
    group: str | None,
    samples_per_class: int | None,
    **pooling: Any,
) -> Task:
    *_, rng = streams(random_state)
    indices = thin(kind.labels, kind.tested, samples_per_class)
    labels, groups = kind.labels[indices], kind.groups[indices]
    if group is None:
        division = stratified(labels, rng, tested=kind.tested[indices])
        tested = "the official test set"
    else:
        division = leave_out(groups, group, rng, what=kind.what)
        tested = f"{group} of the {kind.what}"
    settings = {"sensor_size": kind.sensor_size, **pooling}
    files = dict.fromkeys(kind.files[i] for i in indices)
    spikes = kept_spikes(
        lambda: pooled_spikes((kind.events(i) for i in indices), **settings),
        (np.fromfile(path, dtype=np.uint8) for path in files),
        samples=indices.tolist(),
        tonic=version("tonic"),
        **settings,
    )
    train, fitness, test = division
    return Task(
        name=kind.name,
        spikes=spikes,
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        groups=groups,
        classes=kind.classes,
        description=f"{kind.description}; test: {tested}",
        source=kind.source,
        licence=LICENCE,
        sensor_size=pooled_sensor(**settings),
    )


SHD = TaskKind(shd, recorded=True, groups=shd_speakers)
DVS_GESTURE = TaskKind(dvs_gesture, recorded=True, groups=dvs_gesture_people)
