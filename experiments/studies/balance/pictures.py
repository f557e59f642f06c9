"""Pictures of the balance experiment: everything against the ratio, and currents of a neuron."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from experiments.lab.results import write_figure
from experiments.lab.statistics import CONTRADICTED, SUPPORTED, column_means
from experiments.studies.balance.claims import TASKS
from experiments.studies.balance.liquids import RATE_HZ
from experiments.studies.balance.table import Table
from lsm.plots import plot_currents, plot_metric

_X_LABEL = "log2(mean $I_I$ / mean $I_E$)"
_BALANCE = {
    "rate_Hz": "rate (Hz)",
    "rate_sd_Hz": "deviation of rates over neurons (Hz)",
    "loose": "loose: |mean sum| / mean $I_E$",
    "tight": "tight: correlation",
    "tight_peak": "tight: correlation at the best lag",
    "lag_ms": "lag of inhibition (ms)",
}
_LIQUID = {
    "memory_capacity": "memory capacity",
    "processing_capacity": "information processing capacity",
    "kernel_rank": "kernel rank",
    "generalisation_rank": "generalisation rank",
    "separation": "separation",
    "lyapunov_per_s": "Lyapunov exponent (1/s)",
    "cv": "CV of intervals",
    "fano": "Fano factor, 500 ms",
    "synchrony": "synchrony, 5 ms",
    "branching": "branching factor, 2 ms",
}
_COLOURS = {SUPPORTED: "#009E73", CONTRADICTED: "#D55E00"}


def draw(folder: Path, tables: Mapping[str, Table], summary: Mapping[str, Any]) -> list[Path]:
    """Write all pictures of these tables, and return their paths."""
    figures = {"balance": _panels(_BALANCE, tables)}
    if tasks := {name: one for name, one in tables.items() if name in TASKS}:
        figures["accuracy"] = _accuracy(tasks)
    if "signal" in tables:
        figures["liquid"] = _panels(_LIQUID, {"signal": tables["signal"]})
    name, first = next(iter(tables.items()))
    figures["currents"] = _currents(name, first)
    figures["verdicts"] = _verdicts(summary["claims"])
    paths = []
    for title, figure in figures.items():
        paths.append(folder / f"{title}.png")
        write_figure(paths[-1], figure)
    return paths


def _panels(titles: Mapping[str, str], tables: Mapping[str, Table]) -> Figure:
    """A panel for each measure, a line for each kind of input."""
    columns = 3 if len(titles) <= 6 else 5
    rows = -(-len(titles) // columns)
    figure = Figure(figsize=(3.4 * columns, 2.8 * rows), layout="constrained")
    panels = figure.subplots(rows, columns).flat
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        for colour, (heard, one) in enumerate(tables.items()):
            _line(axes, one, name, heard, f"C{colour}")
        axes.set_title(title, fontsize="medium")
        if name == "rate_Hz":
            axes.axhline(RATE_HZ, color="black", linewidth=0.5, linestyle=":")
    if len(tables) > 1:
        figure.axes[0].legend(frameon=False, fontsize="small")
    return figure


def _accuracy(tables: Mapping[str, Table]) -> Figure:
    """Accuracy, whole and spoilt, and what each way to spoil leaves of it."""
    figure = Figure(figsize=(5.5 * len(tables), 7.5), layout="constrained")
    for column, (axes, below, (heard, one)) in enumerate(
        zip(*figure.subplots(2, len(tables), squeeze=False), tables.items(), strict=True)
    ):
        _line(axes, one, "accuracy", "as trained", "black")
        _line(axes, one, "spoilt_accuracy", "spoilt, mean of all ways", "C3")
        axes.set_title(heard)
        axes.set(ylabel="accuracy", ylim=(0, 1.02))
        axes.legend(frameon=False, fontsize="small")
        for k, name in enumerate(name for name in one.values if "%" in name or "bits" in name):
            x, y = column_means(one.compared("log2_ratio")), column_means(one.compared(name))
            below.plot(
                x, y, marker=".", color=f"C{k // 2}", linestyle=("-", "--")[k % 2], label=name
            )
        below.axvline(0, color="black", linewidth=0.5)
        below.set(xlabel=_X_LABEL, ylabel="accuracy, spoilt")
        if column == len(tables) - 1:
            below.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _line(axes: Axes, one: Table, name: str, label: str, colour: str) -> None:
    """Mean over seeds with its 95 % band, at ratios whose rates are near enough."""
    x = column_means(one.compared("log2_ratio"))
    some = np.isfinite(x)
    plot_metric(axes, x[some], one.compared(name).T[some], label=label, color=colour)
    axes.axvline(0, color="black", linewidth=0.5)
    axes.set_xlabel(_X_LABEL)


def _currents(name: str, one: Table) -> Figure:
    """Currents of one neuron in one sample, at both ends of the range and in balance."""
    balanced = int(np.argmin(np.abs(one.octaves)))
    figure = Figure(figsize=(9, 7), layout="constrained")
    panels = figure.subplots(3, 1, sharex=True)
    for axes, k in zip(panels, (0, balanced, len(one.octaves) - 1), strict=True):
        excitatory, inhibitory = (np.array(side) for side in one.examples[k])
        plot_currents(axes, 1.0 + np.arange(len(excitatory)), excitatory, inhibitory)
        axes.set_title(f"{name}: {one.values['log2_ratio'][0, k]:+.2f} octaves", fontsize="medium")
        if axes is not panels[-1]:
            axes.set_xlabel("")
            axes.get_legend().remove()
    return figure


def _verdicts(claims: Sequence[Mapping[str, Any]]) -> Figure:
    """Effects with their intervals, in standard deviations over seeds."""
    sized = [claim for claim in claims if claim["d"]]
    figure = Figure(figsize=(9, 0.3 * len(sized) + 1.2), layout="constrained")
    axes = figure.subplots()
    for row, claim in enumerate(sized):
        sd = claim["mean"] / claim["d"]
        low, high = (bound / sd for bound in claim["interval"])
        colour = _COLOURS.get(claim["verdict"], "#555555")
        axes.plot([low, high], [row, row], color=colour)
        axes.plot(claim["d"], row, "o", color=colour)
    kinds = {"best": "best in balance", "tight": "by tightness", "falls": "falls faster (E)"}
    axes.set_yticks(
        range(len(sized)), [f"{c['input']}: {c['measure']}, {kinds[c['claim']]}" for c in sized]
    )
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.5)
    axes.set_xscale("symlog", linthresh=2)
    axes.xaxis.set_major_locator(FixedLocator([-10, -5, -2, -1, 0, 1, 2, 5, 10]))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("effect / deviation over seeds, 95 % interval")
    return figure
