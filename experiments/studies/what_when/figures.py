"""Pictures: outputs over time, amplitudes and peaks, switches, angles, and what speed costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.studies.what_when.claims import TITLES, Record, errors, recoveries
from experiments.studies.what_when.seed import SWITCHED
from experiments.studies.what_when.settings import (
    LATENCIES_MS,
    LEARNING,
    PROBABILITIES,
    SMOOTHED,
    SOON,
    WIDTH_MS,
)
from experiments.studies.what_when.states import T_MS
from lsm.plots import plot_metric

_COLOURS = dict(zip(TITLES, (f"C{k}" for k in range(10)), strict=True))


def outputs(record: Record, rule: str) -> Figure:
    """Of each probability and latency: a trial, the mean of the steady ones, and what is due."""
    found = record["rules"][rule]
    figure = Figure(figsize=(14, 5.5), layout="constrained")
    panels = figure.subplots(len(LATENCIES_MS), len(PROBABILITIES), sharex=True, sharey=True)
    for k, axes in enumerate(panels.flat):
        latency, p = LATENCIES_MS[k // len(PROBABILITIES)], PROBABILITIES[k % len(PROBABILITIES)]
        bump = np.exp(-(((T_MS - latency) / WIDTH_MS) ** 2) / 2)
        for output, (name, due) in enumerate((("A", p), ("B", 1 - p))):
            colour = f"C{output}"
            mean = np.array(found["means"][k])[:, output]
            trial = np.array(found["trials"][k])[:, output]
            axes.plot(T_MS, due * bump, color=colour, linestyle=":", label=f"{name}: due")
            axes.plot(T_MS, mean, color=colour, linewidth=2, label=f"{name}: mean")
            axes.plot(T_MS, trial, color=colour, linewidth=0.7, alpha=0.7, label=f"{name}: a trial")
        axes.set_title(f"p(A) = {p:g}, {latency:g} ms", fontsize="medium")
    for axes in panels[-1]:
        axes.set_xlabel("time since the cue (ms)")
    for axes in panels[:, 0]:
        axes.set_ylabel("output")
    panels[0, 0].legend(frameon=False, fontsize="x-small")
    figure.suptitle(f"{TITLES[rule]}, seed {record['seed']}")
    return figure


def amplitudes(records: Sequence[Record]) -> Figure:
    """Amplitude against probability and time of the peak against latency, means and intervals."""
    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], color="black", linewidth=0.5, linestyle=":")
    # Whether a thing's probability is 1 - .7 or .3 is a matter of rounding.
    probabilities = np.unique(np.round([*PROBABILITIES, *(1 - np.array(PROBABILITIES))], 6))
    for k, rule in enumerate(LEARNING):
        amplitudes = np.array([_by_probability(record, rule, probabilities) for record in records])
        plot_metric(left, probabilities, amplitudes.T, label=TITLES[rule], color=_COLOURS[rule])
        for latency in LATENCIES_MS:
            late = [
                block["peak_ms"] - latency
                for record in records
                for block in record["rules"][rule]["blocks"]
                if block["latency_ms"] == latency
            ]
            x = LATENCIES_MS.index(latency) + 0.1 * (k - (len(LEARNING) - 1) / 2)
            right.plot(np.full(len(late), x), late, ".", alpha=0.15, color=_COLOURS[rule])
            right.plot(x, np.mean(late), "_", markersize=14, color=_COLOURS[rule])
    left.set(xlabel="probability", ylabel="amplitude, mean over seeds")
    left.legend(frameon=False, fontsize="small")
    right.set_xticks(range(len(LATENCIES_MS)), [f"{latency:g}" for latency in LATENCIES_MS])
    for bound in (-30, 30):
        right.axhline(bound, color="black", linewidth=0.5, linestyle=":")
    right.set_yscale("symlog", linthresh=50)
    right.set_yticks([-300, -100, -30, -10, 0, 10, 30, 100, 300], minor=False)
    right.yaxis.set_major_formatter("{x:g}")
    right.set(xlabel="latency (ms)", ylabel="peak less latency (ms), all blocks; bar: mean")
    return figure


def _by_probability(record: Record, rule: str, probabilities: NDArray[np.float64]) -> list[float]:
    pairs = [
        (round(p, 6), amplitude)
        for block in record["rules"][rule]["blocks"]
        for p, amplitude in zip(block["probabilities"], block["amplitudes"], strict=True)
    ]
    return [float(np.mean([a for p, a in pairs if p == wanted])) for wanted in probabilities]


def switches(records: Sequence[Record], trials: int) -> Figure:
    """Errors over trials, and how far outputs have moved to the block's own expectation."""
    figure = Figure(figsize=(13, 8), layout="constrained")
    panels = figure.subplots(2, len(SWITCHED), sharex=True, sharey="row")
    for column, kind in enumerate(SWITCHED):
        above, below = panels[:, column]
        for rule in LEARNING:
            found = [record["rules"][rule][kind] for record in records]
            curve = np.mean([one["errors"] for one in found], axis=0)
            way = np.mean([one["moved"] for one in found], axis=0)
            _smooth(above, curve, 0, TITLES[rule], _COLOURS[rule])
            for block, one in enumerate(way, start=1):
                _smooth(
                    below, one, block * trials, TITLES[rule] if block == 1 else None, _COLOURS[rule]
                )
        above.set_title(f"{kind} switched, and back")
        for axes in (above, below):
            for switch in (trials, 2 * trials):
                axes.axvline(switch, color="black", linewidth=0.5)
                axes.axvspan(switch, switch + SOON, color="black", alpha=0.06)
        below.axhline(1, color="black", linewidth=0.5, linestyle=":")
        below.set_xlabel(f"trial (running mean of {SMOOTHED}; grey: {SOON} trials)")
    panels[0, 0].set(ylabel="error from what is expected", yscale="log")
    for formats in (panels[0, 0].yaxis.set_major_formatter, panels[0, 0].yaxis.set_minor_formatter):
        formats("{x:g}")
    panels[1, 0].set_ylabel("way to the new expectation")
    # Before the first switch there is no way to go: room for the names.
    panels[1, 0].legend(frameon=False, fontsize="small", loc="upper left")
    return figure


