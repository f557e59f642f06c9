"""N-MNIST: handwritten digits before an event camera that moves in three saccades."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tasks.base import RandomState, Task, streams
from tasks.data import Data, data_folder
from tasks.events import pooled_spikes, read_atis
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
    found = _official(folder, download=download) if official else _labelled(folder)
    parts = np.array([recording.part or "" for recording in found])
    labels = np.array([recording.digit for recording in found])
    kept = thin(labels, parts, samples_per_class)
    recordings, labels, parts = [found[i] for i in kept], labels[kept], parts[kept]
    given = recordings[0].part is not None
    train, fitness, test = stratified(labels, rng, tested=(parts == "test") if given else None)
    spikes = pooled_spikes(
        ((str(r.path), read_atis(r.path, sensor_size=SENSOR_SIZE)) for r in recordings),
        sensor_size=SENSOR_SIZE,
        pool=pool,
        merge_polarities=merge_polarities,
        bin_ms=bin_ms,
        duration_ms=duration_ms,
    )
    tested = "the given test set" if given else "30 % of each class, at random"
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
    path = folder / "labels.csv"
    if not path.is_file():
        raise ValueError(
            f"data must be a folder with labels.csv and recordings/*.bin, there is no labels.csv "
            f"in {folder}. To get them: {_OBTAIN}"
        )
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        rows = list(reader)
    if not {"recording", "digit"} <= set(columns):
        raise ValueError(
            f"{path}: expected columns recording, digit and, optionally, split; got "
            f"{', '.join(columns) or 'none'}"
        )
    splits = _PARTS if "split" in columns else (None,)
    recordings = []
    for number, row in enumerate(rows, start=2):
        part = row.get("split")
        if row["digit"] not in tuple("0123456789") or part not in splits:
            raise ValueError(
                f"{path}: expected a digit 0-9 and, if there is such a column, a split train or "
                f"test; got {', '.join(f'{k} {v!r}' for k, v in row.items())} in line {number}"
            )
        name = row["recording"].removesuffix(".bin")
        recordings.append(
            _Recording(folder / "recordings" / f"{name}.bin", int(row["digit"]), part)
        )
    _check_files(path, recordings)
    return recordings


def _check_files(labels: Path, recordings: list[_Recording]) -> None:
    """Each recording has one row, each row one recording."""
    listed = [recording.path.name for recording in recordings]
    there = {path.name for path in labels.parent.glob("recordings/*.bin")}
    if len(set(listed)) < len(listed):
        twice = next(name for i, name in enumerate(listed) if name in listed[:i])
        raise ValueError(f"{labels}: expected each recording once, got {twice} twice")
    if missing := sorted(set(listed) - there):
        raise ValueError(
            f"{labels}: expected a file for each recording; {len(missing)} are not in "
            f"{labels.parent / 'recordings'}, the first is {missing[0]}"
        )
    if unlisted := sorted(there - set(listed)):
        raise ValueError(
            f"{labels}: expected a row for each file in {labels.parent / 'recordings'}; "
            f"{len(unlisted)} have none, the first is {unlisted[0]}"
        )
    if not listed:
        raise ValueError(f"{labels}: expected recordings, got none")
