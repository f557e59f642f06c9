"""Pictures: outputs over time, amplitudes and peaks, switches, angles, and what speed costs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.studies.what_when.claims import TITLES, Floats, Record, errors, recoveries
from experiments.studies.what_when.settings import LEARNING, PROTOCOL, SOON, SWITCHED
from lsm.plots import panels, plot_metric, plot_rows
from tasks.what_when import T_MS, Schedule

_COLOURS = dict(zip(TITLES, (f"C{k}" for k in range(10)), strict=True))
_LINE: dict[str, Any] = {"color": "black", "linewidth": 0.5, "linestyle": ":"}


def outputs(record: Record, rule: str) -> Figure:
    """Of each probability and latency: a trial, the mean of the steady ones, and what is due."""
    blocks = list(product(PROTOCOL.latencies_ms, PROTOCOL.probabilities))
    figure, places = panels(
        len(blocks), width=2.8, height=2.75, columns=5, sharex=True, sharey=True
    )
    measured = record["rules"][rule]
    lines = zip(places, blocks, measured["means"], measured["trials"], strict=True)
    for axes, (latency, p), mean, trial in lines:
        (due,) = Schedule((p,), (latency,), 1).expectation()
        for k, name in enumerate("AB"):
            axes.plot(T_MS, due[:, k], color=f"C{k}", linestyle=":", label=f"{name}: due")
            axes.plot(T_MS, np.array(mean)[:, k], f"C{k}", linewidth=2, label=f"{name}: mean")
            axes.plot(T_MS, np.array(trial)[:, k], f"C{k}", linewidth=0.7, label=f"{name}: a trial")
        axes.set_title(f"p(A) = {p:g}, {latency:g} ms")
    places[0].legend(fontsize="x-small")
    figure.supxlabel("time since the cue (ms)")
    figure.supylabel("output")
    figure.suptitle(f"{TITLES[rule]}, seed {record['seed']}")
    return figure


def amplitudes(records: Sequence[Record]) -> Figure:
    """Amplitude against probability, means and intervals."""
    figure, (axes,) = panels(1, width=7, height=5)
    axes.plot([0, 1], [0, 1], **_LINE)
    for rule in LEARNING:
        by_seed = [_by_probability(record["rules"][rule]["blocks"]) for record in records]
        means = np.array([list(means.values()) for means in by_seed])
        plot_metric(axes, list(by_seed[0]), means.T, label=TITLES[rule], color=_COLOURS[rule])
    axes.set(xlabel="probability", ylabel="amplitude, mean over seeds")
    axes.legend()
    return figure


def _by_probability(blocks: Sequence[Record]) -> dict[float, float]:
    """Mean amplitude of what comes with each probability, in their order."""
    pairs: dict[float, list[float]] = {}
    for block in blocks:
        for p, amplitude in zip(block["probabilities"], block["amplitudes"], strict=True):
            # Whether a thing's probability is 1 - .7 or .3 is a matter of rounding.
            pairs.setdefault(round(p, 6), []).append(amplitude)
    return {p: float(np.mean(pairs[p])) for p in sorted(pairs)}


def switches(records: Sequence[Record], trials: int) -> Figure:
    """Errors over trials, and how far outputs have moved to the block's own expectation."""
    n = len(SWITCHED)
    figure, places = panels(2 * n, width=6.5, height=4, columns=n, sharex=True, sharey="row")
    for above, below, kind in zip(places[:n], places[n:], SWITCHED, strict=True):
        for rule in LEARNING:
            measured = [record["rules"][rule][kind] for record in records]
            _smooth(above, measured, "errors", 0, rule)
            _smooth(below, measured, "moved", trials, rule)
        above.set_title(f"{kind} switched, and back")
        for axes in (above, below):
            for switch in (trials, 2 * trials):
                axes.axvline(switch, color="black", linewidth=0.5)
                axes.axvspan(switch, switch + SOON, color="black", alpha=0.06)
        below.axhline(1, **_LINE)
        below.set_xlabel(f"trial (running mean of {PROTOCOL.smoothed}; grey: {SOON} trials)")
    places[0].set(ylabel="error from what is expected", yscale="log")
    places[n].set_ylabel("way to the new expectation")
    # Before the first switch there is no way to go: room for the names.
    places[n].legend(loc="upper left")
    return figure


def _smooth(axes: Axes, measured: Sequence[Record], name: str, start: int, rule: str) -> None:
    """Running means of a curve, or of one a block, over seeds."""
    n = PROTOCOL.smoothed
    curves: Floats = np.atleast_2d(np.mean([each[name] for each in measured], axis=0))
    for k, curve in enumerate(curves):
        smooth = np.convolve(curve, np.full(n, 1 / n), mode="valid")
        x = start + k * len(curve) + n + np.arange(len(smooth))
        axes.plot(x, smooth, color=_COLOURS[rule], label="" if k else TITLES[rule])


def tension(records: Sequence[Record], trials: int) -> Figure:
    """Steady error against trials after a switch: plain LMS at many rates, and all rules."""
    figure, (axes,) = panels(1, width=7, height=5)
    rates = list(records[0]["rates"])
    by_rate = [[measure(records, rate, "rates").mean() for rate in rates] for measure in _AXES]
    axes.plot(*by_rate, ".-", color="0.6", label="plain LMS, by its rate")
    for rate, *place in zip(rates, *by_rate, strict=True):
        axes.annotate(rate, tuple(place), fontsize="x-small")
    for rule in LEARNING:
        place = [measure(records, rule).mean() for measure in _AXES]
        axes.plot(*place, "o", color=_COLOURS[rule], label=TITLES[rule])
    axes.axvline(SOON, **_LINE)
    axes.set(
        xlabel=f"trials after a switch, mean of all four ({trials}: not in its block)",
        ylabel="steady error",
        xscale="log",
    )
    axes.legend()
    return figure


#: What speed costs: x and y.
_AXES = (recoveries, errors)


def angles(records: Sequence[Record]) -> Figure:
    """Principal angles of each seed, beside those of shuffled labels and of random planes."""
    figure, places = panels(2, width=5.5, height=4.5, sharey=True)
    for k, (axes, name) in enumerate(zip(places, ("larger", "smaller"), strict=True)):
        for up, kind, label in ((-0.15, "angles", "as learned"), (0.15, "shuffled", "shuffled")):
            rows = {TITLES[r]: [record[kind][r][k] for record in records] for r in LEARNING}
            plot_rows(axes, rows, colours=["C0" if up < 0 else "C1"], up=up, label=label)
        random = np.mean([record["random_angles"][k] for record in records])
        axes.axvline(random, label="random planes", **_LINE)
        axes.set_title(f"{name} principal angle")
        axes.set_xlabel("degrees between what and when; bar: mean")
    places[0].legend()
    return figure
