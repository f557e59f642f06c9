"""Pictures of the balance experiment: everything against the ratio, and currents of a neuron."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.lab.experiment import Figures
from experiments.studies.balance.claims import TASKS
from experiments.studies.balance.table import Table
from lsm.metrics.statistics import column_means
from lsm.plasticity.ratios import RATE_HZ
from lsm.plots import panels, plot_currents, plot_metric

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


def figures(tables: Mapping[str, Table]) -> Figures:
    """What makes each picture of these tables, by name."""
    makers: dict[str, Callable[[], Figure]] = {
        "currents": partial(plot_currents_at_ratios, *next(iter(tables.items())))
    }
    # Where no rate is near enough there is nothing to compare.
    if compared := {name: table for name, table in tables.items() if table.matched.any()}:
        makers["balance"] = partial(plot_panels, _BALANCE, compared)
    if tasks := {name: table for name, table in compared.items() if name in TASKS}:
        makers["accuracy"] = partial(plot_accuracy, tasks)
    if "signal" in compared:
        makers["liquid"] = partial(plot_panels, _LIQUID, {"signal": compared["signal"]})
    return makers


def plot_panels(titles: Mapping[str, str], tables: Mapping[str, Table]) -> Figure:
    """A panel for each measure, a line for each kind of input."""
    columns = 3 if len(titles) <= 6 else 5
    figure, places = panels(len(titles), width=3.4, height=2.8, columns=columns)
    for axes, (name, title) in zip(places, titles.items(), strict=True):
        for colour, (kind, table) in enumerate(tables.items()):
            _plot_mean(axes, table, name, kind, f"C{colour}")
        axes.set_title(title)
        if name == "rate_Hz":
            axes.axhline(RATE_HZ, color="black", linewidth=0.5, linestyle=":")
    if len(tables) > 1:
        places[0].legend()
    return figure


def plot_accuracy(tables: Mapping[str, Table]) -> Figure:
    """Accuracy, whole and spoilt, and what each way to spoil leaves of it."""
    n = len(tables)
    figure, places = panels(2 * n, width=5.5, height=3.75, columns=n)
    for axes, below, (kind, table) in zip(places[:n], places[n:], tables.items(), strict=True):
        _plot_mean(axes, table, "accuracy", "as trained", "black")
        _plot_mean(axes, table, "spoilt_accuracy", "spoilt, mean of all ways", "C3")
        axes.set_title(kind)
        axes.set(ylabel="accuracy", ylim=(0, 1.02))
        axes.legend()
        x = column_means(table.compared("log2_ratio"))
        for k, name in enumerate(table.spoilt):
            means, form = column_means(table.compared(name)), (".-", ".--")[k % 2]
            below.plot(x, means, form, color=f"C{k // 2}", label=name)
        below.axvline(0, color="black", linewidth=0.5)
        below.set(xlabel=_X_LABEL, ylabel="accuracy, spoilt")
    places[-1].legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _plot_mean(axes: Axes, table: Table, name: str, label: str, colour: str) -> None:
    """Mean over seeds with its 95 % band, at ratios whose rates are near enough."""
    x = column_means(table.compared("log2_ratio"))
    some = np.isfinite(x)
    plot_metric(axes, x[some], table.compared(name).T[some], label=label, color=colour)
    axes.axvline(0, color="black", linewidth=0.5)
    axes.set_xlabel(_X_LABEL)


def plot_currents_at_ratios(name: str, table: Table) -> Figure:
    """Currents of one neuron in one sample, at both ends of the range and in balance."""
    balanced = int(np.argmin(np.abs(table.octaves)))
    figure, places = panels(3, width=9, height=2.4, columns=1, sharex=True)
    for axes, k in zip(places, (0, balanced, -1), strict=True):
        excitatory, inhibitory = (np.array(side) for side in table.examples[k])
        plot_currents(axes, 1.0 + np.arange(len(excitatory)), excitatory, inhibitory)
        octaves = table.values["log2_ratio"][0, k]
        axes.set_title(f"{name}: {octaves:+.2f} octaves")
        axes.label_outer()
        if k:
            axes.legend().remove()
    return figure
