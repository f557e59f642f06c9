"""N-MNIST: handwritten digits before an event camera that moves in three saccades."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lsm.base.files import LoadError, ending_in, named
from lsm.base.tables import read_table
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, data_folder
from tasks.encoded import kept_spikes
from tasks.events import pooled_sensor, pooled_spikes, read_atis
from tasks.splits import stratified, thin
from tasks.tonic_sets import tonic_parts

SENSOR_SIZE = (34, 34, 2)
SOURCE = (
    "N-MNIST, Orchard et al., Frontiers in Neuroscience 9:437, 2015, "
    "https://www.garrickorchard.com/datasets/n-mnist"
)
LICENCE = "CC BY-SA 4.0"
_OBTAIN = "make_task('NMNIST', data=folder, download=True) gets the official set through tonic"
_PARTS = ("train", "test")


@dataclass(frozen=True)
class _Recording:
    path: Path
    digit: int
    part: str | None  # "train" or "test", where the data say.


def nmnist(
    random_state: RandomState = None,
    data: Data = None,
    *,
    samples_per_class: int | None = None,
    pool: int = 2,
    merge_polarities: bool = False,
    bin_ms: float | None = None,
    duration_ms: float | None = None,
    official: bool = False,
    download: bool = False,
) -> Task:
    """NMNIST: which handwritten digit does the moving event camera see?

    A recording takes about 0.3 s, three saccades of 0.1 s, and has some thousand events of two
    polarities on 34 x 34 places. There are no groups.

    Parameters
    ----------
    random_state : int, SeedSequence, Generator or None
        Decides which recordings train and which judge fitness and, where the data don't say, which
        test.
    data : path, optional
        Folder with ``recordings/*.bin``, in the format of `tasks.events.read_atis`, and
        ``labels.csv`` with the columns `recording` (name of the file, with or without ``.bin``) and
        `digit` and, optionally, `split` (``train`` or ``test``). Without it 30 % of each class
        test. By default see `tasks.data.data_folder`, with the name ``nmnist``.
    samples_per_class : int, optional
        Read only so many of each digit of the training and of the test set, to be quick.
    pool, merge_polarities, bin_ms, duration_ms
        See `tasks.events.pooled_spikes`; by default 17 x 17 channels for each polarity.
    official : bool
        `data` holds the folder ``NMNIST`` of the official set, 60,000 recordings to train and
        10,000 to test, as tonic leaves it (``tonic.datasets.NMNIST(save_to=data)``); all of it
        needs more than 10 GB of memory.
    download : bool
        Let tonic download the official set if it isn't there.

    Raises
    ------
    ImportError
        The official set is asked for, and tonic is missing.
    TypeError, ValueError
        There is no such folder or file, ``labels.csv`` has other columns or values, or it and the
        recordings don't match; a recording is empty or cut off, has events off the sensor or time
        going back. The message names the file.
    OSError
        Where it can't be downloaded.
    """
    *_, rng = streams(random_state)
    official = official or download
    folder = data_folder("nmnist", data, obtain=_OBTAIN, create=download)
    available = _official(folder, download=download) if official else _labelled(folder)
    parts = np.array([recording.part or "" for recording in available])
    labels = np.array([recording.digit for recording in available])
    indices = thin(labels, parts, samples_per_class)
    recordings, labels, parts = [available[i] for i in indices], labels[indices], parts[indices]
    has_parts = recordings[0].part is not None
    train, fitness, test = stratified(labels, rng, tested=(parts == "test") if has_parts else None)
    events = ((str(r.path), read_atis(r.path, sensor_size=SENSOR_SIZE)) for r in recordings)
    settings: dict[str, Any] = {
        "sensor_size": SENSOR_SIZE,
        "pool": pool,
        "merge_polarities": merge_polarities,
        "bin_ms": bin_ms,
        "duration_ms": duration_ms,
    }
    spikes = kept_spikes(
        lambda: pooled_spikes(events, **settings),
        (np.fromfile(r.path, dtype=np.uint8) for r in recordings),
        **settings,
    )
    tested = "the given test set" if has_parts else "30 % of each class, at random"
    return Task(
        name="NMNIST",
        spikes=spikes,
        labels=labels,
        train=train,
        fitness=fitness,
        test=test,
        classes=tuple("0123456789"),
        description=f"events of handwritten digits before a moving camera; test: {tested}",
        source=SOURCE,
        licence=LICENCE,
        sensor_size=pooled_sensor(**settings),
    )


def _official(folder: Path, *, download: bool) -> list[_Recording]:
    return [
        _Recording(Path(path), digit, part)
        for part, dataset in zip(
            _PARTS, tonic_parts("NMNIST", folder, download=download), strict=True
        )
        for path, digit in zip(dataset.data, dataset.targets, strict=True)
    ]


def _labelled(folder: Path) -> list[_Recording]:
    """The recordings of labels.csv, in its order."""
    path = named(folder, "labels.csv")
    if path is None:
        raise ValueError(
            f"data must be a folder with labels.csv and recordings/*.bin, there is no labels.csv "
            f"in {folder}. To get them: {_OBTAIN}"
        )
    rows = read_table(path, ["recording", "digit"], ["split"])
    # A table names recordings of its folder, and reaches no other file.
    there = {file.stem: file for file in ending_in(folder / "recordings", ".bin")}
    splits = _PARTS if rows and "split" in rows[0] else (None,)
    recordings, missing = {}, []
    for number, row in enumerate(rows, start=2):
        part = row.get("split")
        if row["digit"] not in tuple("0123456789") or part not in splits:
            raise LoadError(
                f"{path}: expected a digit 0-9 and, if there is such a column, a split train or "
                f"test; got {', '.join(f'{k} {v!r}' for k, v in row.items())} in line {number}"
            )
        name = row["recording"]
        name = name[:-4] if name.lower().endswith(".bin") else name
        if name in recordings:
            raise LoadError(f"{path}: expected each recording once, got {name} twice")
        if name in there:
            recordings[name] = _Recording(there[name], int(row["digit"]), part)
        else:
            missing.append(name)
    if missing:
        raise LoadError(
            f"{path}: expected a file for each recording; {len(missing)} are not in "
            f"{folder / 'recordings'}, the first is {missing[0]}.bin"
        )
    if unlisted := sorted(there.keys() - recordings.keys()):
        raise LoadError(
            f"{path}: expected a row for each file in {folder / 'recordings'}; "
            f"{len(unlisted)} have none, the first is {there[unlisted[0]].name}"
        )
    if not recordings:
        raise LoadError(f"{path}: expected recordings, got none")
    return list(recordings.values())


NMNIST = TaskKind(nmnist, recorded=True, reservoir="fields")
