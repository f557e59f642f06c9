"""Pictures of the conversion: outputs of both networks, accuracy against 1/lambda, spikes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from experiments.lab.records import Record
from lsm.plots import panels, plot_metric, plot_spikes
from tasks.cognitive import ANSWER, COGNITIVE, STEP_MS


def plot_outputs(task: str, tests: Sequence[Record]) -> Figure:
    """Mean outputs of each condition, and one trial, of the first seed."""
    curves, kind = tests[0]["curves"], COGNITIVE[task]
    figure, places = panels(len(curves), width=3.5, height=2.5, columns=4, sharey=True)
    for axes, (condition, lines) in zip(places, curves.items(), strict=True):
        t = np.arange(len(lines["rate"])) * STEP_MS / 1e3
        axes.plot(t, lines["trial"], color="C1", linewidth=0.6, alpha=0.6, label="spiking, a trial")
        axes.plot(t, lines["spiking"], color="C1", label="spiking, mean")
        axes.plot(t, lines["rate"], color="black", linestyle="--", label="rates, mean")
        axes.axvspan(kind.judged_from * STEP_MS / 1e3, t[-1], color="black", alpha=0.05)
        for level in (ANSWER, -ANSWER) if kind.other else (ANSWER,):
            axes.axhline(level, color="black", linewidth=0.5, linestyle=":")
        axes.set_title(condition)
        axes.set(xlabel="time (s)", ylabel="output")
    figure.legend(*places[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def plot_factors(task: str, searches: Sequence[Record]) -> Figure:
    """Accuracy in the search against the scaling factor, of each network and on average."""
    figure, (axes,) = panels(1, width=6, height=4)
    accuracies = 100 * np.array([search["accuracies"] for search in searches])
    factors = np.array(searches[0]["scaling_factors"])
    for row, search in zip(accuracies, searches, strict=True):
        axes.plot(factors, row, color="0.7", linewidth=0.8)
        best = np.flatnonzero(factors == search["best"])
        axes.plot(factors[best], row[best], "o", color="C1")
    plot_metric(axes, factors, accuracies.T, label="mean over networks", color="black")
    axes.set(xlabel="1/lambda", ylabel="accuracy in the search (%)", ylim=(-2, 102))
    axes.set_title(f"{task}; dots: chosen")
    return figure


def plot_raster(task: str, tests: Sequence[Record]) -> Figure:
    """Spikes of one trial of the first seed."""
    raster = tests[0]["raster"]
    figure, (axes,) = panels(1, width=8, height=4.5)
    excitatory = ~np.array(raster["inhibitory"])
    plot_spikes(axes, raster["times_ms"], raster["neurons"], excitatory, markersize=1.5)
    axes.set_title(f"{task}: a trial, {raster['condition']}")
    return figure


#: What makes each picture of a task, and the stage whose records it is of.
PLOTS = {
    "outputs": ("test", plot_outputs),
    "factors": ("search", plot_factors),
    "raster": ("test", plot_raster),
}
