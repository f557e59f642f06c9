"""Pictures of a training: curves, weights, rasters, signals, and what was forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.lab.figures import COLOURS
from experiments.lab.records import Record
from experiments.studies.learn.sample import Sample
from lsm.plots import panels, plot_spikes

_PARTS = ("inputs", "recurrent", "readout")


def plot_curves(ways: Mapping[str, Sequence[Record]]) -> Figure:
    """Loss and error over iterations, on batches (faint) and on held-out samples."""
    figure, axes = panels(2, width=7, height=4)
    for (way, records), colour in zip(ways.items(), COLOURS, strict=False):
        for record in records:
            curve = record["curve"]
            for pane, name in zip(axes, ("losses", "errors"), strict=True):
                line = np.array(curve[name])
                pane.plot(np.arange(1, len(line) + 1), line, color=colour, alpha=0.25, linewidth=1)
                pane.plot(curve["validated"], curve[f"validation_{name}"], "o-", color=colour)
        axes[1].plot([], [], "-", color=colour, label=way)
    axes[0].set(xlabel="iteration", ylabel="loss (faint: batches; dots: held-out samples)")
    axes[1].set(xlabel="iteration", ylabel="error")
    axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_weights(sample: Sample) -> Figure:
    """Weights after the training by those before it."""
    figure, axes = panels(3, width=4, height=4)
    for pane, part in zip(axes, _PARTS, strict=True):
        before, after = (sample.arrays[f"{part}_{end}"].ravel() for end in ("before", "after"))
        ends = [min(before.min(), after.min()), max(before.max(), after.max())]
        pane.plot(ends, ends, color="black", linewidth=0.5)
        pane.plot(before, after, ".", markersize=2, alpha=0.5)
        pane.set(title=part, xlabel="weight before", ylabel="weight after")
    return figure


def plot_rasters(sample: Sample) -> Figure:
    """The input of a test sample, spikes and outputs before and after the training."""
    figure, axes = panels(5, width=10, height=2.4, columns=1, sharex=True)
    arrays, n = sample.arrays, sample.n_neurons
    axes[0].plot(arrays["input_steps"], arrays["input_channels"], "|", color="black", markersize=2)
    axes[0].set(ylabel="input channel", title="a test sample; the bar: where errors count")
    for k, ending in enumerate(("before", "after")):
        raster, outputs = axes[1 + 2 * k : 3 + 2 * k]
        plot_spikes(
            raster,
            arrays[f"steps_{ending}"],
            arrays[f"neurons_{ending}"],
            np.ones(n, dtype=bool),
            markersize=2,
        )
        raster.set(xlabel="", title=ending)
        if legend := raster.get_legend():
            legend.remove()
        outputs.plot(arrays[f"outputs_{ending}"])
        outputs.set(ylabel=f"outputs {ending}")
    for pane in axes:
        pane.axvspan(sample.window, len(arrays["outputs_after"]), alpha=0.1, color="black")
    axes[-1].set(xlabel="time (ms)")
    return figure


def plot_signals(sample: Sample) -> Figure:
    """Eligibility traces of synapses that changed most, and the signals of their neurons."""
    figure, axes = panels(2, width=10, height=2.6, columns=1, sharex=True)
    axes[0].plot(sample.arrays["traces"], linewidth=0.8)
    axes[0].set(ylabel="eligibility trace", title="the recurrent synapses that changed most")
    axes[1].plot(sample.arrays["signals"], linewidth=0.8)
    axes[1].set(ylabel="learning signal", xlabel="time (ms)")
    return figure


def plot_classes(known: Sequence[Record]) -> Figure:
    """Accuracy of each class on test samples over iterations; a record's fold is its iteration."""
    figure, (axes,) = panels(1, width=8, height=4)
    ordered = sorted(known, key=lambda record: record["fold"])
    accuracy = 100 * np.array([record["by_class"] for record in ordered])
    iterations: list[Any] = [record["fold"] for record in ordered]
    for label, line in enumerate(accuracy.T):
        axes.plot(iterations, line, "o-", markersize=3, label=str(label))
    axes.set(xlabel="iteration", ylabel="accuracy of a class (%)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), title="class")
    return figure
