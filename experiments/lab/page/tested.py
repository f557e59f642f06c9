"""What became of test samples: their labels, those they were given, and where their states lie.

A run keeps it in a file, of which a page has sections.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.metrics import confusion_matrix
from threadpoolctl import threadpool_limits

from experiments.lab.page.contents import Section
from experiments.lab.page.figures import chart, confusion, note, series
from lsm import LSMClassifier
from lsm.base.archives import read_archive, refusing, write_archive
from tasks import Task

#: States that are kept: more points can't be told apart.
_SHOWN = 1500
_FORMAT = 1


@dataclass(frozen=True)
class Tested:
    """Test samples of one liquid.

    Attributes
    ----------
    labels, predicted : int array (samples,)
    shown : int array (shown,)
        Samples, by their number here, whose states are kept.
    components : float array (shown, 2)
        The first two principal components of these states.
    explained : float array (2,)
        Their share of the variance.
    classes : list of str
        Names of the labels; empty where they have none.
    description : str
        Of the task.
    """

    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    shown: NDArray[np.int64]
    components: NDArray[np.float32]
    explained: NDArray[np.float64]
    classes: list[str]
    description: str

    def name(self, label: Any) -> str:
        """What a label is called."""
        known = len(self.classes) > int(label) >= 0
        return self.classes[int(label)] if known else str(label)


def write_tested(
    path: Path, model: LSMClassifier, task: Task, test: NDArray[np.int64], inputs: Any
) -> None:
    """Keep what a fitted model makes of test samples.

    Parameters
    ----------
    test : int array
        Indices of the task's samples.
    inputs : SpikeTrains or signals
        What the model is given of them.
    """
    states = model._new_states(inputs)  # what `predict` gives the readout
    shown = np.sort(np.random.default_rng(0).permutation(len(states))[:_SHOWN])
    pca = PCA(min(2, len(shown), states.shape[1]), random_state=0)
    # States that don't differ have no variance to explain a part of.
    with threadpool_limits(1), np.errstate(invalid="ignore"):
        places = pca.fit_transform(states[shown])
        predicted = model.readout_.predict(states)
    explained = np.nan_to_num(pca.explained_variance_ratio_)
    missing = 2 - len(explained)
    arrays = {
        "labels": task.labels[test],
        "predicted": predicted,
        "shown": shown,
        "components": np.pad(places, ((0, 0), (0, missing))).astype(np.float32),
        "explained": np.pad(explained, (0, missing)),
    }
    header = {"format": _FORMAT, "classes": list(task.classes), "description": task.description}
    write_archive(path, header, arrays)


def read_tested(path: Path) -> Tested | None:
    """What :func:`write_tested` kept; None where there is no such file.

    Raises
    ------
    LoadError
        The file is damaged.
    """
    if not path.exists():
        return None
    what = "what became of test samples"
    header, arrays = read_archive(path, what, newest=_FORMAT)
    with refusing(path, what):
        return Tested(**arrays, classes=header["classes"], description=header["description"])


def sections_of_tested(
    tested: Tested | None, *, reader: str, counts: NDArray[np.int64] | None = None
) -> list[Section]:
    """Sections on test samples.

    Parameters
    ----------
    reader : str
        Whose labels they are.
    counts : int array (classes, classes), optional
        A confusion matrix that is known already.
    """
    if counts is not None:
        labels = np.arange(len(counts))
    elif tested is not None:
        labels = np.union1d(tested.labels, tested.predicted)
        counts = confusion_matrix(tested.labels, tested.predicted, labels=labels)
    else:
        return [Section("Test samples", [note("This run kept no labels and states of them.")])]
    names = [tested.name(label) if tested else str(label) for label in labels]
    sections = [Section("Confusion", [confusion(counts, names)])]
    if tested is None:
        return sections
    every, predicted = tested.labels[tested.shown], tested.predicted[tested.shown]
    points = []
    for label in np.unique(every):
        rows = every == label
        wrong = predicted[rows] != label
        calls = [f"called {tested.name(each)}" for each in predicted[rows]]
        tips = np.where(wrong, calls, "").tolist()
        look = {"hollow": wrong.astype(int).tolist(), "tips": tips}
        points.append(series(tested.name(label), *tested.components[rows].T, **look))
    shown = f"{len(every):,} of " if len(every) < len(tested.labels) else ""
    first, second = 100 * tested.explained
    caption = (
        f"States of {reader} on {shown}{len(tested.labels):,} test samples: the first two "
        f"principal components, with {first:.0f} and {second:.0f} % of the variance. Rings: wrong "
        "labels. What overlaps here may be apart in the other dimensions, which the readout sees."
    )
    states = chart(caption, points, x="component 1", y="component 2")
    return [Section("States in two dimensions", [states]), *sections]
