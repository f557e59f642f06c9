"""Any classification data set of aeon's archive, by name."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lsm.base.checks import nearest, positive
from lsm.base.files import named, refusing
from readouts.scale import refuse_scale
from tasks.base import RandomState, Task, TaskKind, streams
from tasks.data import Data, as_array, data_folder, optional
from tasks.splits import stratified, thin

SOURCE = "the archive at https://timeseriesclassification.com, through aeon, as {name}"
LICENCE = "as the data set's authors have it; see its page in the archive"


def aeon_set(
    name: str,
    random_state: RandomState = None,
    data: Data = None,
    *,
    samples_per_class: int | None = None,
    step_ms: float | None = None,
    download: bool = False,
) -> Task:
    """aeon:NAME: time series of an archive to classify, such as ``aeon:JapaneseVowels``.

    The official test set tests; of the other series 30 % of each class are the fitness set. Series
    may differ in length. `Task.signals` are the series as the archive has them, `Task.classes` its
    labels. There are no groups.

    Spikes: those of the encoder that the estimators choose (`lsm.encoders.default_encoder`), fitted
    on the training part.

    Parameters
    ----------
    name : str
        As the archive has it. Some small ones come with aeon (`bundled`).
    random_state : int, SeedSequence, Generator or None
        Decides which samples train and which judge fitness; nothing else.
    data : path, optional
        Folder with ``NAME/NAME_TRAIN.ts`` and ``NAME/NAME_TEST.ts``, for what doesn't come with
        aeon. By default see `tasks.data.data_folder`, with the name ``aeon``.
    samples_per_class : int, optional
        Take only so many of each class of the training and of the test set, to be quick.
    step_ms : float, optional
        Time for which a step of a series lasts, instead of the encoder's choice.
    download : bool
        Let aeon download what is not there.

    Raises
    ------
    ImportError
        Without aeon.
    TypeError, ValueError
        The archive has no such set, it isn't there, or values are missing in it.
    OSError
        It can't be downloaded.
    """
    *_, rng = streams(random_state)
    if step_ms is not None:
        step_ms = positive(step_ms, "step_ms")
    signals, label_names, tested = _load(name, data, download=download)
    classes, labels = np.unique(label_names, return_inverse=True)
    indices = thin(labels, tested, samples_per_class)
    signals, labels, tested = [signals[i] for i in indices], labels[indices], tested[indices]
    train, fitness, test = stratified(labels, rng, tested=tested)
    training = [signals[i] for i in np.flatnonzero(~tested)]
    from lsm.encoders import default_encoder

    encoder = default_encoder(training)
    if step_ms is not None:
        encoder.set_params(step_ms=step_ms)
    spikes = encoder.fit(training).transform(signals)
    return Task(
        name=f"aeon:{name}",
        spikes=spikes,
        labels=labels.astype(np.int64),
        train=train,
        fitness=fitness,
        test=test,
        signals=as_array(signals),
        classes=tuple(map(str, classes)),
        description=f"time series {name}; test: the official test set",
        source=SOURCE.format(name=name),
        licence=LICENCE,
    )


def bundled() -> list[str]:
    """Names of the classification sets that come with aeon, sorted."""
    root = _bundled_root()
    names = [folder.name for folder in sorted(root.iterdir()) if _is_in(root, folder.name)]
    return [name for name in names if _has_classes(_file(root, name, "TRAIN"))]


def _load(
    name: str, data: Data, *, download: bool
) -> tuple[list[NDArray[np.float64]], NDArray[np.str_], NDArray[np.bool_]]:
    """Series (channels, steps), their labels, and which are of the official test set."""
    load = optional("aeon.datasets", "aeon").load_from_ts_file
    root = _root(name, data, download=download)
    signals: list[NDArray[np.float64]] = []
    labels: list[str] = []
    sizes = []
    for part in ("TRAIN", "TEST"):
        path = _file(root, name, part)
        with refusing(path, "a classification set"):
            if not _has_classes(path):
                raise ValueError("its labels are no classes")
            series, series_labels = load(str(path), encoding="utf-8-sig")
            for i, signal in enumerate(series):
                if not np.isfinite(signal).all():
                    raise ValueError(f"expected finite values, some are missing in series {i}")
                if len(signal) != len((signals or series)[0]):
                    raise ValueError(
                        f"series {i} has {len(signal)} channels, the first of "
                        f"{_file(root, name, 'TRAIN')} has {len((signals or series)[0])}"
                    )
            least = 4 if part == "TRAIN" else 1
            if len(series) < least:
                raise ValueError(f"it must have at least {least} series, got {len(series)}")
            largest = np.max([np.abs(signal).max(axis=1) for signal in series], axis=0)
            refuse_scale(largest, "its series", "channel")
        signals.extend(series)
        labels.extend(series_labels)
        sizes.append(len(series))
    return signals, np.array(labels), np.repeat([False, True], sizes)


def _root(name: str, data: Data, *, download: bool) -> Path:
    """The folder that holds the folder of the set."""
    if data is None and _is_in(_bundled_root(), name):
        return _bundled_root()
    archive = optional("aeon.datasets.tsc_datasets", "aeon").tsc_zenodo
    if data is None and name not in archive:
        raise ValueError(
            f"name must be aeon: and a classification set of the archive, such as "
            f"aeon:{nearest(name, [*archive, *bundled()])}; got 'aeon:{name}'"
        )
    folder = data_folder(
        "aeon",
        data,
        obtain=f"make_task('aeon:{name}', data=folder, download=True)",
        create=download,
    )
    if not _is_in(folder, name):
        if not download:
            raise ValueError(
                f"data must be a folder with {name}/{name}_TRAIN.ts and {name}/{name}_TEST.ts; "
                f"they are not in {folder}. To get them: download=True"
            )
        try:
            optional("aeon.datasets", "aeon").load_classification(name, extract_path=str(folder))
        except (OSError, ValueError) as error:
            raise OSError(f"aeon:{name} cannot be downloaded to {folder}: {error}") from error
    return folder


def _bundled_root() -> Path:
    return Path(optional("aeon.datasets", "aeon").__file__).parent / "data"


def _file(root: Path, name: str, part: str) -> Path:
    usual = f"{name}_{part}.ts"
    return named(root / name, usual) or root / name / usual


def _is_in(root: Path, name: str) -> bool:
    return all(_file(root, name, part).is_file() for part in ("TRAIN", "TEST"))


def _has_classes(path: Path) -> bool:
    """Whether the header says that labels are classes, not numbers to predict."""
    with open(path, encoding="utf-8-sig") as file:
        header = iter(file.readline, "")
        lines = (line.strip().lower() for line in header)
        return any(line.startswith("@classlabel true") for line in lines if line.startswith("@"))


ANY = TaskKind(partial(aeon_set, "NAME"), recorded=True)
