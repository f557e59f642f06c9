"""Pictures of a run: fitness over generations, the evolved liquid in space, and its spikes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.lab.figures import COLOURS, plot_rows
from experiments.lab.page.contents import plain
from lsm import Recording, Reservoir
from lsm.plots import plot_liquid, plot_raster
from tasks import Task


def plot_fitness(task: Task, reservoir: Reservoir, logbook: Sequence[Mapping[str, Any]]) -> Figure:
    """Best and mean fitness of each generation."""
    generation = [row["generation"] for row in logbook]
    figure = Figure(figsize=(6, 4))
    axes = figure.subplots()
    axes.plot(generation, [row["best"] for row in logbook], marker=".", label="best")
    axes.plot(generation, [row["mean"] for row in logbook], marker=".", label="mean")
    axes.set_xlabel("generation")
    axes.set_ylabel("fitness (accuracy)")
    axes.set_title(f"{task.name}: evolution of {reservoir.n_neurons} neurons")
    axes.legend(frameon=False)
    return figure


def plot_sample(task: Task, reservoir: Reservoir, recording: Recording) -> Figure:
    """The first test sample, and the spikes that it causes."""
    sample = task.spikes[int(task.test[0])]
    figure = Figure(figsize=(8, 5))
    axes = plot_raster(figure.subplots(), reservoir, recording, sample)
    label = task.labels[task.test[0]]
    name = task.classes[label] if task.classes else label
    axes.set_title(f"{task.name}: a test sample of class {name}")
    return figure


def plot_in_space(task: Task, reservoir: Reservoir, recording: Recording) -> Figure:
    """Neurons and synapses where they are."""
    counts = np.bincount(recording.spike_neurons, minlength=reservoir.n_neurons)
    figure = Figure(figsize=(6, 6))
    space = {"projection": "3d"} if reservoir.positions.shape[1] == 3 else {}
    axes = figure.subplots(subplot_kw=space)
    plot_liquid(axes, reservoir, counts / recording.t_ms[-1] * 1e3)
    axes.set_title(f"{task.name}: the evolved liquid (size: rate in the sample shown)")
    return figure


def plot_accuracies(summaries: Sequence[Mapping[str, Any]]) -> Figure:
    """Test accuracy of every run, beside its baselines."""
    rows = {"evolved": [100 * each["test_accuracy"] for each in summaries]}
    for name in summaries[0].get("baselines", {}):
        rows[plain(name)] = [100 * each["baselines"][name] for each in summaries]
    figure = Figure(figsize=(8, 0.35 * len(rows) + 1))
    axes = figure.subplots()
    plot_rows(axes, rows, colours=COLOURS, minimise=False)
    axes.set_xlabel("test accuracy (%); bar: mean")
    axes.set_title(f"{summaries[0]['task']}, {len(summaries)} runs")
    return figure
