"""Pictures of a training: target and output, weights, spikes, the error, and chaos."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray
from scipy.signal import welch

from experiments.lab.figures import panels, plot_heat_map, plot_rows
from experiments.studies.force.measures import LEARNED, LORENZ, maxima, smooth
from experiments.studies.force.protocols import RATE
from experiments.studies.force.training import Course

Floats = NDArray[np.float64]

_TARGET, _OUTPUT = "#555555", "#D55E00"
#: Outputs that are drawn as lines, one above another; more are drawn as an image.
_LINES = 5
#: The error is a root mean square over so long.
_ERROR_MS = 50.0
_RASTER_MS, _RASTER_NEURONS = 1000.0, 100


def plot_course(course: Course) -> dict[str, Callable[[], Figure]]:
    """What plots each picture of a course that came to its end, by its name."""
    plots = {
        "outputs": _plot_outputs,
        "error": _plot_error,
        "weights": _plot_weights,
        "raster": _plot_activity,
    }
    if course.protocol.task == LORENZ:
        plots["lorenz"] = _plot_lorenz
    return {name: partial(plot, course) for name, plot in plots.items()}


def _plot_outputs(course: Course) -> Figure:
    """Target against output before learning, in it, and where the test begins and ends."""
    settings, period = course.protocol.settings, course.protocol.period_ms
    begin, end = settings.learn_ms
    shown = min(max(1000.0, 1.25 * (period or 4000.0)), settings.duration_ms - end)
    parts = {
        "start" + (", before learning" if begin >= shown else ""): 0.0,
        "half-way through learning": max(begin, (begin + end) / 2 - shown),
        "the test begins": end,
        "the test ends": settings.duration_ms - shown,
    }
    spans = {title: (first, first + shown) for title, first in parts.items()}
    plot = _plot_lines if course.wanted.shape[1] <= _LINES else _plot_images
    return plot(course, spans)


def _plot_lines(course: Course, spans: Mapping[str, tuple[float, float]]) -> Figure:
    """Outputs one above another."""
    wanted, outputs = course.wanted, course.trained.outputs
    number = wanted.shape[1]
    apart = 1.2 * float(np.ptp(wanted, axis=0).max())
    place = -apart * np.arange(number) - (wanted.mean(axis=0) if number > 1 else 0.0)
    figure = Figure(figsize=(13, 2.5 + 1.2 * number), layout="constrained")
    row = figure.subplots(1, len(spans), sharey=True)
    for axes, (title, span) in zip(row, spans.items(), strict=True):
        part = course.between(*span)
        times = course.trained.t_ms[part] / 1e3
        axes.plot(times, wanted[part] + place, color=_TARGET, linewidth=3, alpha=0.4)
        axes.plot(times, outputs[part] + place, color=_OUTPUT, linewidth=1)
        axes.set(title=title, xlabel="time (s)")
    placed = wanted + place
    row[0].set_ylim(placed.min() - 0.3 * apart, placed.max() + 0.5 * apart)
    row[0].set_ylabel("output" if number == 1 else f"{number} outputs, each less its mean")
    if number > 1:
        row[0].set_yticks([])
    handles = [row[0].lines[0], row[0].lines[number]]
    row[0].legend(handles, ["target", "output"], loc="upper left", fontsize="small", ncol=2)
    return figure


def _plot_images(course: Course, spans: Mapping[str, tuple[float, float]]) -> Figure:
    """Targets above outputs, a row of colours each."""
    high = float(np.abs(course.wanted).max())
    figure = Figure(figsize=(13, 7), layout="constrained")
    panels = figure.subplots(2, len(spans), sharex="col", sharey=True)
    for column, (title, span) in zip(panels.T, spans.items(), strict=True):
        values = {"target": course.wanted, "output": course.trained.outputs}
        for axes, (what, rows) in zip(column, values.items(), strict=True):
            part = rows[course.between(*span)]
            image = _plot_over_time(axes, part, span, vmin=-high, vmax=high, cmap="RdBu_r")
            axes.set_title(f"{what}: {title}", fontsize="small")
        column[-1].set_xlabel("time (s)")
    for axes in panels[:, 0]:
        axes.set_ylabel("number of the output")
    figure.colorbar(image, ax=panels, label="value")
    return figure


def _plot_over_time(
    axes: Axes, values: Floats, span: tuple[float, float], **look: Any
) -> AxesImage:
    """Values (steps, rows) of a time in ms, a row of colours each."""
    extent = (span[0] / 1e3, span[1] / 1e3, -0.5, values.shape[1] - 0.5)
    return axes.imshow(values.T, extent=extent, origin="lower", aspect="auto", **look)


def _plot_error(course: Course) -> Figure:
    figure, axes = _over_time(course)
    width = max(1, round(_ERROR_MS / course.dt_ms))
    squares = ((course.trained.outputs - course.wanted) ** 2).sum(axis=1)
    n = len(squares) // width
    mean = np.sqrt(squares[: n * width].reshape(n, width).mean(axis=1))
    deviation = np.sqrt(course.wanted.var(axis=0).sum())
    times = (np.arange(n) + 0.5) * width * course.dt_ms / 1e3
    axes.plot(times, mean / deviation, color=_OUTPUT, linewidth=0.7)
    axes.set_yscale("log")
    axes.set_ylabel(f"error / deviation of the target, {_ERROR_MS:g} ms")
    axes.set_title("Error; without learning, drift in phase adds to it")
    return figure


def _plot_weights(course: Course) -> Figure:
    figure, axes = _over_time(course)
    weights = course.trained.weights[:, :, 0]
    axes.plot(course.trained.probe_t_ms / 1e3, weights, linewidth=1)
    axes.set_ylabel("decoder weight (1/Hz)")
    axes.set_title(f"Weights of {weights.shape[1]} neurons to the first output")
    return figure


def _over_time(course: Course) -> tuple[Figure, Axes]:
    """Axes over the whole run, on which learning is shaded."""
    figure, (axes,) = panels(1, width=9, height=4)
    begin, end = (time / 1e3 for time in course.protocol.settings.learn_ms)
    axes.axvspan(begin, end, color="#56B4E9", alpha=0.2, label="learning", linewidth=0)
    axes.legend(loc="upper right", frameon=False)
    axes.set(xlabel="time (s)", xlim=(0, course.protocol.settings.duration_ms / 1e3))
    return figure, axes


def _plot_activity(course: Course) -> Figure:
    """Spikes around the end of learning; of a rate network its rates."""
    end, trained = course.protocol.settings.learn_ms[1], course.trained
    first, last = max(0.0, end - _RASTER_MS), min(end + _RASTER_MS, trained.time_ms)
    neurons = course.watched[:_RASTER_NEURONS]
    figure, (axes,) = panels(1, width=9, height=5)
    if course.protocol.model == RATE:
        times = trained.probe_t_ms
        within = (times >= first) & (times <= last)
        rates = trained.filtered[within][:, : len(neurons)]
        image = _plot_over_time(axes, rates, (first, last), cmap="viridis")
        figure.colorbar(image, label="filtered rate (Hz)")
    else:
        row = np.full(course.protocol.settings.n_neurons, -1)
        row[neurons] = np.arange(len(neurons))
        times = trained.spike_times_ms
        shown = (times >= first) & (times <= last) & (row[trained.spike_neurons] >= 0)
        axes.plot(times[shown] / 1e3, row[trained.spike_neurons[shown]], "k|", markersize=2.5)
    axes.axvline(end / 1e3, color="#0072B2")
    axes.set(
        xlabel="time (s); line: learning ends",
        ylabel="neuron",
        title=f"{len(neurons)} of {course.protocol.settings.n_neurons} neurons",
        xlim=(first / 1e3, last / 1e3),
        ylim=(-0.5, len(neurons) - 0.5),
    )
    return figure


def _plot_lorenz(course: Course) -> Figure:
    """Attractor, return map and spectrum of the test, beside the target's."""
    outputs, wanted = course.trained.outputs[course.test], course.wanted[course.test]
    figure, (attractor, returns, spectrum) = panels(3, width=4.6, height=4.2)
    for values, label, colour in ((wanted, "target", _TARGET), (outputs, "output", _OUTPUT)):
        path = smooth(values, course.dt_ms)
        attractor.plot(path[:, 0], path[:, 2], color=colour, linewidth=0.5, label=label)
        returns.plot(*maxima(values[:, 2], course.dt_ms).T, ".", color=colour, label=label)
        window = min(len(values), round(5000 / course.dt_ms))
        frequency, power = welch(values[:, 2], 1e3 / course.dt_ms, nperseg=window)
        shown = (frequency > 0) & (frequency < 20)
        spectrum.loglog(frequency[shown], power[shown], color=colour, label=label)
    attractor.set(xlabel="x", ylabel="z", title="test, smoothed over 20 ms")
    returns.set(xlabel="maximum of z", ylabel="next maximum", title="return map")
    spectrum.set_ylim(1e-8)  # the Lorenz system's own falls without end
    spectrum.set(xlabel="frequency (Hz)", ylabel="power of z (1/Hz)", title="spectrum")
    for axes in (attractor, returns, spectrum):
        axes.legend(frameon=False, fontsize="small")
    return figure


