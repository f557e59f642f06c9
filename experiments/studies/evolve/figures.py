"""Pictures of a run: fitness over generations, the evolved liquid in space, and its spikes."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from evolution import ParetoResult, SearchResult
from evolution.plots import plot_front, plot_logbook
from experiments.studies.evolve.run import Run
from lsm import Reservoir, record
from lsm.plots import plot_liquid, plot_raster


def figures_of(run: Run, best: Reservoir, evolved: SearchResult) -> dict[str, Figure]:
    """Pictures by name; of the test samples they show the first, and the spikes that it causes."""
    task = run.task
    sample = task.spikes[int(task.test[0])]
    label = task.labels[task.test[0]]
    name = task.classes[label] if task.classes else label
    recording = record(best, sample, dt_ms=run.settings.dt)
    counts = np.bincount(recording.spike_neurons, minlength=best.n_neurons)
    figures = {"fitness": Figure(figsize=(6, 4)), "raster": Figure(figsize=(8, 5))}
    figures["liquid"] = Figure(figsize=(6, 6))
    axes = plot_logbook(figures["fitness"].subplots(), evolved.logbook)
    axes.set_title(f"{task.name}: evolution of {best.n_neurons} neurons")
    axes = plot_raster(figures["raster"].subplots(), best, recording, sample)
    axes.set_title(f"{task.name}: a test sample of class {name}")
    projection = "3d" if best.positions.shape[1] == 3 else None
    axes = figures["liquid"].subplots(subplot_kw={"projection": projection})
    plot_liquid(axes, best, counts / recording.t_ms[-1] * 1e3)
    axes.set_title(f"{task.name}: the evolved liquid (size: rate in the sample shown)")
    if isinstance(evolved, ParetoResult):
        figures["pareto"] = Figure(figsize=(7, 4.5))
        axes = figures["pareto"].subplots()
        plot_front(axes, evolved.fitnesses, run.settings.aims, evolved.front)
        axes.set_title(f"{task.name}: Pareto front of {len(evolved.front)} liquids")
    return figures
