"""States of test samples in two dimensions, and what they were taken for."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from experiments.lab.page.contents import Section
from experiments.lab.page.figures import chart, confusion, note, series
from experiments.lab.page.tested import Tested


def sections_of_tested(
    tested: Tested | None, *, reader: str, counts: np.ndarray | None = None
) -> list[Section]:
    """Sections on test samples.

    Parameters
    ----------
    reader : str
        Whose labels they are.
    counts : int array (classes, classes), optional
        A confusion matrix that is known already.
    """
    if tested is not None and counts is None:
        labels = np.union1d(tested.labels, tested.predicted)
        names = [_name(tested.classes, label) for label in labels]
        matrix = confusion_matrix(tested.labels, tested.predicted, labels=labels)
    elif counts is not None:
        matrix, names = (
            counts,
            [_name(tested.classes if tested else [], k) for k in range(len(counts))],
        )
    else:
        return [Section("Test samples", [note("This run kept no labels and states of them.")])]
    sections = [Section("Confusion", [confusion(matrix, names)])]
    if tested is None:
        return sections
    explained = 100 * tested.explained
    groups = []
    for label in np.unique(tested.labels[tested.shown]):
        rows = tested.labels[tested.shown] == label
        given = tested.predicted[tested.shown][rows]
        groups.append(
            series(
                _name(tested.classes, label),
                *tested.components[rows].T,
                hollow=(given != label).astype(int).tolist(),
                tips=[_tip(tested, label, each) for each in given],
            )
        )
    shown = f"{len(tested.shown):,} of " if len(tested.shown) < len(tested.labels) else ""
    caption = (
        f"States of {reader} on {shown}{len(tested.labels):,} test samples: the first two "
        f"principal components, with {explained[0]:.0f} and {explained[1]:.0f} % of the variance. "
        "Rings: "
        "wrong labels. What overlaps here may be apart in the other dimensions, which the readout "
        "sees."
    )
    return [
        Section(
            "States in two dimensions", [chart(caption, groups, x="component 1", y="component 2")]
        ),
        *sections,
    ]


def _name(classes: list[str], label: Any) -> str:
    return classes[int(label)] if len(classes) > int(label) >= 0 else str(label)


def _tip(tested: Tested, label: Any, given: Any) -> str:
    return "" if given == label else f"called {_name(tested.classes, given)}"