def plot_grid(summary: Mapping[str, Any]) -> Figure:
    """A heat map of the errors (gains, feedbacks) of a grid; those that learn are in bold."""
    settings, bound = summary["settings"], summary["learned_below"]
    errors = np.array(summary["nrmse_drift_tolerant"], dtype=np.float64)
    low, high = 0.01, 2.0
    figure, (axes,) = panels(1, width=7, height=5)
    image = plot_heat_map(
        axes,
        np.clip(np.where(np.isnan(errors), high, errors), low, high),
        rows=labels(summary["G"]),
        columns=labels(summary["Q"]),
        texts=np.where(np.isnan(errors), "diverged", np.char.mod("%.2g", errors)),
        bold=errors < bound,
        cmap="viridis_r",
        norm=LogNorm(low, high),
    )
    axes.set(xlabel=f"Q (published: {settings['Q']:g})", ylabel=f"G (published: {settings['G']:g})")
    axes.set_title(
        f"{settings['task']}, {settings['model']}: {100 * summary['share_learned']:.0f} % of "
        f"{errors.size} points learn (drift-tolerant NRMSE below {bound:g}, median of "
        f"{len(summary['seeds'])} seeds)",
        fontsize="small",
    )
    figure.colorbar(image, label="drift-tolerant NRMSE")
    return figure


def labels(values: Sequence[float]) -> list[str]:
    """Numbers beside a heat map."""
    return [f"{value:.3g}" for value in values]


def plot_errors(rows: Mapping[str, Sequence[Sequence[float]]]) -> Figure:
    """Errors that count of each row of a table: of all seeds, with recurrence and without.

    The row whose median is least stands at the top.
    """
    rows = dict(sorted(rows.items(), key=lambda row: float(np.median(row[1][0]))))
    figure, (axes,) = panels(1, width=8, height=0.35 * len(rows) + 1.3)
    for which, label in enumerate(("as trained", "without recurrence (G = 0)")):
        errors = {name: np.minimum(each[which], 3) for name, each in rows.items()}
        colour, up = (("#D55E00", -0.12), ("#0072B2", 0.12))[which]
        plot_rows(axes, errors, colours=[colour], mean=False, up=up, label=label)
    axes.axvline(LEARNED, color="black", linewidth=0.5, linestyle=":")
    axes.set_xscale("log")
    axes.set_xlabel("drift-tolerant NRMSE; without a period: NRMSE (3: or above)")
    axes.legend(frameon=False, fontsize="small", loc="lower left", bbox_to_anchor=(0, 1), ncol=2)
    return figure