def _smooth(
    axes: Axes, curve: NDArray[np.float64], start: int, label: str | None, colour: str
) -> None:
    smooth = np.convolve(curve, np.full(SMOOTHED, 1 / SMOOTHED), mode="valid")
    axes.plot(start + SMOOTHED + np.arange(len(smooth)), smooth, label=label, color=colour)


def tension(records: Sequence[Record], trials: int) -> Figure:
    """Steady error against trials after a switch: plain LMS at many rates, and all rules."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    rates = list(records[0]["rates"])
    by_rate = [{"rules": record["rates"]} for record in records]
    x = [recoveries(by_rate, rate).mean() for rate in rates]
    y = [errors(by_rate, rate).mean() for rate in rates]
    axes.plot(x, y, ".-", color="0.6", label="plain LMS, by its rate")
    for rate, *xy in zip(rates, x, y, strict=True):
        axes.annotate(
            rate, tuple(xy), fontsize="x-small", xytext=(3, 3), textcoords="offset points"
        )
    for rule in LEARNING:
        place = recoveries(records, rule).mean(), errors(records, rule).mean()
        axes.plot(*place, "o", color=_COLOURS[rule], label=TITLES[rule])
    axes.axvline(SOON, color="black", linewidth=0.5, linestyle=":")
    axes.set(
        xlabel=f"trials after a switch, mean of all four ({trials}: not in its block)",
        ylabel="steady error",
        xscale="log",
    )
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("{x:g}")
    axes.legend(frameon=False, fontsize="small")
    return figure


def angles(records: Sequence[Record]) -> Figure:
    """Principal angles of each seed, beside those of shuffled labels and of random planes."""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for k, (axes, name) in enumerate(zip(panels, ("larger", "smaller"), strict=True)):
        for row, rule in enumerate(LEARNING):
            for x, kind, colour in ((-0.15, "angles", "C0"), (0.15, "shuffled", "C1")):
                values = [record[kind][rule][k] for record in records]
                label = {"angles": "as learned", "shuffled": "shuffled labels"}[kind]
                axes.plot(
                    np.full(len(values), row + x),
                    values,
                    "o",
                    alpha=0.4,
                    color=colour,
                    label=None if row else label,
                )
                axes.plot(row + x, np.mean(values), "_", color="black", markersize=14)
        random = np.mean([record["random_angles"][k] for record in records])
        axes.axhline(random, color="black", linewidth=0.5, linestyle=":", label="random planes")
        axes.set_xticks(
            range(len(LEARNING)), [TITLES[rule] for rule in LEARNING], rotation=25, ha="right"
        )
        axes.set_title(f"{name} principal angle")
    panels[0].set_ylabel("degrees between what and when; bar: mean")
    panels[0].legend(frameon=False, fontsize="small")
    return figure
