"""Pictures of a run: fitness over generations, the evolved liquid in space, and its spikes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evolution import ParetoResult
from evolution.plots import plot_front, plot_logbook
from lsm import Recording, Reservoir
from lsm.plots import plot_liquid, plot_raster
from tasks import Task


def plot_fitness(task: Task, reservoir: Reservoir, logbook: Sequence[Mapping[str, Any]]) -> Figure:
    """Best and mean fitness of each generation."""
    figure = Figure(figsize=(6, 4))
    axes = plot_logbook(figure.subplots(), logbook)
    axes.set_title(f"{task.name}: evolution of {reservoir.n_neurons} neurons")
    return figure


def plot_pareto(task: Task, evolved: ParetoResult, aims: Sequence[str]) -> Figure:
    """The front, and the rest of the last population."""
    figure = Figure(figsize=(7, 4.5))
    axes = plot_front(figure.subplots(), evolved.fitnesses, aims, evolved.front)
    axes.set_title(f"{task.name}: Pareto front of {len(evolved.front)} liquids")
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
