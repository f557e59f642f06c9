"""A picture of which classes are taken for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay


def plot_confusion(summary: Mapping[str, Any], classes: Sequence[str]) -> Figure:
    """The labels given to test samples of each class, in percent."""
    matrix = np.array(summary["confusion"], dtype=np.float64)
    percent = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    size = 2.5 + 0.45 * len(matrix)
    figure = Figure(figsize=(size, size))
    ConfusionMatrixDisplay(percent, display_labels=list(classes) or None).plot(
        ax=figure.subplots(),
        cmap="Blues",
        values_format=".0f",
        xticks_rotation="vertical",
        im_kw={"vmin": 0, "vmax": 100},
        colorbar=False,
    )
    axes = figure.axes[0]
    axes.set_title(
        f"{summary['task']}, {summary['split']}, {summary['neurons']} neurons: % of each class"
    )
    return figure
